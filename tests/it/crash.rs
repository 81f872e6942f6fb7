//! Processes that end without a word, and two that serve the same people: nothing is lost, nothing is done twice, and
//! what may have been done twice says so. Every test runs on each database.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod broadcasts;
mod storm;
mod town;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use graduation_bot::{inbound::PhotoSlot, store::OutboxState, workflow::case::Stage};
use mock_platform::{Body, Fault, Kind, Said, Say, Via};
use serde_json::Value;

use crate::{
    chats::picture,
    support::{db, samples},
};
use town::{PHONE, Town, until};

const SEND: &str = "/cgi-bin/message/custom/send";
const MEDIA: &str = "/cgi-bin/media/get";
const UPLOAD: &str = "/cgi-bin/media/upload";
const POPULATION: &str = "/upstream/population";
/// Longer than any test: what is held back so long comes only if nobody is left to wait for it.
const VERY_SLOW: i64 = 120_000;
const BATCH: &str = "2026-06";

/// What somebody says from the first word to 「申请」.
fn walk(candidate: &Value) -> [&str; 10] {
    let [exam_no, document_no, phone] =
        ["exam_no", "document_no", "phone"].map(|key| candidate[key].as_str().unwrap());
    ["绑定", exam_no, "同意", document_no, phone, "毕业申请", "开始毕业预测", "天河区", PHONE, "申请"]
}

/// The sample candidates of a story, as the registry knows them: those with a phone, which binding asks for.
fn of_story(story: &str) -> Vec<Value> {
    let people = samples::people().unwrap();
    let numbers: Vec<_> =
        people.iter().filter(|person| person.story == story).map(|person| person.exam_no.as_str()).collect();
    let mut candidates = samples::candidates().unwrap();
    candidates.retain(|one| one["phone"].is_string() && numbers.contains(&one["exam_no"].as_str().unwrap()));
    candidates
}

/// A town in which one person of a story has said everything but 「申请」.
async fn at_the_last_word(db: db::TestDb, story: &str) -> (Town, String) {
    let candidates = of_story(story);
    let town = Town::start(db, candidates.clone()).await;
    let open_id = town.mock.user("甲").await;
    for words in &walk(&candidates[0])[..9] {
        town.say(&open_id, words).await;
    }
    (town, open_id)
}

/// The answer that was written down for the message delivered since `after`.
async fn written_answer(town: &Town, open_id: &str, after: u64) -> Option<String> {
    let deliveries = town.mock.deliveries(after);
    let message = &deliveries.first().expect("it was delivered").message;
    let msg_id = message.split("<MsgId>").nth(1).unwrap().split('<').next().unwrap();
    let seen = town.store.inbox(&format!("{msg_id}:{open_id}")).await.unwrap();
    seen.and_then(|seen| seen.answer)
}

/// When a process is killed while it works on a message.
#[derive(Clone, Copy)]
enum Moment {
    /// It has answered, but the platform does not get that.
    Answered,
    /// So many milliseconds after the message was sent.
    After(u64),
}

