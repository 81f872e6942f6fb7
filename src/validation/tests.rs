//! The vectors of domain.md, every row, and properties that hold for any text.

use super::profile::{Disagreement, Gender};
use super::*;
use jiff::civil::date;
use proptest::prelude::*;

const ID_VECTORS: &str = include_str!("../../tests/data/id-vectors.csv");
const PHONE_VECTORS: &str = include_str!("../../tests/data/phone-vectors.csv");

/// The reference date of the vectors (domain.md §5.2).
const FACTS: Facts = Facts { today: date(2026, 6, 15) };

fn rows(text: &'static str) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap()).collect()
}

fn document_of(vector_type: &str) -> DocumentType {
    match vector_type {
        "RESIDENT_ID" => DocumentType::ResidentId,
        "HM_RESIDENCE" => DocumentType::HkMacaoResidence,
        "TW_RESIDENCE" => DocumentType::TaiwanResidence,
        "HM_PERMIT" => DocumentType::HkMacaoPermit,
        "TW_PERMIT" => DocumentType::TaiwanPermit,
        "PASSPORT" => DocumentType::Passport,
        "FOREIGN_PR" => DocumentType::ForeignPermanentResidence,
        "OFFICER" => DocumentType::OfficerCard,
        other => panic!("unknown type {other}"),
    }
}

/// The vectors' names for outcomes.
fn outcome_code(input: &str, outcome: &Result<Valid, Invalid>) -> &'static str {
    match outcome {
        Ok(valid) if valid.value != input => "OK_NORMALIZED",
        Ok(valid) => match valid.warnings.first() {
            None => "OK",
            Some(Warning::Age) => "WARN_AGE",
            Some(Warning::UnknownRegion) => "WARN_REGION",
            Some(Warning::Legacy) => "OK_LEGACY",
            Some(Warning::Unverified) => "OK_UNVERIFIED",
            Some(other) => panic!("no number has {other:?}"),
        },
        Err(invalid) => match invalid.code {
            "characters" | "no_digit" => "CHARSET",
            "check_digit" => "CHECKSUM",
            "date" => "DATE",
            "future" => "FUTURE",
            "region" => "REGION",
            "wrong_type" => "TYPE_MISMATCH",
            "length" => "LENGTH",
            "empty" => "EMPTY",
            "old_15" => "OLD_15",
            "prefix" => "PREFIX",
            other => panic!("the vectors have no name for {other}"),
        },
    }
}

#[test]
fn every_document_vector_has_its_outcome() {
    let rows = rows(ID_VECTORS);
    assert_eq!(rows.len(), 127);
    for row in rows {
        let (document, input) = (document_of(&row[0]), &row[1]);
        let rule = rule(document.rule_name()).unwrap();
        let outcome = (rule.check)(input, &FACTS);
        assert_eq!(outcome_code(input, &outcome), &row[4], "{row:?}: {outcome:?}");
        assert_eq!(outcome.is_ok(), &row[2] == "yes", "{row:?}");
        match outcome {
            Ok(valid) => assert_eq!(valid.value, &row[3], "{row:?}"),
            Err(invalid) => assert!(rule.codes.contains(&invalid.code), "{row:?}: {}", invalid.code),
        }
    }
}

#[test]
fn a_wrong_number_of_another_card_is_explained_as_what_it_is() {
    let code = |text: &str| document::check_of_any_type(text, &FACTS).map_err(|invalid| invalid.code);
    assert!(code("810000199602290060").is_ok());
    for (wrong, expected) in [
        ("810000199602290061", "check_digit"),
        ("830000198913300016", "date"),
        ("820000203002290060", "date"),
    ] {
        assert_eq!(code(wrong), Err(expected), "{wrong}");
    }
}

#[test]
fn every_document_vector_tells_its_profile() {
    for row in rows(ID_VECTORS).into_iter().filter(|row| &row[2] == "yes") {
        let told = profile::read(document_of(&row[0]), &row[3]);
        let gender = match &row[5] {
            "M" => Some(Gender::Male),
            "F" => Some(Gender::Female),
            _ => None,
        };
        assert_eq!(told.gender, gender, "{row:?}");
        match row[6].get(..10) {
            Some(day) => assert!(told.births.contains(&day.parse().unwrap()), "{row:?}: {told:?}"),
            None => assert!(told.births.is_empty(), "{row:?}"),
        }
        assert_eq!(
            told.births.len(),
            usize::from(!row[6].is_empty()) + usize::from(row[6].contains("century"))
        );
    }
}

