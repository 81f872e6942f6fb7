//! Mass messages over real HTTP: who gets them, how often, what is said about it, and what a retry does.

use std::time::Duration;

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use super::drafts::{JPEG, article};
use crate::{Body, Channel, Fault, Item, Kind, Mock, Options, Say, Settings};

const SEND: &str = "/cgi-bin/message/mass/send";
const ALL: &str = "/cgi-bin/message/mass/sendall";

fn quick() -> Options {
    Options { mass_finish_delay: Duration::from_millis(1), ..Options::default() }
}

async fn started() -> (Mock, Bot) {
    Bot::with(quick(), |_, _| Reply::Nothing).await
}

fn words(openids: &[String], content: &str) -> Value {
    json!({ "touser": openids, "msgtype": "text", "text": { "content": content } })
}

fn to_all(content: &str) -> Value {
    json!({ "filter": { "is_to_all": true }, "msgtype": "text", "text": { "content": content } })
}

fn shown(mock: &Mock, openid: &str) -> Vec<Item> {
    mock.chat(openid, 0).into_iter().filter(|item| item.channel == Some(Channel::Mass)).collect()
}

/// The result of a job, as the bot was told.
fn finished(bot: &Bot, id: &Value) -> String {
    let number = format!("<MsgID>{id}</MsgID>");
    bot.received().into_iter().find(|xml| xml.contains(&number)).unwrap()
}

async fn status(client: &Client<'_>, id: &Value) -> Value {
    client.post("/cgi-bin/message/mass/get", &json!({ "msg_id": id })).await["msg_status"].clone()
}

#[tokio::test]
async fn a_list_is_filtered_sent_to_and_reported() {
    let (mock, bot) = started().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(5);
    let [_, refuses, banned, left, _] = &openids[..] else { panic!("five people") };
    mock.settings(refuses, Settings { refuses_messages: true, ..Settings::default() });
    let ban = json!({ "openid_list": [banned] });
    client.post("/cgi-bin/tags/members/batchblacklist", &ban).await;
    mock.say(left, Say::event("unsubscribe", "")).await.unwrap();
    let sent = client.post(SEND, &words(&openids, "本次毕业申请今天开始。")).await;
    assert_eq!((&sent["errcode"], &sent["errmsg"]), (&json!(0), &json!("ok")));
    assert_eq!(sent["msg_data_id"], Value::Null, "only news have one");
    mock.settled().await;
    let event = bot.received().pop().unwrap();
    for part in [
        "<Event><![CDATA[MASSSENDJOBFINISH]]></Event>",
        &format!("<MsgID>{}</MsgID><Status><![CDATA[send success]]></Status>", sent["msg_id"]),
        "<TotalCount>5</TotalCount><FilterCount>3</FilterCount><SentCount>2</SentCount><ErrorCount>1</ErrorCount>",
        "<CopyrightCheckResult><Count>0</Count><ResultList></ResultList><CheckState>0</CheckState>",
        "<ArticleUrlResult><Count>0</Count>",
    ] {
        assert!(event.contains(part), "{part} in {event}");
    }
    for (openid, expected) in openids.iter().zip([1, 0, 0, 0, 1]) {
        assert_eq!(shown(&mock, openid).len(), expected);
    }
    assert_eq!(status(&client, &sent["msg_id"]).await, "SEND_SUCCESS");
}

