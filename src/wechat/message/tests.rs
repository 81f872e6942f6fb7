use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::wechat::reply::Reply;

/// Every documented callback, in `tests/platform`.
fn documented() -> Vec<(&'static str, What)> {
    let text = |content: &str, item: Option<&str>| What::Text {
        content: content.to_owned(),
        item: item.map(str::to_owned),
    };
    let other = |name: &str| What::Event(Event::Other { name: name.to_owned() });
    let template = |msg_id: &str, status: &str| {
        What::Event(Event::TemplateSent { msg_id: msg_id.to_owned(), status: status.to_owned() })
    };
    let mass = |msg_id, status: &str, [total, filtered, sent, failed]: [i64; 4]| {
        let status = status.to_owned();
        What::Event(Event::MassFinished(MassReport { msg_id, status, total, filtered, sent, failed }))
    };
    let md5 = ["1b5f7c23b5bf75682a53e7b6d163e185", "5a75aaca956d97be686719218f275c6b"].map(str::to_owned);
    vec![
        ("text", text("好", None)),
        ("text_menu_tap", text("好", Some("101"))),
        ("text_from_article", text("a<b &amp; c", None)),
        ("image", What::Photo { media_id: "m1".into() }),
        ("voice", What::Voice { recognition: Some("你好".into()) }),
        ("voice_unrecognised", What::Voice { recognition: None }),
        ("video", What::Video),
        ("shortvideo", What::Video),
        ("location", What::Location { latitude: 23.1, longitude: 113.3, label: "某路".into() }),
        ("link", What::Link),
        ("file_unknown_type", What::Unsupported { kind: "file".into() }),
        ("event_subscribe", What::Event(Event::Subscribe { scene: None })),
        ("event_subscribe_qr", What::Event(Event::Subscribe { scene: Some("a1".into()) })),
        ("event_unsubscribe", What::Event(Event::Unsubscribe)),
        ("event_scan", What::Event(Event::Scan { scene: "a1".into() })),
        ("event_click", What::Event(Event::Click { key: "K_HELP".into() })),
        ("event_pic_sysphoto", What::Event(Event::Camera { key: "k".into(), md5: md5.to_vec() })),
        ("event_template_success", template("200163836", "success")),
        ("event_template_blocked", template("200163840", "failed:user block")),
        ("event_template_failed", template("200163841", "failed: system failed")),
        ("event_location", other("LOCATION")),
        ("event_view", other("VIEW")),
        ("event_view_miniprogram", other("view_miniprogram")),
        ("event_scancode_push", What::Event(Event::Click { key: "k".into() })),
        ("event_scancode_waitmsg", What::Event(Event::Click { key: "k".into() })),
        ("event_pic_photo_or_album", other("pic_photo_or_album")),
        ("event_pic_weixin", other("pic_weixin")),
        ("event_location_select", other("location_select")),
        ("event_mass_refused", mass(1_000_001_625, "err(30003)", [0; 4])),
        ("event_mass_success", mass(1_000_001_626, "send success", [10_000, 9_990, 9_980, 10])),
        ("event_subscribe_msg_popup", agreements(&[("t1", true), ("t2", false)])),
        ("event_subscribe_msg_change", agreements(&[("t", false)])),
        ("event_subscribe_msg_sent", sent(&[("17", 0)])),
        ("event_user_info_modified", other("user_info_modified")),
        ("event_user_authorization_revoke", other("user_authorization_revoke")),
        ("event_user_authorization_cancellation", other("user_authorization_cancellation")),
        ("event_kf_create_session", What::Event(Event::Agent { began: true })),
        ("event_kf_close_session", What::Event(Event::Agent { began: false })),
        ("event_kf_switch_session", other("kf_switch_session")),
    ]
}

