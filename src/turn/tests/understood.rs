//! A table of what people say, each line with what must come of it; whoever wrote it had not seen the words that the
//! dialogs know. The rate is printed; nothing may be carried out that was not meant.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    play::{Player, WORLD, photo, text},
    questions::answer_of,
};
use crate::{
    inbound::PhotoSlot,
    turn::{Turn, questions::OFFER},
    workflow::{
        case::{Case, Stage},
        transition::tests::sample,
    },
};

/// A table that the dialogs were mended after.
const SEEN: &str = include_str!("../../../tests/data/understood.tsv");
/// One that they were not: what to expect of people.
const UNSEEN: &str = include_str!("../../../tests/data/unseen.tsv");
/// A candidate who may have courses counted in another way.
const CHOOSES_COURSES: &str = "010126000005";
/// So many lines must come out as expected or be offered to choose, in percent.
const UNDERSTOOD: usize = 90;
const FORESEEN: usize = 80;

/// How a line came out, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// As expected.
    Right,
    /// The right one is among those offered.
    Offered,
    /// Not understood, or asked back where it was clear.
    Missed,
    /// Something else was answered or done.
    Wrong,
}

struct Line {
    kind: &'static str,
    place: &'static str,
    said: &'static str,
    expected: Vec<&'static str>,
}

fn lines(table: &'static str) -> Vec<Line> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| {
        let [kind, place, said, expected] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        Line { kind, place, said, expected: expected.split('|').collect() }
    })
    .collect()
}

/// Somebody who is asked to choose.
fn standing(place: &str) -> Player {
    let at = |stage| Player::with_case(sample(stage));
    let in_state = |mut player: Player, state: &str| {
        player.snapshot.session.state = state.to_owned();
        player
    };
    let bound = || Player::bound(&super::play::CANDIDATES[0]);
    match place {
        "main" => in_state(bound(), "main.menu"),
        "district" => at(Stage::PlaceWanted),
        "predicted" => in_state(bound(), "apply.predicted"),
        "not_passed" => {
            let case = sample(Stage::PredictionFailed);
            Player::with_case(Case { exam_no: CHOOSES_COURSES.into(), ..case })
        }
        "ready" => at(Stage::Ready),
        "confirm" => at(Stage::DataToConfirm),
        "disputed" => at(Stage::DataDisputed),
        "consent" => {
            let mut player = in_state(at(Stage::StandardToRead), "portrait.consent");
            player.snapshot.session.consents.portrait = None;
            player
        }
        "scan" => at(Stage::ScanAwaited),
        "captured" => at(Stage::Captured),
        "rejected" => at(Stage::PortraitRejected),
        "withdraw" => in_state(at(Stage::PortraitAtCity), "apply.withdraw"),
        "documents" => {
            let mut case = sample(Stage::DocumentsWanted);
            for slot in [PhotoSlot::Front, PhotoSlot::Back, PhotoSlot::Handheld] {
                case.documents.insert(slot, photo("there"));
            }
            Player::with_case(case)
        }
        other => panic!("nobody stands at {other}"),
    }
}

/// All that a turn does to a person's affairs.
fn deed(turn: &Turn) -> String {
    let session = &turn.session;
    let case = turn.case.as_ref().map(|change| &change.case);
    format!(
        "{} {:?} {:?} {case:?} {:?} {} {:?}",
        session.state,
        session.slots,
        session.consents.portrait,
        turn.binding,
        turn.outbox.len(),
        turn.said().lines().next()
    )
}

/// What pressing each option does: by its number, whatever it is called.
fn deeds(place: &str, traditional: bool) -> BTreeMap<&'static str, String> {
    let labels: &[&str] = match place {
        "main" => &["毕业预测", "毕业申请", "审核进度", "办理地点和时间", "照片标准", "常见问题"],
        "district" => &WORLD.places.iter().map(|place| place.label.as_str()).collect::<Vec<_>>(),
        "predicted" => &["毕业申请", "主菜单"],
        "not_passed" => &["改选课程顶替，再预测一次", "重新预测", "主菜单"],
        "ready" => &["申请", "改办理地点", "改联系电话"],
        "confirm" => &["确认无误", "信息有误", "改联系电话", "改办理地点"],
        "disputed" => &["我看错了，信息没有错", "主菜单"],
        "consent" => &["同意", "不同意"],
        "scan" => &["换一个新链接", "不用链接，在这里用菜单相机拍", "我已摄像完成，下一步"],
        "captured" => &["我已摄像完成，下一步", "重新拍照", "看照片"],
        "rejected" => &["重新拍照"],
        "withdraw" => &["不撤回，继续办理", "确定撤回"],
        "documents" => &["身份证正面", "身份证反面", "手持身份证", "提交审核"],
        other => panic!("no options at {other}"),
    };
    let numbered = labels.iter().enumerate().map(|(index, label)| (*label, (index + 1).to_string()));
    let people = (place == "main").then(|| ("人工服务", "0".to_owned()));
    let pressed = |number: &str| {
        let mut player = standing(place);
        player.snapshot.session.traditional = traditional; // who writes Traditional characters reads them
        deed(&player.send(&text(number)))
    };
    let deeds: BTreeMap<_, _> =
        numbered.chain(people).map(|(label, number)| (label, pressed(&number))).collect();
    let different: BTreeSet<&String> = deeds.values().collect();
    assert_eq!(different.len(), deeds.len(), "two options of {place} do the same: {deeds:#?}");
    deeds
}

