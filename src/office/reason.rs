//! What an office may give as a reason. The audit keeps it for years and shows it to whoever reads it: it says enough, and
//! names nobody. Whom a line concerns its subject tells.
//!
//! An opinion is none: it is the candidate's own to read, is sealed with the application, and no line of the audit has it.

use unicode_normalization::UnicodeNormalization as _;

use crate::{
    mask,
    validation::{name, phone},
    workflow::candidate::Candidate,
};

/// Shortest reason, in characters: the audit must say something.
pub const MIN: usize = 4;
/// A name that is shorter is a word of everyday.
const SHORTEST_NAME: usize = 2;

/// Why a reason is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// It says too little or too much.
    #[error("a reason has {MIN} to {longest} characters")]
    Length {
        /// So many at most.
        longest: usize,
    },
    /// It has somebody's number or name in it.
    #[error("a reason has no numbers and no names of persons")]
    Personal,
}

/// The reason without blanks around it. `whom` it concerns, as far as known, is not named in it.
pub(super) fn check<'r>(
    reason: &'r str,
    longest: usize,
    whom: Option<&Candidate>,
) -> Result<&'r str, ReasonError> {
    let reason = reason.trim();
    if !(MIN..=longest).contains(&reason.chars().count()) {
        return Err(ReasonError::Length { longest });
    }
    let whole = closed(reason);
    let is_named = whom.is_some_and(|candidate| names(reason, candidate));
    if is_named || mask::told(&whole) != whole { Err(ReasonError::Personal) } else { Ok(reason) }
}

/// Whether a text has the name or a number of somebody, however it is spaced.
fn names(text: &str, whom: &Candidate) -> bool {
    let text = plain(text);
    let name = plain(&name::folded(&whom.name));
    let numbers = [Some(&whom.exam_no), Some(&whom.document_no), whom.phone.as_ref()];
    let mut numbers = numbers.into_iter().flatten().map(|number| plain(phone::national(number)));
    let has_name = name.chars().count() >= SHORTEST_NAME && text.contains(&name);
    has_name || numbers.any(|number| !number.is_empty() && text.contains(&number))
}

/// Letters and digits alone, in capitals.
fn plain(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// With digits of one width and no blanks between them: 「138 0013 8000」 is a number, too.
fn closed(text: &str) -> String {
    let mut closed = String::new();
    let text: Vec<char> = text.nfkc().collect();
    for (at, c) in text.iter().enumerate() {
        let next = text[at..].iter().find(|c| !c.is_whitespace());
        let is_inside =
            closed.ends_with(|c: char| c.is_ascii_digit()) && next.is_some_and(char::is_ascii_digit);
        if !(c.is_whitespace() && is_inside) {
            closed.push(*c);
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::transition::tests::candidate;

    #[test]
    fn a_reason_says_enough_and_names_nobody() {
        let whom = candidate();
        let of = |text: &str| {
            let text = text.replace("NAME", &whom.name).replace("EXAM", &whom.exam_no);
            check(&text, 20, Some(&whom)).map(str::to_owned)
        };
        let (length, personal) = (Err(ReasonError::Length { longest: 20 }), Err(ReasonError::Personal));
        let rows = [
            ("  考生换了微信 ", Ok("考生换了微信".to_owned())),
            ("换微信", length.clone()),
            ("　 换微信 ", length.clone()),
            (&"长".repeat(21), length),
            ("6月15日 9:15 来过 2 次", Ok("6月15日 9:15 来过 2 次".to_owned())),
            ("06-15 见 1234-5678", Ok("06-15 见 1234-5678".to_owned())),
            ("NAME换了微信", personal.clone()),
            ("本人 EXAM 来过", personal.clone()),
            ("电话 13912345678", personal.clone()),
            ("电话 139 1234 5678", personal.clone()),
            ("电话 １３９１２３４５６７８", personal.clone()),
        ];
        for (given, expected) in rows {
            assert_eq!(of(given), expected, "{given}");
        }
    }

    #[test]
    fn names_and_numbers_are_known_however_they_are_spaced() {
        let of = |name: &str, document: &str| {
            let (name, document_no) = (name.to_owned(), document.to_owned());
            Candidate { name, document_no, phone: Some("+8613800138000".to_owned()), ..candidate() }
        };
        let rows = [
            (of("张三", "H1234567"), "张 三换了微信", true),
            (of("张三", "H1234567"), "张三丰换了微信", true),
            (of("张三", "H1234567"), "换了微信，旧的不用", false),
            (of("陈", "H1234567"), "陈旧的微信不用了", false),
            (of("JOHN SMITH", "H1234567"), "John Smith 换了微信", true),
            (of("阿卜杜拉·买买提", "H1234567"), "阿卜杜拉买买提换了", true),
            (of("张三", "E12345"), "护照 e12345 换了", true),
            (of("张三", "H1234567"), "打 138-0013-8000", true),
        ];
        for (whom, given, is_named) in rows {
            let expected = if is_named { Err(ReasonError::Personal) } else { Ok(given) };
            assert_eq!(check(given, 20, Some(&whom)), expected, "{given}");
        }
        assert_eq!(check("张三换了微信", 20, None), Ok("张三换了微信"), "nobody knows whom it concerns");
    }
}
