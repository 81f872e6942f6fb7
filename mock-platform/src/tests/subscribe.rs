//! Subscription notices over real HTTP: the person decides, the account sends, both are told.

use std::time::Duration;

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Channel, Mock, Options, Say, SayError, Settings, SubscribeTemplate, Subscription, Template};

const SEND: &str = "/cgi-bin/message/subscribe/bizsend";

fn template(id: &str, long_term: bool) -> SubscribeTemplate {
    SubscribeTemplate {
        template_id: id.to_owned(),
        title: "办理进度提醒".to_owned(),
        content: "办理事项：{{thing1.DATA}}\n办理进度：{{phrase2.DATA}}".to_owned(),
        long_term,
    }
}

async fn started() -> (Mock, Bot) {
    let options = Options {
        templates: vec![Template::new("T1", "通知", "{{thing1.DATA}}")],
        subscribe_templates: vec![template("ONCE", false), template("LONG", true)],
        job_finish_delay: Duration::from_millis(1),
        ..Options::default()
    };
    Bot::with(options, |_, _| Reply::Nothing).await
}

fn notice(openid: &str, template_id: &str) -> Value {
    let data = json!({ "thing1": { "value": "毕业申请" }, "phrase2": { "value": "已通过" } });
    json!({ "touser": openid, "template_id": template_id, "data": data })
}

#[tokio::test]
async fn one_acceptance_is_one_notice() {
    let (mock, bot) = started().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    assert_eq!(client.post(SEND, &notice(&openid, "ONCE")).await["errcode"], 43101);
    let said = mock.subscribe(&openid, Subscription::accept("ONCE")).await.unwrap();
    assert_eq!(said.attempts, 1);
    let event = bot.received().pop().unwrap();
    assert!(event.contains(
        "<Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List>\
         <TemplateId><![CDATA[ONCE]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>\
         <PopupScene>0</PopupScene></List></SubscribeMsgPopupEvent>"
    ));
    let sent = client.post(SEND, &notice(&openid, "ONCE")).await;
    assert_eq!(sent["errcode"], 0);
    assert_eq!(client.post(SEND, &notice(&openid, "ONCE")).await["errcode"], 43101, "it is used up");
    let card = mock.chat(&openid, 0).pop().unwrap();
    assert_eq!(card.channel, Some(Channel::Subscribe));
    assert_eq!(card.text(), "办理进度提醒\n办理事项：毕业申请\n办理进度：已通过");
    mock.settled().await;
    let event = bot.received().pop().unwrap();
    assert!(event.contains(&format!(
        "<SubscribeMsgSentEvent><List><TemplateId><![CDATA[ONCE]]></TemplateId><MsgID>{}</MsgID>\
         <ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus></List></SubscribeMsgSentEvent>",
        sent["msgid"]
    )));
}

#[tokio::test]
async fn a_long_term_grant_lasts_until_it_is_taken_back() {
    let (mock, bot) = started().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let path = format!("/test/users/{openid}/subscribe");
    let decide = |status: &str| json!({ "template_id": "LONG", "status": status, "scene": 2 });
    client.post(&path, &decide("reject")).await;
    let event = bot.received().pop().unwrap();
    assert!(event.contains(
        "<SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString><PopupScene>2</PopupScene>"
    ));
    client.post(&path, &decide("accept")).await;
    mock.say(&openid, Say::event("unsubscribe", "")).await.unwrap();
    for _ in 0..3 {
        assert_eq!(client.post(SEND, &notice(&openid, "LONG")).await["errcode"], 0, "also without following");
    }
    mock.settled().await;
    client.post(&path, &decide("reject")).await;
    let event = bot.received().pop().unwrap();
    assert!(event.contains(
        "<SubscribeMsgChangeEvent><List><TemplateId><![CDATA[LONG]]></TemplateId>\
         <SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List></SubscribeMsgChangeEvent>"
    ));
    assert_eq!(client.post(SEND, &notice(&openid, "LONG")).await["errcode"], 43101);
}

#[tokio::test]
async fn what_does_not_arrive_is_told_afterwards() {
    let (mock, bot) = started().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    mock.subscribe(&openid, Subscription::accept("ONCE")).await.unwrap();
    mock.settings(&openid, Settings { notice_error: 43101, ..Settings::default() });
    assert_eq!(client.post(SEND, &notice(&openid, "ONCE")).await["errcode"], 0);
    mock.settled().await;
    let event = bot.received().pop().unwrap();
    let status =
        "<ErrorCode>43101</ErrorCode><ErrorStatus><![CDATA[user refuse to accept the msg]]></ErrorStatus>";
    assert!(event.contains(status), "{event}");
    assert!(mock.chat(&openid, 0).iter().all(|item| item.channel != Some(Channel::Subscribe)));
}

