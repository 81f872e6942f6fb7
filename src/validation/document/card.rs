//! The 18-character numbers of GB 11643: resident identity cards and residence cards (domain.md §5.3, §5.4).
//!
//! `RRRRRR YYYYMMDD SSS C`: region, birth, sequence, ISO 7064 MOD 11-2 check character. A region is checked by its
//! province; the full six digits only warn, because numbers are kept for life and regions were abolished often.

use jiff::civil::Date;

use super::super::text::{first_refused, is_digits};
use super::super::{Invalid, Valid, Warning};
use super::place;

/// 居民身份证.
pub(super) fn check_resident(number: String, today: Date) -> Result<Valid, Invalid> {
    // GB 11643-1989: the record must be upgraded first, so the number is refused with that advice.
    if number.len() == 15 && is_digits(&number) {
        return Err(Invalid::new("old_15"));
    }
    check_shape(&number)?;
    if !place::is_province(&number[..2]) {
        return Err(Invalid::new("region"));
    }
    let birth = check_birth(&number[6..14], today)?;
    check_character(&number)?;
    let mut warnings = Vec::new();
    if !place::is_region(&number[..6]) {
        warnings.push(Warning::UnknownRegion);
    }
    warnings.extend(age_warning(birth, today));
    Ok(Valid { value: number, warnings })
}

/// 港澳居民居住证 and 台湾居民居住证: the address code is the place of origin, never a district.
pub(super) fn check_residence(number: String, regions: &[&str], today: Date) -> Result<Valid, Invalid> {
    check_shape(&number)?;
    if !regions.contains(&&number[..6]) {
        return Err(Invalid::new("region"));
    }
    let birth = check_birth(&number[6..14], today)?;
    check_character(&number)?;
    let warnings = age_warning(birth, today).into_iter().collect();
    Ok(Valid { value: number, warnings })
}

/// Seventeen digits and a digit or X.
pub(super) fn is_shaped(number: &str) -> bool {
    number.len() == 18 && check_shape(number).is_ok()
}

/// Shaped, and with the check character that belongs to it.
pub fn is_number(number: &str) -> bool {
    is_shaped(number) && check_character(number).is_ok()
}

/// Digits throughout, X only at the eighteenth place, eighteen of them. On success byte positions are character
/// positions.
pub(super) fn check_shape(number: &str) -> Result<(), Invalid> {
    if let Some(found) = first_refused(number, |at, c| c.is_ascii_digit() || (c == 'X' && at == 17)) {
        return Err(Invalid::character(found));
    }
    if number.len() != 18 {
        return Err(Invalid::length(number.len(), "18"));
    }
    Ok(())
}

/// A real day, not before 1800, not in the future.
pub(super) fn check_birth(digits: &str, today: Date) -> Result<Date, Invalid> {
    let birth = birth_of(digits).ok_or_else(|| Invalid::new("date"))?;
    if birth > today { Err(Invalid::new("future")) } else { Ok(birth) }
}

/// The day that `YYYYMMDD` names, from 1800 on.
pub(in super::super) fn birth_of(digits: &str) -> Option<Date> {
    let year = digits.get(..4)?.parse().ok()?;
    let month = digits.get(4..6)?.parse().ok()?;
    let day = digits.get(6..8)?.parse().ok()?;
    Date::new(year, month, day).ok().filter(|_| year >= 1800)
}

/// Ages outside 14–100 are implausible for a candidate (domain.md §5.3).
pub(super) fn age_warning(birth: Date, today: Date) -> Option<Warning> {
    let had_birthday = (today.month(), today.day()) >= (birth.month(), birth.day());
    let age = today.year() - birth.year() - i16::from(!had_birthday);
    (!(14..=100).contains(&age)).then_some(Warning::Age)
}

/// Compares the last character with ISO 7064 MOD 11-2 over the seventeen before it.
pub(super) fn check_character(number: &str) -> Result<(), Invalid> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHARACTERS: &[u8; 11] = b"10X98765432";
    let sum: u32 = number.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    if number.as_bytes().last() == Some(&CHARACTERS[sum as usize % 11]) {
        Ok(())
    } else {
        Err(Invalid::new("check_digit"))
    }
}
