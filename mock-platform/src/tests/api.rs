//! The API over real HTTP: tokens, windows, messages, templates, media, menu, codes, quotas.

use std::time::Duration;

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Body, Channel, Fault, Kind, Mock, Options, Say, Settings, Template};

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];
const SEND: &str = "/cgi-bin/message/custom/send";

async fn silent() -> Mock {
    Mock::start(Options::default()).await.unwrap()
}

#[tokio::test]
async fn five_messages_in_two_days_after_a_word() {
    let mock = silent().await;
    let mut client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    for expected in [0, 0, 0, 45047] {
        assert_eq!(client.text(&openid, "您好").await, expected, "a follow allows three in a minute");
    }
    mock.advance(60);
    assert_eq!(client.text(&openid, "您好").await, 45015);
    mock.say(&openid, Say::text("在吗")).await.unwrap();
    mock.advance(48 * 3600 - 5);
    client.renew().await;
    for expected in [0, 0, 0, 0, 0, 45047] {
        assert_eq!(client.text(&openid, "您好").await, expected);
    }
    mock.advance(10);
    assert_eq!(client.text(&openid, "您好").await, 45015);
    mock.say(&openid, Say::event("unsubscribe", "")).await.unwrap();
    assert_eq!(client.text(&openid, "您好").await, 45015);
    assert_eq!(client.text("oNobody", "您好").await, 40003);
    let shown = mock.chat(&openid, 0).iter().filter(|item| item.channel == Some(Channel::Custom)).count();
    assert_eq!(shown, 8);
}

#[tokio::test]
async fn tokens_expire_and_are_told_apart() {
    let mock = silent().await;
    let mut client = Client::of(&mock).await;
    let errcode = async |client: &Client<'_>| {
        client.get("/cgi-bin/getcallbackip").await["errcode"].as_i64().unwrap_or(0)
    };
    assert_eq!(errcode(&client).await, 0);
    mock.advance(7200);
    assert_eq!(errcode(&client).await, 42001);
    assert_eq!(mock.undeclared_errors(), [], "the test moved the clock, the bot could not know");
    client.renew().await;
    assert_eq!(errcode(&client).await, 0);
    mock.fault(Fault::once("/cgi-bin/getcallbackip", Kind::TokenExpired, Value::Null));
    assert_eq!(errcode(&client).await, 42001);
    assert_eq!(errcode(&client).await, 42001, "it stays dead");
    client.token = "other".to_owned();
    let answer = client.get("/cgi-bin/getcallbackip").await;
    assert_eq!(answer["errcode"], 40014);
    let message = answer["errmsg"].as_str().unwrap();
    let rid = message.rsplit_once(" rid: ").unwrap().1;
    assert_eq!(rid.split('-').map(str::len).collect::<Vec<_>>(), [8, 8, 8], "{message}");
    client.token = String::new();
    assert_eq!(errcode(&client).await, 41001);
    for (body, code) in [
        (json!({ "grant_type": "x", "appid": "a", "secret": "s" }), 40002),
        (json!({ "grant_type": "client_credential", "secret": "s" }), 41002),
        (json!({ "grant_type": "client_credential", "appid": "a", "secret": "s" }), 40013),
        (json!({ "grant_type": "client_credential", "appid": mock.options().app_id, "secret": "s" }), 40125),
    ] {
        assert_eq!(client.post("/cgi-bin/stable_token", &body).await["errcode"], code);
    }
    assert_eq!(client.get("/cgi-bin/stable_token").await["errcode"], 43002);
    assert_eq!(client.get("/cgi-bin/nothing").await["errcode"], 40066);
}

#[tokio::test]
async fn customer_messages_are_checked_by_type() {
    let mock = Mock::start(Options {
        window: crate::WindowRules {
            follow: crate::WindowRule { messages: 99, seconds: 60 },
            ..Default::default()
        },
        ..Options::default()
    })
    .await
    .unwrap();
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let image = client.upload("/cgi-bin/media/upload?type=image", JPEG).await["media_id"].clone();
    let film = b"\0\0\0\x18ftypmp42";
    let film = client.upload("/cgi-bin/media/upload?type=video", film).await["media_id"].clone();
    let article = json!({ "title": "t", "url": "http://x" });
    let menu = json!([{ "id": 1, "content": "是" }, { "id": "2", "content": "否" }]);
    for (kind, object, code) in [
        ("text", json!({ "content": "" }), 44004),
        ("text", json!({ "content": "字".repeat(683) }), 45002),
        ("image", json!({ "media_id": "x" }), 40007),
        ("image", json!({ "media_id": image }), 0),
        ("video", json!({ "media_id": image, "thumb_media_id": image }), 40007),
        ("video", json!({ "media_id": film, "thumb_media_id": image }), 0),
        ("music", json!({ "thumb_media_id": image }), 0),
        ("news", json!({ "articles": [article, article] }), 45008),
        ("news", json!({ "articles": [article] }), 0),
        ("msgmenu", json!({ "head_content": "?", "list": [] }), 40035),
        ("msgmenu", json!({ "head_content": "满意吗", "list": menu, "tail_content": "谢谢" }), 0),
        (
            "miniprogrampage",
            json!({ "title": "t", "appid": "wx", "pagepath": "p", "thumb_media_id": image }),
            0,
        ),
        ("miniprogrampage", json!({ "title": "t", "thumb_media_id": image }), 40035),
        ("dance", json!({}), 40008),
    ] {
        let body = json!({ "touser": openid, "msgtype": kind, kind: object });
        assert_eq!(client.post(SEND, &body).await["errcode"], code, "{body}");
    }
    let cards = mock.chat(&openid, 0).into_iter().filter_map(|item| match item.body {
        Body::Miniprogrampage { thumb_url, .. } => Some(thumb_url),
        _ => None,
    });
    assert_eq!(cards.collect::<Vec<_>>(), [format!("/mmbiz/{}", image.as_str().unwrap())]);
    assert_eq!(client.raw(SEND, "{").await["errcode"], 47001);
    mock.settings(&openid, Settings { refuses_messages: true, ..Settings::default() });
    assert_eq!(client.text(&openid, "x").await, 48002);
}

