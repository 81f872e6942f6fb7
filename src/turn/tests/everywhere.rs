//! Every state × every stage of the case: each text of the dialogs is rendered where it can be read.

use std::collections::BTreeSet;

use super::super::{commands, *};
use super::play::{CANDIDATES, Player, WORLD, live, photo, text, times};
use crate::{
    dialog,
    inbound::{
        CameraAct, ConcludeAct, Conclusion, Decision, Level, Onsite, OnsiteAct, Part, PhotoVerdict,
        PopulationAnswered, ReviewAct, UnbindAct,
    },
    workflow::{
        case::Stage,
        notice,
        transition::{
            DOCUMENT_SLOTS,
            tests::{sample, samples},
        },
    },
};

/// Sends one message to many people; fails with all that went wrong, each once.
#[derive(Default)]
struct Rounds(BTreeSet<String>);

impl Rounds {
    fn send(&mut self, mut person: Player, what: &What) -> Turn {
        let before = format!("{person:?}");
        let (turn, problems) = person.try_send(what);
        self.0.extend(problems.into_iter().map(|problem| format!("{before} ← {what:?}: {problem}")));
        turn
    }

    fn end(self) {
        let found: Vec<String> = self.0.into_iter().collect();
        assert!(found.is_empty(), "{} problems:\n{}", found.len(), found.join("\n"));
    }
}

/// Nobody known, somebody bound, and a case at each stage.
fn people() -> Vec<Player> {
    let bound = CANDIDATES.iter().map(Player::bound);
    let cases = samples().map(Player::with_case);
    [Player::new()].into_iter().chain(bound).chain(cases).collect()
}

/// Where a stored session can stand: a state that only leads on is never stored, and most of them come only after
/// binding (who is unbound by staff begins anew).
pub(super) fn resting_states(bound: bool) -> impl Iterator<Item = &'static str> {
    let open = move |name: &str| {
        bound || ["main.", "bind.", "faq.", "place.browse"].iter().any(|of| name.starts_with(of))
    };
    let states = WORLD.scripts.states().iter().filter(|state| !matches!(state.kind, dialog::Kind::Goto(_)));
    states.map(|state| state.name.as_str()).filter(move |name| open(name))
}

fn sent() -> Vec<What> {
    let texts =
        ["?", "1", "3", "返回", "进度", "下一步做什么", "0", "【收到不支持的消息类型，暂无法显示】", "嗯嗯"];
    let others = [
        What::Photo { media_id: "media".into() },
        What::Voice { recognition: None },
        What::Location { latitude: 23.1, longitude: 113.3, label: "天河区".into() },
        What::Event(Event::Subscribe { scene: None }),
    ];
    let scenes = ["1", "place.广州市番禺区", "place.广州市区", "place.深圳市南山区", "camera"];
    let scans = scenes.map(|scene| What::Event(Event::Scan { scene: scene.into() }));
    let others = others.into_iter().chain(scans);
    texts.into_iter().map(text).chain(others).collect()
}

#[test]
fn every_state_answers_at_every_stage() {
    let mut rounds = Rounds::default();
    for person in people() {
        for state in resting_states(person.snapshot.candidate.is_some()).chain(["", "gone.away"]) {
            let mut there = person.clone();
            there.snapshot.session.state = state.to_owned();
            for what in sent() {
                rounds.send(there.clone(), &what);
            }
        }
    }
    rounds.end();
}

#[test]
fn every_window_has_its_words() {
    let mut rounds = Rounds::default();
    for person in people() {
        for now in times() {
            for key in ["1", "2", "菜单", "毕业申请", "毕业预测", "申请", "什么时候截止"] {
                for registry in [true, false] {
                    rounds.send(Player { now, registry, ..person.clone() }, &text(key));
                }
            }
        }
    }
    rounds.end();
}

#[test]
fn every_command_refuses_in_words_at_every_stage() {
    let mut refused = BTreeSet::new();
    for mut person in people() {
        for now in times() {
            let slots =
                [("place", "广州市/越秀区"), ("browsed", "广州市/番禺区"), ("phone", "+8613800138000")];
            person.snapshot.session.slots =
                slots.iter().map(|(slot, value)| ((*slot).to_owned(), (*value).to_owned())).collect();
            for row in commands::COMMANDS {
                let fresh = Fresh { at: now, random: [7; 48] };
                let mut scene = Scene::new(&WORLD, &person.snapshot, now, &fresh);
                let Err(scene::Stop::Refused(code)) = commands::run(&mut scene, row.name) else { continue };
                refused.insert(code);
                let Some(words) = WORLD.scripts.refusal_words(scene.state(), code) else {
                    // These only lead on: past what was agreed to, to the question itself, or to a page of their own.
                    let mut leads = vec!["consented", scene::IDENTITY_CONSENT, scene::PORTRAIT_CONSENT];
                    leads.extend(commands::DELETION_REFUSALS);
                    assert!(leads.contains(&code), "{} refuses with {code} and no words", row.name);
                    continue;
                };
                let said = WORLD.scripts.try_render(words, &scene.view());
                assert!(said.is_ok(), "{} refused with {code}: {said:?}", row.name);
            }
        }
    }
    assert!(refused.len() > 15, "{refused:?}");
}

fn review(level: Level, round: u32, decision: Decision) -> What {
    What::Review(ReviewAct { staff: "reviewer".into(), level, round, decision })
}

