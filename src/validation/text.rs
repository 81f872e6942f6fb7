//! Folding what a phone keyboard or a copied page adds to a number (domain.md §5.2).

use unicode_normalization::UnicodeNormalization;

/// NFKC, no white space, nothing invisible, ASCII letters upper-case. Hyphens stay, and no letter is taken for a
/// digit: a look-alike is refused with a hint, because guessing would accept another person's number.
pub(super) fn fold_number(text: &str) -> String {
    text.nfkc().filter(|&c| !c.is_whitespace() && !is_invisible(c)).map(|c| c.to_ascii_uppercase()).collect()
}

/// Characters that occupy no place on the screen: zero-width, joiners, soft hyphen, text-direction marks.
/// The marks come along when a number is copied from a phone's contacts.
pub(super) const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether all characters are ASCII digits (and there is at least one).
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The first character that `allowed` refuses, given its position.
pub(super) fn first_refused(text: &str, allowed: impl Fn(usize, char) -> bool) -> Option<char> {
    text.chars().enumerate().find(|&(at, c)| !allowed(at, c)).map(|(_, c)| c)
}