#[tokio::test]
async fn a_tapped_item_comes_back_with_its_id() {
    let (mock, bot) = Bot::with(Options::default(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let menu =
        json!({ "head_content": "满意吗", "list": [{ "id": "101", "content": "满意" }], "tail_content": "" });
    client.post(SEND, &json!({ "touser": openid, "msgtype": "msgmenu", "msgmenu": menu })).await;
    mock.say(&openid, Say::tap("101")).await.unwrap();
    let last = bot.received().pop().unwrap();
    assert!(last.contains("<Content><![CDATA[满意]]></Content><bizmsgmenuid><![CDATA[101]]></bizmsgmenuid>"));
    assert!(mock.say(&openid, Say::tap("102")).await.is_err());
}

#[tokio::test]
async fn templates_are_filled_guarded_and_reported() {
    let template = Template::new("T1", "审核结果", "结果：{{phrase1.DATA}}\n时间：{{time2.DATA}}");
    let options = Options {
        templates: vec![template],
        job_finish_delay: Duration::from_millis(1),
        ..Options::default()
    };
    let (mock, bot) = Bot::with(options, |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let send = async |id: &str, phrase: &str, guard: &str| {
        let data = json!({ "phrase1": { "value": phrase }, "time2": { "value": "2026年6月15日" } });
        let body = json!({ "touser": openid, "template_id": id, "client_msg_id": guard, "data": data });
        client.post("/cgi-bin/message/template/send", &body).await
    };
    assert_eq!(send("T2", "通过", "a").await["errcode"], 40037);
    assert_eq!(send("T1", "审核没有通过", "a").await["errcode"], 47003);
    let first = send("T1", "通过", "a").await;
    assert_eq!(send("T1", "通过", "a").await["msgid"], first["msgid"], "guarded for ten minutes");
    mock.settings(
        &openid,
        Settings { template_result: "failed:user block".to_owned(), ..Settings::default() },
    );
    assert_eq!(send("T1", "通过", "b").await["errcode"], 0);
    mock.settled().await;
    let cards: Vec<_> =
        mock.chat(&openid, 0).into_iter().filter(|i| i.channel == Some(Channel::Template)).collect();
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].text(), "审核结果\n结果：通过\n时间：2026年6月15日");
    let events = bot.received().join("\n");
    assert!(events.contains(&format!("<MsgID>{}</MsgID><Status><![CDATA[success]]>", first["msgid"])));
    assert!(events.contains("<Status><![CDATA[failed:user block]]>"));
    mock.say(&openid, Say::event("unsubscribe", "")).await.unwrap();
    assert_eq!(send("T1", "通过", "c").await["errcode"], 43004);
}

#[tokio::test]
async fn media_come_back_and_lapse_after_three_days() {
    let mock = silent().await;
    let mut client = Client::of(&mock).await;
    for (path, bytes, code) in [
        ("/cgi-bin/media/upload?type=dance", JPEG, 40004),
        ("/cgi-bin/media/upload?type=image", &b"text"[..], 40005),
        ("/cgi-bin/media/upload?type=image", &b""[..], 44001),
        ("/cgi-bin/media/upload?type=thumb", &JPEG.repeat(10_000), 40012),
    ] {
        assert_eq!(client.upload(path, bytes).await["errcode"], code, "{path}");
    }
    let id = client.upload("/cgi-bin/media/upload?type=image", JPEG).await["media_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/cgi-bin/media/get?media_id={id}");
    let answer = client.answer(&path).await;
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().ends_with(".jpg\""));
    assert_eq!(answer.bytes().await.unwrap(), JPEG);
    mock.advance(3 * 86_400);
    client.renew().await;
    assert_eq!(client.get(&path).await["errcode"], 40007);
    let url = client.upload("/cgi-bin/media/uploadimg", JPEG).await["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(mock.url()));
}

#[tokio::test]
async fn a_menu_is_kept_and_its_camera_button_named() {
    let (mock, bot) = Bot::with(Options::default(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    assert_eq!(client.get("/cgi-bin/menu/get").await["errcode"], 46003);
    let camera = json!({ "type": "pic_sysphoto", "name": "拍照", "key": "CAM" });
    let menu = json!({ "button": [{ "name": "办理", "sub_button": [camera] }] });
    assert_eq!(client.post("/cgi-bin/menu/create", &menu).await["errcode"], 0);
    assert_eq!(client.get("/cgi-bin/menu/get").await["menu"], menu);
    let current = client.get("/cgi-bin/get_current_selfmenu_info").await;
    assert_eq!(current["selfmenu_info"]["button"][0]["sub_button"]["list"][0]["key"], "CAM");
    let escaped = "{\"button\":[{\"type\":\"click\",\"name\":\"\\u62cd\",\"key\":\"K\"}]}";
    assert_eq!(client.raw("/cgi-bin/menu/create", escaped).await["errcode"], 40033);
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::image(JPEG, crate::Via::Camera)).await.unwrap();
    assert!(bot.received()[1].contains("<EventKey><![CDATA[CAM]]></EventKey>"));
    assert_eq!(client.get("/cgi-bin/menu/delete").await["errcode"], 0);
    assert_eq!(mock.menu(), None);
}

#[tokio::test]
async fn a_code_leads_to_its_scene_until_it_lapses() {
    let (mock, bot) = Bot::with(Options::default(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let body = json!({ "expire_seconds": 600, "action_name": "QR_STR_SCENE", "action_info": { "scene": { "scene_str": "place" } } });
    let ticket = client.post("/cgi-bin/qrcode/create", &body).await["ticket"].as_str().unwrap().to_owned();
    let openid = mock.stranger("路人");
    let scan = Say::Scan { scene: String::new(), ticket: Some(ticket.clone()) };
    mock.say(&openid, scan.clone()).await.unwrap();
    assert!(bot.received()[0].contains("qrscene_place"));
    let info = client.get(&format!("/cgi-bin/user/info?openid={openid}")).await;
    assert_eq!((&info["subscribe"], &info["qr_scene_str"]), (&json!(1), &json!("place")));
    assert_eq!(client.get("/cgi-bin/user/get").await["data"]["openid"], json!([openid]));
    let show = format!("/cgi-bin/showqrcode?ticket={ticket}");
    assert_eq!(client.answer(&show).await.headers()["content-type"], "image/jpeg");
    mock.advance(600);
    assert_eq!(client.answer(&show).await.status(), 404);
    assert!(mock.say(&openid, scan).await.is_err());
}

#[tokio::test]
async fn a_page_learns_who_looks_by_a_code_that_works_once() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let app = &mock.options().app_id;
    let authorize = format!(
        "/connect/oauth2/authorize?appid={app}&redirect_uri=http%3A%2F%2Fb%2Fc%3Fx%3D1&response_type=code&scope=snsapi_base&state=s&mock_openid={openid}"
    );
    let answer = client.answer(&authorize).await;
    let target = answer.headers()["location"].to_str().unwrap().to_owned();
    let code = target.strip_prefix("http://b/c?x=1&code=").unwrap().strip_suffix("&state=s").unwrap();
    let secret = &mock.options().app_secret;
    let exchange = format!(
        "/sns/oauth2/access_token?appid={app}&secret={secret}&code={code}&grant_type=authorization_code"
    );
    assert_eq!(client.get(&exchange).await["openid"], json!(openid));
    assert_eq!(client.get(&exchange).await["errcode"], 40163);
    let nobody = client.answer(&authorize.replace(&openid, "nobody")).await.text().await.unwrap();
    assert!(nobody.contains("小陈") && nobody.contains("您是哪一位"));
}

#[tokio::test]
async fn a_quota_ends_with_the_day() {
    let mock = Mock::start(Options { now: Some(1_781_488_800), ..Options::default() }).await.unwrap(); // 2026-06-15 10:00
    let mut client = Client::of(&mock).await;
    for _ in 0..500 {
        assert_eq!(client.get("/cgi-bin/user/get").await["total"], 0);
    }
    assert_eq!(client.get("/cgi-bin/user/get").await["errcode"], 45009);
    let path = json!({ "cgi_path": "/cgi-bin/user/get" });
    assert_eq!(client.post("/cgi-bin/openapi/quota/get", &path).await["quota"]["remain"], 0);
    let clear = client.post("/cgi-bin/clear_quota", &json!({ "appid": mock.options().app_id })).await;
    assert_eq!(clear["errcode"], 0);
    assert_eq!(client.get("/cgi-bin/user/get").await["total"], 0);
    mock.advance(86_400);
    client.renew().await;
    assert_eq!(client.post("/cgi-bin/openapi/quota/get", &path).await["quota"]["used"], 0);
}
