//! 准考证号: twelve digits, never parsed further (domain.md §2.5), typed in groups or read out.

use super::text::{first_refused, fold_digits};
use super::{Facts, Invalid, Valid};

/// Twelve ASCII digits after folding.
pub fn check(text: &str, _: &Facts) -> Result<Valid, Invalid> {
    let value = fold_digits(text);
    if value.is_empty() {
        return Err(Invalid::new("empty"));
    }
    if let Some(found) = first_refused(&value, |_, c| c.is_ascii_digit()) {
        return Err(Invalid::character(found));
    }
    if value.len() != 12 {
        return Err(Invalid::length(value.len(), "12"));
    }
    Ok(Valid::plain(value))
}
