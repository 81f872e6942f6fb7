//! Showing just enough of personal data (domain.md §8, table "Masking").
//!
//! Characters are counted, never bytes; a variation selector belongs to the character before it. What is shown to
//! the owner in the chat shows more than what leaves in a notice. For documents other than the 18-digit cards the
//! table's rule (last 2) and its example (`H0******6`, last 1) differ: the example is followed, it shows less.

use crate::validation::DocumentType;
use crate::validation::name::is_variation_selector;
use crate::validation::phone::national;

/// 「张*」「张**」「欧***」: the first character, then one star for each further one, at most three.
pub fn name(name: &str) -> String {
    let characters: Vec<char> = name.chars().filter(|&c| !is_variation_selector(c)).collect();
    let stars = "*".repeat(characters.len().saturating_sub(1).min(3));
    characters.first().map(|first| format!("{first}{stars}")).unwrap_or_default()
}

/// A document number as its owner sees it: 「440103********0037」, 「H0******6」.
pub fn document_for_owner(document: DocumentType, number: &str) -> String {
    if is_card(document) { keep(number, 6, 4) } else { other_document(number) }
}

/// A document number as it may leave in a notice: 「440***********0037」, 「H0******6」.
pub fn document_in_notice(document: DocumentType, number: &str) -> String {
    if is_card(document) { keep(number, 3, 4) } else { other_document(number) }
}

/// 「138****8000」; abroad, 「+852 51****67」. Takes E.164 or a mainland number.
pub fn phone(phone: &str) -> String {
    let own = national(phone);
    match own.strip_prefix('+') {
        None => keep(own, 3, 4),
        Some(digits) if digits.is_char_boundary(3) => {
            format!("+{} {}", &digits[..3], keep(&digits[3..], 2, 2))
        }
        Some(digits) => keep(digits, 0, 2),
    }
}

/// 「01********78」.
pub fn exam_no(exam_no: &str) -> String {
    keep(exam_no, 2, 2)
}

/// Numbers shorter than this say nothing about a person: dates, hours, courses.
const LONG_NUMBER: usize = 7;

/// What somebody was told, for others to look at: long numbers show their ends, and a link's secret is left out.
pub fn told(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (piece, after) = rest.split_at(number.max(first.len_utf8()));
        shown.push_str(&if number >= LONG_NUMBER { keep(piece, 2, 2) } else { piece.to_owned() });
        rest = after;
        if shown.ends_with(LINK) {
            shown.push('…');
            rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c));
        }
    }
    shown
}

/// What stands before the secret of a camera page.
const LINK: &str = "/camera/";

const fn is_card(document: DocumentType) -> bool {
    matches!(
        document,
        DocumentType::ResidentId | DocumentType::HkMacaoResidence | DocumentType::TaiwanResidence
    )
}

/// First one or two and the last.
fn other_document(number: &str) -> String {
    keep(number, if number.chars().count() < 8 { 1 } else { 2 }, 1)
}

/// The first `head` and last `tail` characters, a star for each between. A text too short to hide a quarter of
/// it is hidden whole: it is not what its caller took it for.
fn keep(text: &str, head: usize, tail: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    let hidden = characters.len().saturating_sub(head + tail);
    if hidden * 3 < head + tail {
        return "*".repeat(characters.len());
    }
    let shown = |part: &[char]| part.iter().collect::<String>();
    format!("{}{}{}", shown(&characters[..head]), "*".repeat(hidden), shown(&characters[head + hidden..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_show_their_first_character() {
        let rows = [
            ("张三", "张*"),
            ("张三丰", "张**"),
            ("欧阳修文", "欧***"),
            ("阿卜杜拉·买买提", "阿***"),
            ("JOHN SMITH", "J***"),
            ("𠮷田", "𠮷*"),
            ("葛\u{e0100}某", "葛*"),
            ("陈", "陈"),
            ("", ""),
        ];
        for (given, expected) in rows {
            assert_eq!(name(given), expected, "{given}");
        }
    }

    #[test]
    fn documents_show_more_to_their_owner() {
        use DocumentType::{HkMacaoPermit, HkMacaoResidence, OfficerCard, Passport, ResidentId};
        let rows = [
            (ResidentId, "440103199003070037", "440103********0037", "440***********0037"),
            (HkMacaoResidence, "810000199408230021", "810000********0021", "810***********0021"),
            (HkMacaoPermit, "H00123456", "H0******6", "H0******6"),
            (Passport, "A1234", "A***4", "A***4"),
            (OfficerCard, "军字第1234567号", "军字********号", "军字********号"),
            (ResidentId, "4401", "****", "****"),
        ];
        for (document, number, owner, notice) in rows {
            assert_eq!(document_for_owner(document, number), owner);
            assert_eq!(document_in_notice(document, number), notice);
        }
    }

    #[test]
    fn what_was_told_shows_no_number_and_no_secret() {
        let rows = [
            ("申请编号：4323-4785，6月15日 9:15", "申请编号：4323-4785，6月15日 9:15"),
            ("电话 13800138000。", "电话 13*******00。"),
            ("44010319900307003X", "44*************03X"),
            ("https://a.cn/camera/Ab_9-x12345678901\n请打开", "https://a.cn/camera/…\n请打开"),
            ("", ""),
        ];
        for (given, expected) in rows {
            assert_eq!(told(given), expected, "{given}");
        }
    }

    #[test]
    fn phones_and_exam_numbers_show_their_ends() {
        let rows = [
            ("+8613800138000", "138****8000"),
            ("13800138000", "138****8000"),
            ("+85251234567", "+852 51****67"),
            ("+886912345678", "+886 91*****78"),
            ("+1", "*"),
            ("", ""),
        ];
        for (given, expected) in rows {
            assert_eq!(phone(given), expected, "{given}");
        }
        assert_eq!(exam_no("010112345678"), "01********78");
    }
}