/// What comes after the submission.
fn on_site(version: i64) -> Vec<What> {
    let staff = || "office".to_owned();
    let outcomes = [Onsite::Passed, Onsite::Papers("登记表没有盖章".into()), Onsite::Absent];
    let conclusions = [Conclusion::Passed, Conclusion::Failed("缺少一门实践考核".into())];
    let records = outcomes.map(|outcome| What::Onsite(OnsiteAct { staff: staff(), version, outcome }));
    let concluded =
        conclusions.map(|conclusion| What::Conclude(ConcludeAct { staff: staff(), version, conclusion }));
    records.into_iter().chain(concluded).collect()
}

/// News from inside for a case as it stands.
fn news(round: u32) -> Vec<What> {
    let reject = |part| Decision::Reject { part, reasons: vec![], opinion: "照片不够清楚".into() };
    let mismatch = PopulationAnswered::Mismatch { reason: "姓名不一致".into() };
    let acts = [
        CameraAct::Claim { ticket: "ticket".into() },
        CameraAct::ConfirmData,
        CameraAct::ReadStandard,
        CameraAct::Photo(PhotoVerdict::Accepted(live("page"))),
        CameraAct::Photo(PhotoVerdict::Refused(vec![
            "TOO_SMALL".into(),
            "UNREADABLE".into(),
            "TOO_LARGE".into(),
        ])),
        CameraAct::Photo(PhotoVerdict::Unavailable),
        CameraAct::Finish,
    ];
    let answers = [PopulationAnswered::Match, mismatch, PopulationAnswered::Unavailable];
    let levels = [Level::City, Level::Province];
    let decisions =
        || [Decision::Approve, reject(Part::Documents), reject(Part::Portrait), reject(Part::Both)];
    let reviews =
        levels.into_iter().flat_map(|level| decisions().map(|decision| review(level, round, decision)));
    let acts = acts.map(What::Camera).into_iter().chain(answers.map(What::PopulationAnswered));
    let unbind =
        UnbindAct {
            staff: "reviewer".into(), exam_no: "010112345678".into(), reason: "考生换了微信".into()
        };
    acts.chain(reviews).chain([What::RegistryAnswered, What::Unbind(unbind)]).collect()
}

#[test]
fn news_from_inside_is_worded_at_every_stage() {
    let mut rounds = Rounds::default();
    let mut events = BTreeSet::new();
    for person in people() {
        for now in times() {
            let round = person.snapshot.case.as_ref().map_or(0, |case| case.round);
            let version = person.snapshot.case.as_ref().map_or(0, |case| case.version);
            for what in news(round).into_iter().chain(on_site(version)) {
                let turn = rounds.send(Player { now, ..person.clone() }, &what);
                events.extend(turn.outbox.into_iter().map(|notice| notice.event));
            }
        }
    }
    rounds.end();
    // Its prediction fails only for somebody with another record, and is impossible only for one without a record;
    // 「申请」 is always pressed in the chat; the camera page submits a bundle only for a portrait that was sent back;
    // reminders are no turns; agents, answers to messages and ended requests know no stage.
    let elsewhere = [
        "prediction_failed",
        "prediction_impossible",
        "bundle_submitted",
        "application_submitted",
        "onsite_soon",
        "window_opens",
        "window_closes",
        "apply_waits",
        "reviews_late",
        "people_left",
        "inquiry_answered",
        "photos_deleted",
        "deletion_answered",
    ];
    let missing: Vec<&str> = notice::names().filter(|name| !events.contains(*name)).collect();
    assert_eq!(missing, elsewhere);
}

#[test]
fn verdicts_on_pictures_are_worded_where_they_arrive() {
    let codes = ["UNREADABLE", "TOO_LARGE", "TOO_SMALL", "NOT_LIVE", "REPEATED"];
    let mut rounds = Rounds::default();
    for case in samples() {
        let mut person = Player::with_case(case);
        for slot in DOCUMENT_SLOTS.into_iter().chain([crate::inbound::PhotoSlot::Portrait]) {
            person.snapshot.session.photo_sequence.insert(slot, 1);
            let refused = PhotoVerdict::Refused(codes.map(str::to_owned).to_vec());
            let accepted = [live("new"), photo("new"), photo("Front")].map(PhotoVerdict::Accepted);
            for verdict in accepted.into_iter().chain([refused, PhotoVerdict::Unavailable]) {
                let checked = crate::inbound::PhotoChecked {
                    inbox_key: "key".into(),
                    slot,
                    round: person.case().round,
                    sequence: 1,
                    camera_md5: None,
                    verdict,
                };
                rounds.send(person.clone(), &What::PhotoChecked(checked));
            }
        }
    }
    rounds.end();
}

/// Whatever has happened to the case since: 「返回」 asks another question than the one that is open, or is at the start.
#[test]
fn back_never_leads_to_the_same_question() {
    let mut same = Vec::new();
    for stage in Stage::ALL {
        let stands = |person: &Player| {
            let open = WORLD.scripts.resolve(&person.snapshot.session.state);
            let elsewhere = !open.stages.is_empty() && !open.stages.contains(&stage.name());
            let asks = if elsewhere { WORLD.scripts.home_of(stage.name()) } else { open };
            asks.name.clone()
        };
        for open in resting_states(true) {
            for before in ["main.menu", "portrait.scan", "identity.at_city", "place.phone", "apply.ready"] {
                let mut person = Player::with_case(sample(stage));
                person.snapshot.session.state = open.into();
                person.snapshot.session.back = vec![before.into(), open.into()];
                let stood = stands(&person);
                let answer = person.send(&text("返回")).said();
                if stands(&person) == stood && stood != "main.menu" {
                    same.push(format!("{stage:?}: {open} (before {before}) → {stood}: {answer}"));
                }
            }
        }
    }
    assert!(same.is_empty(), "{}: {:#?}", same.len(), &same[..same.len().min(5)]);
}
