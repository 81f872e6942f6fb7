//! What reaches `/wechat` that no honest platform sends, and what an honest one sends twice.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::time::Duration;

use graduation_bot::{
    clock::Clock,
    inbound::Inbound,
    runner::Runner,
    secrets::hex,
    store::{Commit, Committed, InboxRow, LateAnswer},
    time::Millis,
    turn::{Notice, NoticeBody, Signed},
    wechat::{message, signature},
};
use mock_platform::Mode;
use reqwest::{Client, StatusCode};
use sha2::{Digest, Sha256};
use sqlx::AnyConnection;

use crate::{
    store::turn,
    support::{app::TestApp, db, logs},
};

const TODAY: &str = "2026-06-15T09:30";
/// Somebody's words that must never stand in the log.
const WORDS: &str = "悄悄话一二三";

/// A sender of raw callbacks who knows the token.
struct Sender {
    client: Client,
    address: String,
    token: String,
}

impl Sender {
    fn new(app: &TestApp) -> Self {
        let client = graduation_bot::http::http_client(Duration::from_secs(10)).unwrap();
        let address = format!("{}/wechat", app.app.config.public_url);
        Self { client, address, token: app.app.config.wechat.token.clone() }
    }

    /// The query that signs nothing but a timestamp and a nonce.
    fn query(&self, nonce: &str, seconds_ago: i64) -> String {
        let timestamp = (Clock::real().wire().as_seconds() - seconds_ago).to_string();
        let signed = signature::sign([&self.token, &timestamp, nonce]);
        format!("signature={}&timestamp={timestamp}&nonce={nonce}", signature::as_text(&signed))
    }

    async fn post(&self, query: &str, body: String) -> (StatusCode, String) {
        let response = self.client.post(format!("{}?{query}", self.address)).body(body).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    async fn get(&self, query: &str) -> (StatusCode, String) {
        let response = self.client.get(format!("{}?{query}", self.address)).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }
}

fn text(open_id: &str, msg_id: u64, content: &str) -> String {
    format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>{open_id}</FromUserName><CreateTime>1781227800</CreateTime>\
         <MsgType>text</MsgType><Content>{content}</Content><MsgId>{msg_id}</MsgId></xml>"
    )
}

