//! PURE. The words of an audience's text.

use super::{FLAGS, Misread, Wrong, key_of};

/// A word or sign, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Its first character, from 1.
    pub(super) at: usize,
    /// What it is.
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    And,
    Or,
    Not,
    Open,
    Close,
    /// A condition: what stands before the colon, if there is one, and what behind it.
    Word {
        key: Option<String>,
        value: String,
    },
}

/// Whether a word without quotation ends before it.
pub(super) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '（' | '）' | '「' | '」' | '"')
}

/// The text's tokens, and quotations that do not end.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<Misread>) {
    let characters: Vec<char> = text.chars().collect();
    let (mut tokens, mut mistakes, mut next) = (Vec::new(), Vec::new(), 0);
    while let Some(&c) = characters.get(next) {
        let at = next + 1;
        match c {
            c if c.is_whitespace() => next += 1,
            '(' | '（' => {
                tokens.push(Token { at, kind: Kind::Open });
                next += 1;
            }
            ')' | '）' => {
                tokens.push(Token { at, kind: Kind::Close });
                next += 1;
            }
            _ => {
                let (word, after) = word(&characters, next, &mut mistakes);
                next = after;
                push_word(&mut tokens, at, word);
            }
        }
    }
    (tokens, mistakes)
}

struct Word {
    key: Option<String>,
    value: String,
    is_quoted: bool,
}

/// A word from `start` on, and where it ends.
fn word(characters: &[char], start: usize, mistakes: &mut Vec<Misread>) -> (Word, usize) {
    let (mut key, mut value, mut is_quoted, mut next) = (None, String::new(), false, start);
    while let Some(&c) = characters.get(next) {
        if let Some(close) = closing(c) {
            let Some(length) = characters[next + 1..].iter().position(|other| *other == close) else {
                mistakes.push(Misread { at: next + 1, what: Wrong::Unclosed(c) });
                value.extend(&characters[next + 1..]);
                return (Word { key, value, is_quoted: true }, characters.len());
            };
            value.extend(&characters[next + 1..next + 1 + length]);
            is_quoted = true;
            next += length + 2;
        } else if matches!(c, ':' | '：') && key.is_none() && !is_quoted {
            key = Some(std::mem::take(&mut value));
            next += 1;
        } else if ends_word(c) && next > start {
            break;
        } else {
            value.push(c);
            next += 1;
        }
    }
    (Word { key, value, is_quoted }, next)
}

fn closing(c: char) -> Option<char> {
    match c {
        '「' => Some('」'),
        '"' => Some('"'),
        _ => None,
    }
}

fn push_word(tokens: &mut Vec<Token>, at: usize, word: Word) {
    let Word { key, value, is_quoted } = word;
    let operator = if key.is_none() && !is_quoted { operator(&value) } else { None };
    if let Some(kind) = operator {
        tokens.push(Token { at, kind });
        return;
    }
    // 「非已绑定」, 「非城市:广州市」: without a blank, where the rest is a condition.
    let head = key.as_deref().unwrap_or(&value);
    let rest = head.strip_prefix('非').map(str::to_owned);
    let is_condition = |rest: &String| {
        if key.is_some() { key_of(rest).is_some() } else { FLAGS.iter().any(|(name, ..)| name == rest) }
    };
    let Some(rest) = rest.filter(|rest| (key.is_some() || !is_quoted) && is_condition(rest)) else {
        tokens.push(Token { at, kind: Kind::Word { key, value } });
        return;
    };
    tokens.push(Token { at, kind: Kind::Not });
    let kind = match key {
        Some(_) => Kind::Word { key: Some(rest), value },
        None => Kind::Word { key: None, value: rest },
    };
    tokens.push(Token { at: at + 1, kind });
}

fn operator(word: &str) -> Option<Kind> {
    let rows = [("且", "and", Kind::And), ("或", "or", Kind::Or), ("非", "not", Kind::Not)];
    let found = rows.into_iter().find(|(han, english, _)| *han == word || english.eq_ignore_ascii_case(word));
    found.map(|(.., kind)| kind)
}
