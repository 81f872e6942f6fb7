//! Consent and binding: nothing is taken before 「同意」, nothing is told before everything was right.

use std::collections::BTreeMap;

use super::{
    super::*,
    play::{CANDIDATES, Player, WORLD, live, photo, text, times},
    told,
};
use crate::{
    dialog::Purpose,
    inbound::{CameraAct, PhotoVerdict, PopulationAnswered, UnbindAct},
    workflow::{
        case::{Case, Stage},
        transition::{
            DOCUMENT_SLOTS,
            tests::{candidate, sample},
        },
    },
};

const CAMERA: [CameraAct; 2] = [CameraAct::ReadStandard, CameraAct::Finish];

/// Somebody at a stage who has agreed to nothing.
fn not_agreed(stage: Stage) -> Player {
    let mut player = Player::with_case(sample(stage));
    player.snapshot.session.consents.portrait = None;
    player
}

fn at(state: &str) -> Player {
    let mut player = Player::new();
    told(&mut player, &["绑定", &candidate().exam_no]);
    if state == "bind.document_no" {
        told(&mut player, &["同意"]);
    }
    assert_eq!(player.snapshot.session.state, state);
    player
}

/// Somebody at each of the questions for a consent, and what it is for.
fn asked_to_agree() -> [(Player, Purpose); 3] {
    let mut again = Player::bound(&CANDIDATES[0]);
    again.snapshot.session.consents.identity = None;
    told(&mut again, &["毕业申请"]);
    let mut portrait = not_agreed(Stage::StandardToRead);
    told(&mut portrait, &["我知道了，去拍照"]);
    [(at("bind.consent"), Purpose::Identity), (again, Purpose::Identity), (portrait, Purpose::Portrait)]
}

/// The version that somebody has agreed to, and when.
fn given(player: &Player, purpose: Purpose) -> Option<Given> {
    let consents = player.snapshot.session.consents.clone();
    match purpose {
        Purpose::Identity => consents.identity,
        Purpose::Portrait => consents.portrait,
    }
}

#[test]
fn only_its_very_words_are_a_consent() {
    let theirs = ["同意", "我同意", "「同意」", "同意。", "1", "第一个"];
    let others = [
        "好的",
        "嗯",
        "是",
        "可以",
        "可以的",
        "行",
        "没意见",
        "没问题",
        "同意吗",
        "要同意吗",
        "同意了会怎样",
        "如果同意",
        "不太同意",
        "还没同意",
        "不要同意",
        "不同意",
        "我不同意",
        "拒绝",
        "2",
        "谁同意",
        "440106199202290391",
    ];
    for (player, purpose) in asked_to_agree() {
        for said in theirs {
            let mut player = player.clone();
            let answer = told(&mut player, &[said]);
            let version = WORLD.scripts.consent(purpose).to_owned();
            let now = Some(Given { version, at: player.now });
            assert_eq!(given(&player, purpose), now, "{player:?}: {said}: {answer}");
            assert!(!player.snapshot.session.state.contains("consent"), "{player:?}: {said}");
        }
        for said in others {
            let mut player = player.clone();
            let answer = told(&mut player, &[said]);
            assert_eq!(given(&player, purpose), None, "{player:?}: {said}: {answer}");
        }
    }
}

#[test]
fn a_yes_to_a_consent_is_asked_back_by_its_words() {
    for (player, purpose) in asked_to_agree() {
        for said in ["好的", "嗯", "是", "可以", "行"] {
            let mut player = player.clone();
            let answer = told(&mut player, &[said]);
            assert!(answer.contains("您是要选「同意」吗"), "{player:?}: {said}: {answer}");
            let answer = told(&mut player, &["是"]);
            assert!(given(&player, purpose).is_some(), "{player:?}: {said}: {answer}");
        }
    }
}

