//! Agents through the API, and what customer messages can carry besides.

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Account, AgentAct, Body, Mock, Options, Say, StrictChange};

const SEND: &str = "/cgi-bin/message/custom/send";
const CREATE: &str = "/customservice/kfsession/create";
const CLOSE: &str = "/customservice/kfsession/close";

#[tokio::test]
async fn agents_come_change_and_go() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let names = async |client: &Client<'_>| {
        let list = client.get("/cgi-bin/customservice/getkflist").await;
        let name = |agent: &Value| agent["kf_nick"].as_str().unwrap().to_owned();
        list["kf_list"].as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    for (path, account, nickname, code) in [
        ("add", "wang@gh", "小王", 0),
        ("add", "wang@gh", "小王", 61453),
        ("add", "", "小王", 61451),
        ("update", "wang@gh", "王老师", 0),
        ("update", "li@gh", "李老师", 61452),
    ] {
        let body = json!({ "kf_account": account, "nickname": nickname });
        assert_eq!(client.code(&format!("/customservice/kfaccount/{path}"), &body).await, code, "{body}");
    }
    assert_eq!(names(&client).await, ["客服", "王老师"]);
    let head = "/customservice/kfaccount/uploadheadimg?kf_account=wang@gh";
    assert_eq!(client.upload(head, b"GIF89a").await["errcode"], 61457);
    assert_eq!(client.upload(head, &[0xff, 0xd8, 0xff, 0xd9]).await["errcode"], 0);
    assert_eq!(
        client.code("/test/agents", &json!({ "kf_account": "kf2001@mock", "online": false })).await,
        0
    );
    let online = client.get("/cgi-bin/customservice/getonlinekflist").await;
    assert_eq!(online["kf_online_list"].as_array().unwrap().len(), 1);
    let remove = "/customservice/kfaccount/del?kf_account=wang@gh";
    assert_eq!(client.get(remove).await["errcode"], 0);
    assert_eq!(client.post(remove, &json!({})).await["errcode"], 61452);
    assert_eq!(names(&client).await, ["客服"]);
}

