//! The last four characters of a document number: proof, on the camera page, that whoever opens the link is its candidate.
//!
//! No rule of the dialogs: nobody is asked for it in the chat, where the whole number is. What a phone keyboard or a
//! copied page adds is folded away as for whole numbers; signs and characters around the number proper
//! (「军字第…号」) count on neither side.

use subtle::ConstantTimeEq;

use super::text::fold_number;

/// Characters that are asked for.
const TAIL: usize = 4;

/// Four letters or digits, as they are compared; `None` when it is more, less or something else.
pub fn read(text: &str) -> Option<String> {
    let given = proper(text);
    (given.len() == TAIL).then_some(given)
}

/// Whether what [`read`] gave ends the record's number, in a time that does not tell how much of it does.
pub fn confirms(given: &str, recorded: &str) -> bool {
    let recorded = proper(recorded);
    let tail = recorded.len().checked_sub(TAIL).and_then(|at| recorded.get(at..));
    tail.is_some_and(|tail| bool::from(tail.as_bytes().ct_eq(given.as_bytes())))
}

fn proper(text: &str) -> String {
    fold_number(text).chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_characters_are_read_however_they_are_typed() {
        let rows = [
            ("0037", Some("0037")),
            ("００３７", Some("0037")),
            (" 00 37 ", Some("0037")),
            ("003x", Some("003X")),
            ("００３ｘ", Some("003X")),
            ("0 0 3　X", Some("003X")),
            ("003", None),
            ("00037", None),
            ("440103199003070037", None),
            ("四个数字", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(read(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn only_the_end_of_the_number_confirms() {
        let rows = [
            ("0037", "440103199003070037", true),
            ("002X", "44010319900307002x", true),
            ("4401", "440103199003070037", false),
            ("0038", "440103199003070037", false),
            ("3456", "H0123456", true),
            ("3456", "军字第0123456号", true),
            ("0037", "037", false),
            ("0037", "", false),
        ];
        for (given, recorded, expected) in rows {
            assert_eq!(confirms(given, recorded), expected, "{given} of {recorded}");
        }
    }
}