#[test]
fn who_does_not_agree_leaves_nothing_behind() {
    let mut player = Player::new();
    told(&mut player, &["毕业申请", &candidate().exam_no]);
    let turn = player.send(&text("不同意"));
    assert_eq!((turn.audit.len(), player.snapshot.session.slots.len()), (0, 0));
    assert_eq!(player.snapshot.session.state, "place.browse");
    assert!(!player.snapshot.session.back.iter().any(|state| state.starts_with("bind.")));
}

#[test]
fn each_consent_is_in_the_audit_with_its_version() {
    let mut player = at("bind.consent");
    let lines = player.send(&text("同意")).audit;
    let line = |lines: &[Audit]| (lines[0].act.clone(), lines[0].detail.clone(), lines[0].actor.clone());
    let version = WORLD.scripts.consent(Purpose::Identity).to_owned();
    assert_eq!(line(&lines), ("consent_identity".to_owned(), version, "person".to_owned()));
    let mut player = not_agreed(Stage::StandardToRead);
    told(&mut player, &["我知道了，去拍照"]);
    let lines = player.send(&text("同意")).audit;
    let version = WORLD.scripts.consent(Purpose::Portrait).to_owned();
    assert_eq!(line(&lines), ("consent_portrait".to_owned(), version, "person".to_owned()));
}

#[test]
fn nothing_of_the_record_is_kept_or_told_before_all_was_right() {
    let known = candidate();
    let record = CANDIDATES.iter().find(|one| one.exam_no == known.exam_no).unwrap();
    let mut player = at("bind.document_no");
    let turn = player.send(&text(&record.document_no));
    assert_eq!(player.snapshot.session.state, "bind.phone");
    let session = serde_json::to_string(&turn.session).unwrap();
    let phone = record.phone.clone().unwrap();
    for secret in [record.name.as_str(), &phone, &phone[phone.len() - 4..], &phone[..3]] {
        assert!(!session.contains(secret), "{secret} in {session}");
    }
    assert!(!turn.said().contains(|c: char| c.is_ascii_digit()), "{}", turn.said());
    assert!(player.snapshot.candidate.is_none() && turn.binding.is_none());
    let turn = player.send(&text("1234"));
    assert!(!turn.said().contains(&phone[phone.len() - 4..]) && turn.failed_attempt.is_some());
    player.send(&text(&phone[phone.len() - 4..]));
    assert_eq!(player.snapshot.session.exam_no, Some(record.exam_no.clone()));
    let typed = ["exam_no", "document_no", "phone_tail"];
    assert!(typed.iter().all(|slot| !player.snapshot.session.slots.contains_key(*slot)));
}

#[test]
fn what_did_not_match_counts_and_nothing_else_does() {
    let mut player = at("bind.document_no");
    player.registry = false;
    assert!(player.send(&text("44010619920229039X")).failed_attempt.is_none(), "nobody answered");
    player.registry = true;
    player.locked.insert(candidate().exam_no);
    assert!(player.send(&text("44010619920229039X")).failed_attempt.is_none(), "refused by the lock");
    assert!(player.snapshot.session.failed_bindings.is_empty());
    let mut player = at("bind.document_no");
    player.known = false;
    for count in 1..=5 {
        let failed = player.send(&text("44010619920229039X")).failed_attempt.unwrap();
        assert_eq!(
            (failed.exam_no.as_str(), failed.day),
            (candidate().exam_no.as_str(), player.now.date(&WORLD.zone))
        );
        assert_eq!(player.snapshot.session.state == "place.browse", count == 5);
    }
    player.known = true;
    let turn = player.send(&text("绑定"));
    assert!(turn.said().contains("以后可以再试") && turn.failed_attempt.is_none(), "{}", turn.said());
}