#[tokio::test]
async fn a_session_is_one_agents_and_is_on_record() {
    let (mock, bot) = Bot::with(Options::default(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    for account in ["wang@gh", "li@gh"] {
        let body = json!({ "kf_account": account, "nickname": account });
        client.post("/customservice/kfaccount/add", &body).await;
    }
    client.post("/test/agents", &json!({ "kf_account": "li@gh", "online": false })).await;
    let began = mock.now();
    for (path, account, who, code) in [
        (CREATE, "li@gh", openid.as_str(), 65415),
        (CREATE, "zhao@gh", &openid, 61452),
        (CREATE, "wang@gh", "oNobody", 40003),
        (CLOSE, "wang@gh", &openid, 65413),
        (CREATE, "wang@gh", &openid, 0),
        (CREATE, "wang@gh", &openid, 0),
        (CREATE, "kf2001@mock", &openid, 65414),
        (CLOSE, "kf2001@mock", &openid, 65414),
    ] {
        let body = json!({ "kf_account": account, "openid": who });
        assert_eq!(client.code(path, &body).await, code, "{path} {body}");
    }
    mock.settled().await;
    let told = bot.received();
    assert_eq!(told.iter().filter(|xml| xml.contains("kf_create_session")).count(), 1);
    assert!(told.last().unwrap().contains("<KfAccount><![CDATA[wang@gh]]>"));
    assert_eq!(mock.say(&openid, Say::text("我改过姓名")).await.unwrap().attempts, 0);
    mock.agent(&openid, AgentAct::Say { content: "请带户口簿".to_owned() }).await.unwrap();

    let session = client.get(&format!("/customservice/kfsession/getsession?openid={openid}")).await;
    assert_eq!(session["kf_account"], "wang@gh");
    let list = client.get("/customservice/kfsession/getsessionlist?kf_account=wang@gh").await;
    assert_eq!(list["sessionlist"][0]["openid"], json!(openid));
    let records = "/customservice/msgrecord/getmsglist";
    let ask = |from: i64, to: i64, number: i64| json!({ "starttime": from, "endtime": to, "msgid": 1, "number": number });
    let page = client.post(records, &ask(began, began + 60, 1)).await;
    assert_eq!((&page["recordlist"][0]["opercode"], &page["number"]), (&json!(2003), &json!(1)));
    let more = json!({ "starttime": began, "endtime": began + 60, "msgid": page["msgid"], "number": 9 });
    let rest = client.post(records, &more).await;
    assert_eq!((&rest["recordlist"][0]["text"], &rest["number"]), (&json!("请带户口簿"), &json!(1)));
    assert_eq!(client.code(records, &ask(began, began + 86_401, 1)).await, 65417);
    assert_eq!(client.code(records, &ask(began, began, 10_001)).await, 65416);

    assert_eq!(client.code(CLOSE, &json!({ "kf_account": "wang@gh", "openid": openid })).await, 0);
    assert_eq!(mock.say(&openid, Say::text("谢谢")).await.unwrap().attempts, 1);
    let session = client.get(&format!("/customservice/kfsession/getsession?openid={openid}")).await;
    assert_eq!(session["kf_account"], "");
}

#[tokio::test]
async fn a_chat_waits_for_the_agent_it_was_left_to() {
    let (mock, _bot) = Bot::with(Options::default(), |_, _| {
        let named = crate::xml::Writer::default().text("KfAccount", "wang@gh");
        let handed = crate::xml::Writer::default().text("MsgType", "transfer_customer_service");
        Reply::Elements(handed.nest("TransInfo", named))
    })
    .await;
    let client = Client::of(&mock).await;
    client
        .post("/customservice/kfaccount/add", &json!({ "kf_account": "wang@gh", "nickname": "小王" }))
        .await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::text("人工")).await.unwrap();
    let waiting = client.get("/customservice/kfsession/getwaitcase").await;
    assert_eq!((&waiting["count"], &waiting["waitcaselist"][0]["openid"]), (&json!(1), &json!(openid)));
    mock.agent(&openid, AgentAct::Take {}).await.unwrap();
    let session = client.get(&format!("/customservice/kfsession/getsession?openid={openid}")).await;
    assert_eq!(session["kf_account"], "wang@gh");
    assert_eq!(client.get("/customservice/kfsession/getwaitcase").await["count"], 0);
}

#[tokio::test]
async fn the_rarer_kinds_and_fields_of_a_message() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::text("在吗")).await.unwrap();
    let send = async |kind: &str, object: Value, more: Value| {
        let mut body = json!({ "touser": openid, "msgtype": kind, kind: object });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.code(SEND, &body).await
    };
    let menu = json!({ "head_content": "?", "list": [{ "id": 1, "content": "是" }], "tail_content": "" });
    let text = json!({ "content": "您好" });
    for (kind, object, more, code) in [
        ("mpnewsarticle", json!({ "article_id": "a1" }), json!({}), 0),
        ("mpnewsarticle", json!({}), json!({}), 53600),
        ("mpnews", json!({ "media_id": "m" }), json!({}), 40008),
        ("wxcard", json!({ "card_id": "c1" }), json!({}), 0),
        ("wxcard", json!({}), json!({}), 40035),
        ("text", text.clone(), json!({ "customservice": { "kf_account": "kf2001@mock" } }), 0),
        ("text", text.clone(), json!({ "customservice": { "kf_account": "nobody@mock" } }), 61452),
        ("text", text.clone(), json!({ "aimsgcontext": { "msgid": "24680" } }), 0),
        ("text", text.clone(), json!({ "aimsgcontext": { "msgid": [] } }), 40035),
    ] {
        assert_eq!(send(kind, object.clone(), more.clone()).await, code, "{kind} {object} {more}");
    }
    let shown: Vec<_> = mock.chat(&openid, 0).into_iter().map(|item| item.body).collect();
    assert!(shown.contains(&Body::Card { card_id: "c1".to_owned() }));
    for account in [Account::Unverified, Account::Test] {
        mock.set_strict(StrictChange { account: Some(account), ..StrictChange::default() });
        assert_eq!(send("msgmenu", menu.clone(), json!({})).await, 48001, "{account:?}");
    }
    assert_eq!(send("text", text, json!({})).await, 0, "words are granted all the same");
}

#[tokio::test]
async fn typing_ends_by_itself_or_with_a_message() {
    let mock = Mock::start(Options { now: Some(1_781_488_800), ..Options::default() }).await.unwrap();
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::text("在吗")).await.unwrap();
    let typing = async |command: &str| {
        let body = json!({ "touser": openid, "command": command });
        client.code("/cgi-bin/message/custom/typing", &body).await
    };
    assert_eq!(typing("Dancing").await, 45072);
    assert_eq!(typing("Typing").await, 0);
    assert_eq!(typing("Typing").await, 45081);
    mock.advance(15);
    assert_eq!(typing("Typing").await, 0, "after fifteen seconds it has ended");
    assert_eq!(client.text(&openid, "您好").await, 0);
    assert_eq!(typing("Typing").await, 0, "a message ends it");
    assert_eq!(typing("CancelTyping").await, 0);
    assert_eq!(typing("Typing").await, 0);
    mock.advance(16);
    assert_eq!(typing("Typing").await, 45080, "nobody has said anything for half a minute");
}