/// Says something to a process that is killed over it and started again; the platform keeps asking.
async fn say_and_kill(town: &Town, open_id: &str, words: &str, moment: Moment) -> Said {
    let before = town.mock.last_seq();
    let killing = async {
        match moment {
            Moment::Answered => {
                until("the lost answer", async || town.mock.deliveries(before).pop()).await;
            }
            Moment::After(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
        }
        town.kill();
        town.serve().await;
    };
    if matches!(moment, Moment::Answered) {
        town.mock.fault(Fault::once("callback", Kind::Status, 500));
    }
    let (said, ()) = tokio::join!(town.mock.say(open_id, Say::text(words)), killing);
    let said = said.unwrap();
    // A slow machine may have been away for all three tries.
    let again = town.mock.redeliver(open_id, said.seq).await.unwrap();
    assert!(again.reply_xml.is_some(), "{words}: {again:?}");
    assert_eq!(again.reply_xml, written_answer(town, open_id, before).await, "{words}: as written down");
    if said.reply_xml.is_some() {
        assert_eq!(again.reply_xml, said.reply_xml, "{words}: the same again");
    }
    said
}

#[tokio::test]
async fn killed_over_every_message_the_bot_gives_the_same_answers_and_does_everything_once() {
    let moments = [
        [Moment::Answered; 10],
        // From before the message has arrived to after its answer has left; an attempt to bind is held back in between.
        [0, 1, 2, 150, 250, 4, 6, 9, 13, 20].map(Moment::After),
    ];
    for db in db::each().await {
        let candidates = of_story("id_pass");
        let town = Town::start(db, candidates.clone()).await;
        for (candidate, moments) in candidates.iter().zip(moments) {
            let open_id = town.mock.user("甲").await;
            for (words, moment) in walk(candidate).into_iter().zip(moments) {
                say_and_kill(&town, &open_id, words, moment).await;
            }
            town.end_leases().await;
            let push = until("the push", async || town.pushes(&open_id).pop()).await;
            assert!(push.text().contains("核验通过"), "{push:?}");
            let case = town.store.load_fresh(&open_id, BATCH).await.unwrap().case.unwrap();
            assert_eq!(case.stage, Stage::DataToConfirm);
        }
        assert_eq!(town.store.count_people().await.unwrap(), 2);
        assert!(!town.audit().await.is_empty());
        town.end().await;
    }
}

/// How often a push that was under way reached the person, how its row ended, and whether the row says that it may
/// have been sent twice.
async fn push_with_kills(db: db::TestDb, fault: Fault) -> (usize, OutboxState, bool) {
    let kills = fault.times as usize;
    let (town, open_id) = at_the_last_word(db, "id_pass").await;
    let carried_out = fault.kind == Kind::Delay;
    town.mock.fault(fault);
    town.say(&open_id, "申请").await;
    for kill in 1..=kills {
        until("the call", async || (town.mock.faults_left() == kills - kill).then_some(())).await;
        if carried_out {
            until("the push", async || (town.pushes(&open_id).len() == kill).then_some(())).await;
        }
        town.kill_and_take_over().await;
    }
    let end = async || {
        let row = town.outbox().await.pop()?;
        matches!(row.state, OutboxState::Delivered | OutboxState::InDoubt).then_some(row)
    };
    let row = until("the row's end", end).await;
    let copies = town.pushes(&open_id).len();
    assert_eq!(town.outbox().await.len(), 1);
    town.end().await;
    (copies, row.state, row.doubts > 0)
}

#[tokio::test]
async fn a_push_under_way_at_the_kill_comes_once_or_twice_and_says_so() {
    let taken = |times| Fault { times, ..Fault::once(SEND, Kind::Delay, VERY_SLOW) };
    let rows = [
        ("never arrived", Fault::once(SEND, Kind::Reorder, VERY_SLOW), (1, OutboxState::Delivered, true)),
        ("taken, not written down", taken(1), (2, OutboxState::Delivered, true)),
        ("taken twice, never written down", taken(2), (2, OutboxState::InDoubt, true)),
    ];
    for (what, fault, expected) in rows {
        for db in db::each().await {
            assert_eq!(push_with_kills(db, fault.clone()).await, expected, "{what}");
        }
    }
}

#[tokio::test]
async fn a_picture_on_its_way_up_at_the_kill_is_no_doubt() {
    for db in db::each().await {
        let (town, open_id) = at_the_last_word(db, "id_pass").await;
        town.say(&open_id, "申请").await;
        until("the push", async || town.pushes(&open_id).pop()).await;
        let kills = 3;
        town.mock.fault(Fault { times: kills, ..Fault::once(UPLOAD, Kind::Delay, VERY_SLOW) });
        for words in ["继续", "确认无误", "我知道了，去拍照", "同意"] {
            town.say(&open_id, words).await;
        }
        for left in (0..kills as usize).rev() {
            until("the upload", async || (town.mock.faults_left() == left).then_some(())).await;
            town.kill_and_take_over().await;
        }
        until("every push", async || {
            let rows = town.outbox().await;
            rows.iter().all(|row| row.state == OutboxState::Delivered).then_some(())
        })
        .await;
        let pushes = town.pushes(&open_id);
        let pictures = pushes.iter().filter(|push| matches!(push.body, Body::Image { .. })).count();
        assert_eq!((pictures, pushes.len()), (1, town.outbox().await.len()));
        assert!(town.outbox().await.iter().all(|row| row.doubts == 0), "nothing had been sent");
        town.end().await;
    }
}

#[tokio::test]
async fn a_picture_being_checked_at_the_kill_gets_one_verdict() {
    for db in db::each().await {
        let (town, open_id) = at_the_last_word(db, "id_mismatch").await;
        town.say(&open_id, "申请").await;
        until("the push", async || town.pushes(&open_id).pop()).await;
        town.say(&open_id, "继续").await;
        town.mock.fault(Fault::once(MEDIA, Kind::Delay, VERY_SLOW));
        let sent = town.mock.last_seq();
        let killing = async {
            until("the picture to be fetched", async || (town.mock.faults_left() == 0).then_some(())).await;
            town.kill_and_take_over().await;
        };
        let picture = Say::image(picture("国徽面"), Via::Album);
        let (said, ()) = tokio::join!(town.mock.say(&open_id, picture), killing);
        said.unwrap();
        let verdicts = || {
            let screen = town.mock.chat(&open_id, sent);
            screen.iter().filter(|item| item.text().contains("已收到　身份证正面")).count()
        };
        until("the verdict", async || (verdicts() > 0).then_some(())).await;
        until("every push", async || {
            let rows = town.outbox().await;
            rows.iter().all(|row| row.state == OutboxState::Delivered).then_some(())
        })
        .await;
        assert_eq!(verdicts(), 1, "{:?}", town.mock.chat(&open_id, sent));
        let case = town.store.load_fresh(&open_id, BATCH).await.unwrap().case.unwrap();
        assert_eq!(case.documents.keys().collect::<Vec<_>>(), [&PhotoSlot::Front]);
        town.end().await;
    }
}

#[tokio::test]
async fn a_case_that_waits_for_the_population_file_at_the_kill_goes_on() {
    for db in db::each().await {
        let (town, open_id) = at_the_last_word(db, "id_pass").await;
        town.mock.fault(Fault::once(POPULATION, Kind::Delay, VERY_SLOW));
        town.say(&open_id, "申请").await;
        until("the question", async || (town.mock.faults_left() == 0).then_some(())).await;
        town.kill_and_take_over().await;
        let push = until("the push", async || town.pushes(&open_id).pop()).await;
        assert!(push.text().contains("核验通过"), "{push:?}");
        let case = town.store.load_fresh(&open_id, BATCH).await.unwrap().case.unwrap();
        assert_eq!(case.stage, Stage::DataToConfirm);
        assert_eq!(town.outbox().await.len(), 1);
        assert_eq!(town.pushes(&open_id).len(), 1);
        town.audit().await;
        town.end().await;
    }
}

/// So many candidates who differ in their numbers only.
fn many(count: usize) -> Vec<Value> {
    let one = of_story("id_pass").remove(0);
    let candidate = |n: usize| {
        let mut candidate = one.clone();
        candidate["exam_no"] = format!("0101270{n:05}").into();
        candidate["document_no"] = document_no(&format!("44010619920229{:03}", 2 * n + 1)).into();
        candidate
    };
    (0..count).map(candidate).collect()
}

/// With its check digit (GB 11643).
fn document_no(digits: &str) -> String {
    let weighed: u32 = digits
        .bytes()
        .zip((0..17).rev())
        .map(|(digit, power)| u32::from(digit - b'0') * (1 << (power + 1)))
        .sum();
    let check = b"10X98765432"[weighed as usize % 11];
    format!("{digits}{}", char::from(check))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_share_forty_people_and_every_message_reaches_both() {
    for db in db::each().await {
        let candidates = many(40);
        let town = Town::start(db, candidates.clone()).await;
        let other = town.another().await;
        let both = Fault::once("callback", Kind::Duplicate, other.callback());
        town.mock.fault(Fault { times: u32::MAX, ..both });
        let walks = candidates.iter().map(|candidate| async {
            let open_id = town.mock.user("甲").await;
            for words in walk(candidate) {
                town.say(&open_id, words).await;
            }
            open_id
        });
        let people = futures_util::future::join_all(walks).await;
        let mut answers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for delivery in town.mock.deliveries(0) {
            answers.entry(delivery.message).or_default().extend(delivery.reply);
        }
        assert_eq!(answers.len(), people.len() * 11);
        for (message, answers) in answers {
            assert_eq!(answers.len(), 1, "{message}: {answers:?}");
        }
        for open_id in &people {
            until("the push", async || town.pushes(open_id).pop()).await;
            let case = town.store.load_fresh(open_id, BATCH).await.unwrap().case.unwrap();
            assert_eq!(case.stage, Stage::DataToConfirm);
        }
        let all_sent = async || {
            let rows = town.outbox().await;
            rows.iter().all(|row| row.state == OutboxState::Delivered).then_some(rows.len())
        };
        assert_eq!(until("every push", all_sent).await, people.len());
        for open_id in &people {
            assert_eq!(town.pushes(open_id).len(), 1);
        }
        town.audit().await;
        other.stop();
        town.end().await;
    }
}
