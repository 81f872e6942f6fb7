//! 外国人永久居留身份证, the old card of 15 characters and the new one of 18 (domain.md §5.4).
//!
//! Old: country (three letters), issuing area (4), birth `YYMMDD`, one digit, ICAO 7-3-1 check digit. New, from
//! 2023-12-01: 9, province (2), country (three digits), birth `YYYYMMDD`, sequence (3), MOD 11-2. Both are in use.

use jiff::civil::Date;

use super::super::text::{first_refused, is_digits};
use super::super::{Invalid, Valid};
use super::{card, place};

/// Either card.
pub(super) fn check(number: String, today: Date) -> Result<Valid, Invalid> {
    if number.starts_with(|c: char| c.is_ascii_uppercase()) {
        check_old(number, today)
    } else {
        check_new(number, today)
    }
}

/// The unmistakable shape of either card.
pub(super) fn is_shaped(number: &str) -> bool {
    let old = number.len() == 15
        && number.bytes().take(3).all(|b| b.is_ascii_uppercase())
        && number.get(3..).is_some_and(is_digits);
    let new = card::is_shaped(number) && number.starts_with('9') && place::is_province(&number[1..3]);
    old || new
}

fn check_old(number: String, today: Date) -> Result<Valid, Invalid> {
    let allowed = |at, c: char| if at < 3 { c.is_ascii_uppercase() } else { c.is_ascii_digit() };
    if let Some(found) = first_refused(&number, allowed) {
        return Err(Invalid::character(found));
    }
    if number.len() != 15 {
        return Err(Invalid::length(number.len(), "15"));
    }
    if !place::is_country_letters(&number[..3]) || !place::is_province(&number[3..5]) {
        return Err(Invalid::new("region"));
    }
    let [earlier, later] = old_card_birth(&number[7..13]);
    let birth = earlier.or(later).ok_or_else(|| Invalid::new("date"))?;
    if birth > today {
        return Err(Invalid::new("future"));
    }
    if icao_check_digit(&number[..14]) != number.as_bytes()[14] {
        return Err(Invalid::new("check_digit"));
    }
    Ok(Valid::plain(number))
}

fn check_new(number: String, today: Date) -> Result<Valid, Invalid> {
    let allowed = |at, c: char| c.is_ascii_digit() || (c == 'X' && at == 17);
    if let Some(found) = first_refused(&number, allowed) {
        return Err(Invalid::character(found));
    }
    if number.len() != 18 {
        return Err(Invalid::length(number.len(), "15 或 18"));
    }
    if !number.starts_with('9') {
        return Err(Invalid::new("prefix"));
    }
    if !place::is_province(&number[1..3]) || !place::is_country_digits(&number[3..6]) {
        return Err(Invalid::new("region"));
    }
    let birth = card::check_birth(&number[6..14], today)?;
    card::check_character(&number)?;
    let warnings = card::age_warning(birth, today).into_iter().collect();
    Ok(Valid { value: number, warnings })
}

/// The two days that `YYMMDD` may name: the card does not tell 19YY from 20YY.
pub(in super::super) fn old_card_birth(digits: &str) -> [Option<Date>; 2] {
    ["19", "20"].map(|century| card::birth_of(&format!("{century}{digits}")))
}

/// ICAO 9303: weights 7, 3, 1 in turn; letters count from A = 10.
fn icao_check_digit(body: &str) -> u8 {
    let value = |b: u8| u32::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' + 10 });
    let sum: u32 = body.bytes().zip([7, 3, 1].into_iter().cycle()).map(|(b, weight)| value(b) * weight).sum();
    b'0' + (sum % 10) as u8
}
