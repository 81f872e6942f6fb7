//! Callbacks: three modes, retries, what is shown, faults of the way to the bot.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::bot::{Bot, Reply};
use crate::xml::{self, Element, Writer};
use crate::{Body, Channel, Fault, From, Kind, Mode, Options, SERVICE_BROKEN, STICKER, Say, SayError, Via};

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

/// Time enough for an honest answer on a busy machine, and too little for a slow one.
fn quick() -> Options {
    let (patience, interval) = (Duration::from_secs(1), Duration::from_millis(150));
    Options { callback_timeout: patience, callback_interval: interval, ..Options::default() }
}

fn echo(message: &Element, _: usize) -> Reply {
    match message.text_of("Content") {
        Some(content) => Reply::Text(format!("收到：{content}")),
        None => Reply::Nothing,
    }
}

#[tokio::test]
async fn a_text_is_answered_in_all_three_modes() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
        let (mock, bot) = Bot::with(Options { mode, ..quick() }, echo).await;
        assert!(mock.verify_bot().await, "{mode}");
        let openid = mock.user("小陈").await;
        let said = mock.say(&openid, Say::text("你好]]>")).await.unwrap();
        assert_eq!(said.attempts, 1, "{mode}");
        let reply = said.reply.unwrap();
        assert_eq!(reply.text(), "收到：你好]]>", "{mode}");
        assert_eq!((reply.from, reply.channel), (From::Bot, Some(Channel::Passive)));
        let screen = mock.chat(&openid, 0);
        assert_eq!(screen.len(), 3, "subscribe, text, answer: {screen:?}");
        assert!(bot.received()[0].contains("<Event><![CDATA[subscribe]]>"));
        assert!(!bot.received()[0].contains("MsgId"), "events have none");
    }
}

#[tokio::test]
async fn three_tries_with_the_same_message_then_the_error_line() {
    let (mock, bot) = Bot::with(quick(), |message, before| match (message.text_of("Content"), before) {
        (Some("崩"), 1) => Reply::Status(500),
        (Some("崩"), 2) => Reply::Slow(60_000, "太晚".to_owned()),
        (Some("崩"), _) => Reply::Raw("<html>".to_owned()),
        _ => Reply::Nothing,
    })
    .await;
    let openid = mock.user("小陈").await;
    let said = mock.say(&openid, Say::text("崩")).await.unwrap();
    assert_eq!(said.attempts, 3);
    let line = said.reply.unwrap();
    assert_eq!((line.from, line.text().as_str()), (From::System, SERVICE_BROKEN));
    let received = bot.received();
    assert_eq!(received.len(), 4);
    assert!(received[1..].iter().all(|xml| *xml == received[1]), "the same body, the same MsgId");
}

#[tokio::test]
async fn tries_begin_an_interval_apart_and_find_a_bot_that_has_moved() {
    let options = Options { callback_interval: Duration::from_millis(300), ..Options::default() };
    let (mock, bot) = Bot::with(options.clone(), |message, _| match message.text_of("Content") {
        Some("一") => Reply::Status(500),
        _ => Reply::Nothing,
    })
    .await;
    let openid = mock.user("小陈").await;
    let began = Instant::now();
    assert_eq!(mock.say(&openid, Say::text("一")).await.unwrap().attempts, 3);
    assert!(began.elapsed() >= Duration::from_millis(600), "refused at once, and asked again at its time");
    assert_eq!(bot.received().len(), 4);
    // Nobody listens at this port any more; in the meantime the bot comes up at another.
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (_, elsewhere) = Bot::with(options, echo).await;
    mock.set_bot(format!("http://{gone}/wechat"));
    let (said, ()) = tokio::join!(mock.say(&openid, Say::text("二")), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        mock.set_bot(&elsewhere.url);
    });
    let said = said.unwrap();
    assert_eq!((said.attempts, said.reply.unwrap().text()), (2, "收到：二".to_owned()));
}

#[tokio::test]
async fn an_answer_to_the_third_try_counts() {
    let (mock, _bot) = Bot::with(quick(), |message, before| match message.text_of("Content") {
        Some(_) if before < 3 => Reply::Slow(60_000, "迟".to_owned()),
        Some(_) => Reply::Text("到了".to_owned()),
        None => Reply::Nothing,
    })
    .await;
    let openid = mock.user("小陈").await;
    let said = mock.say(&openid, Say::text("等")).await.unwrap();
    assert_eq!((said.attempts, said.reply.unwrap().text()), (3, "到了".to_owned()));
}