fn platform(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/platform");
    fs::read_to_string(folder.join(name).with_extension("xml"))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn agreements(listed: &[(&str, bool)]) -> What {
    let agreement =
        |(id, agreed): &(&str, bool)| Agreement { template_id: (*id).to_owned(), agreed: *agreed };
    What::Event(Event::Subscriptions(listed.iter().map(agreement).collect()))
}

fn sent(listed: &[(&str, i64)]) -> What {
    let end = |(id, code): &(&str, i64)| SubscriptionSent { msg_id: (*id).to_owned(), code: *code };
    What::Event(Event::SubscriptionsSent(listed.iter().map(end).collect()))
}

#[test]
fn lists_are_told_apart_whatever_the_order_of_their_fields() {
    let list = |fields: &str| format!("<List>{fields}</List>");
    let first = list("<SubscribeStatusString>reject</SubscribeStatusString><TemplateId>a</TemplateId>");
    let second = list("<TemplateId>b</TemplateId><PopupScene>1</PopupScene>");
    let third = list("<TemplateId>c</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>");
    let event = "<MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event>";
    let xml =
        with(&format!("{event}<SubscribeMsgPopupEvent>{first}{second}{third}</SubscribeMsgPopupEvent>"));
    assert_eq!(parse(&xml).unwrap().what, agreements(&[("a", false), ("c", true)]), "b says nothing");
}

#[test]
fn every_documented_callback_is_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/platform");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<_> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let rows = documented();
    assert_eq!(
        files,
        rows.iter().map(|(name, _)| (*name).to_owned()).collect(),
        "a file without a row, or the reverse"
    );
    for (name, expected) in rows {
        let inbound = parse(&platform(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(inbound.what, expected, "{name}");
        assert_eq!((inbound.open_id.as_str(), inbound.account.as_str()), ("oU1", "gh_bot"), "{name}");
        assert_eq!(inbound.sent_at, 1_763_800_000, "{name}");
    }
}

fn with(body: &str) -> String {
    format!(
        "<xml><ToUserName>gh</ToUserName><FromUserName>o</FromUserName><CreateTime>7</CreateTime>{body}</xml>"
    )
}

#[test]
fn keys_tell_repeated_deliveries() {
    let key = |xml: &str| parse(xml).unwrap().key;
    assert_eq!(key(&platform("text")), "24680000000000001:oU1");
    assert_eq!(key(&platform("text_menu_tap")), key(&platform("text")), "one MsgId is one message");
    let event = key(&platform("event_click"));
    assert_eq!(event, format!("oU1:{}", fingerprint(&platform("event_click"))));
    assert_eq!(event.len(), "oU1:".len() + 64);
    assert_ne!(key(&platform("event_template_success")), key(&platform("event_template_blocked")));
    // An event's MsgID is the template's, not its own; and a MsgId that is none cannot pose as one.
    assert!(key(&platform("event_template_success")).len() > 64);
    assert!(key(&with("<MsgType>text</MsgType><MsgId>o:1</MsgId>")).len() > 64);
    assert!(key(&with("<MsgType>text</MsgType>")).len() > 64);
}

#[test]
fn spelling_and_order_do_not_matter() {
    let rows = [
        (
            with("<Event>Subscribe</Event><MsgType>event</MsgType>"),
            What::Event(Event::Subscribe { scene: None }),
        ),
        (
            with("<MsgType>event</MsgType><Event>scan</Event>"),
            What::Event(Event::Scan { scene: String::new() }),
        ),
        (
            with(
                "<bizMsgMenuId>3</bizMsgMenuId><Content>x</Content><MsgType> text </MsgType><New><A>1</A></New>",
            ),
            What::Text { content: "x".into(), item: Some("3".into()) },
        ),
        (with("<MsgType>text</MsgType>"), What::Text { content: String::new(), item: None }),
        (
            with("<MsgType>text</MsgType><Content>&lt;&#x4F60;&gt;</Content><bizmsgmenuid/>"),
            What::Text { content: "<你>".into(), item: None },
        ),
        (
            with("<MsgType>event</MsgType><Event>debug_demo</Event>"),
            What::Event(Event::Other { name: "debug_demo".into() }),
        ),
    ];
    for (xml, expected) in rows {
        assert_eq!(parse(&xml).map(|inbound| inbound.what), Ok(expected), "{xml}");
    }
}

#[test]
fn malformed_messages_are_named() {
    let location = |x: &str, y: &str| {
        with(&format!("<MsgType>location</MsgType><Location_X>{x}</Location_X><Location_Y>{y}</Location_Y>"))
    };
    let mass = |more: &str| {
        let counts = "<TotalCount>9</TotalCount><FilterCount>5</FilterCount><SentCount>2</SentCount><ErrorCount>3</ErrorCount>";
        with(&format!(
            "<MsgType>event</MsgType><Event>masssendjobfinish</Event><Status>send fail</Status>{counts}{more}"
        ))
    };
    let rows = [
        ("<xml/>".to_owned(), ParseError::Missing("FromUserName")),
        ("<xml><FromUserName>o</FromUserName></xml>".to_owned(), ParseError::Missing("ToUserName")),
        (with(""), ParseError::Missing("MsgType")),
        (with("<MsgType> </MsgType>"), ParseError::Missing("MsgType")),
        (with("<MsgType>text</MsgType><FromUserName>p</FromUserName>"), ParseError::Twice("FromUserName")),
        (with("<MsgType>text</MsgType><MsgId>1</MsgId><MsgID>2</MsgID>"), ParseError::Twice("MsgId")),
        (with("<MsgType>image</MsgType>"), ParseError::Missing("MediaId")),
        (with("<MsgType>event</MsgType>"), ParseError::Missing("Event")),
        (with("<MsgType>event</MsgType><Event>CLICK</Event>"), ParseError::Missing("EventKey")),
        (with("<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event>"), ParseError::Missing("MsgID")),
        (mass("<MsgID>-7</MsgID>"), ParseError::Malformed("MsgID")),
        (mass("<MsgID>99999999999999999999</MsgID>"), ParseError::Malformed("MsgID")),
        (mass(""), ParseError::Missing("MsgID")),
        (mass("<MsgID>7</MsgID><SentCount>1</SentCount>"), ParseError::Twice("SentCount")),
        (mass("<MsgID>7</MsgID>").replace(">3<", "><"), ParseError::Missing("ErrorCount")),
        (mass("<MsgID>7</MsgID>").replace("send fail", " "), ParseError::Missing("Status")),
        (location("", "1"), ParseError::Missing("Location_X")),
        (location("91", "1"), ParseError::Malformed("Location_X")),
        (location("1", "NaN"), ParseError::Malformed("Location_Y")),
        (with("<MsgType>text</MsgType>").replace(">7<", ">-7<"), ParseError::Malformed("CreateTime")),
        (
            with("<MsgType>text</MsgType>").replace(">7<", ">99999999999999999999<"),
            ParseError::Malformed("CreateTime"),
        ),
        (with("<MsgType>text</MsgType>").replace(">o<", ">o o<"), ParseError::Malformed("FromUserName")),
        (
            with("<MsgType>text</MsgType>").replace(">o<", &format!(">{}<", "o".repeat(129))),
            ParseError::Malformed("FromUserName"),
        ),
        ("{\"ToUserName\":\"gh\"}".to_owned(), ParseError::Xml(XmlError::Malformed)),
        ("<!DOCTYPE xml><xml/>".to_owned(), ParseError::Xml(XmlError::Doctype)),
    ];
    for (xml, expected) in rows {
        assert_eq!(parse(&xml), Err(expected), "{xml}");
    }
}

proptest! {
    #[test]
    fn arbitrary_texts_never_panic(xml in any::<String>()) {
        let _ = parse(&xml);
    }

    #[test]
    fn arbitrary_markup_never_panics(parts in prop::collection::vec(prop::sample::select(MARKUP), 0..40)) {
        let _ = parse(&parts.concat());
    }

    #[test]
    fn mutated_documents_never_panic(
        which in 0..documented().len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = platform(documented()[which].0).into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn what_is_rendered_is_read(text in "[\\PC\n]{0,60}(\\]\\]>)?[\\PC]{0,20}", at in 0..i64::MAX) {
        prop_assume!(!text.trim().is_empty());
        let inbound = parse(&Reply::Text(text.clone()).render("gh_bot", "oU1", at)).unwrap();
        prop_assert_eq!(inbound.what, What::Text { content: text, item: None });
        prop_assert_eq!((inbound.open_id, inbound.account, inbound.sent_at), ("gh_bot".into(), "oU1".into(), at));
    }
}

const MARKUP: &[&str] = &[
    "<xml>",
    "</xml>",
    "<FromUserName>",
    "</FromUserName>",
    "<MsgType>",
    "</MsgType>",
    "<a/>",
    "<![CDATA[",
    "]]>",
    "]]",
    ">",
    "<",
    "<!--",
    "-->",
    "<?",
    "?>",
    "&",
    "&lt;",
    "&#x41;",
    "&#",
    ";",
    "<!DOCTYPE x [",
    "你",
    "\u{0}",
    "\r\n",
    "event",
];