#[test]
fn every_phone_vector_has_its_outcome() {
    let rows = rows(PHONE_VECTORS);
    assert_eq!(rows.len(), 27);
    for row in rows {
        let rule = rule("phone_any").unwrap();
        let outcome = (rule.check)(&row[0], &FACTS);
        let verdict = match &outcome {
            Ok(valid) if valid.warnings.is_empty() => "yes",
            Ok(_) => "warn",
            Err(_) => "no",
        };
        assert_eq!(verdict, &row[1], "{row:?}: {outcome:?}");
        match outcome {
            Ok(valid) => assert_eq!(valid.value, &row[2], "{row:?}"),
            Err(invalid) => assert!(rule.codes.contains(&invalid.code), "{row:?}: {}", invalid.code),
        }
    }
}

/// `rule, text, value or code`.
const MORE: &[(&str, &str, &str)] = &[
    ("exam_no", "010112345678", "=010112345678"),
    ("exam_no", " ０１０１ １２３４ ５６７８ ", "=010112345678"),
    ("exam_no", "01011234567", "length"),
    ("exam_no", "0101-1234-5678", "=010112345678"),
    ("exam_no", "0101 — 12345678", "=010112345678"),
    ("exam_no", "零一零一一二三四五六七八", "=010112345678"),
    ("exam_no", "〇幺〇幺，一二三四五六七八", "characters"),
    ("exam_no", "〇幺〇幺 一二三四 五六七八", "=010112345678"),
    ("exam_no", "零一零一一二三四五六七", "length"),
    ("exam_no", "0101_12345678", "characters"),
    ("exam_no", "十二位", "characters"),
    ("exam_no", "\u{200b} ", "empty"),
    ("phone", "13800138000", "=+8613800138000"),
    ("phone", "\u{202d}138-0013-8000\u{202c}", "=+8613800138000"),
    ("phone", "+85251234567", "abroad"),
    ("phone", "886912345678", "abroad"),
    ("phone", "51234567", "region_needed"),
    ("phone", "0912345678", "region_needed"),
    ("phone", "020-81957623", "landline"),
    ("phone", "+86 20 8195 7623", "landline"),
    ("phone", "81957623", "landline"),
    ("phone", "12345678901", "not_mobile"),
    ("phone", "138O0138000", "characters"),
    ("phone", "1380013800", "length"),
    ("phone", "+44 20 7946 0000", "country"),
    ("phone", "幺三八零零幺三八零零零", "=+8613800138000"),
    ("phone", " ", "empty"),
    ("phone_tail", "8000", "=8000"),
    ("phone_tail", " ８０-００ ", "=8000"),
    ("phone_tail", "八零零零", "=8000"),
    ("phone_tail", "0012", "=0012"),
    ("phone_tail", "尾号8000", "=8000"),
    ("phone_tail", "手机号后四位是：八零零零。", "=8000"),
    ("phone_tail", "最后四位 8000", "=8000"),
    ("phone_tail", "我登记的手机尾号是8000", "=8000"),
    ("phone_tail", "四五六七", "=4567"),
    ("phone_tail", "我不知道", "characters"),
    ("phone_tail", "+86 138 0013 8000", "=8613800138000"),
    ("phone_tail", "51234567", "=51234567"),
    ("phone_tail", "800", "length"),
    ("phone_tail", "80001", "length"),
    ("phone_tail", "138001380001380013800", "length"),
    ("phone_tail", "80O0", "characters"),
    ("phone_tail", "+", "empty"),
    ("phone_any", "85251234567", "=+85251234567"),
    ("phone_any", "+853 2812 3456", "landline"),
    ("phone_any", "+852 5123456", "length"),
    ("name", "陈样例", "=陈样例"),
    ("name", " 陈 样例\u{200b}", "=陈样例"),
    ("name", "阿卜杜拉•买买提", "=阿卜杜拉·买买提"),
    ("name", "阿卜杜拉．买买提", "=阿卜杜拉·买买提"),
    ("name", "〇小𠮷", "=〇小𠮷"),
    ("name", "葛\u{e0100}某", "=葛\u{e0100}某"),
    ("name", "\u{f900}某", "=\u{f900}某"),
    ("name", "Mary-Jane  o’Neil", "=MARY-JANE O'NEIL"),
    ("name", "ＪＯＨＮ ＳＭＩＴＨ", "=JOHN SMITH"),
    ("name", "José", "=JOSÉ"),
    ("name", "陈3", "characters"),
    ("name", "陈A", "characters"),
    ("name", "·陈", "characters"),
    ("name", "--", "characters"),
    ("name", "👍", "characters"),
    ("name", "", "empty"),
    ("resident_id", "军字第1234567号", "wrong_type"),
    ("resident_id", "CAN110081080310", "wrong_type"),
    ("resident_id", "944840199003070039", "wrong_type"),
    ("foreign_permanent_residence", "440103199003070037", "wrong_type"),
    ("taiwan_permit", "H00123456", "wrong_type"),
    ("hk_macao_permit", "HA012345678", "length"),
    ("passport", "H00123456", "=H00123456"),
    ("passport", "H0012345600", "wrong_type"),
    ("passport", "440103199003070037", "wrong_type"),
    ("officer_card", "440103199003070037", "wrong_type"),
    ("officer_card", "军字第123号", "length"),
    ("foreign_permanent_residence", "XXA440090030718", "=XXA440090030718"),
    ("foreign_permanent_residence", "XXA440090030719", "check_digit"),
];

