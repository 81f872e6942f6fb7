//! One spelling for many: width, case, script, spaces, punctuation.
//!
//! Texts of people and words of dialogs pass the same [`fold`], so that comparing is equality. Script is folded
//! character by character, completely: candidates from Hong Kong, Macao and Taiwan type Traditional, and one character
//! missed turns 「幾時」 from a question into an order. The table is `OpenCC`'s `TSCharacters` with the usual Hong Kong
//! and Taiwan variants (Apache-2.0, © Carbo Kuo and contributors), abridged: one simplified form each, none outside the
//! BMP, and the everyday reading where `OpenCC` leaves a character as it is (瞭, 覆, 甚).

use unicode_normalization::UnicodeNormalization;

/// A line for each Traditional character, in order: itself and its simplified form, three bytes each, and the newline.
const TRADITIONAL: &[u8] = include_bytes!("traditional.txt");

/// The common spelling: NFKC, lower case, simplified, without spaces, quotes, punctuation and invisible signs.
/// Signs and spaces between two ASCII letters or digits stay (`1.5`, `1 2`), for they change the meaning; of a text
/// that is nothing but signs the first stays (`？` asks for help).
pub(in crate::dialog) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut sign = None;
    for c in text.chars().map(keypad).nfkc().flat_map(char::to_lowercase) {
        if is_invisible(c) {
            continue;
        }
        if !c.is_alphanumeric() {
            sign = sign.or(Some(c));
            continue;
        }
        if let Some(between) = sign.take()
            && c.is_ascii_alphanumeric()
            && folded.ends_with(|before: char| before.is_ascii_alphanumeric())
        {
            folded.push(between);
        }
        folded.push(simplified(c));
    }
    if folded.is_empty() {
        folded.extend(text.nfkc().find(|c| !c.is_whitespace() && !is_invisible(*c)));
    }
    folded
}

/// Negative circled digits, which NFKC leaves alone, as plain circled ones.
fn keypad(c: char) -> char {
    let circled = |first: char| char::from_u32('①' as u32 + (c as u32 - first as u32)).unwrap_or(c);
    match c {
        '❶'..='❿' => circled('❶'),
        '➀'..='➉' => circled('➀'),
        '➊'..='➓' => circled('➊'),
        other => other,
    }
}

/// Zero width, variation selectors, the keycap of 1️⃣.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{feff}')
}

/// The simplified form of a Traditional character, any other as it is.
pub(in crate::dialog) fn simplified(c: char) -> char {
    let mut bytes = [0; 4];
    let written = c.encode_utf8(&mut bytes).as_bytes();
    if written.len() != 3 {
        return c;
    }
    let (rows, _) = TRADITIONAL.as_chunks::<7>(); // sorted: UTF-8 sorts as the characters do
    let found = rows.binary_search_by(|row| row[..3].cmp(written)).ok();
    let simple = found.and_then(|at| std::str::from_utf8(&rows[at][3..6]).ok());
    simple.and_then(|simple| simple.chars().next()).unwrap_or(c)
}
