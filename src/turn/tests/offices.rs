//! What the offices do to a case between two messages of its person: decisions taken back, and what follows on site.

use super::{
    play::{Player, WORLD, text, times},
    told,
};
use crate::{
    inbound::{ConcludeAct, Conclusion, Decision, Level, Onsite, OnsiteAct, ReviewAct, TakeBackAct, What},
    time::{Millis, at_civil, parse_minute, shanghai},
    turn::{DecisionChange, Turn},
    workflow::{
        case::{Case, Stage},
        transition::tests::{sample, samples},
    },
};

fn approve(player: &mut Player) -> Turn {
    let case = player.case();
    let level = case.stage.reviewed_at().unwrap();
    let (staff, round, decision) = ("reviewer".to_owned(), case.round, Decision::Approve);
    player.send(&What::Review(ReviewAct { staff, level, round, decision }))
}

fn take_back(player: &mut Player) -> Turn {
    let version = player.case().version;
    player.send(&What::TakeBack(TakeBackAct { staff: "reviewer".into(), version }))
}

fn at(minute: &str) -> Millis {
    at_civil(parse_minute(minute).unwrap(), &shanghai())
}

#[test]
fn a_decision_taken_back_leaves_the_case_as_it_was() {
    for case in samples().filter(|case| case.stage.reviewed_at().is_some()) {
        let mut player = Player::with_case(case);
        let (before, state) = (player.case(), player.snapshot.session.state.clone());
        let decided = approve(&mut player);
        let due = player.now.plus_seconds(10);
        let waits = decided.outbox.iter().map(|notice| notice.revocable.as_ref().map(|it| it.until));
        assert_eq!(waits.collect::<Vec<_>>(), [Some(due)], "{:?}", before.stage);
        assert_eq!(decided.decision, Some(DecisionChange::Made));
        let id = decided.outbox[0].revocable.as_ref().unwrap().id.clone();
        player.now = player.now.plus_seconds(9);
        let taken = take_back(&mut player);
        assert_eq!((taken.refused, taken.outbox.len()), (None, 0), "nobody is told of what nobody was told");
        assert_eq!(taken.decision, Some(DecisionChange::TakenBack { id }));
        let change = taken.case.unwrap();
        assert_eq!(
            change.entered_at,
            before.rounds.last().map(crate::workflow::case::Round::at_office_since)
        );
        assert_eq!(Case { version: before.version, ..player.case() }, before);
        assert_eq!(player.snapshot.session.state, state, "and so does the conversation");
        let actors: Vec<_> =
            taken.audit.iter().map(|line| (line.actor.as_str(), line.act.as_str())).collect();
        assert_eq!(actors, [("staff:reviewer", "take_back")]);
    }
}

#[test]
fn who_was_answered_since_knows_and_the_decision_stands() {
    let mut player = Player::with_case(sample(Stage::PortraitAtCity));
    approve(&mut player);
    let answer = told(&mut player, &["进度"]);
    assert!(answer.contains("照片审核通过"), "{answer}");
    let refused = take_back(&mut player);
    assert_eq!((refused.refused, refused.decision), (Some("answered"), None));
    assert_eq!(player.case().stage, Stage::Approved);
}

#[test]
fn a_decision_is_taken_back_once_and_in_time() {
    let mut player = Player::with_case(sample(Stage::DocumentsAtCity));
    assert_eq!(take_back(&mut player).refused, Some("nothing_decided"));
    approve(&mut player);
    let mut late = player.clone();
    late.now = late.now.plus_seconds(10);
    assert_eq!(take_back(&mut late).refused, Some("too_late"));
    assert_eq!(take_back(&mut player).refused, None);
    assert_eq!(take_back(&mut player).refused, Some("nothing_decided"));
    assert_eq!(player.case().stage, Stage::DocumentsAtCity);
    approve(&mut player);
    let again = player.case();
    let decided = again.last_decision().unwrap();
    assert_eq!((again.stage, decided.level), (Stage::DocumentsAtProvince, Level::City));
}

/// A record of a case whose place is 越秀区, with 6月15日 and 6月16日.
fn record(player: &mut Player, outcome: Onsite) -> Turn {
    let version = player.case().version;
    player.send(&What::Onsite(OnsiteAct { staff: "office".into(), version, outcome }))
}

fn papers() -> Onsite {
    Onsite::Papers("登记表没有盖章".into())
}

