//! The last four digits of the phone that a record has: proof that whoever binds is the candidate.
//!
//! The rule takes four digits, or the whole number from people who send that; which phone is meant only the record
//! tells, so the comparison is [`confirms`]. Records write phones as they like: E.164, mainland, with hyphens.

use subtle::ConstantTimeEq;

use super::phone::{PLACES, any};
use super::text::{first_refused, fold_digits};
use super::{Facts, Invalid, Valid};

/// What the rule can refuse with.
pub const CODES: &[&str] = &["empty", "characters", "length"];
/// Digits that confirm a recorded phone.
const TAIL: usize = 4;
/// Digits of a whole number, with its country code or without.
const WHOLE: std::ops::RangeInclusive<usize> = 8..=15;

/// The last four digits of a phone, or the whole of it: which phone is not known here ([`confirms`]).
pub fn check(text: &str, _: &Facts) -> Result<Valid, Invalid> {
    let folded = fold_digits(without_names(text));
    let digits = folded.strip_prefix('+').unwrap_or(&folded);
    if digits.is_empty() {
        return Err(Invalid::new("empty"));
    }
    if let Some(found) = first_refused(digits, |_, c| c.is_ascii_digit()) {
        return Err(Invalid::character(found));
    }
    if digits.len() != TAIL && !WHOLE.contains(&digits.len()) {
        return Err(Invalid::length(digits.len(), "4"));
    }
    Ok(Valid::plain(digits.to_owned()))
}

/// What people write before the digits: 「尾号8000」, 「后四位是八零零零」.
const NAMES: [&str; 15] = [
    "我",
    "考籍",
    "登记",
    "手机",
    "电话",
    "号码",
    "号",
    "的",
    "最后",
    "后四位",
    "后4位",
    "四位",
    "尾",
    "是",
    "为",
];

fn without_names(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some(after) = NAMES.iter().find_map(|name| rest.strip_prefix(name)) {
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '：' | ':' | '，' | ','));
    }
    rest.trim_end_matches(['。', '！', '.', '!'])
}

/// Whether a record's phone has enough digits to ask for its last four.
pub fn is_confirmable(recorded: &str) -> bool {
    digits_of(recorded).len() >= TAIL
}

/// Whether what [`check`] passed is the record's phone or its last four digits, however the record writes it.
pub fn confirms(given: &str, recorded: &str) -> bool {
    let recorded = digits_of(recorded);
    if given.len() == TAIL {
        let tail = recorded.len().checked_sub(TAIL).and_then(|at| recorded.get(at..));
        return tail.is_some_and(|tail| bool::from(tail.as_bytes().ct_eq(given.as_bytes())));
    }
    bool::from(own_digits(&recorded).as_bytes().ct_eq(own_digits(given).as_bytes()))
}

/// All digits of a record's phone, as E.164 has them where it is a good number.
fn digits_of(recorded: &str) -> String {
    let whole = any(recorded).map_or_else(|_| fold_digits(recorded), |valid| valid.value);
    whole.chars().filter(char::is_ascii_digit).collect()
}

/// A whole number without country code and trunk 0.
fn own_digits(digits: &str) -> &str {
    let digits = digits.trim_start_matches('0');
    let codes = PLACES.iter().map(|place| (place.code, place.len)).chain([("86", 11)]);
    let mut own = codes.filter_map(|(code, len)| {
        let own = digits.strip_prefix(code)?.trim_start_matches('0');
        (own.len() == len).then_some(own)
    });
    own.next().unwrap_or(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was given, what is recorded, and whether the one confirms the other.
    #[test]
    fn the_last_four_digits_confirm_a_recorded_phone() {
        let rows = [
            ("8000", "13800138000", true),
            ("8000", "+8613800138000", true),
            ("8000", "138-0013-8000", true),
            ("8001", "13800138000", false),
            ("0138", "13800138000", false),
            ("13800138000", "+8613800138000", true),
            ("8613800138000", "13800138000", true),
            ("008613800138000", "13800138000", true),
            ("13800138001", "13800138000", false),
            ("3800138000", "13800138000", false),
            ("4567", "+85251234567", true),
            ("51234567", "+85251234567", true),
            ("85251234567", "51234567", true),
            ("85251234568", "+85251234567", false),
            ("0912345678", "+886912345678", true),
            ("886912345678", "0912345678", true),
            ("9771", "020-88909771", true),
            ("02088909771", "020-88909771", true),
            ("1234", "无", false),
            ("1234", "234", false),
        ];
        for (given, recorded, expected) in rows {
            assert_eq!(confirms(given, recorded), expected, "{given} {recorded}");
        }
        for (recorded, expected) in [("13800138000", true), ("无", false), ("", false), ("123", false)] {
            assert_eq!(is_confirmable(recorded), expected, "{recorded}");
        }
    }
}