#[tokio::test]
async fn an_event_as_it_is_counts_too() {
    let (mock, _bot) = started().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let answered = |id: &str, status: &str| json!({ "TemplateId": id, "SubscribeStatusString": status, "PopupScene": "1" });
    let list = json!([answered("ONCE", "accept"), answered("LONG", "reject"), answered("other", "accept")]);
    let event = json!({
        "type": "event", "event": "subscribe_msg_popup_event", "extra": { "SubscribeMsgPopupEvent": { "List": list } },
    });
    client.post(&format!("/test/users/{openid}/say"), &event).await;
    for (id, expected) in [("ONCE", 0), ("LONG", 43101), ("other", 40037)] {
        assert_eq!(client.post(SEND, &notice(&openid, id)).await["errcode"], expected, "{id}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_says_why_and_costs_no_grant() {
    let (mock, _bot) = started().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    mock.subscribe(&openid, Subscription::accept("ONCE")).await.unwrap();
    let with = |name: &str, value: Value| {
        let mut body = notice(&openid, "ONCE");
        body[name] = value;
        body
    };
    for (body, expected) in [
        (with("touser", json!("oNobody")), 40003),
        (with("template_id", json!("T1")), 40037),
        (with("template_id", json!("")), 40036),
        (with("data", json!({ "thing1": { "value": "毕业申请" } })), 47003),
        (with("page", json!("pages/index")), 41030),
        (with("miniprogram", json!({ "pagepath": "pages/index" })), 41030),
        (with("page", json!("https://example.com/case")), 0),
    ] {
        assert_eq!(client.post(SEND, &body).await["errcode"], expected, "{body}");
    }
    let unknown = mock.subscribe(&openid, Subscription::accept("T1")).await.unwrap_err();
    assert_eq!(unknown, SayError::NoTemplate("T1".to_owned()));
    let nowhere = Subscription { scene: 3, ..Subscription::accept("ONCE") };
    assert_eq!(mock.subscribe(&openid, nowhere).await.unwrap_err(), SayError::NoScene(3));
}

#[tokio::test]
async fn templates_are_chosen_from_the_library() {
    let (mock, _bot) = started().await;
    let client = Client::of(&mock).await;
    let categories = client.get("/wxaapi/newtmpl/getcategory").await["data"].clone();
    let path = format!("/wxaapi/newtmpl/getpubtemplatetitles?ids={}&start=0&limit=2", categories[2]["id"]);
    let titles = client.get(&path).await;
    assert_eq!((&titles["count"], &titles["data"][0]["type"]), (&json!(7), &json!(3)));
    assert_eq!(titles["data"].as_array().unwrap().len(), 2);
    for (query, expected) in [
        ("start=0&limit=2", 200_018),
        ("ids=1&start=0&limit=2", 200_019),
        ("ids=612&limit=2", 200_016),
        ("ids=612&start=0&limit=31", 200_017),
    ] {
        let answer = client.get(&format!("/wxaapi/newtmpl/getpubtemplatetitles?{query}")).await;
        assert_eq!(answer["errcode"], expected, "{query}");
    }
    let tid = titles["data"][0]["tid"].clone();
    let path = format!("/wxaapi/newtmpl/getpubtemplatekeywords?tid={tid}");
    let words = client.get(&path).await;
    assert_eq!(
        words["data"][1],
        json!({ "kid": 2, "name": "办理进度", "example": "审核通过", "rule": "phrase" })
    );
    let add = |kids: Value, scene: &str| json!({ "tid": tid, "kidList": kids, "sceneDesc": scene });
    let path = "/wxaapi/newtmpl/addtemplate";
    for (body, expected) in [
        (add(json!([1]), "办理进度"), 200_020),
        (add(json!([1, 2, 3, 4, 1, 2]), "办理进度"), 200_020),
        (add(json!([1, 9]), "办理进度"), 200_020),
        (add(json!([1, 2]), "一二三四五六七八九十一二三四五六"), 200_021),
        (json!({ "tid": 1, "kidList": [1, 2] }), 200_014),
    ] {
        assert_eq!(client.post(path, &body).await["errcode"], expected, "{body}");
    }
    let added = client.post(path, &add(json!([2, 1]), "办理进度")).await;
    let list = client.get("/wxaapi/newtmpl/gettemplate").await["data"].clone();
    assert_eq!(list[2]["priTmplId"], added["priTmplId"]);
    assert_eq!(list[2]["content"], "办理进度：{{phrase2.DATA}}\n办理事项：{{thing1.DATA}}");
    assert_eq!((&list[0]["type"], &list[2]["type"]), (&json!(2), &json!(3)));
    let which = json!({ "priTmplId": added["priTmplId"] });
    let path = "/wxaapi/newtmpl/deltemplate";
    assert_eq!(client.post(path, &which).await["errcode"], 0);
    assert_eq!(client.post(path, &which).await["errcode"], 40037);
}