#[tokio::test]
async fn the_same_id_sends_once_however_the_first_answer_ended() {
    let (mock, bot) = started().await;
    let mut client = Client::of(&mock).await;
    let openids = mock.followers(2);
    let added =
        client.post("/cgi-bin/draft/add", &json!({ "articles": [article(&client, "公告").await] })).await;
    let mut body = json!({
        "touser": openids, "msgtype": "mpnews", "mpnews": { "media_id": added["media_id"] },
        "send_ignore_reprint": 0, "clientmsgid": "公".repeat(21) + "1",
    });
    mock.fault(Fault::once(SEND, Kind::Drop, Value::Null));
    assert!(client.try_post(SEND, &body).await.is_err());
    let again = client.post(SEND, &body).await;
    assert_eq!(again["errcode"], 45065, "though the draft has left the box");
    assert_eq!(status(&client, &again["msg_id"]).await.as_str().map(|s| s.starts_with("SEND")), Some(true));
    mock.advance(400 * 86_400);
    client.renew().await;
    assert_eq!(client.post(SEND, &body).await["msg_id"], again["msg_id"], "remembered for good");
    body["clientmsgid"] = json!("公".repeat(22));
    assert_eq!(client.post(SEND, &body).await["errcode"], 45067);
    body["clientmsgid"] = json!("another");
    assert_eq!(client.post(SEND, &body).await["errcode"], 40007, "a sent draft is gone");
    mock.settled().await;
    assert_eq!(bot.received().iter().filter(|xml| xml.contains("MASSSENDJOBFINISH")).count(), 1);
    assert!(openids.iter().all(|openid| shown(&mock, openid).len() == 1));
}

#[tokio::test]
async fn nobody_gets_more_than_four_a_month() {
    let options = Options { now: Some(1_781_488_800), ..quick() }; // 2026-06-15 10:00
    let (mock, bot) = Bot::with(options, |_, _| Reply::Nothing).await;
    let mut client = Client::of(&mock).await;
    let openids = mock.followers(3);
    for n in 0..4 {
        assert_eq!(client.post(SEND, &words(&openids[..2], &format!("第{n}次"))).await["errcode"], 0);
    }
    let fifth = client.post(SEND, &words(&openids, "第五次")).await;
    mock.settled().await;
    let event = finished(&bot, &fifth["msg_id"]);
    assert!(
        event.contains("<TotalCount>3</TotalCount><FilterCount>1</FilterCount><SentCount>1</SentCount>"),
        "{event}"
    );
    assert_eq!(shown(&mock, &openids[0]).len(), 4);
    let people = client.get("/page/updates").await["head"]["people"].clone();
    assert_eq!((&people[0]["mass"], &people[2]["mass"]), (&json!(4), &json!(1)), "the page says how many");
    mock.advance(16 * 86_400);
    client.renew().await;
    client.post(SEND, &words(&openids, "七月")).await;
    assert_eq!(shown(&mock, &openids[0]).len(), 5, "a new month");
}

#[tokio::test]
async fn to_all_once_a_day_and_a_hundred_calls() {
    let options = Options { now: Some(1_781_488_800), ..quick() }; // 2026-06-15 10:00
    let mock = Mock::start(options).await.unwrap();
    let mut client = Client::of(&mock).await;
    let openids = mock.followers(2);
    assert_eq!(client.post(ALL, &to_all("第一次")).await["errcode"], 0);
    assert_eq!(client.post(ALL, &to_all("第二次")).await["errcode"], 45028);
    for n in 1..100 {
        if n == 50 {
            mock.advance(60);
        }
        assert_eq!(client.post(SEND, &words(&openids, "通知")).await["errcode"], 0, "{n}");
    }
    mock.advance(60);
    assert_eq!(client.post(SEND, &words(&openids, "通知")).await["errcode"], 45028);
    mock.advance(86_400);
    client.renew().await;
    assert_eq!(client.post(ALL, &to_all("第二天")).await["errcode"], 0);
}

#[tokio::test]
async fn sixty_requests_a_minute() {
    let options = Options { now: Some(1_781_488_800), ..quick() }; // 2026-06-15 10:00
    let mock = Mock::start(options).await.unwrap();
    let client = Client::of(&mock).await;
    let openids = mock.followers(2);
    for n in 0..60 {
        assert_eq!(client.post(SEND, &words(&openids, "通知")).await["errcode"], 0, "{n}");
    }
    assert_eq!(client.post(ALL, &to_all("通知")).await["errcode"], 45011);
    mock.advance(60);
    assert_eq!(client.post(ALL, &to_all("通知")).await["errcode"], 0);
}

