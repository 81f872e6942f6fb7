//! Pictures: the verdict's words reach the person once, whoever comes first and whoever dies.
//!
//! A message with a picture is stored without an answer. Until its delivery (or a repeated one) stops waiting, the
//! verdict's words are its answer; after that they are a push. Two stores on one database are two processes; business
//! time is elsewhere on purpose, because only wire time counts here.

use graduation_bot::{
    clock::Now,
    store::{Commit, Committed, InboxRow, LateAnswer, OutboxState, Store},
    time::Millis,
};

use super::{BATCH, NOW, commit, later, message, notice, turn};
use crate::support::db;

/// What happens, at seconds of wire time.
#[derive(Debug, Clone, Copy)]
enum Does {
    /// A delivery is stored; it waits for four seconds.
    Arrive(i64),
    /// Another delivery finds the message without an answer and waits for four seconds.
    Repeat(i64),
    /// A delivery stops waiting and says 「正在检查」, unless it finds words.
    StopWaiting,
    /// The verdict is stored.
    Verdict(i64),
}
use Does::{Arrive, Repeat, StopWaiting, Verdict};

const WORDS: &str = "<verdict/>";
const CHECKING: &str = "<checking/>";

/// How a delivery waits: the webhook's patience.
const PATIENCE: i64 = 4;

async fn happen(does: Does, key: &str, waiting: &Store, working: &Store) {
    match does {
        Arrive(at) => {
            let before = waiting.load_fresh(key, BATCH).await.unwrap();
            let mut commit = commit(turn(&before), &before);
            let awaited_until = Some(later(at + PATIENCE));
            commit.inbox = Some(InboxRow { awaited_until, ..message(key, None) });
            assert_eq!(waiting.commit(commit).await.unwrap(), Committed::Stored);
        }
        Repeat(at) => waiting.await_answer(key, later(at + PATIENCE)).await.unwrap(),
        StopWaiting => drop(waiting.answer_pending(key, CHECKING).await.unwrap()),
        Verdict(at) => {
            let committed = verdict(working, key, later(at)).await;
            assert_eq!(committed, Committed::Stored);
        }
    }
}

async fn verdict(store: &Store, key: &str, at: Millis) -> Committed {
    let before = store.load_fresh(key, BATCH).await.unwrap();
    let mut commit = Commit::new(turn(&before), before, BATCH, NOW.plus_seconds(3 * 86_400));
    commit.late = Some(LateAnswer {
        key: key.to_owned(),
        xml: WORDS.to_owned(),
        otherwise: notice(&format!("late-{key}"), "照片合格"),
        at,
    });
    store.commit(commit).await.unwrap()
}

#[tokio::test]
async fn a_verdict_is_told_once_in_every_order() {
    let rows: [(&str, &[Does], &str, usize); 12] = [
        ("in time", &[Arrive(0), Verdict(1), StopWaiting], WORDS, 0),
        ("just in time", &[Arrive(0), Verdict(3), StopWaiting], WORDS, 0),
        ("late", &[Arrive(0), StopWaiting, Verdict(5)], CHECKING, 1),
        ("at the deadline, behind the clock", &[Arrive(0), StopWaiting, Verdict(4)], CHECKING, 1),
        ("at the deadline, before the clock", &[Arrive(0), Verdict(4), StopWaiting], "", 1),
        ("another process's clock is ahead", &[Arrive(0), Verdict(9), StopWaiting], "", 1),
        ("another process's clock is behind", &[Arrive(0), StopWaiting, Verdict(1)], CHECKING, 1),
        ("who waited died", &[Arrive(0), Verdict(6)], "", 1),
        ("who waited died, another came in time", &[Arrive(0), Repeat(5), Verdict(6), StopWaiting], WORDS, 0),
        ("who waited died, another gave up", &[Arrive(0), Repeat(5), StopWaiting, Verdict(10)], CHECKING, 1),
        ("all who waited died", &[Arrive(0), Repeat(5), Verdict(10)], "", 1),
        ("a repetition shortens no wait", &[Arrive(5), Repeat(0), Verdict(8), StopWaiting], WORDS, 0),
    ];
    for db in db::each().await {
        let (waiting, working) = (db.store().await, db.store().await);
        let mut pushed = 0;
        for (n, (what, steps, answer, pushes)) in rows.into_iter().enumerate() {
            let key = format!("m{n}");
            for does in steps {
                happen(*does, &key, &waiting, &working).await;
            }
            let found = waiting.inbox(&key).await.unwrap().unwrap().answer;
            assert_eq!(found.as_deref(), Some(answer), "{what}");
            let rows = waiting.count_outbox().await.unwrap();
            let due =
                rows.iter().find(|(state, _)| *state == OutboxState::Due).map_or(0, |(_, count)| *count);
            assert_eq!(due - pushed, pushes as i64, "{what}");
            pushed = due;
            assert_eq!(usize::from(answer == WORDS) + pushes, 1, "{what}: told once");
            // Whoever delivers it again hears the same and changes nothing.
            waiting.await_answer(&key, later(3600)).await.unwrap();
            assert!(!waiting.answer_pending(&key, CHECKING).await.unwrap(), "{what}");
        }
    }
}

#[tokio::test]
async fn a_verdict_on_a_message_that_is_forgotten_is_pushed() {
    for db in db::each().await {
        let store = db.store().await;
        assert_eq!(verdict(&store, "m1", later(1)).await, Committed::Stored);
        let now = Now { business: later(3 * 86_400), wire: later(1) };
        let leased = store.lease_outbox(10, now, 60).await.unwrap();
        assert_eq!(leased.rows[0].notice, notice("late-m1", "照片合格"));
    }
}