#[test]
fn no_portrait_is_taken_from_who_has_not_agreed() {
    let moments = [Stage::ScanAwaited, Stage::DataToReconfirm, Stage::StandardToReread, Stage::Capturing];
    for stage in moments {
        let mut player = not_agreed(stage);
        let turn = player.send(&What::Photo { media_id: "media".into() });
        assert!(turn.jobs.is_empty() && turn.said().contains("照片没有保存"), "{stage:?}: {}", turn.said());
        assert_eq!(player.snapshot.session.state, "portrait.consent", "{stage:?}");
        let mut player = not_agreed(stage);
        let before = player.case();
        let turn = player.send(&What::Camera(CameraAct::Photo(PhotoVerdict::Accepted(live("picture")))));
        assert_eq!(turn.refused, Some(scene::PORTRAIT_CONSENT), "{stage:?}");
        let cleared = |job: &Job| matches!(job, Job::ClearPhotos { names, .. } if names == &["picture"]);
        assert!(turn.jobs.iter().any(cleared), "{stage:?}: {:?}", turn.jobs);
        assert_eq!(player.case(), before, "{stage:?}");
    }
    let mut player = not_agreed(Stage::ScanAwaited);
    let turn = player.send(&What::Camera(CameraAct::Claim { ticket: "ticket".into() }));
    assert_eq!((turn.refused, turn.ticket), (Some(scene::PORTRAIT_CONSENT), None));
    let mut player = not_agreed(Stage::StandardToReread);
    assert_eq!(player.send(&What::Camera(CAMERA[0].clone())).refused, Some(scene::PORTRAIT_CONSENT));
    let mut player = not_agreed(Stage::Captured);
    assert_eq!(player.send(&What::Camera(CAMERA[1].clone())).refused, None, "submitting takes nothing");
}

#[test]
fn a_press_on_the_page_is_not_gone_on_with_in_the_chat() {
    let mut player = not_agreed(Stage::ScanAwaited);
    player.send(&What::Camera(CameraAct::Claim { ticket: "ticket".into() }));
    told(&mut player, &["拍照", "同意"]);
    assert_eq!(player.case().stage, Stage::ScanAwaited);
    let mut player = not_agreed(Stage::ScanAwaited);
    told(&mut player, &["不用链接，在这里用菜单相机拍", "同意"]);
    assert_eq!(player.case().stage, Stage::DataToReconfirm, "but one in the chat is");
}

#[test]
fn unbinding_forgets_consents_but_no_failures() {
    let mut player = Player::bound(&CANDIDATES[0]);
    player.snapshot.session.failed_bindings.add(player.now);
    let exam_no = CANDIDATES[0].exam_no.clone();
    player.send(&What::Unbind(UnbindAct { staff: "a".into(), exam_no, reason: "换了微信".into() }));
    let session = &player.snapshot.session;
    assert!(session.consents.is_empty() && !session.failed_bindings.is_empty());
}

#[test]
fn whoever_agreed_to_older_words_is_asked_by_whatever_uses_their_data() {
    for said in ["毕业预测", "毕业申请", "申请"] {
        let mut player = Player::bound(&CANDIDATES[0]);
        let old = Given { version: "older".into(), at: player.now };
        player.snapshot.session.consents.identity = Some(old);
        told(&mut player, &[said]);
        assert_eq!(player.snapshot.session.state, "bind.consent_again", "{said}");
        let answer = told(&mut player, &["同意"]);
        assert!(answer.starts_with("好的，继续"), "{said}: {answer}");
        assert!(!player.snapshot.session.state.starts_with("bind."), "{said}: {answer}");
        let answer = told(&mut player, &["返回"]);
        assert!(!answer.contains("同意"), "{said}: {answer}");
    }
}

/// Somebody at a stage who agreed to older words about the record.
fn agreed_long_ago(stage: Stage) -> Player {
    let mut case = sample(stage);
    for slot in DOCUMENT_SLOTS.into_iter().filter(|_| stage == Stage::DocumentsWanted) {
        case.documents.insert(slot, photo(slot.name()));
    }
    case.documents_changed = true;
    let mut player = Player::with_case(case);
    player.snapshot.session.consents.identity = Some(Given { version: "older".into(), at: player.now });
    player
}

