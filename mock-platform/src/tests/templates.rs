//! The account's templates and what sending them may answer, over real HTTP.

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Channel, Mock, Options, Settings, SubscribeTemplate, Template};

const SEND: &str = "/cgi-bin/message/template/send";
const ADD: &str = "/cgi-bin/template/api_add_template";
const ALL: &str = "/cgi-bin/template/get_all_private_template";

fn account() -> Options {
    let content = "审核结果：{{phrase1.DATA}}\n审核时间：{{time2.DATA}}";
    let notice = SubscribeTemplate {
        template_id: "S1".to_owned(),
        title: "审核结果通知".to_owned(),
        content: content.to_owned(),
        long_term: false,
    };
    Options {
        templates: vec![Template::new("T1", "审核结果通知", content)],
        subscribe_templates: vec![notice],
        ..Options::default()
    }
}

#[tokio::test]
async fn a_template_of_the_library_takes_the_keywords_asked_for() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    for (short, keywords, expected) in [
        ("", json!(["审核结果"]), 40036),
        ("99999", json!(["审核结果"]), 40037),
        ("45201", json!([]), 40246),
        ("45201", Value::Null, 40246),
        ("45201", json!(["审核结果", "别的"]), 40246),
        ("45201", json!(["审核时间", "审核结果"]), 0),
        ("TM00015", Value::Null, 0),
    ] {
        let body = json!({ "template_id_short": short, "keyword_name_list": keywords });
        assert_eq!(client.post(ADD, &body).await["errcode"], expected, "{body}");
    }
    let list = client.get(ALL).await["template_list"].clone();
    let first = &list[0];
    assert_eq!(first["content"], "审核时间：{{time3.DATA}}\n审核结果：{{phrase2.DATA}}");
    assert_eq!(first["example"], "审核时间：2026年6月15日 09:00\n审核结果：审核通过");
    let classes = (&first["title"], &first["primary_industry"], &first["deputy_industry"]);
    assert_eq!(classes, (&json!("审核结果通知"), &json!("教育"), &json!("院校")));
    assert!(list[1]["content"].as_str().unwrap().starts_with("{{first.DATA}}\n"));
    let body = json!({ "template_id_short": "45301", "keyword_name_list": ["办理进度"] });
    for _ in 2..25 {
        assert_eq!(client.post(ADD, &body).await["errcode"], 0);
    }
    assert_eq!(client.post(ADD, &body).await["errcode"], 45026);
    let which = json!({ "template_id": first["template_id"] });
    let path = "/cgi-bin/template/del_private_template";
    assert_eq!(client.post(path, &which).await["errcode"], 0);
    assert_eq!(client.post(path, &which).await["errcode"], 40037);
    assert_eq!(client.get(ALL).await["template_list"].as_array().unwrap().len(), 24);
}

#[tokio::test]
async fn industries_are_set_by_number() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let set = async |first: Value, second: Value| {
        let body = json!({ "industry_id1": first, "industry_id2": second });
        client.post("/cgi-bin/template/api_set_industry", &body).await["errcode"].clone()
    };
    assert_eq!(set(json!("0"), json!("2")).await, 40102);
    assert_eq!(set(json!("1"), json!("42")).await, 40102);
    assert_eq!(set(json!("1"), Value::Null).await, 40102);
    for _ in 0..5 {
        assert_eq!(set(json!("18"), json!(41)).await, 0);
    }
    assert_eq!(set(json!("1"), json!("2")).await, 43100);
    let industry = client.get("/cgi-bin/template/get_industry").await;
    let primary = json!({ "first_class": "政府与公共事业", "second_class": "学术科研" });
    assert_eq!(industry["primary_industry"], primary);
    assert_eq!(industry["secondary_industry"], json!({ "first_class": "其它", "second_class": "其它" }));
}

#[tokio::test]
async fn what_cannot_be_sent_says_why() {
    let mock = Mock::start(account()).await.unwrap();
    let client = Client::of(&mock).await;
    let (openid, stranger) = (mock.user("小陈").await, mock.stranger("路人"));
    let banned = mock.user("小李").await;
    client.post("/cgi-bin/tags/members/batchblacklist", &json!({ "openid_list": [banned] })).await;
    let good = json!({ "phrase1": { "value": "通过" }, "time2": { "value": "2026年6月15日" } });
    let missing = json!({ "phrase1": { "value": "通过" } });
    for (to, template, data, expected) in [
        (&openid, "T1", &good, 0),
        (&openid, "S1", &good, 40037),
        (&openid, "", &good, 40036),
        (&openid, "T1", &missing, 47003),
        (&openid, "T1", &Value::Null, 47003),
        (&stranger, "T1", &good, 43004),
        (&banned, "T1", &good, 43019),
        (&"oNobody".to_owned(), "T1", &good, 40003),
    ] {
        let body = json!({ "touser": to, "template_id": template, "data": data });
        let answer = client.post(SEND, &body).await;
        assert_eq!(answer["errcode"], expected, "{body}");
        if expected == 47003 {
            let words = answer["errmsg"].as_str().unwrap();
            assert!(words.contains("argument invalid! data.") && words.contains(" rid: "), "{words}");
        }
    }
    let long =
        json!({ "touser": openid, "template_id": "T1", "data": good, "client_msg_id": "i".repeat(33) });
    assert_eq!(client.post(SEND, &long).await["errcode"], 40035);
}

#[tokio::test]
async fn the_mini_program_wins_and_the_guard_lasts_ten_minutes() {
    let (mock, bot) = Bot::with(account(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let data = json!({ "phrase1": { "value": "通过" }, "time2": { "value": "2026年6月15日" } });
    let body = json!({
        "touser": openid, "template_id": "T1", "data": data, "url": "https://example.com/case",
        "miniprogram": { "appid": "wx1", "pagepath": "pages/case" }, "client_msg_id": "case-1",
    });
    let first = client.post(SEND, &body).await;
    mock.advance(599);
    assert_eq!(client.post(SEND, &body).await["msgid"], first["msgid"]);
    mock.advance(1);
    assert_ne!(client.post(SEND, &body).await["msgid"], first["msgid"], "ten minutes are over");
    mock.settings(&openid, Settings { refuses_messages: true, ..Settings::default() });
    let body =
        json!({ "touser": openid, "template_id": "T1", "data": data, "url": "https://example.com/case" });
    assert_eq!(client.post(SEND, &body).await["errcode"], 0);
    for result in ["failed: system failed", "failed:freq limit"] {
        let settings = Settings { template_result: result.to_owned(), ..Settings::default() };
        mock.settings(&openid, settings);
        assert_eq!(client.post(SEND, &body).await["errcode"], 0);
    }
    mock.settled().await;
    let cards = mock.chat(&openid, 0).into_iter().filter(|item| item.channel == Some(Channel::Template));
    let cards: Vec<Value> = cards.map(|card| serde_json::to_value(card).unwrap()).collect();
    assert_eq!(cards.len(), 2, "guarded once, three failed");
    assert_eq!(cards[0]["url"], "#小程序/pages/case");
    let events = bot.received().join("\n");
    for status in ["success", "failed:user block", "failed: system failed", "failed:freq limit"] {
        assert!(events.contains(&format!("<Status><![CDATA[{status}]]></Status>")), "{status}");
    }
    assert_eq!(events.matches("TEMPLATESENDJOBFINISH").count(), 5);
}
