//! Every call once: what goes out, what comes back, what is made of it. Two files of rows, the tests over them here.

mod account;
mod sends;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// One call with its documented request and answer.
struct Row {
    method: &'static str,
    path: &'static str,
    /// The body sent; of a GET the query, without the token.
    sent: Value,
    answer: Value,
    /// What the caller gets, as `Debug` has it.
    read: &'static str,
    call: fn(&Client) -> BoxFuture<'_, Result<String, ClientError>>,
}

/// A row; `$read` makes a text of the answer.
macro_rules! row {
    ($method:literal $path:literal $sent:tt => $answer:tt, $read:expr, |$client:ident| $call:expr) => {
        Row {
            method: $method,
            path: $path,
            sent: json!($sent),
            answer: json!($answer),
            read: $read,
            call: |$client| Box::pin(async move { $call.await.map(|read| format!("{read:?}")) }),
        }
    };
}
use row;

fn rows() -> Vec<Row> {
    let mut rows = sends::rows();
    rows.extend(account::rows());
    rows
}

#[tokio::test]
async fn each_call_goes_out_and_is_read_as_documented() {
    let world = World::start().await;
    let client = world.client();
    for row in rows() {
        world.platform.script(row.answer.to_string());
        let read = (row.call)(&client).await;
        let asked = world.platform.last();
        assert_eq!((asked.method.as_str(), asked.path.as_str()), (row.method, row.path));
        let mut query = asked.query.clone();
        let sent = if row.method == "GET" {
            if !row.path.starts_with("/sns") {
                query.remove("access_token");
            }
            json!(query)
        } else {
            asked.json()
        };
        assert_eq!(sent, row.sent, "{}", row.path);
        assert_eq!(read.expect(row.path), row.read, "{}", row.path);
    }
}

#[tokio::test]
async fn chinese_goes_out_as_it_is() {
    let world = World::start().await;
    let client = world.client();
    let chinese = |text: &str| text.chars().filter(|c| !c.is_ascii()).collect::<Vec<_>>();
    let mut seen = 0;
    for row in rows().into_iter().filter(|row| row.method == "POST") {
        world.platform.script(row.answer.to_string());
        (row.call)(&client).await.expect(row.path);
        let (sent, mut found) = (row.sent.to_string(), chinese(&world.platform.last().body));
        let mut expected = chinese(&sent);
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{}", row.path);
        assert!(!world.platform.last().body.contains("\\u"), "{}", row.path);
        seen += usize::from(!expected.is_empty());
    }
    assert!(seen >= 20, "only {seen} calls hold Chinese");
}

#[tokio::test]
async fn each_call_says_what_the_platform_refuses() {
    let world = World::start().await;
    let client = world.client();
    *world.platform.always.lock().unwrap() =
        Some("{\"errcode\":48001,\"errmsg\":\"api unauthorized\"}".into());
    for row in rows() {
        let error = (row.call)(&client).await.expect_err(row.path);
        let told = match &error {
            ClientError::Token(cause) => cause,
            other => other,
        };
        assert!(matches!(told, ClientError::Api(refused) if refused.code == 48001), "{}: {error}", row.path);
        assert_eq!(error.advice(), Advice::Alert);
    }
}

/// Every name that a parser looks for.
const NAMES: &str = "
    errcode errmsg msgid msg_id msg_status speed realspeed ticket url expires_in access_token refresh_token
    openid data count total next_openid subscribe tagid_list user_info_list tags tag id name menu button
    menuid conditionalmenu is_menu_open selfmenu_info template_list template_id content quota daily_limit
    used remain request dns ping ip ip_list media_id news_item down_url item total_count voice_count
    video_count image_count news_count priTmplId video_url expire_seconds invoke_time cost_in_ms
    package_loss is_snapshotuser
";

/// JSON that is not as documented, made of the names that are.
fn strange() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(NAMES.split_whitespace().collect::<Vec<_>>());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(0)),
        Just(json!(1)),
        "[0-9审 {}.]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6).prop_map(|fields| fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

#[test]
fn no_answer_makes_a_call_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::start());
    let client = world.impatient_client();
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&strange(), |answer| {
        *world.platform.always.lock().unwrap() = Some(answer.to_string());
        for row in rows() {
            // Whatever comes of it, it comes as a value.
            drop(runtime.block_on((row.call)(&client)));
        }
        Ok(())
    });
    outcome.unwrap();
}