#[tokio::test]
async fn a_tag_reaches_those_who_have_it() {
    let (mock, _bot) = started().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(3);
    let tag =
        client.post("/cgi-bin/tags/create", &json!({ "tag": { "name": "广州" } })).await["tag"]["id"].clone();
    let tagging = json!({ "openid_list": openids[..2], "tagid": tag });
    client.post("/cgi-bin/tags/members/batchtagging", &tagging).await;
    let to =
        |filter: Value| json!({ "filter": filter, "msgtype": "text", "text": { "content": "广州的通知" } });
    for (filter, expected) in [
        (json!({ "is_to_all": false, "tag_id": tag }), 0),
        (json!({ "is_to_all": false, "tag_id": 9999 }), 45159),
        (json!({}), 45159),
        (Value::Null, 40035),
    ] {
        assert_eq!(client.post(ALL, &to(filter.clone())).await["errcode"], expected, "{filter}");
    }
    let counts: Vec<usize> = openids.iter().map(|openid| shown(&mock, openid).len()).collect();
    assert_eq!(counts, [1, 1, 0]);
}

#[tokio::test]
async fn each_kind_is_checked_and_shown() {
    let (mock, _bot) = Bot::with(Options { unlimited: true, ..quick() }, |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let image = client.upload("/cgi-bin/media/upload?type=image", JPEG).await["media_id"].clone();
    let voice = client.upload("/cgi-bin/media/upload?type=voice", b"#!AMR\n\x3c").await["media_id"].clone();
    let film =
        client.upload("/cgi-bin/media/upload?type=video", b"\0\0\0\x18ftypmp42").await["media_id"].clone();
    let rows = [
        ("text", json!({ "content": "通知" }), Ok(&["通知"][..])),
        ("text", json!({ "content": "" }), Err(44004)),
        ("text", json!({ "content": "字".repeat(683) }), Err(45002)),
        ("voice", json!({ "media_id": voice }), Ok(&["[语音]"])),
        ("voice", json!({ "media_id": image }), Err(40007)),
        ("image", json!({ "media_id": image }), Err(40008)),
        (
            "images",
            json!({ "media_ids": [image, image], "recommend": "两张图" }),
            Ok(&["两张图", "[图片]", "[图片]"]),
        ),
        ("images", json!({ "media_ids": [] }), Err(40035)),
        ("images", json!({ "media_ids": ["x"] }), Err(40007)),
        ("mpvideo", json!({ "media_id": film, "title": "说明" }), Ok(&["[视频] 说明"])),
        ("wxcard", json!({ "card_id": "pCard1" }), Ok(&["[卡券] pCard1"])),
        ("wxcard", json!({}), Err(40035)),
        ("mpnews", json!({ "media_id": "x" }), Err(40007)),
        ("music", json!({}), Err(40008)),
        ("text", Value::Null, Err(40035)),
    ];
    for (kind, object, expected) in rows {
        let openids = mock.followers(2);
        let body = json!({ "touser": openids, "msgtype": kind, kind: object });
        let code = client.post(SEND, &body).await["errcode"].as_i64().unwrap();
        let texts: Vec<String> = shown(&mock, &openids[1]).iter().map(Item::text).collect();
        assert_eq!(code, expected.err().unwrap_or(0), "{body}");
        assert_eq!(texts, expected.unwrap_or(&[]), "{body}");
    }
}

#[tokio::test]
async fn refused_content_reaches_nobody_and_costs_nobody_a_month() {
    let (mock, bot) = started().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(2);
    mock.mass_result("err(10001)");
    let sent = client.post(SEND, &words(&openids, "广告")).await;
    mock.settled().await;
    let event = bot.received().pop().unwrap();
    assert!(event.contains(
        "<Status><![CDATA[err(10001)]]></Status><TotalCount>2</TotalCount><FilterCount>0</FilterCount>"
    ));
    assert_eq!(status(&client, &sent["msg_id"]).await, "SEND_FAIL");
    assert!(shown(&mock, &openids[0]).is_empty());
    let changed = client.post("/test/mass", &json!({ "status": "err(30003)" })).await;
    assert_eq!(changed, json!({}));
    let mut reprint = words(&openids, "转载");
    for (ignore, expected) in [(0, 0), (1, 1)] {
        reprint["send_ignore_reprint"] = json!(ignore);
        client.post(SEND, &reprint).await;
        assert_eq!(shown(&mock, &openids[0]).len(), expected, "send_ignore_reprint {ignore}");
    }
    let refused = client.post("/test/mass", &json!({ "status": "failed" })).await;
    assert!(refused["error"].as_str().unwrap().contains("send success"));
}

#[tokio::test]
async fn deleted_news_keep_their_cards_and_lose_their_pages() {
    let (mock, bot) = started().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(2);
    let articles = json!({ "articles": [article(&client, "甲").await, article(&client, "乙").await] });
    let added = client.post("/cgi-bin/draft/add", &articles).await;
    let body = json!({ "touser": openids, "msgtype": "mpnews", "mpnews": { "media_id": added["media_id"] } });
    let sent = client.post(SEND, &body).await;
    assert_eq!(status(&client, &sent["msg_id"]).await.as_str().map(|s| s.starts_with("SEND")), Some(true));
    mock.settled().await;
    assert!(sent["msg_data_id"].is_u64());
    let event = bot.received().pop().unwrap();
    let titles = |openid: &str| {
        let items = shown(&mock, openid);
        let news = items.iter().map(|item| match &item.body {
            Body::News { articles } => articles.iter().map(|article| article.title.clone()).collect(),
            other => panic!("{other:?}"),
        });
        news.collect::<Vec<Vec<String>>>()
    };
    assert_eq!(titles(&openids[0]), [["甲", "乙"]]);
    let address =
        event.split("<ArticleUrl><![CDATA[").nth(1).unwrap().split("]]>").next().unwrap().to_owned();
    let page = async || client.answer(address.strip_prefix(mock.url()).unwrap()).await;
    let read = page().await.text().await.unwrap();
    assert!(read.contains("<h1>甲</h1>") && read.contains("<b>毕业申请</b>"), "{read}");
    assert!(
        event.contains("<CheckState>1</CheckState>") && event.contains("<ArticleUrlResult><Count>2</Count>")
    );
    let text = client.post(SEND, &words(&openids, "通知")).await;
    let path = "/cgi-bin/message/mass/delete";
    let delete = async |body: Value| client.post(path, &body).await["errcode"].clone();
    assert_eq!(delete(json!({ "msg_id": 7 })).await, 40059);
    assert_eq!(delete(json!({ "msg_id": text["msg_id"] })).await, 40008, "a text stays");
    assert_eq!(delete(json!({ "msg_id": sent["msg_id"], "article_idx": 3 })).await, 40114);
    assert_eq!(delete(json!({ "msg_id": sent["msg_id"], "article_idx": 1 })).await, 0);
    assert_eq!(page().await.status(), 404, "the page is gone as well");
    assert!(page().await.text().await.unwrap().contains("该内容已被发布者删除"));
    assert_eq!(delete(json!({ "msg_id": sent["msg_id"] })).await, 0);
    assert_eq!(status(&client, &sent["msg_id"]).await, "DELETE");
    assert_eq!(delete(json!({ "msg_id": sent["msg_id"] })).await, 40059);
}

#[tokio::test]
async fn a_deleted_film_can_no_longer_be_seen() {
    let (mock, _bot) = started().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(2);
    let film = client.upload("/cgi-bin/media/upload?type=video", b"\0\0\0\x18ftypmp42").await;
    let object = json!({ "media_id": film["media_id"], "title": "照片怎样拍" });
    let body = json!({ "touser": openids, "msgtype": "mpvideo", "mpvideo": object });
    let sent = [client.post(SEND, &body).await, client.post(SEND, &body).await];
    let seen = async |number: usize| {
        let items = shown(&mock, &openids[0]);
        let Body::Video { media_id, .. } = &items[number].body else { panic!("{items:?}") };
        client.answer(&format!("/mmbiz/{media_id}")).await.status().as_u16()
    };
    assert_eq!((seen(0).await, seen(1).await), (200, 200));
    let delete = json!({ "msg_id": sent[0]["msg_id"] });
    assert_eq!(client.post("/cgi-bin/message/mass/delete", &delete).await["errcode"], 0);
    assert_eq!((seen(0).await, seen(1).await), (404, 200), "the card stays, and so does the other message");
}

#[tokio::test]
async fn a_job_is_sending_until_its_result() {
    let options = Options { mass_finish_delay: Duration::from_hours(1), ..Options::default() };
    let mock = Mock::start(options).await.unwrap();
    let client = Client::of(&mock).await;
    let sent = client.post(SEND, &words(&mock.followers(2), "通知")).await;
    assert_eq!(status(&client, &sent["msg_id"]).await, "SENDING");
    mock.reset();
    let client = Client::of(&mock).await;
    let after = client.post(SEND, &words(&mock.followers(2), "通知")).await;
    assert_ne!(after["msg_id"], sent["msg_id"], "numbers go on");
    assert_eq!(
        client.post("/cgi-bin/message/mass/get", &json!({ "msg_id": sent["msg_id"] })).await["errcode"],
        40059
    );
}

#[tokio::test]
async fn a_preview_goes_to_one_by_openid_or_name() {
    let (mock, _bot) = started().await;
    let client = Client::of(&mock).await;
    let (named, other) = (mock.user("陈样例").await, mock.user("小李").await);
    let stranger = mock.stranger("路人");
    let image = client.upload("/cgi-bin/media/upload?type=image", JPEG).await["media_id"].clone();
    let path = "/cgi-bin/message/mass/preview";
    let preview = |to: Value| {
        let mut body = json!({ "msgtype": "text", "text": { "content": "预览" } });
        body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
        body
    };
    for (to, expected) in [
        (json!({ "touser": other }), 0),
        (json!({ "touser": other, "msgtype": "image", "image": { "media_id": image } }), 0),
        (json!({ "touser": other, "towxname": "陈样例" }), 0),
        (json!({ "towxname": "没有这个人" }), 40132),
        (json!({ "touser": stranger }), 43004),
        (json!({ "touser": "oNobody" }), 40003),
        (json!({}), 40003),
    ] {
        assert_eq!(client.post(path, &preview(to.clone())).await["errcode"], expected, "{to}");
    }
    assert_eq!((shown(&mock, &other).len(), shown(&mock, &named).len()), (2, 1), "the name wins");
    for _ in 7..100 {
        client.post(path, &preview(json!({ "touser": other }))).await;
    }
    assert_eq!(client.post(path, &preview(json!({ "touser": other }))).await["errcode"], 45009);
    assert_eq!(client.post(SEND, &words(&[named, other.clone()], "正式")).await["errcode"], 0);
    assert_eq!(shown(&mock, &other).last().unwrap().text(), "正式", "previews count for nobody's month");
}

#[tokio::test]
async fn the_speed_has_five_levels() {
    let (mock, _bot) = started().await;
    let client = Client::of(&mock).await;
    let set =
        async |body: Value| client.post("/cgi-bin/message/mass/speed/set", &body).await["errcode"].clone();
    assert_eq!(set(json!({})).await, 45084);
    assert_eq!(set(json!({ "speed": 5 })).await, 45083);
    assert_eq!(set(json!({ "speed": 3 })).await, 0);
    let speed = client.post("/cgi-bin/message/mass/speed/get", &json!({})).await;
    assert_eq!((&speed["speed"], &speed["realspeed"]), (&json!(3), &json!(30)));
}

#[tokio::test]
async fn a_hundred_thousand_people_in_lists_of_ten_thousand() {
    let mock = Mock::start(quick()).await.unwrap();
    let client = Client::of(&mock).await;
    let openids = mock.followers(100_000);
    for list in openids.chunks(10_000) {
        assert_eq!(client.post(SEND, &words(list, "通知")).await["errcode"], 0);
    }
    assert_eq!(client.post(ALL, &to_all("通知")).await["errcode"], 0);
    assert!(openids.iter().step_by(997).all(|openid| shown(&mock, openid).len() == 2));
}
