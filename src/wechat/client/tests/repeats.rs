//! What the client repeats by itself, and what it never does.

use super::*;

const BUSY: &str = "{\"errcode\":-1,\"errmsg\":\"system error\"}";
const MASS: &str = "/cgi-bin/message/mass/send";

fn mass(key: &str) -> MassMessage {
    MassMessage {
        audience: Audience::List(vec!["a".into(), "b".into()]),
        content: MassContent::Text("通知".into()),
        ignore_reprint: false,
        client_msg_id: key.into(),
    }
}

#[tokio::test]
async fn reads_are_asked_twice_more() {
    let world = World::start().await;
    let client = world.impatient_client();
    let ips = || json!({ "ip_list": ["1.2.3.4"] }).to_string();
    world.platform.script(StatusCode::BAD_GATEWAY);
    world.platform.script("<html>");
    world.platform.script(ips());
    assert_eq!(client.callback_addresses().await.unwrap(), ["1.2.3.4"]);
    let path = "/cgi-bin/getcallbackip";
    assert_eq!(world.platform.asked(path).len(), 3);

    for _ in 0..3 {
        world.platform.script(BUSY);
    }
    world.platform.script(ips());
    let error = client.callback_addresses().await.unwrap_err();
    assert!(matches!(&error, ClientError::Api(refused) if refused.code == -1), "{error}");
    assert_eq!(world.platform.asked(path).len(), 6, "three more and no fourth");
}

#[tokio::test]
async fn a_read_that_is_refused_or_took_all_its_time_is_not_asked_again() {
    let world = World::start().await;
    let client = world.impatient_client();
    for code in [48001, 40003, 45009] {
        world.platform.script(json!({ "errcode": code, "errmsg": "no" }).to_string());
        client.user_info("o").await.unwrap_err();
    }
    assert_eq!(world.platform.asked("/cgi-bin/user/info").len(), 3);

    let mut slow = world.client_with(Duration::from_millis(200));
    slow.patience = world.impatient_client().patience;
    let never = || axum::body::Body::from_stream(futures_util::stream::pending::<std::io::Result<Vec<u8>>>());
    world.platform.script(never());
    assert!(slow.tags().await.unwrap_err().is_transient());
    assert_eq!(world.platform.asked("/cgi-bin/tags/get").len(), 1);
}

#[tokio::test]
async fn what_acts_is_asked_once() {
    let world = World::start().await;
    let client = world.impatient_client();
    for _ in 0..4 {
        world.platform.script(BUSY);
    }
    client.send_text("o", "x").await.unwrap_err();
    client.create_tag("广州").await.unwrap_err();
    client.clear_quota().await.unwrap_err();
    client.authorize("code").await.err().unwrap();
    for path in [
        "/cgi-bin/message/custom/send",
        "/cgi-bin/tags/create",
        "/cgi-bin/clear_quota",
        "/sns/oauth2/access_token",
    ] {
        assert_eq!(world.platform.asked(path).len(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_mass_send_whose_answer_is_lost_is_repeated_under_its_key() {
    let world = World::start().await;
    let client = world.impatient_client();
    world.platform.script(StatusCode::BAD_GATEWAY);
    world.platform.script("{\"errcode\":45066,\"errmsg\":\"same clientmsgid retry too fast\"}");
    world.platform.script(BUSY);
    world.platform.script("{\"errcode\":45065,\"errmsg\":\"clientmsgid exist\",\"msg_id\":34182}");
    let sent = client.send_mass(&mass("key-1")).await.unwrap();
    assert_eq!(sent, MassSent { msg_id: 34182, msg_data_id: None, had_it: true });
    let asked = world.platform.asked(MASS);
    assert_eq!(asked.len(), 4);
    assert_eq!(asked[0].json()["clientmsgid"], "key-1");
    assert!(asked.iter().all(|one| one.body == asked[0].body), "the very same request");
}

#[tokio::test]
async fn a_mass_send_is_given_up_when_it_is_refused_or_nothing_comes() {
    let world = World::start().await;
    let client = world.impatient_client();
    world.platform.script("{\"errcode\":45028,\"errmsg\":\"has no masssend quota\"}");
    let error = client.send_mass(&mass("key-1")).await.unwrap_err();
    assert!(error.advice() == Advice::WaitForTheDay && !error.is_in_doubt());
    assert_eq!(world.platform.asked(MASS).len(), 1);
    // Without the id of what was sent nobody could follow it.
    world.platform.script("{\"errcode\":45065,\"errmsg\":\"clientmsgid exist\"}");
    let error = client.send_mass(&mass("key-1")).await.unwrap_err();
    assert!(matches!(error, ClientError::Api(refused) if refused.code == 45065));

    *world.platform.always.lock().unwrap() = Some("<html>".into());
    let error = client.send_mass(&mass("key-2")).await.unwrap_err();
    assert!(error.is_in_doubt(), "whoever asks again later, under the same key, finds out");
    assert_eq!(world.platform.asked(MASS).len(), 2 + 6);
}

#[tokio::test]
async fn a_dead_token_of_ours_is_not_taken_for_a_dead_one_of_theirs() {
    let world = World::start().await;
    let client = world.impatient_client();
    for code in [40001, 40029, 42001, 40163, 42002, 42003] {
        world.platform.script(json!({ "errcode": code, "errmsg": "invalid" }).to_string());
        let error = client.profile("a", "o").await.err().unwrap();
        assert!(matches!(&error, AuthorizationError::Over(_)), "{error}");
    }
    world.platform.script("{\"errcode\":40003,\"errmsg\":\"invalid openid\"}");
    assert!(!client.is_authorized("a", "o").await.unwrap());
    assert_eq!(world.token_calls(), 0, "the API's token has nothing to do with it");
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_a_dead_token() {
    let world = World::start().await;
    let client = world.client();
    for code in [40001, 40125] {
        world.platform.script(json!({ "errcode": code, "errmsg": "invalid" }).to_string());
        assert_eq!(client.plain_token().await.err().unwrap().advice(), Advice::Alert, "{code}");
        world.platform.script(json!({ "errcode": code, "errmsg": "invalid" }).to_string());
        assert_eq!(client.clear_quota_by_secret().await.unwrap_err().advice(), Advice::Alert, "{code}");
    }
    world.platform.script("{\"errcode\":0,\"errmsg\":\"ok\"}");
    client.clear_quota_by_secret().await.unwrap();
    let asked = world.platform.last();
    assert_eq!(
        (asked.path.as_str(), asked.query["appsecret"].as_str()),
        ("/cgi-bin/clear_quota/v2", "s3cret")
    );
    assert_eq!(world.token_calls(), 0);
}
