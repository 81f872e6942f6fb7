//! Texts: is it a template, does it use only what is set, does it fit a message and a screen.

use std::ops::Range;

use super::{
    super::{
        mistake::{Noun, What},
        render::Text,
        source::Word,
    },
    Checker,
};

/// Longest text in bytes: a longer passive reply vanishes without an error (protocol §4, §14).
pub(super) const LONGEST: usize = 2047;
/// Most lines of one message (voice.md, rule 2).
pub(super) const MOST_LINES: usize = 12;
/// The table of slots in every dialog's texts.
const SLOTS: &str = "slots.";

/// The variables that a text may use.
pub(super) type Scope = Vec<String>;

impl Checker<'_, '_> {
    /// The variables of every dialog and these besides.
    pub(super) fn scope(&self, more: &[&[&'static str]]) -> Scope {
        let own = self.known.variables.iter().copied().chain(["slots"]);
        let all = own.chain(more.iter().copied().flatten().copied()).map(str::to_owned);
        all.chain(self.fragments.iter().cloned()).collect()
    }

    /// Compiles and checks a text. `None` when something was noted.
    pub(super) fn text(&mut self, file: usize, source: &Word, scope: &Scope) -> Option<Text> {
        let before = self.mistakes.len();
        let text = self.template(file, source, source.get_ref(), scope);
        self.check_size(file, source);
        text.filter(|_| self.mistakes.len() == before)
    }

    /// Compiles a text that is `source` or a part of it, and checks its variables.
    pub(super) fn template(
        &mut self,
        file: usize,
        source: &Word,
        words: &str,
        scope: &Scope,
    ) -> Option<Text> {
        match self.texts.add(words) {
            Ok((text, variables)) => {
                for variable in variables {
                    self.check_variable(file, source, &variable, scope);
                }
                Some(text)
            }
            Err(error) => {
                let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
                let span = self.span_within(file, source, error.range());
                self.note(file, span, What::TemplateSyntax { message });
                None
            }
        }
    }

    fn check_size(&mut self, file: usize, source: &Word) {
        let words = source.get_ref().trim();
        if words.is_empty() {
            return self.note(file, source.span(), What::EmptyText);
        }
        let bytes = literal_bytes(words);
        if bytes > LONGEST {
            self.note(file, source.span(), What::TooLong { bytes, limit: LONGEST });
        }
        self.check_lines(file, source.span(), lines(words));
    }

    pub(super) fn check_lines(&mut self, file: usize, span: Range<usize>, lines: usize) {
        if lines > MOST_LINES {
            self.note(file, span, What::TooManyLines { lines, limit: MOST_LINES });
        }
    }

    fn check_variable(&mut self, file: usize, source: &Word, name: &str, scope: &Scope) {
        let in_slots = scope.iter().any(|known| known == "slots");
        if let Some(slot) = name.strip_prefix(SLOTS).filter(|_| in_slots) {
            let slot = slot.split('.').next().unwrap_or(slot);
            if !self.slots.contains(slot) {
                let known = self.slots.iter().cloned().collect();
                let what = What::UnknownName { noun: Noun::Slot, name: slot.to_owned(), known };
                let span = self.span_of_variable(file, source, name);
                self.note(file, span, what);
            }
            return;
        }
        let is_known =
            |known: &str| known == name || known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        if scope.iter().any(|known| is_known(known)) || self.texts.is_global(name) {
            return;
        }
        let usual = |known: &&String| {
            *known == "slots"
                || self.known.variables.contains(&known.as_str())
                || self.fragments.contains(known)
        };
        let own = scope.iter().filter(|known| !usual(known)).cloned().collect();
        let span = self.span_of_variable(file, source, name);
        self.note(file, span, What::UnknownVariable { name: name.to_owned(), known: scope.clone(), own });
    }

    /// Where a variable stands, if it can be found between the signs of a tag.
    fn span_of_variable(&self, file: usize, source: &Word, name: &str) -> Range<usize> {
        let words = source.get_ref();
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let found = words.match_indices(name).find(|(at, _)| {
            let (before, after) = (&words[..*at], &words[at + name.len()..]);
            let opened = before.rfind("{{").max(before.rfind("{%"));
            let closed = before.rfind("}}").max(before.rfind("%}"));
            opened > closed && !before.ends_with(is_part) && !after.starts_with(is_part)
        });
        self.span_within(file, source, found.map(|(at, _)| at..at + name.len()))
    }

    /// A range of a text's words as a range of the file; the whole text when its spelling differs (escapes).
    fn span_within(&self, file: usize, source: &Word, range: Option<Range<usize>>) -> Range<usize> {
        let span = source.span();
        let written = self.files[file].text.get(span.clone()).unwrap_or_default();
        let words = source.get_ref().trim_end();
        match (written.find(words), range) {
            (Some(offset), Some(range)) if range.end <= words.len() && !words.is_empty() => {
                let start = span.start + offset;
                start + range.start..start + range.end
            }
            _ => span,
        }
    }
}

/// The last block of a text: what is asked again after an interruption when no shorter text is given.
pub(super) fn last_block(words: &str) -> &str {
    let words = words.trim_end();
    words.rfind("\n\n").map_or(words, |at| words[at..].trim_start_matches('\n'))
}

/// Bytes outside of tags: the least that a text becomes.
fn literal_bytes(words: &str) -> usize {
    let mut rest = words;
    let mut bytes = 0;
    while let Some(open) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        bytes += open;
        let close = if rest[open..].starts_with("{{") { "}}" } else { "%}" };
        let Some(end) = rest[open..].find(close) else { return bytes };
        rest = &rest[open + end + 2..];
    }
    bytes + rest.len()
}

/// Lines of the longest way through a text's branches; a loop counts once, a line of tags alone not at all.
pub(super) fn lines(words: &str) -> usize {
    let mut branches: Vec<(usize, usize)> = Vec::new(); // lines before, most lines within so far
    let mut count = 0;
    for line in words.trim().lines() {
        let (tags, has_words) = split_line(line);
        for tag in tags {
            match (tag, branches.last_mut()) {
                ("if" | "for", _) => branches.push((count, 0)),
                ("elif" | "else", Some((before, most))) => {
                    *most = (*most).max(count - *before);
                    count = *before;
                }
                ("endif" | "endfor", Some(_)) => {
                    let (before, most) = branches.pop().expect("the arm says there is one");
                    count = before + most.max(count - before);
                }
                _ => {}
            }
        }
        count += usize::from(has_words);
    }
    count
}

/// The keywords of a line's tags, and whether the line shows anything.
fn split_line(line: &str) -> (Vec<&str>, bool) {
    let mut tags = Vec::new();
    let mut words = line.trim().is_empty();
    let mut rest = line;
    while let Some(open) = rest.find("{%") {
        words |= !rest[..open].trim().is_empty();
        let inner = rest[open + 2..].trim_start_matches(['-', '+', ' ']);
        tags.push(inner.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default());
        let Some(close) = rest[open..].find("%}") else { return (tags, words) };
        rest = &rest[open + close + 2..];
    }
    (tags, words || !rest.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::{last_block, lines, literal_bytes};

    #[test]
    fn lines_are_those_of_the_longest_branch() {
        let table = [
            ("一行", 1),
            ("一\n二", 2),
            ("一\n\n三\n", 3),
            ("{% if a %}\n一\n二\n{% else %}\n一\n{% endif %}\n末", 3),
            ("{% for a in b %}\n{{ a }}\n{% endfor %}", 1),
            ("{% if a %}甲{% else %}乙{% endif %}", 1),
            ("{% if a %}\n一\n{% if b %}\n二\n{% endif %}\n{% elif c %}\n一\n二\n三\n{% endif %}", 3),
        ];
        for (words, expected) in table {
            assert_eq!(lines(words), expected, "{words:?}");
        }
    }

    #[test]
    fn tags_are_not_counted_as_bytes() {
        assert_eq!(literal_bytes("a{{ long_name }}b{% if x %}c{% endif %}"), 3);
        assert_eq!(literal_bytes("准考证"), 9);
    }

    #[test]
    fn the_last_block_is_asked_again() {
        assert_eq!(last_block("好的，先绑定。\n\n请输入：\n"), "请输入：");
        assert_eq!(last_block("请输入："), "请输入：");
    }
}
