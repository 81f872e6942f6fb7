//! Whoever holds another document hears its name, and never the name of a card they do not have.

use super::{
    everywhere::resting_states,
    play::{CANDIDATES, Player, WORLD, text},
};
use crate::{
    inbound::{Decision, Level, Part, ReviewAct, What},
    validation::document_type::{DocumentType, Track},
    workflow::{
        case::{Case, Stage},
        transition::tests::sample_of,
    },
};

/// What may be asked anywhere and names a document in its answer.
const ASKED: [&str; 17] = [
    "准考证号忘了怎么办",
    "?",
    "1",
    "进度",
    "下一步做什么",
    "要带什么",
    "领证带什么",
    "正面是哪一面",
    "为什么要上传照片",
    "可以只传两张吗",
    "可以用相册里的吗",
    "照片怎么拍",
    "手持怎么拍",
    "名字错了怎么办",
    "提交身份证附件",
    "毕业申请",
    "申请",
];

/// Everybody with another document, at each stage they come to.
fn holders() -> impl Iterator<Item = Player> {
    let others = CANDIDATES.iter().filter(|candidate| candidate.track() == Track::NonId);
    others.flat_map(|candidate| {
        let cases = Stage::ALL.into_iter().filter_map(|stage| sample_of(Track::NonId, stage));
        cases.map(|case| Player::with_case(Case { exam_no: candidate.exam_no.clone(), ..case }))
    })
}

/// The words without the one document whose full name holds the other's.
fn names_a_card(words: &str) -> bool {
    words.replace(DocumentType::ForeignPermanentResidence.label(), "").contains("身份证")
}

#[test]
fn nobody_hears_of_a_card_that_is_not_theirs() {
    let mut wrong = std::collections::BTreeSet::new();
    for player in holders() {
        let home = WORLD.scripts.home_of(player.case().stage.name()).name.as_str();
        let states = resting_states(true).filter(|state| !state.starts_with("bind."));
        // The states of the three photos are entered from one stage only.
        for state in states.filter(|state| *state == home || state.starts_with("identity.")) {
            for said in ASKED {
                let mut there = player.clone();
                there.snapshot.session.state = state.to_owned();
                let answer = there.send(&text(said)).said();
                if names_a_card(&answer) {
                    wrong.insert(format!("{state} ← {said}: {answer}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), Vec::from_iter(wrong).join("\n\n"));
}

#[test]
fn each_document_has_its_names_on_the_slots_and_on_the_button() {
    let rows = [
        (
            DocumentType::ResidentId,
            ["身份证正面（国徽面）", "身份证反面（人像面）", "手持身份证", "提交身份证附件"],
        ),
        (DocumentType::HkMacaoPermit, ["通行证正面（资料页）", "通行证反面", "手持通行证", "提交证件附件"]),
        (DocumentType::TaiwanPermit, ["通行证正面（资料页）", "通行证反面", "手持通行证", "提交证件附件"]),
        (
            DocumentType::HkMacaoResidence,
            ["居住证正面（资料页）", "居住证反面", "手持居住证", "提交证件附件"],
        ),
        (DocumentType::TaiwanResidence, ["居住证正面（资料页）", "居住证反面", "手持居住证", "提交证件附件"]),
        (DocumentType::Passport, ["护照资料页", "护照末页或签证页", "手持护照", "提交证件附件"]),
        (
            DocumentType::ForeignPermanentResidence,
            ["永居证正面（资料页）", "永居证反面", "手持永居证", "提交证件附件"],
        ),
        (DocumentType::OfficerCard, ["军官证资料页", "军官证另一页", "手持军官证", "提交证件附件"]),
    ];
    assert_eq!(rows.each_ref().map(|(document, _)| *document), DocumentType::ALL);
    for (document, labels) in rows {
        let candidate = CANDIDATES.iter().find(|candidate| candidate.document_type == document).unwrap();
        let case = sample_of(document.track(), Stage::DocumentsWanted).unwrap();
        let mut player = Player::with_case(Case { exam_no: candidate.exam_no.clone(), ..case });
        let answer = player.send(&text("继续")).said();
        for (number, label) in labels.iter().enumerate() {
            assert!(answer.contains(&format!("\n{} {label}", number + 1)), "{document:?} {label}: {answer}");
        }
        assert_eq!(answer.contains("重拍毕业证照片"), document.track() == Track::NonId, "{answer}");
        // Both names of the button are heard from everybody.
        for said in ["提交身份证附件", "提交证件附件"] {
            assert!(
                player.clone().send(&text(said)).said().contains("3 张照片齐了才能提交"),
                "{document:?} {said}"
            );
        }
    }
}

#[test]
fn only_the_part_that_was_named_is_done_again() {
    let rows = [
        (Part::Portrait, "下一步", Stage::DataToConfirm),
        (Part::Documents, "下一步", Stage::DocumentsWanted),
        (Part::Both, "下一步", Stage::DataToConfirm),
        (Part::Portrait, "重新拍照", Stage::DataToConfirm),
        (Part::Documents, "重新拍照", Stage::BundleRejected),
        (Part::Both, "重新拍照", Stage::DataToConfirm),
    ];
    for (part, said, stage) in rows {
        let mut player = Player::with_case(sample_of(Track::NonId, Stage::BundleAtCity).unwrap());
        let decision = Decision::Reject { part, reasons: vec![], opinion: "看不清脸".into() };
        let act = ReviewAct { staff: "reviewer".into(), level: Level::City, round: 1, decision };
        player.send(&What::Review(act));
        let told = player.send(&text("进度")).said();
        let verdicts = [("毕业证照片：", Part::Portrait), ("证件附件：", Part::Documents)];
        for (of, named) in verdicts {
            let verdict = if part.includes(named) { "不通过" } else { "通过" };
            assert!(told.contains(&format!("{of}{verdict}\n")), "{part:?}: {told}");
        }
        let answer = player.send(&text(said)).said();
        assert_eq!(player.case().stage, stage, "{part:?} {said}: {answer}");
    }
}
