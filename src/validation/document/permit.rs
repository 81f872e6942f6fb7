//! Permits to enter the mainland: 港澳居民来往内地通行证 and 台湾居民来往大陆通行证 (domain.md §5.4).

use super::super::text::{first_refused, is_digits};
use super::super::{Invalid, Valid, Warning};

/// `[HM]` + 8 digits, or + 10 on the card of 1999 (two digits count its issues), or `[HM]A` + 7 digits on the card
/// for those who are not Chinese citizens (from 2024-07-10).
pub(super) fn check_hk_macao(number: String) -> Result<Valid, Invalid> {
    // O and I are the usual misreadings of 0 and 1: another letter is a wrong prefix, these are a wrong character.
    let prefix_letter =
        |at: usize, c: char| at < 2 && c.is_ascii_uppercase() && !(at == 1 && matches!(c, 'O' | 'I'));
    if let Some(found) = first_refused(&number, |at, c| c.is_ascii_digit() || prefix_letter(at, c)) {
        return Err(Invalid::character(found));
    }
    let not_citizen = number.as_bytes().get(1) == Some(&b'A');
    if number.len() != 9 && (not_citizen || number.len() != 11) {
        return Err(Invalid::length(number.len(), if not_citizen { "9" } else { "9 或 11" }));
    }
    if is_hk_macao(&number) { Ok(Valid::plain(number)) } else { Err(Invalid::new("prefix")) }
}

/// The whole pattern.
pub(super) fn is_hk_macao(number: &str) -> bool {
    let Some(rest) = number.strip_prefix(['H', 'M']) else { return false };
    match rest.strip_prefix('A') {
        Some(digits) => digits.len() == 7 && is_digits(digits),
        None => matches!(rest.len(), 8 | 10) && is_digits(rest),
    }
}

/// Eight digits for life; ten in booklets from before 2008-09-25, which pass with a warning: they count only if
/// the record has the same person's.
pub(super) fn check_taiwan(number: String) -> Result<Valid, Invalid> {
    if let Some(found) = first_refused(&number, |_, c| c.is_ascii_digit()) {
        return Err(Invalid::character(found));
    }
    match number.len() {
        8 => Ok(Valid::plain(number)),
        10 => Ok(Valid { value: number, warnings: vec![Warning::Legacy] }),
        found => Err(Invalid::length(found, "8 或 10")),
    }
}
