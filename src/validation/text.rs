//! Folding what a phone keyboard or a copied page adds to a number (domain.md §5.2).

use unicode_normalization::UnicodeNormalization;

/// NFKC, no white space, nothing invisible, ASCII letters upper-case. Hyphens stay, and no letter is taken for a
/// digit: a look-alike is refused with a hint, because guessing would accept another person's number.
pub(super) fn fold_number(text: &str) -> String {
    text.nfkc().filter(|&c| !c.is_whitespace() && !is_invisible(c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// The same for numbers of digits only: also as they are read out (「零一零一二六」, 「幺」 for 1), and without the signs
/// that people write between groups.
pub(super) fn fold_digits(text: &str) -> String {
    fold_number(text).chars().filter(|c| !is_between_groups(*c)).map(digit_of).collect()
}

/// Hyphens of all kinds, brackets and dots.
const fn is_between_groups(c: char) -> bool {
    matches!(c, '-' | '‐'..='―' | '−' | '(' | ')' | '.')
}

/// A digit as voice recognition writes it; any other character as it is.
const fn digit_of(c: char) -> char {
    match c {
        '零' | '〇' | '○' => '0',
        '一' | '幺' => '1',
        '二' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '七' => '7',
        '八' => '8',
        '九' => '9',
        other => other,
    }
}

/// Fewest characters of a number that is looked for in a sentence.
const SHORTEST_IN_SENTENCE: usize = 8;

/// The number in 「我的准考证号是010126000001。」, to be tried when the sentence as a whole was refused: words and
/// punctuation around it are cut off, and nothing else. Other signs stay, for they belong to the number or replace a
/// part of it (`E1234567<`, `1380013*`). Words within make several numbers of it, of which none is taken: one with a
/// hole must never become another. A 军官证 has words of its own and is no such number.
pub fn number_in(text: &str) -> Option<String> {
    let text: String = text.nfkc().collect();
    let trimmed = text.trim_matches(is_around);
    let is_long = trimmed.chars().filter(char::is_ascii_alphanumeric).count() >= SHORTEST_IN_SENTENCE;
    let has_words = trimmed.contains(is_han) || text.contains("字第");
    (is_long && !has_words).then(|| trimmed.to_owned())
}

/// What may stand around a number without meaning anything, after NFKC: words, blanks, punctuation, pictures.
fn is_around(c: char) -> bool {
    let is_sign = matches!(c, '!' | '"' | '\'' | '(' | ')' | ',' | '.' | ':' | ';' | '?' | '[' | ']' | '~');
    let is_wide_sign = matches!(c, '\u{2018}'..='\u{201f}' | '\u{3000}'..='\u{303f}' | '\u{1f000}'..);
    is_sign || is_wide_sign || is_han(c) || c.is_whitespace() || is_invisible(c)
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Characters that occupy no place on the screen: zero-width, joiners, soft hyphen, text-direction marks.
/// The marks come along when a number is copied from a phone's contacts.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether all characters are ASCII digits (and there is at least one).
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The first character that `allowed` refuses, given its position.
pub(super) fn first_refused(text: &str, allowed: impl Fn(usize, char) -> bool) -> Option<char> {
    text.chars().enumerate().find(|&(at, c)| !allowed(at, c)).map(|(_, c)| c)
}
