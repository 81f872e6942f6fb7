//! A message in one's own words: taken as it was said, but for signs that nobody sees.

use super::{Facts, Invalid, Valid, text::is_invisible};

/// Anything that says something, without blanks around it.
pub fn check(text: &str, _: &Facts) -> Result<Valid, Invalid> {
    let plain = plain(text);
    let said = plain.trim();
    if said.is_empty() { Err(Invalid::new("empty")) } else { Ok(Valid::plain(said.to_owned())) }
}

/// A text without what would steer the screen it is shown on: of control characters only new lines are left, and
/// nothing that turns the direction of writing or takes no room.
pub fn plain(text: &str) -> String {
    let seen = |c| match c {
        '\n' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        c if c.is_control() || is_invisible(c) => None,
        c => Some(c),
    };
    text.chars().filter_map(seen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_something_is_taken_as_it_is() {
        let facts = Facts { today: jiff::civil::date(2026, 6, 15) };
        for (text, value) in [
            ("初审带什么？", Some("初审带什么？")),
            (" 1 ", Some("1")),
            ("一\r\n二\u{2028}三\n\t四", Some("一\n二\n三\n 四")),
            ("\u{1b}[31m红\u{9b}2J\u{7}\u{0}", Some("[31m红2J")),
            ("\u{202e}反\u{2066}了\u{61c}\u{200b}\u{e0041}", Some("反了")),
            ("好👌🏻❤️", Some("好👌🏻❤️")),
            (" \n", None),
            ("\u{200b}\u{1b}", None),
            ("", None),
        ] {
            assert_eq!(check(text, &facts).ok().map(|valid| valid.value).as_deref(), value, "{text:?}");
        }
    }
}