#[test]
fn more_texts_have_their_outcome() {
    for (name, text, expected) in MORE {
        let outcome = (rule(name).unwrap().check)(text, &FACTS);
        match (expected.strip_prefix('='), outcome) {
            (Some(value), Ok(valid)) => assert_eq!(valid.value, value, "{name} {text}"),
            (None, Err(invalid)) => assert_eq!(invalid.code, *expected, "{name} {text}"),
            (_, outcome) => panic!("{name} {text}: expected {expected}, got {outcome:?}"),
        }
    }
}

#[test]
fn refusals_say_what_was_seen() {
    type Seen = &'static [(&'static str, &'static str)];
    let rows: [(&str, &str, Seen); 7] = [
        ("exam_no", "01011234567", &[("found", "11"), ("expected", "12")]),
        ("resident_id", "44010619920229039×", &[("found", "×")]),
        ("resident_id", "44010319900307X037", &[("found", "X")]),
        ("resident_id", "810000199003070031", &[("which", "港澳居民居住证")]),
        ("hk_macao_permit", "C12345678", &[("which", "往来港澳通行证")]),
        ("taiwan_permit", "A123456789", &[("which", "台湾居民身份证")]),
        ("phone", "+85366123456", &[("which", "澳门")]),
    ];
    for (name, text, expected) in rows {
        let invalid = (rule(name).unwrap().check)(text, &FACTS).unwrap_err();
        let facts: Vec<_> = invalid.facts.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(facts, expected, "{name} {text}");
    }
}

/// Texts, and what is tried when the whole text was refused.
#[test]
fn a_number_is_found_in_a_sentence() {
    let rows = [
        ("13900139000。", Some("13900139000")),
        ("我的准考证号是010126000001", Some("010126000001")),
        ("身份证号44010619920229039X", Some("44010619920229039X")),
        ("身份证：440106 19920229 039x，谢谢", Some("440106 19920229 039x")),
        ("０１０１２６０００００１！", Some("010126000001")),
        ("电话+852 9123 4567。", Some("+852 9123 4567")),
        ("（E12345678）", Some("E12345678")),
        ("电话020-81957623", Some("020-81957623")),
        ("1。", None),
        ("第1个", None),
        ("号码1234567", None),
        ("13900139000或13800138000", None),
        ("4401061992和0229039X", None),
        ("44010619920229（39X）", Some("44010619920229(39X")),
        ("第2题010126000001", None),
        ("军字第12345678号。", None),
        ("1380013*。", None),
        ("13800138*。", Some("13800138*")),
        ("号44010619920229039Х", Some("44010619920229039Х")),
        ("好的🙏13900139000🙏", Some("13900139000")),
        ("号码", None),
        ("", None),
    ];
    for (text, expected) in rows {
        assert_eq!(number_in(text).as_deref(), expected, "{text}");
    }
}

/// No sentence makes a good number of a bad one, or another of a good one.
#[test]
fn a_sentence_changes_no_number() {
    let documents =
        rows(ID_VECTORS).into_iter().map(|row| (document_of(&row[0]).rule_name(), row[1].to_owned()));
    let phones = rows(PHONE_VECTORS).into_iter().map(|row| ("phone_any", row[0].to_owned()));
    for (name, input) in documents.chain(phones) {
        let check = rule(name).unwrap().check;
        let alone = check(&input, &FACTS);
        for sentence in [format!("我的号码是{input}。"), format!("{input}，谢谢"), format!("「{input}」")]
        {
            let Some(number) = number_in(&sentence) else { continue };
            if let Ok(valid) = check(&number, &FACTS) {
                assert_eq!(Some(valid.value), alone.clone().ok().map(|valid| valid.value), "{sentence}");
            }
        }
    }
}

