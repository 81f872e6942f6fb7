//! 军官证: one or two Han characters, 字第, four to eight digits, 号 (domain.md §5.4). There is no check digit, so
//! every number that passes is marked as unverified: only the record can tell.

use super::super::text::{first_refused, is_digits};
use super::super::{Invalid, Valid, Warning};

/// Adds the 号 that people leave out.
pub(super) fn complete(mut number: String) -> String {
    let bare = number.split_once("字第").is_some_and(|(_, digits)| is_digits(digits));
    if bare {
        number.push('号');
    }
    number
}

/// Checks a completed number.
pub(super) fn check(number: String) -> Result<Valid, Invalid> {
    let Some((issuer, rest)) = number.split_once("字第") else { return Err(Invalid::new("prefix")) };
    let han = |c: char| matches!(c, '一'..='\u{9fff}');
    if !matches!(issuer.chars().count(), 1 | 2) || !issuer.chars().all(han) {
        return Err(Invalid::new("prefix"));
    }
    let digits = rest.strip_suffix('号').unwrap_or(rest);
    if let Some(found) = first_refused(digits, |_, c| c.is_ascii_digit()) {
        return Err(Invalid::character(found));
    }
    if !(4..=8).contains(&digits.len()) {
        return Err(Invalid::length(digits.len(), "4–8"));
    }
    Ok(Valid { value: number, warnings: vec![Warning::Unverified] })
}