#[tokio::test]
async fn malformed_answers_are_the_bots_fault_and_long_ones_vanish() {
    let element = |xml: Writer| Reply::Elements(xml);
    let plain = Options { mode: Mode::Plain, ..quick() };
    let (mock, _bot) = Bot::with(plain, move |message, _| {
        let text = |content: &str| Writer::default().text("MsgType", "text").text("Content", content);
        match message.text_of("Content").unwrap_or_default() {
            "空" => element(text(" ")),
            "长" => element(text(&"字".repeat(683))),
            "刚好" => element(text(&format!("{}a", "字".repeat(682)))),
            "图" => element(
                Writer::default()
                    .text("MsgType", "image")
                    .nest("Image", Writer::default().text("MediaId", "x")),
            ),
            "两篇" => element(news(2)),
            "一篇" => element(news(1)),
            "对调" => {
                Reply::Raw("<xml><ToUserName>gh</ToUserName><FromUserName>o</FromUserName></xml>".to_owned())
            }
            "json" => Reply::Raw("{}".to_owned()),
            _ => Reply::Nothing,
        }
    })
    .await;
    let openid = mock.user("小陈").await;
    for (word, attempts, shown) in [
        ("空", 3, Some(SERVICE_BROKEN.to_owned())),
        ("图", 3, Some(SERVICE_BROKEN.to_owned())),
        ("对调", 3, Some(SERVICE_BROKEN.to_owned())),
        ("json", 3, Some(SERVICE_BROKEN.to_owned())),
        ("长", 1, None),
        ("刚好", 1, Some(format!("{}a", "字".repeat(682)))),
        ("两篇", 1, None),
        ("一篇", 1, Some("标题\n说明\nhttp://x".to_owned())),
        ("别的", 1, None),
    ] {
        let said = mock.say(&openid, Say::text(word)).await.unwrap();
        assert_eq!((said.attempts, said.reply.map(|item| item.text())), (attempts, shown), "{word}");
    }
}

fn news(count: usize) -> Writer {
    let item = Writer::default()
        .text("Title", "标题")
        .text("Description", "说明")
        .text("PicUrl", "")
        .text("Url", "http://x");
    let items = (0..count).fold(Writer::default(), |all, _| all.nest("item", item.clone()));
    Writer::default().text("MsgType", "news").number("ArticleCount", count).nest("Articles", items)
}

#[tokio::test]
async fn a_foreign_signature_or_a_plain_answer_fails_in_secure_mode() {
    let (mock, _bot) = Bot::with(quick(), |message, _| match message.text_of("Content") {
        Some("明文") => {
            let text = Writer::default().text("MsgType", "text").text("Content", "x");
            Reply::Raw(super::bot::reply(message, &text))
        }
        Some("签名") => {
            let text = Writer::default().text("MsgType", "text").text("Content", "x");
            let other = Options { token: "otherToken".to_owned(), ..Options::default() };
            Reply::Raw(super::bot::sealed(&other, &super::bot::reply(message, &text)))
        }
        _ => Reply::Nothing,
    })
    .await;
    let openid = mock.user("小陈").await;
    for word in ["明文", "签名"] {
        assert_eq!(mock.say(&openid, Say::text(word)).await.unwrap().attempts, 3, "{word}");
    }
}

#[tokio::test]
async fn a_camera_picture_is_announced_by_its_md5() {
    let (mock, bot) = Bot::with(quick(), |_, _| Reply::Nothing).await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::image(JPEG, Via::Camera)).await.unwrap();
    mock.say(&openid, Say::image(JPEG, Via::Album)).await.unwrap();
    let received = bot.received();
    assert_eq!(received.len(), 4, "subscribe, event, picture, picture");
    let event = xml::read(&received[1]).unwrap();
    assert_eq!(event.text_of("Event"), Some("pic_sysphoto"));
    let list = event.child("SendPicsInfo").unwrap().child("PicList").unwrap();
    let sum = list.child("item").unwrap().text_of("PicMd5Sum").unwrap();
    assert_eq!(sum, crate::draw::hex(&<md5::Md5 as md5::Digest>::digest(JPEG)));
    assert_eq!(xml::read(&received[2]).unwrap().text_of("MsgType"), Some("image"));
    let refused = mock.say(&openid, Say::image(*b"no picture", Via::Album)).await;
    assert_eq!(refused.unwrap_err(), SayError::NoPicture);
}

