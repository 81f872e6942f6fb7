//! Telephone numbers of candidates, stored as E.164 (domain.md §5.5).
//!
//! Mainland mobiles by the loose rule `1[3-9]` + 9 digits, with a warning where a prefix was unallocated by 2022.
//! Hong Kong, Macao and Taiwan mobiles only with their country code, and only for candidates without a mainland
//! document: dialogs choose between the rules `phone` and `phone_any`. Landlines are recognised so that the
//! answer can say what was seen; offices have them, and offices are not checked here.

use super::text::{first_refused, fold_digits, is_digits};
use super::{Facts, Invalid, Valid, Warning};

/// What `phone_any` can refuse with.
pub const CODES_ANY: &[&str] =
    &["empty", "characters", "length", "not_mobile", "landline", "region_needed", "country"];
/// What `phone` can refuse with.
pub const CODES_MAINLAND: &[&str] =
    &["empty", "characters", "length", "not_mobile", "landline", "region_needed", "country", "abroad"];

/// Mainland, Hong Kong, Macao or Taiwan mobile.
pub fn check_any(text: &str, _: &Facts) -> Result<Valid, Invalid> {
    any(text)
}

pub(super) fn any(text: &str) -> Result<Valid, Invalid> {
    let folded = fold_digits(text);
    if folded.is_empty() {
        return Err(Invalid::new("empty"));
    }
    let (international, digits) = split_prefix(&folded);
    if let Some(found) = first_refused(digits, |_, c| c.is_ascii_digit()) {
        return Err(Invalid::character(found));
    }
    for place in PLACES {
        if let Some(national) =
            digits.strip_prefix(place.code).filter(|rest| place.takes(rest, international))
        {
            return abroad(place, national);
        }
    }
    match digits.strip_prefix("86") {
        Some(national) if international || national.len() == 11 => mainland(national),
        _ if international => Err(Invalid::new("country")),
        _ => mainland(digits),
    }
}

/// Mainland mobile only: the contact of a candidate with a resident identity card.
pub fn check_mainland(text: &str, facts: &Facts) -> Result<Valid, Invalid> {
    let valid = check_any(text, facts)?;
    match PLACES.iter().find(|place| valid.value[1..].starts_with(place.code)) {
        Some(place) => Err(Invalid::which("abroad", place.name)),
        None => Ok(valid),
    }
}

pub(super) struct Place {
    pub(super) code: &'static str,
    name: &'static str,
    /// Digits after the country code.
    pub(super) len: usize,
    mobile: fn(&str) -> bool,
}

pub(super) const PLACES: &[Place] = &[
    Place { code: "852", name: "香港", len: 8, mobile: |n| n.starts_with(['4', '5', '6', '7', '9']) },
    Place { code: "853", name: "澳门", len: 8, mobile: |n| n.starts_with('6') },
    Place { code: "886", name: "台湾", len: 9, mobile: |n| n.starts_with('9') },
];

impl Place {
    /// Without `+` or `00` the length must fit too, or a mistyped mainland number would be taken abroad.
    fn takes(&self, rest: &str, international: bool) -> bool {
        international || rest.trim_start_matches('0').len() == self.len
    }
}

fn abroad(place: &Place, national: &str) -> Result<Valid, Invalid> {
    // A trunk 0 kept after the country code (+886 0912…) is dropped; no number of the three begins with 0.
    let national = national.strip_prefix('0').unwrap_or(national);
    if national.len() != place.len {
        return Err(Invalid::length(national.len(), &place.len.to_string()));
    }
    if !(place.mobile)(national) {
        return Err(Invalid::new("landline"));
    }
    Ok(Valid::plain(format!("+{}{national}", place.code)))
}

fn mainland(digits: &str) -> Result<Valid, Invalid> {
    if is_landline(digits) {
        return Err(Invalid::new("landline"));
    }
    // Eight digits like a Hong Kong or Macao mobile, or Taiwan's 09…: which country code?
    let lacks_region = (digits.len() == 8 && digits.starts_with(['4', '5', '6', '7', '9']))
        || (digits.len() == 10 && digits.starts_with("09"));
    if lacks_region {
        return Err(Invalid::new("region_needed"));
    }
    if digits.len() != 11 {
        return Err(Invalid::length(digits.len(), "11"));
    }
    if !matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..]) {
        return Err(Invalid::new("not_mobile"));
    }
    let warnings = prefix_warning(&digits[..3]).into_iter().collect();
    Ok(Valid { value: format!("+86{digits}"), warnings })
}

/// Area code with its 0 and a local number (020-81957623), or the same after +86 without the 0, or a local number
/// of eight digits beginning as Guangdong's do (2, 3, 8).
fn is_landline(digits: &str) -> bool {
    let with_area = digits.starts_with('0') && matches!(digits.len(), 11 | 12);
    let area_after_86 = digits.len() == 10 && digits.starts_with("20");
    let local = digits.len() == 8 && digits.starts_with(['2', '3', '8']);
    with_area || area_after_86 || local
}

/// Prefixes allocated by 2022, domain.md §5.5 [S41]; `prefix` is three digits beginning with 13–19.
fn prefix_warning(prefix: &str) -> Option<Warning> {
    let (network, last) = prefix.split_at(2);
    let allocated = match network {
        "14" if "01468".contains(last) => return Some(Warning::DevicePrefix),
        "14" => "579",
        "16" => "2567",
        "17" => "012345678",
        "15" | "19" => "012356789",
        _ => "0123456789",
    };
    (!allocated.contains(last)).then_some(Warning::UnallocatedPrefix)
}

/// `+` or `00` announces a country code.
fn split_prefix(text: &str) -> (bool, &str) {
    match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

/// The mainland number without its +86, for showing; any other number as it is.
pub fn national(e164: &str) -> &str {
    match e164.strip_prefix("+86") {
        Some(rest) if rest.len() == 11 && is_digits(rest) => rest,
        _ => e164,
    }
}
