//! A message in one's own words: taken as it was said.

use super::{Facts, Invalid, Valid};

/// Anything that says something, without blanks around it.
pub fn check(text: &str, _: &Facts) -> Result<Valid, Invalid> {
    let said = text.trim();
    if said.is_empty() { Err(Invalid::new("empty")) } else { Ok(Valid::plain(said.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_something_is_taken_as_it_is() {
        let facts = Facts { today: jiff::civil::date(2026, 6, 15) };
        for (text, value) in
            [("初审带什么？", Some("初审带什么？")), (" 1 ", Some("1")), (" \n", None), ("", None)]
        {
            assert_eq!(check(text, &facts).ok().map(|valid| valid.value).as_deref(), value, "{text:?}");
        }
    }
}