#[test]
fn private_use_in_a_name_is_for_the_reviewer() {
    let valid = name::check("陈\u{e123}", &FACTS).unwrap();
    assert_eq!(valid.warnings, [Warning::PrivateUse]);
    assert_eq!(valid.value, "陈\u{e123}");
}

#[test]
fn the_same_name_may_be_written_in_several_ways() {
    let rows = [
        ("葛\u{e0100}某", "葛某", true),
        ("\u{f900}某", "豈某", true),
        ("阿·买", "阿・买", true),
        ("John Smith", "JOHN  SMITH", true),
        ("陈国", "陳國", false),
        ("张三", "张三丰", false),
    ];
    for (left, right, same) in rows {
        assert_eq!(name::same_name(left, right), same, "{left} {right}");
    }
}

#[test]
fn the_same_person_may_have_another_issue_of_a_permit() {
    use DocumentType::{HkMacaoPermit, OfficerCard, Passport, ResidentId, TaiwanPermit};
    let rows = [
        (HkMacaoPermit, "H0012345600", "H00123456", true),
        (HkMacaoPermit, "H00123456", "h0012345601", true),
        (HkMacaoPermit, "H00123457", "H00123456", false),
        (TaiwanPermit, "0123456702", "01234567", true),
        (TaiwanPermit, "01234568", "01234567", false),
        (ResidentId, "44010619920229039X", "44010619920229039x", true),
        (ResidentId, "440103199003070037", "440104198809150249", false),
        (Passport, "E12345678", "E123456789", false),
        (OfficerCard, "军字第1234567号", "军字第1234567", true),
        (ResidentId, "", "", false),
    ];
    for (document, given, recorded, same) in rows {
        assert_eq!(document_type::same_number(document, given, recorded), same, "{given} {recorded}");
    }
}

#[test]
fn only_the_resident_card_is_on_the_id_track() {
    for document in DocumentType::ALL {
        let id = document.track() == document_type::Track::Id;
        assert_eq!(id, document == DocumentType::ResidentId, "{document:?}");
        assert_eq!(DocumentType::from_label(document.label()), Some(document));
        assert_eq!(serde_json::to_string(&document).unwrap(), format!("\"{}\"", document.label()));
        assert!(rule(document.rule_name()).is_some());
    }
}

#[test]
fn a_profile_is_held_against_the_record() {
    let told = profile::read(DocumentType::ResidentId, "440103199003070037");
    let rows = [
        (Gender::Male, date(1990, 3, 7), None),
        (Gender::Female, date(1990, 3, 7), Some(Disagreement::Gender)),
        (Gender::Male, date(1990, 3, 8), Some(Disagreement::Birth)),
        (Gender::Female, date(1991, 3, 7), Some(Disagreement::Both)),
    ];
    for (gender, birth, expected) in rows {
        assert_eq!(told.disagreement(gender, birth), expected, "{gender:?} {birth}");
    }
    let silent = profile::read(DocumentType::Passport, "E12345678");
    assert_eq!(silent.disagreement(Gender::Female, date(1990, 3, 7)), None);
}

proptest! {
    /// No text panics, every refusal is announced by the table with its facts, and a normalised text stays itself.
    #[test]
    fn rules_are_total_and_honest(text in "[0-9XHMEA字第号·+ -]{0,20}|\\PC{0,24}|[0-9]{17}[0-9X]|[HM][A0-9][0-9]{7,9}") {
        for rule in RULES {
            match (rule.check)(&text, &FACTS) {
                Ok(valid) => {
                    let again = (rule.check)(&valid.value, &FACTS);
                    prop_assert_eq!(again.map(|v| v.value), Ok(valid.value), "{}", rule.name);
                }
                Err(invalid) => {
                    prop_assert!(rule.codes.contains(&invalid.code), "{} {}", rule.name, invalid.code);
                    let names: Vec<_> = invalid.facts.iter().map(|(name, _)| *name).collect();
                    prop_assert_eq!(names, fact_names(invalid.code));
                }
            }
        }
    }

    /// MOD 11-2 finds every single wrong digit of a resident number.
    #[test]
    fn one_wrong_digit_is_found(at in 14usize..17, add in 1u8..10) {
        let mut number = "440103199003070037".to_owned().into_bytes();
        number[at] = b'0' + (number[at] - b'0' + add) % 10;
        let number = String::from_utf8(number).unwrap();
        let refused = document::check(DocumentType::ResidentId, &number, &FACTS).unwrap_err();
        prop_assert_eq!(refused.code, "check_digit");
    }
}
