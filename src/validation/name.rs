//! Names of persons (domain.md §9; 民委发〔2016〕33号).
//!
//! A name is Han characters with the separator ·, or Latin letters as in a passport. It is normalised as little as
//! possible: full NFKC, and even NFC, would turn compatibility ideographs (U+F900…) into other characters than
//! the document shows, so those are left alone and only folded for comparison. Traditional and simplified forms
//! are different names: the record is compared as written.

use unicode_normalization::UnicodeNormalization;

use super::text::is_invisible;
use super::{Facts, Invalid, Valid, Warning};

/// The one separator of the national rule.
const SEPARATOR: char = '·';
/// The national rule asks systems for at least 50 characters; a longer one is no name.
const LONGEST: usize = 50;

/// Normalises a name and checks its characters and length (Unicode scalar values, at most 50).
pub fn check(text: &str, _: &Facts) -> Result<Valid, Invalid> {
    let value = normalise(text);
    if value.is_empty() {
        return Err(Invalid::new("empty"));
    }
    if let Some(found) = foreign_character(&value) {
        return Err(Invalid::character(found));
    }
    let length = value.chars().count();
    if length > LONGEST {
        return Err(Invalid::length(length, &LONGEST.to_string()));
    }
    let warnings = value.chars().any(is_private_use).then_some(Warning::PrivateUse).into_iter().collect();
    Ok(Valid { value, warnings })
}

/// Whether two names, each as its system wrote it, are the same.
pub fn same_name(left: &str, right: &str) -> bool {
    folded(left) == folded(right)
}

/// The form in which names are compared, and never shown: normalised, after NFC, and without variation selectors.
pub fn folded(name: &str) -> String {
    normalise(name).nfc().filter(|&c| !is_variation_selector(c)).collect()
}

/// Invisible characters dropped, separators folded to ·, Han names without spaces, Latin names upper-case with
/// single spaces and ASCII punctuation.
fn normalise(text: &str) -> String {
    let composed = compose(text);
    if composed.chars().any(is_han) {
        composed.chars().filter(|c| !c.is_whitespace()).map(fold_separator).collect()
    } else {
        let spaced: String = composed.chars().map(fold_latin).collect();
        spaced.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
    }
}

/// NFC of everything but the compatibility ideographs, which NFC would replace.
fn compose(text: &str) -> String {
    let visible: String = text.chars().filter(|&c| !is_invisible(c)).collect();
    visible
        .split_inclusive(is_compatibility_ideograph)
        .flat_map(|part| {
            let kept = part.chars().next_back().filter(|&c| is_compatibility_ideograph(c));
            part.trim_end_matches(is_compatibility_ideograph).nfc().chain(kept)
        })
        .collect()
}

const fn fold_separator(c: char) -> char {
    match c {
        '•' | '・' | '･' | '‧' | '⋅' | '．' => SEPARATOR,
        _ => c,
    }
}

/// Full-width forms of ASCII and the typographic apostrophe, as phone keyboards make them.
fn fold_latin(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).expect("full-width forms lie 0xFEE0 above ASCII"),
        '’' | '‘' => '\'',
        _ => c,
    }
}

/// The first character that does not belong in a name of this script, or a separator out of place.
fn foreign_character(value: &str) -> Option<char> {
    if value.chars().any(is_han) {
        let misplaced = value.starts_with(SEPARATOR) || value.ends_with(SEPARATOR) || value.contains("··");
        let wrong = value.chars().find(|&c| !is_han(c) && c != SEPARATOR && !is_variation_selector(c));
        wrong.or(misplaced.then_some(SEPARATOR))
    } else {
        let wrong = value.chars().find(|&c| !is_latin(c) && !matches!(c, ' ' | '-' | '\'' | '.'));
        let no_letter = value.chars().next().filter(|_| !value.chars().any(is_latin));
        wrong.or(no_letter)
    }
}

/// Han of every extension (planes 2 and 3 whole, so that future ones pass), 〇, and private use, where police
/// systems put rare characters before they were encoded.
const fn is_han(c: char) -> bool {
    matches!(c, '〇' | '㐀'..='䶿' | '一'..='\u{9fff}' | '\u{20000}'..='\u{3fffd}')
        || is_compatibility_ideograph(c)
        || is_private_use(c)
}

const fn is_compatibility_ideograph(c: char) -> bool {
    matches!(c, '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

const fn is_private_use(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// Selects a glyph of the character before it; not a character of its own.
pub(crate) const fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

const fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') && !matches!(c, '×' | '÷')
}