#[test]
fn nobody_goes_on_in_the_middle_under_older_words() {
    let presses: [(Stage, &[&str]); 10] = [
        (Stage::PlaceWanted, &["继续"]),
        (Stage::DataToConfirm, &["确认无误"]),
        (Stage::DataToReconfirm, &["确认无误"]),
        (Stage::DocumentsWanted, &["提交身份证附件"]),
        (Stage::DocumentsApproved, &["下一步"]),
        (Stage::DocumentsRejected, &["下一步"]),
        (Stage::BundleRejected, &["下一步"]),
        (Stage::StandardToRead, &["我知道了，去拍照"]),
        (Stage::Capturing, &["拍照"]),
        (Stage::Captured, &["我已摄像完成，下一步"]),
    ];
    for (stage, said) in presses {
        let mut player = agreed_long_ago(stage);
        let before = player.case();
        let answer = told(&mut player, said);
        assert_eq!(player.snapshot.session.state, "bind.consent_again", "{stage:?} {said:?}: {answer}");
        assert!(answer.contains("个人信息说明有更新"), "{stage:?} {said:?}: {answer}");
        assert_eq!(player.case(), before, "{stage:?} {said:?}");
        told(&mut player, &["同意"]);
        let home = &WORLD.scripts.home_of(stage.name()).name;
        assert_eq!(player.snapshot.session.state, *home, "{stage:?}");
    }
}

#[test]
fn the_page_and_pictures_wait_for_the_newest_words_too() {
    for stage in [Stage::DocumentsWanted, Stage::Capturing] {
        let mut player = agreed_long_ago(stage);
        let kept = Case { documents: BTreeMap::new(), ..player.case() };
        player.snapshot.case = Some(Arc::new(kept));
        let turn = player.send(&What::Photo { media_id: "media".into() });
        assert!(turn.jobs.is_empty() && turn.said().contains("照片没有保存"), "{stage:?}: {}", turn.said());
        assert_eq!(player.snapshot.session.state, "bind.consent_again", "{stage:?}");
    }
    let acts = [
        (Stage::ScanAwaited, CameraAct::Claim { ticket: "ticket".into() }),
        (Stage::DataToReconfirm, CameraAct::ConfirmData),
        (Stage::StandardToReread, CameraAct::ReadStandard),
        (Stage::Capturing, CameraAct::Photo(PhotoVerdict::Accepted(live("picture")))),
        (Stage::Captured, CameraAct::Finish),
    ];
    for (stage, act) in acts {
        let mut player = agreed_long_ago(stage);
        let turn = player.send(&What::Camera(act.clone()));
        assert_eq!(turn.refused, Some(scene::IDENTITY_CONSENT), "{stage:?} {act:?}");
        assert!(turn.case.is_none() && turn.ticket.is_none(), "{stage:?} {act:?}");
    }
}

#[test]
fn offices_and_whoever_leaves_need_no_newer_words() {
    let mut player = agreed_long_ago(Stage::DocumentsWanted);
    told(&mut player, &["撤回申请", "确定撤回"]);
    assert_eq!(player.case().stage, Stage::Withdrawn);
    let mut player = agreed_long_ago(Stage::Verifying);
    player.send(&What::PopulationAnswered(PopulationAnswered::Match));
    assert_ne!(player.case().stage, Stage::Verifying);
    let mut player = agreed_long_ago(Stage::PortraitAtCity);
    let answer = told(&mut player, &["继续"]);
    assert!(answer.contains("审核中"), "nothing is left to do: {answer}");
    let mut player = agreed_long_ago(Stage::DataToConfirm);
    player.now = times()[3];
    let answer = told(&mut player, &["继续"]);
    assert!(!answer.contains("个人信息说明"), "nothing can be done: {answer}");
}

#[test]
fn whoever_declines_newer_words_is_told_what_still_goes_on() {
    let mut player = agreed_long_ago(Stage::PortraitAtCity);
    let answer = told(&mut player, &["毕业预测", "不同意"]);
    assert!(answer.contains("照常审核") && answer.contains("撤回申请"), "{answer}");
    let mut player = agreed_long_ago(Stage::DataToConfirm);
    let answer = told(&mut player, &["确认无误", "不同意"]);
    assert!(answer.contains("先不往下办") && !answer.contains("照常审核"), "{answer}");
}
