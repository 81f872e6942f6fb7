//! Binding through the runner: what an attempt costs and is told does not depend on what the registry knows.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::future::BoxFuture;
use graduation_bot::{
    inbound::{Inbound, What},
    runner::{Errand, Ran, Runner},
    turn::Reply,
    upstream::{Registry, Unavailable},
};
use mock_platform::Mode;
use serde_json::Value;

use crate::support::{app::TestApp, db, samples};

/// Nobody has this one.
const UNKNOWN: &str = "010126009999";
/// Well formed, and nobody's document.
const WRONG: &str = "440106200001010019";

/// The samples' registry, which counts how often it is asked.
struct Counting {
    records: Vec<Value>,
    asked: AtomicU64,
}

impl Registry for Counting {
    fn candidate<'a>(&'a self, exam_no: &'a str) -> BoxFuture<'a, Result<Option<Value>, Unavailable>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let found = self.records.iter().find(|record| record["exam_no"] == exam_no).cloned();
        Box::pin(async { Ok(found) })
    }
}

/// A bot of which only the runner is used, with a registry that counts.
struct Rig {
    runner: Runner,
    registry: Arc<Counting>,
    app: TestApp,
}

/// What an attempt was told and cost.
#[derive(Debug, PartialEq, Eq)]
struct Attempt {
    said: String,
    reads: u64,
    asked: u64,
}

impl Rig {
    async fn new(db: db::TestDb) -> Self {
        // A store of its own: what the served bot reads now and then does not count.
        let store = db.store().await;
        let app = TestApp::start(db, Mode::Plain, "2026-06-15T09:30").await;
        let registry =
            Arc::new(Counting { records: samples::candidates().unwrap(), asked: AtomicU64::new(0) });
        let runner = Runner { store, registry: registry.clone(), ..app.app.runner.clone() };
        Self { runner, registry, app }
    }

    async fn say(&self, open_id: &str, words: &str) -> String {
        let inbound = Inbound {
            open_id: open_id.to_owned(),
            account: "gh_account".to_owned(),
            key: String::new(),
            sent_at: 0,
            case_id: None,
            what: What::Text { content: words.to_owned(), item: None },
        };
        let ran = self.runner.run(&inbound, Errand::default()).await.unwrap();
        let (Ran::Stored { turn, .. } | Ran::Nothing { turn }) = ran else { panic!("{ran:?}") };
        turn.replies
            .iter()
            .filter_map(|reply| if let Reply::Text(text) = reply { Some(text.as_str()) } else { None })
            .collect()
    }

    /// Everything up to the document number.
    async fn begin(&self, open_id: &str, exam_no: &str) {
        for words in ["绑定", exam_no, "同意"] {
            self.say(open_id, words).await;
        }
    }

    /// The document number alone, which is the attempt.
    async fn attempt(&self, open_id: &str, document_no: &str) -> Attempt {
        let (reads, asked) = (self.runner.store.reads(), self.registry.asked.load(Ordering::Relaxed));
        let said = self.say(open_id, document_no).await;
        Attempt {
            said,
            reads: self.runner.store.reads() - reads,
            asked: self.registry.asked.load(Ordering::Relaxed) - asked,
        }
    }

    async fn lock(&self, exam_no: &str) {
        for stranger in 0..4 {
            let open_id = format!("stranger-{exam_no}-{stranger}");
            self.begin(&open_id, exam_no).await;
            for _ in 0..5 {
                self.attempt(&open_id, WRONG).await;
            }
        }
        assert!(self.runner.store.is_locked(exam_no).await.unwrap());
    }

    async fn end(self) {
        assert_eq!(self.app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_unknown_number_and_a_wrong_document_cost_and_say_the_same() {
    for db in db::each().await {
        let rig = Rig::new(db).await;
        let people = samples::people().unwrap();
        // Somebody who is bound already and has a case, somebody with a phone, somebody without.
        let (bound, without) = (&people[0], people.iter().find(|person| person.phone.is_none()).unwrap());
        rig.begin("holder", &bound.exam_no).await;
        for words in [&bound.document_no, "8001", "毕业申请"] {
            rig.say("holder", words).await;
        }
        let mut attempts = Vec::new();
        for (at, exam_no) in
            [UNKNOWN, &bound.exam_no, &people[1].exam_no, &without.exam_no].iter().enumerate()
        {
            let open_id = format!("o{at}");
            rig.begin(&open_id, exam_no).await;
            attempts.push(rig.attempt(&open_id, WRONG).await);
        }
        assert!(attempts[0].said.contains("没有找到"), "{attempts:?}");
        assert!(attempts.iter().all(|attempt| *attempt == attempts[0]), "{attempts:#?}");
        rig.end().await;
    }
}

#[tokio::test]
async fn a_locked_number_costs_and_says_the_same_whoever_has_it_and_whatever_is_given() {
    for db in db::each().await {
        let rig = Rig::new(db).await;
        let person = samples::people().unwrap().remove(0);
        rig.begin("before", UNKNOWN).await;
        let unlocked = rig.attempt("before", WRONG).await;
        let mut attempts = Vec::new();
        for exam_no in [UNKNOWN, &person.exam_no] {
            rig.lock(exam_no).await;
            for document_no in [WRONG, &person.document_no] {
                let open_id = format!("o-{exam_no}-{document_no}");
                rig.begin(&open_id, exam_no).await;
                attempts.push(rig.attempt(&open_id, document_no).await);
            }
        }
        assert!(attempts[0].said.contains("暂停绑定"), "{attempts:?}");
        assert!(attempts.iter().all(|attempt| *attempt == attempts[0]), "{attempts:#?}");
        assert_eq!((attempts[0].reads, attempts[0].asked), (unlocked.reads, unlocked.asked));
        rig.end().await;
    }
}

/// Somebody who had everything right but the last digits when strangers locked the number meanwhile.
#[tokio::test]
async fn a_lock_that_comes_in_between_stops_the_binding() {
    for db in db::each().await {
        let rig = Rig::new(db).await;
        let person = samples::people().unwrap().remove(0);
        rig.begin("owner", &person.exam_no).await;
        assert!(rig.say("owner", &person.document_no).await.contains("后四位"));
        rig.lock(&person.exam_no).await;
        assert!(rig.say("owner", "8001").await.contains("暂停绑定"));
        assert_eq!(rig.runner.store.bound_to(&person.exam_no).await.unwrap(), None);
        rig.end().await;
    }
}