fn choice(line: &Line) -> (Outcome, String) {
    let turn = standing(line.place).send(&text(line.said));
    let deeds = deeds(line.place, turn.session.traditional);
    let done = deed(&turn);
    let chosen = deeds.iter().find(|(_, deed)| **deed == done).map(|(label, _)| *label);
    let told = chosen.map_or_else(|| turn.said(), |label| format!("【{label}】"));
    let asks_back = line.expected.iter().any(|expected| ["?", "!"].contains(expected));
    let outcome = match chosen {
        Some(label) if line.expected.contains(&label) => Outcome::Right,
        Some(_) => Outcome::Wrong,
        None if names_place(&turn, line) => Outcome::Right,
        None if turn.case.is_some() || turn.binding.is_some() => Outcome::Wrong,
        None if asks_back => Outcome::Right,
        None if line.expected.iter().any(|label| turn.said().contains(&format!("您是要选「{label}」"))) => {
            Outcome::Offered
        }
        None => Outcome::Missed,
    };
    (outcome, told)
}

/// Whether the place that was named is now the case's, without a list in between.
fn names_place(turn: &Turn, line: &Line) -> bool {
    let place = turn.case.as_ref().and_then(|change| change.case.place.as_ref());
    place.is_some_and(|place| line.expected.contains(&place.district.as_str()))
}

fn question(line: &Line) -> (Outcome, String) {
    let player = standing("main");
    let turn = player.clone().send(&text(line.said));
    let mut after = player.clone();
    after.snapshot.session = turn.session.clone();
    let all = WORLD.scripts.questions().all();
    let meant = |number: Option<u32>| {
        number.is_some_and(|number| line.expected.contains(&number.to_string().as_str()))
    };
    let told = turn.said();
    let is_open = WORLD.scripts.resolve(&turn.session.state).name == OFFER;
    let outcome = if is_open {
        let is_offered =
            all.iter().any(|question| meant(question.number) && told.contains(&question.offer.label));
        if is_offered { Outcome::Offered } else { Outcome::Missed }
    } else {
        let answered = all.iter().filter(|question| told.starts_with(&answer_of(question, &after)));
        let answered: Vec<Option<u32>> = answered.map(|question| question.number).collect();
        let is_missed = turn.session.misses > 0 || told.is_empty();
        match &answered[..] {
            found if line.expected == ["-"] => {
                if found.iter().all(Option::is_none) {
                    Outcome::Right
                } else {
                    Outcome::Wrong
                }
            }
            found if found.iter().any(|number| meant(*number)) => Outcome::Right,
            [] if is_missed => Outcome::Missed,
            _ => Outcome::Wrong,
        }
    };
    (outcome, told)
}

#[test]
fn what_people_say_is_understood() {
    understands(SEEN, UNDERSTOOD);
}

#[test]
fn what_nobody_foresaw_is_mostly_understood() {
    understands(UNSEEN, FORESEEN);
}

fn understands(table: &'static str, least: usize) {
    let mut counts: BTreeMap<(&str, Outcome), usize> = BTreeMap::new();
    let mut seen = Vec::new();
    for line in lines(table) {
        let (outcome, told) = if line.kind == "question" { question(&line) } else { choice(&line) };
        *counts.entry((line.kind, outcome)).or_insert(0) += 1;
        if outcome != Outcome::Right {
            let told: String =
                told.lines().filter(|line| !line.is_empty()).take(2).collect::<Vec<_>>().join(" / ");
            seen.push((
                line.kind,
                outcome,
                format!("{} {} → {}: {told}", line.place, line.said, line.expected.join("|")),
            ));
        }
    }
    seen.sort();
    for (kind, outcome, what) in &seen {
        println!("{kind} {outcome:?}: {what}");
    }
    println!("{counts:?}");
    let count = |kind, outcome| counts.get(&(kind, outcome)).copied().unwrap_or(0);
    for kind in ["choice", "question"] {
        let all: usize = counts.iter().filter(|((of, _), _)| *of == kind).map(|(_, count)| count).sum();
        let understood = count(kind, Outcome::Right) + count(kind, Outcome::Offered);
        let wrong = count(kind, Outcome::Wrong);
        assert!(kind == "question" || wrong == 0, "{wrong} choices were made that nobody meant");
        assert!(understood * 100 >= all * least, "{kind}: {understood} of {all}");
    }
}