#[tokio::test]
async fn every_kind_of_message_has_its_elements() {
    let (mock, bot) = Bot::with(quick(), |_, _| Reply::Nothing).await;
    let openid = mock.user("小陈").await;
    for (what, expected) in [
        (Say::voice("你好"), "<Recognition><![CDATA[你好]]></Recognition>"),
        (Say::Video {}, "<ThumbMediaId>"),
        (
            serde_json::from_str(r#"{"type":"location","label":"五山路"}"#).unwrap(),
            "<Location_X>23.13539</Location_X>",
        ),
        (Say::Sticker {}, STICKER),
        (
            serde_json::from_str(r#"{"type":"link","title":"t","url":"http://x"}"#).unwrap(),
            "<Url><![CDATA[http://x]]></Url>",
        ),
        (Say::click("K_HELP"), "<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[K_HELP]]></EventKey>"),
        (Say::scan("a1"), "<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[a1]]></EventKey><Ticket>"),
        (
            serde_json::from_str(r#"{"type":"event","event":"LOCATION","extra":{"Latitude":23.1}}"#).unwrap(),
            "<Latitude>23.1</Latitude>",
        ),
    ] {
        mock.say(&openid, what).await.unwrap();
        let last = bot.received().pop().unwrap();
        assert!(last.contains(expected), "{expected} is not in {last}");
    }
}

#[tokio::test]
async fn a_stranger_scans_in_and_cannot_write_after_leaving() {
    let (mock, bot) = Bot::with(quick(), echo).await;
    let openid = mock.stranger("路人");
    assert_eq!(mock.say(&openid, Say::text("喂")).await, Err(SayError::NotFollowing));
    mock.say(&openid, Say::scan("7")).await.unwrap();
    assert!(bot.received()[0].contains("<EventKey><![CDATA[qrscene_7]]></EventKey>"));
    mock.say(&openid, Say::event("unsubscribe", "")).await.unwrap();
    assert_eq!(mock.say(&openid, Say::text("喂")).await, Err(SayError::NotFollowing));
}

#[tokio::test]
async fn an_earlier_message_comes_again_byte_for_byte() {
    let (mock, bot) = Bot::with(quick(), echo).await;
    let openid = mock.user("小陈").await;
    let first = mock.say(&openid, Say::text("一")).await.unwrap();
    let again = mock.redeliver(&openid, first.seq).await.unwrap();
    assert_eq!(again.reply_xml, first.reply_xml);
    assert_eq!(bot.received()[1], bot.received()[2]);
    assert_eq!(mock.chat(&openid, first.seq).len(), 1, "the second answer is not shown");
    assert!(matches!(mock.redeliver(&openid, 999).await, Err(SayError::NoItem(_))));
}

#[tokio::test]
async fn one_person_can_have_two_messages_under_way() {
    let (mock, _bot) = Bot::with(Options::default(), |message, _| match message.text_of("Content") {
        Some("慢") => Reply::Slow(300, "慢".to_owned()),
        Some(_) => Reply::Text("快".to_owned()),
        None => Reply::Nothing,
    })
    .await;
    let openid = mock.user("小陈").await;
    let (slow, quick) = tokio::join!(mock.say(&openid, Say::text("慢")), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        mock.say(&openid, Say::text("快")).await
    });
    assert!(quick.unwrap().reply.unwrap().seq < slow.unwrap().reply.unwrap().seq);
}

#[tokio::test]
async fn faults_of_the_way_to_the_bot() {
    let (mock, bot) = Bot::with(quick(), echo).await;
    let openid = mock.user("小陈").await;
    let count = || bot.received().len();
    for (kind, value, attempts, arrived) in [
        (Kind::Drop, Value::Null, 2, 1),
        (Kind::Status, 503.into(), 2, 2),
        (Kind::Garbage, Value::Null, 2, 1),
        (Kind::Duplicate, Value::Null, 1, 2),
        (Kind::Delay, 20.into(), 1, 1),
    ] {
        let before = count();
        mock.fault(Fault::once("callback", kind, value));
        let said = mock.say(&openid, Say::text("喂")).await.unwrap();
        assert_eq!((said.attempts, count() - before), (attempts, arrived), "{kind:?}");
        assert_eq!(said.reply.unwrap().text(), "收到：喂", "{kind:?}");
    }
}

#[tokio::test]
async fn a_duplicate_can_go_to_another_bot_and_both_answers_are_noted() {
    let (mock, bot) = Bot::with(quick(), echo).await;
    let (_, other) = Bot::with(quick(), |_, _| Reply::Text("别的".to_owned())).await;
    let openid = mock.user("小陈").await;
    mock.fault(Fault::once("callback", Kind::Duplicate, other.url.as_str()));
    let before = mock.last_seq();
    assert_eq!(mock.say(&openid, Say::text("喂")).await.unwrap().reply.unwrap().text(), "收到：喂");
    assert_eq!(bot.received()[1], other.received()[0]);
    let deliveries = mock.deliveries(before);
    let replies: Vec<&str> = deliveries.iter().map(|one| one.reply.as_deref().unwrap()).collect();
    assert_eq!(replies.len(), 2);
    for words in ["收到：喂", "别的"] {
        assert!(replies.iter().any(|xml| xml.contains(words)), "{words}: {replies:?}");
    }
}

#[tokio::test]
async fn reorder_lets_the_next_message_pass() {
    let (mock, bot) = Bot::with(quick(), echo).await;
    let openid = mock.user("小陈").await;
    mock.fault(Fault::once("callback", Kind::Reorder, 3000));
    let (first, second) = tokio::join!(mock.say(&openid, Say::text("一")), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        mock.say(&openid, Say::text("二")).await
    });
    assert!(first.unwrap().seq < second.unwrap().seq);
    let texts: Vec<_> = bot.received()[1..]
        .iter()
        .map(|xml| xml::read(xml).unwrap().text_of("Content").unwrap().to_owned())
        .collect();
    assert_eq!(texts, ["二", "一"]);
}

#[tokio::test]
async fn without_a_bot_nothing_is_delivered() {
    let mock = crate::Mock::start(Options::default()).await.unwrap();
    let openid = mock.user("小陈").await;
    let said = mock.say(&openid, Say::text("有人吗")).await.unwrap();
    assert_eq!((said.attempts, said.reply), (0, None));
    assert!(matches!(mock.chat(&openid, 0)[1].body, Body::Text { .. }));
}