#[test]
fn nothing_is_written_down_before_it_can_be_known() {
    let rows = [
        ("2026-06-14T18:00", Some("day_not_come"), Some("day_not_come")),
        ("2026-06-15T00:00", None, Some("day_not_over")),
        ("2026-06-15T17:29", None, Some("day_not_over")),
        ("2026-06-15T17:30", None, None),
        ("2026-07-20T12:00", None, None),
    ];
    for (now, passed, absent) in rows {
        for (outcome, refused) in [(Onsite::Passed, passed), (papers(), passed), (Onsite::Absent, absent)] {
            let mut player = Player { now: at(now), ..Player::with_case(sample(Stage::Submitted)) };
            assert_eq!(record(&mut player, outcome.clone()).refused, refused, "{now} {outcome:?}");
        }
    }
    let mut player = Player { now: at("2026-06-20T12:00"), ..Player::with_case(sample(Stage::Submitted)) };
    record(&mut player, Onsite::Absent);
    let day = player.case().onsite.last().unwrap().day;
    assert_eq!(day.to_string(), "2026-06-16", "the last of its days that has come");
}

#[test]
fn what_can_still_be_done_is_told_as_long_as_it_can() {
    let rows = [
        ("2026-06-15T12:00", "6月15日（周一）、6月16日（周二）", "打电话问"),
        ("2026-06-15T18:00", "还可以去现场：\n6月16日（周二）\n9:15", "打电话问"),
        ("2026-06-16T18:00", "能不能补办，\n请马上打电话问：\n越秀区", "还可以去现场"),
    ];
    for (now, says, not) in rows {
        let mut player = Player { now: at(now), ..Player::with_case(sample(Stage::Submitted)) };
        let turn = record(&mut player, papers());
        let pushed = format!("{:?}", turn.outbox).replace("\\n", "\n");
        for words in ["登记表没有盖章", says] {
            assert!(pushed.contains(words) && !pushed.contains(not), "{now}: {pushed}");
            let progress = told(&mut player, &["进度"]);
            assert!(progress.contains("现场初审待补材料") && progress.contains(words), "{progress}");
        }
    }
}

#[test]
fn a_corrected_record_says_so_and_leads_back() {
    let mut player = Player { now: times()[1], ..Player::with_case(sample(Stage::Submitted)) };
    let first = record(&mut player, Onsite::Passed);
    assert!(!format!("{:?}", first.outbox).contains("更正"));
    assert_eq!(player.case().stage, Stage::OnsitePassed);
    let corrected = record(&mut player, papers());
    assert!(format!("{:?}", corrected.outbox).contains("考办更正了初审的记录"));
    assert_eq!(player.case().stage, Stage::Submitted);
    assert_eq!(player.snapshot.session.state, WORLD.scripts.home_of("submitted").name);
    let complete = record(&mut player, Onsite::Passed);
    assert!(!format!("{:?}", complete.outbox).contains("更正"), "the papers were brought");
    let conclude = |player: &mut Player, conclusion| {
        let version = player.case().version;
        player.send(&What::Conclude(ConcludeAct { staff: "province".into(), version, conclusion }))
    };
    conclude(&mut player, Conclusion::Failed("缺少一门实践考核".into()));
    assert_eq!(record(&mut player, papers()).refused, Some("concluded"));
    let told_now = told(&mut player, &["进度"]);
    assert!(told_now.contains("毕业审核不通过") && told_now.contains("缺少一门实践考核"), "{told_now}");
    let turn = conclude(&mut player, Conclusion::Passed);
    assert!(format!("{:?}", turn.outbox).contains("省考办更正了审核结果"));
    assert_eq!((player.case().stage, player.case().onsite.len()), (Stage::Graduated, 3));
}

#[test]
fn a_batch_that_is_over_says_so_to_who_was_never_passed() {
    let mut player = Player { now: times()[3], ..Player::with_case(sample(Stage::Submitted)) };
    for said in ["进度", "菜单", "下一步做什么", "申请"] {
        let answer = player.send(&text(said)).said();
        assert!(answer.contains("本批次已结束"), "{said}: {answer}");
    }
    record(&mut player, Onsite::Passed);
    let answer = player.send(&text("进度")).said();
    assert!(answer.contains("现场初审通过，省考办审核中"), "{answer}");
}
