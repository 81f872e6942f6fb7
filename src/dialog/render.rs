//! Putting words together: compiled templates, numbered choices, the question asked again.
//!
//! Templates are minijinja with strict undefined, no escaping, bounded fuel, and tags that leave no blank lines.
//! Texts without a tag are kept as they are: most turns render nothing. A template that fails at run time, which
//! the check cannot always foresee (a list may lack a field), becomes the system's error text with a short code,
//! never a half-sentence and never a panic.

use std::{
    borrow::{Borrow, Cow},
    fmt::Write as _,
};

use minijinja::{Environment, UndefinedBehavior, Value, syntax::SyntaxConfig};
use unicode_width::UnicodeWidthStr;

use super::{
    script::{Choice, State},
    scripts::Scripts,
    system::SystemText,
    understand::Offer,
};

/// Work allowed to one rendering: the longest real text needs under 1 % of it.
const FUEL: u64 = 50_000;
/// Choices up to this many stand one to a line (voice.md's main menu).
const ONE_TO_A_LINE: usize = 6;
/// What a phone shows on a line, in columns: sixteen 汉字 and a mark at the end.
const LINE: usize = 34;
/// Widest label, in columns, of which three fit on a line of a phone: three 汉字 and
/// their number; a line has room for sixteen.
const THIRD_OF_LINE: usize = 6;
/// Widest label of which two fit: six 汉字.
const HALF_OF_LINE: usize = 12;

/// A text of these scripts: its words are made by [`Scripts::render`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text(usize);

/// All texts of a set of scripts, compiled.
#[derive(Debug)]
pub(super) struct Texts {
    environment: Environment<'static>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
enum Entry {
    Plain(String),
    Template(String),
}

impl Texts {
    pub(super) fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_fuel(Some(FUEL));
        environment.set_debug(true); // byte ranges of syntax errors
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.expect("only white space differs from the defaults"));
        environment.add_filter("circled", circled);
        environment.add_filter("numbered", numbered_lines);
        Self { environment, entries: Vec::new() }
    }

    /// Compiles a text; its variables are those it needs, dotted.
    pub(super) fn add(&mut self, source: &str) -> Result<(Text, Vec<String>), minijinja::Error> {
        let source = dedent(source.trim_end());
        let text = Text(self.entries.len());
        if !has_tags(&source) {
            self.entries.push(Entry::Plain(source.into_owned()));
            return Ok((text, Vec::new()));
        }
        let name = text.0.to_string();
        self.environment.add_template_owned(name.clone(), source.into_owned())?;
        self.entries.push(Entry::Template(name));
        Ok((text, self.variables(text)))
    }

    /// The variables a text needs, dotted and sorted.
    pub(super) fn variables(&self, text: Text) -> Vec<String> {
        let Entry::Template(name) = &self.entries[text.0] else { return Vec::new() };
        let template = self.environment.get_template(name).expect("entries name templates that were added");
        let mut variables: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        variables.sort();
        variables
    }

    /// Whether minijinja itself gives this name (`range`, `dict`, …).
    pub(super) fn is_global(&self, name: &str) -> bool {
        self.environment.globals().any(|(global, _)| global == name)
    }

    fn render(&self, text: Text, context: &Value) -> Result<String, minijinja::Error> {
        match &self.entries[text.0] {
            Entry::Plain(words) => Ok(words.clone()),
            Entry::Template(name) => {
                let words = self.environment.get_template(name)?.render(context.clone())?;
                Ok(words.trim_end().to_owned())
            }
        }
    }
}

/// A text in a list is indented by its writer, not for its reader: what all its lines begin with goes.
fn dedent(source: &str) -> Cow<'_, str> {
    let filled = source.lines().filter(|line| !line.trim().is_empty());
    let indent = filled.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0);
    let source = source.trim_start_matches('\n');
    if indent == 0 {
        return Cow::Borrowed(source);
    }
    let lines: Vec<&str> = source.lines().map(|line| line.get(indent..).unwrap_or_default()).collect();
    Cow::Owned(lines.join("\n"))
}

/// Whether a text is a template at all.
pub(super) fn has_tags(source: &str) -> bool {
    source.contains("{{") || source.contains("{%") || source.contains("{#")
}

/// `{{ 3 | circled }}` → ③; from 21 on the digits themselves.
fn circled(number: u32) -> String {
    match number {
        1..=20 => char::from_u32('①' as u32 + number - 1).map(String::from).unwrap_or_default(),
        _ => number.to_string(),
    }
}

/// `{{ reasons | numbered }}` → a line for each, 「1. …」; a single one stands alone.
fn numbered_lines(lines: Vec<String>) -> String {
    if lines.len() <= 1 {
        return lines.into_iter().next().unwrap_or_default();
    }
    let numbered: Vec<String> =
        lines.iter().enumerate().map(|(index, line)| format!("{}. {line}", index + 1)).collect();
    numbered.join("\n")
}

impl Scripts {
    /// The words of a text. `context` holds every variable that [`Known`](super::Known) promises for it.
    pub fn render(&self, text: Text, context: &Value) -> String {
        self.try_render(text, context).unwrap_or_else(|_| {
            let code = minijinja::context! { code => format!("T{}", text.0) };
            self.try_render(self.system(SystemText::Error), &code).unwrap_or_default()
        })
    }

    /// The words of a text, or why there are none: for tests that render every text with samples.
    pub fn try_render(&self, text: Text, context: &Value) -> Result<String, minijinja::Error> {
        self.texts.render(text, context)
    }