#[tokio::test]
async fn malformed_and_foreign_callbacks_are_refused_without_a_word_in_the_log() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let sender = Sender::new(&app);
        let rows = [
            ("no signature", String::new(), text("oA", 1, WORDS), 403),
            ("foreign signature", "signature=00&timestamp=1&nonce=2".to_owned(), text("oA", 1, WORDS), 403),
            ("six minutes old", sender.query("n1", 360), text("oA", 1, WORDS), 403),
            ("six minutes ahead", sender.query("n2", -360), text("oA", 1, WORDS), 403),
            ("no xml", sender.query("n3", 0), WORDS.to_owned(), 400),
            ("a document type", sender.query("n4", 0), format!("<!DOCTYPE x>{}", text("oA", 1, WORDS)), 400),
            ("another sender", format!("{}&openid=oB", sender.query("n5", 0)), text("oA", 1, WORDS), 403),
            ("over 64 KiB", sender.query("n6", 0), format!("{WORDS}{}", "x".repeat(65 << 10)), 400),
            ("a key twice", format!("{}&nonce=n8", sender.query("n7", 0)), text("oA", 1, WORDS), 400),
        ];
        for (what, query, body, status) in rows {
            let (found, said) = sender.post(&query, body).await;
            assert_eq!(found.as_u16(), status, "{what}");
            assert!(said.is_empty(), "{what}: {said}");
        }
        assert!(logs::all().contains("a callback was refused"));
        assert!(!logs::all().contains(WORDS), "the log holds somebody's words");
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_plain_callback_is_refused_when_a_key_is_set() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Secure, TODAY).await;
        let sender = Sender::new(&app);
        let (found, said) = sender.post(&sender.query("n1", 0), text("oA", 1, "帮助")).await;
        assert_eq!(found, StatusCode::FORBIDDEN);
        assert!(said.is_empty());
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_plain_signature_serves_one_body_and_its_retries() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let sender = Sender::new(&app);
        let (query, retry) = (sender.query("n1", 0), sender.query("n2", 0));
        let (found, first) = sender.post(&query, text("oA", 1, "帮助")).await;
        assert_eq!(found, StatusCode::OK);
        assert!(first.contains("可以随时回复"), "{first}");
        assert_eq!(
            sender.post(&query, text("oA", 1, "帮助")).await,
            (StatusCode::OK, first.clone()),
            "a retry"
        );
        assert_eq!(
            sender.post(&retry, text("oA", 1, "帮助")).await,
            (StatusCode::OK, first),
            "with its own nonce"
        );
        for (what, query, body) in [
            ("other words", &query, text("oA", 1, "菜单")),
            ("another message", &query, text("oA", 2, "菜单")),
            ("the retry's nonce", &retry, text("oA", 4, "菜单")),
        ] {
            assert_eq!(sender.post(query, body).await.0, StatusCode::FORBIDDEN, "{what}");
        }
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_refused_forgery_does_not_answer_for_the_message_whose_key_it_bears() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let sender = Sender::new(&app);
        let used = sender.query("n1", 0);
        assert_eq!(sender.post(&used, text("oA", 1, "帮助")).await.0, StatusCode::OK);
        assert_eq!(sender.post(&used, text("oA", 2, "申请")).await.0, StatusCode::FORBIDDEN);
        let (found, said) = sender.post(&sender.query("n2", 0), text("oA", 2, "帮助")).await;
        assert_eq!(found, StatusCode::OK);
        assert!(said.contains("可以随时回复"), "{said}");
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_plain_signature_is_used_up_in_every_process() {
    for db in db::each().await {
        let store = db.store().await;
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let sender = Sender::new(&app);
        let query = sender.query("n1", 0);
        assert_eq!(sender.post(&query, text("oA", 1, "帮助")).await.0, StatusCode::OK);
        let batch = app.app.runner.world.load().batch.id.clone();
        let elsewhere = Runner { store, ..app.app.runner.clone() };
        let known = elsewhere.store.load("oA", &batch).await.unwrap().session.signed;
        let [same] = known.as_slice() else { panic!("one signature, not {known:?}") };
        let other = Signed { body: *b"otherone", ..*same };
        assert!(elsewhere.is_own("oA", *same).await.unwrap(), "a retry");
        assert!(!elsewhere.is_own("oA", other).await.unwrap(), "other words");
        assert!(elsewhere.is_own("oB", other).await.unwrap(), "nobody's session is another's");
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn the_check_of_the_address_is_answered_and_silent_events_use_their_signature_up() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let sender = Sender::new(&app);
        let check = format!("{}&echostr=4375120948345356249", sender.query("n1", 0));
        assert_eq!(sender.get(&check).await, (StatusCode::OK, "4375120948345356249".to_owned()));
        let view = text("oA", 2, "x")
            .replace(
                "<MsgType>text</MsgType><Content>x</Content>",
                "<MsgType>event</MsgType><Event>VIEW</Event>",
            )
            .replace("<MsgId>2</MsgId>", "");
        let query = sender.query("n2", 0);
        assert_eq!(sender.post(&query, view).await, (StatusCode::OK, "success".to_owned()));
        assert_eq!(sender.post(&query, text("oA", 3, "申请")).await.0, StatusCode::FORBIDDEN);
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn what_a_mass_message_came_to_is_kept_once_and_makes_nobody_a_person() {
    let report = include_str!("../platform/event_mass_success.xml");
    for db in db::each().await {
        let url = db.url.clone();
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let sender = Sender::new(&app);
        let again = report.replace("<SentCount>9980<", "<SentCount>1<");
        for (nonce, body) in [("n1", report), ("n2", report), ("n3", &again)] {
            let answer = sender.post(&sender.query(nonce, 0), body.to_owned()).await;
            assert_eq!(answer, (StatusCode::OK, "success".to_owned()));
        }
        let mut eye = db::connect(&url).await;
        let rows: Vec<(i64, String, i64, i64, i64, i64)> =
            sqlx::query_as("select msg_id, status, total, filtered, sent, failed from mass_reports")
                .fetch_all(&mut eye)
                .await
                .unwrap();
        let status = "send success".to_owned();
        assert_eq!(rows, [(1_000_001_626, status, 10_000, 9_990, 9_980, 10)]);
        let people: i64 =
            sqlx::query_scalar("select count(*) from sessions").fetch_one(&mut eye).await.unwrap();
        assert_eq!(people, 0, "the platform's own openid is nobody's");
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

/// Stores a message with a picture as a process leaves it that dies while it waits for the verdict.
async fn die_waiting(app: &TestApp, xml: &str) -> Inbound {
    let inbound = message::parse(xml).unwrap();
    let batch = app.app.runner.world.load().batch.id.clone();
    let before = app.app.store.load(&inbound.open_id, &batch).await.unwrap();
    let mut commit = Commit::new(turn(&before), before, &batch, app.app.clock.business());
    commit.inbox = Some(InboxRow {
        key: inbound.key.clone(),
        body_hash: hex(&app.app.store.secrets().hash_bytes("inbox/body", &Sha256::digest(xml))),
        answer: None,
        awaited_until: Some(app.app.clock.wire().minus_seconds(1)),
    });
    assert_eq!(app.app.store.commit(commit).await.unwrap(), Committed::Stored);
    inbound
}

/// Whether a delivery of the message waits now.
async fn is_awaited(eye: &mut AnyConnection, key: &str, now: Millis) -> bool {
    let query = sqlx::query_scalar("select coalesce(awaited_until, 0) from inbox where key = $1").bind(key);
    let until: i64 = query.fetch_one(eye).await.unwrap();
    Millis(until) > now
}

#[tokio::test]
async fn a_repeated_delivery_gets_the_verdict_that_the_first_one_died_waiting_for() {
    for db in db::each().await {
        let url = db.url.clone();
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let mut eye = db::connect(&url).await;
        let sender = Sender::new(&app);
        let picture = text("oA", 1, "x").replace(
            "<MsgType>text</MsgType><Content>x</Content>",
            "<MsgType>image</MsgType><PicUrl>http://x/1</PicUrl><MediaId>m1</MediaId>",
        );
        let inbound = die_waiting(&app, &picture).await;
        let query = sender.query("n1", 0);
        let working = async {
            while !is_awaited(&mut eye, &inbound.key, app.app.clock.wire()).await {
                tokio::task::yield_now().await;
            }
            app.pass(3600).await;
            let store = &app.app.store;
            let batch = app.app.runner.world.load().batch.id.clone();
            let before = store.load_fresh("oA", &batch).await.unwrap();
            let mut commit = Commit::new(turn(&before), before, &batch, app.app.clock.business());
            commit.late = Some(LateAnswer {
                key: inbound.key.clone(),
                xml: "<xml>合格</xml>".to_owned(),
                otherwise: Notice {
                    id: "late".to_owned(),
                    event: "reply".to_owned(),
                    body: NoticeBody::Text {
                        text: "合格".to_owned(), menu: Vec::new(), template: [].into()
                    },
                    important: false,
                    revocable: None,
                },
                at: app.app.clock.wire(),
            });
            assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
        };
        let (said, ()) = tokio::join!(sender.post(&query, picture), working);
        assert_eq!(said, (StatusCode::OK, "<xml>合格</xml>".to_owned()));
        assert_eq!(app.end(0).await, Vec::<String>::new(), "and nothing is pushed");
    }
}

#[tokio::test]
async fn deliveries_at_the_same_moment_join() {
    for db in db::each().await {
        let app = TestApp::start(db, Mode::Plain, TODAY).await;
        let sender = Sender::new(&app);
        let queries: Vec<String> = (0..8).map(|n| sender.query(&format!("n{n}"), 0)).collect();
        let posts = queries.iter().map(|query| sender.post(query, text("oA", 1, "呜哩哇啦")));
        let answers = futures_util::future::join_all(posts).await;
        for answer in &answers {
            assert_eq!(answer, &answers[0]);
        }
        let batch = app.app.runner.world.load().batch.id.clone();
        let session = app.app.store.load_fresh("oA", &batch).await.unwrap().session;
        assert_eq!(
            (session.misses, session.signed.as_slice().len()),
            (1, 8),
            "answered once, signed eight times"
        );
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}
