//! 准考证号: twelve digits, never parsed further (domain.md §2.5).

use super::text::{first_refused, fold_number};
use super::{Facts, Invalid, Valid};

/// Twelve ASCII digits after folding.
pub fn check(text: &str, _: &Facts) -> Result<Valid, Invalid> {
    let value = fold_number(text);
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