    /// The offers of a state's choices whose guards hold, for [`understand`](super::understand()) and
    /// [`Scripts::ask`]; labels with variables are rendered.
    pub fn offers<'s>(
        &'s self,
        state: &'s State,
        context: &Value,
        holds: impl Fn(&'static str) -> bool,
    ) -> Vec<Cow<'s, Offer>> {
        let offer = |choice: &'s Choice| match choice.label {
            None => Cow::Borrowed(&choice.offer),
            Some(label) => {
                let words = choice.words.iter().map(String::as_str);
                Cow::Owned(choice.offer.labelled(&self.render(label, context), words))
            }
        };
        state.choices(holds).into_iter().map(offer).collect()
    }

    /// A state's question on arrival: what it says, the numbered offers, what stands after them.
    /// Empty for a state that says nothing.
    pub fn ask(&self, state: &State, context: &Value, offers: &[impl Borrow<Offer>]) -> String {
        let say = state.say.map(|say| self.render(say, context));
        self.question(state, say.unwrap_or_default(), context, offers)
    }

    /// The question once more after something in between: where we were, then the short form of the question.
    pub fn ask_again(&self, state: &State, context: &Value, offers: &[impl Borrow<Offer>]) -> String {
        let question = self.repeat(state, context, offers);
        match self.where_we_were(state, context) {
            // 「回到绑定：请输入…」 reads as one line only when one line follows.
            Some(resume) if resume.ends_with('：') && fits_behind(&resume, &question) => resume + &question,
            Some(resume) => resume + "\n" + &question,
            None => question,
        }
    }

    /// The short form of the question alone, when nothing came in between.
    pub fn repeat(&self, state: &State, context: &Value, offers: &[impl Borrow<Offer>]) -> String {
        let again = state.again.or(state.say).map(|again| self.render(again, context)).unwrap_or_default();
        self.question(state, again, context, offers)
    }

    fn where_we_were(&self, state: &State, context: &Value) -> Option<String> {
        if let Some(resume) = state.resume {
            return Some(self.render(resume, context));
        }
        let title = self.dialog(state).title.as_deref()?;
        Some(self.render(self.system(SystemText::Resume), &minijinja::context! { title }))
    }

    fn question(
        &self,
        state: &State,
        mut words: String,
        context: &Value,
        offers: &[impl Borrow<Offer>],
    ) -> String {
        let tail = state.tail.map(|tail| self.render(tail, context));
        for block in [Some(number(offers)), tail].into_iter().flatten().filter(|block| !block.is_empty()) {
            if !words.is_empty() {
                words.push('\n');
            }
            words.push_str(&block);
        }
        words
    }
}

/// Whether a question stands on the line of what leads back to it.
fn fits_behind(resume: &str, question: &str) -> bool {
    !question.contains('\n') && resume.width() + question.width() <= LINE
}

/// The offers with their numbers, as voice.md shows them: one to a line, or, when they are many and short, two or
/// three to a line with a full-width space between.
pub fn number(offers: &[impl Borrow<Offer>]) -> String {
    let offers = offers.iter().map(Borrow::borrow);
    let shown: Vec<&str> = offers.filter(|offer| !offer.hidden).map(|offer| offer.label.as_str()).collect();
    let widest = shown.iter().map(|label| label.width()).max().unwrap_or(0);
    let to_a_line = match (shown.len(), widest) {
        (0..=ONE_TO_A_LINE, _) => 1,
        (_, 0..=THIRD_OF_LINE) => 3,
        (_, 0..=HALF_OF_LINE) => 2,
        _ => 1,
    };
    let mut lines = String::new();
    for (index, label) in shown.iter().enumerate() {
        if index > 0 {
            lines.push_str(if index % to_a_line == 0 { "\n" } else { "\u{3000}" });
        }
        write!(lines, "{} {label}", index + 1).expect("a String takes all that is written");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Texts, circled, dedent, fits_behind, numbered_lines};

    #[test]
    fn a_list_of_reasons_is_numbered_when_there_are_several() {
        let lines = |lines: &[&str]| numbered_lines(lines.iter().map(|line| (*line).to_owned()).collect());
        assert_eq!(lines(&[]), "");
        assert_eq!(lines(&["脸偏暗。"]), "脸偏暗。");
        assert_eq!(lines(&["脸偏暗。", "照片模糊。"]), "1. 脸偏暗。\n2. 照片模糊。");
        assert_eq!([circled(1), circled(20), circled(21), circled(0)], ["①", "⑳", "21", "0"]);
    }

    #[test]
    fn a_question_stands_behind_what_leads_back_to_it_only_where_a_line_has_room() {
        assert!(fits_behind("回到毕业证照片：", "正在等审核结果。"));
        assert!(!fits_behind("回到绑定：", "请输入考籍登记的证件号码："));
        assert!(!fits_behind("回到拍照：", "一\n二"));
    }

    #[test]
    fn the_writers_indent_is_not_the_readers() {
        assert_eq!(dedent("\n  一\n    二\n\n  三"), "一\n  二\n\n三");
        assert_eq!(dedent("一\n  二"), "一\n  二");
    }

    #[test]
    fn tags_leave_no_blank_lines_and_work_is_bounded() {
        let mut texts = Texts::new();
        let (text, variables) = texts.add("{% if a %}\n一\n{% endif %}\n二\n").unwrap();
        assert_eq!(variables, ["a"]);
        assert_eq!(texts.render(text, &minijinja::context! { a => true }).unwrap(), "一\n二");
        assert_eq!(texts.render(text, &minijinja::context! { a => false }).unwrap(), "二");
        let (endless, _) = texts
            .add("{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}")
            .unwrap();
        assert!(texts.render(endless, &minijinja::context! {}).is_err(), "out of fuel");
    }
}
