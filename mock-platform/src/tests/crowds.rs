//! Announcements to many: who gets what, how often, and what goes wrong on the way.

use std::time::Duration;

use serde_json::{Value, json};

use super::calls::Client;
use crate::{Channel, Counted, Crowd, Fault, Kind, Mock, Options, StrictChange, Template};

const CUSTOM: &str = "/cgi-bin/message/custom/send";
const TEMPLATE: &str = "/cgi-bin/message/template/send";
const MASS: &str = "/cgi-bin/message/mass/send";
const NOON: i64 = 1_781_488_800; // 2026-06-15 10:00

async fn started(options: Options) -> Mock {
    let card = Template {
        template_id: "card".to_owned(),
        title: "公告".to_owned(),
        content: "{{thing1.DATA}}".to_owned(),
    };
    let quick = Duration::from_millis(1);
    let options = Options { templates: vec![card], mass_finish_delay: quick, now: Some(NOON), ..options };
    Mock::start(options).await.unwrap()
}

fn one(path: &str, openid: &str, words: &str) -> Value {
    match path {
        TEMPLATE => {
            json!({ "touser": openid, "template_id": "card", "client_msg_id": "b1-1", "data": { "thing1": { "value": words } } })
        }
        _ => json!({ "touser": openid, "msgtype": "text", "text": { "content": words } }),
    }
}

fn many(openids: &[String], words: &str, client: &str) -> Value {
    json!({ "touser": openids, "msgtype": "text", "text": { "content": words }, "clientmsgid": client })
}

fn saying(words: &str) -> Counted {
    Counted { containing: Some(words.to_owned()), ..Counted::default() }
}

#[tokio::test]
async fn a_crowd_has_openids_that_both_sides_know_and_has_just_written() {
    let mock = started(Options::default()).await;
    let client = Client::of(&mock).await;
    let written = client.post("/test/crowd", &json!({ "count": 3, "wrote": true, "prefix": "oCrowd" })).await;
    let openids: Vec<String> = (0..3).map(|number| Crowd::openid("oCrowd", number)).collect();
    assert_eq!((openids[2].as_str(), openids[2].len()), ("oCrowd0000000000000000000002", 28));
    assert_eq!(written, json!({ "openids": openids }));
    let silent = mock.followers(1);
    for (openid, code) in [(&openids[0], 0), (&silent[0], 45015)] {
        assert_eq!(client.post(CUSTOM, &one(CUSTOM, openid, "公告")).await["errcode"], code);
    }
    let again = client.post("/test/crowd", &json!({ "count": 1, "prefix": "oCrowd" })).await;
    assert!(again["error"].as_str().unwrap().contains("already"), "{again}");
}

#[tokio::test]
async fn what_everybody_has_received_is_counted_by_way_and_words() {
    let mock = started(Options::default()).await;
    let client = Client::of(&mock).await;
    let people = mock.crowd(&Crowd { wrote: true, ..Crowd::of(5) });
    client.post(CUSTOM, &one(CUSTOM, &people[0], "公告一")).await;
    client.post(TEMPLATE, &one(TEMPLATE, &people[1], "公告一")).await;
    client.post(MASS, &many(&people[1..4], "公告一", "m1")).await;
    let all = client.get("/test/received").await;
    let channels = json!({ "custom": 1, "template": 1, "mass": 3 });
    let twice = json!([people[1]]);
    assert_eq!(
        all,
        json!({ "people": 4, "without": 1, "messages": 5, "channels": channels, "most": 2, "twice": twice })
    );
    assert_eq!(mock.received(&saying("公告一")), mock.received(&Counted::default()));
    assert_eq!(mock.received(&saying("公告二")).people, 0);
    let cards = client.get("/test/received?channel=template&after=0").await;
    assert_eq!((&cards["people"], &cards["twice"]), (&json!(1), &json!([])));
    let mass = Counted { channel: Some(Channel::Mass), ..saying("公告") };
    let seen = mock.chat(&people[1], 0).last().unwrap().seq;
    assert_eq!(mock.received(&mass).channels, [(Channel::Mass, 3)].into());
    assert_eq!(mock.received(&Counted { after: Some(seen), ..mass }).people, 2, "those after the first");
}

#[tokio::test]
async fn a_cut_screen_keeps_the_newest_and_the_count_of_all() {
    let mock = started(Options { keep: Some(1), ..Options::default() }).await;
    let client = Client::of(&mock).await;
    let people = mock.crowd(&Crowd { wrote: true, ..Crowd::of(2) });
    for words in ["第一条", "第二条"] {
        client.post(CUSTOM, &one(CUSTOM, &people[0], words)).await;
    }
    let texts: Vec<String> = mock.chat(&people[0], 0).iter().map(crate::Item::text).collect();
    assert_eq!(texts, ["第二条"]);
    let received = mock.received(&Counted::default());
    assert_eq!((received.messages, received.most, received.without), (2, 2, 1));
    let refused = client.get("/test/received?containing=x").await;
    assert!(refused["error"].as_str().unwrap().contains("cut"), "{refused}");
}

#[tokio::test]
async fn a_send_that_is_taken_and_whose_answer_is_lost_is_there_once() {
    let mock = started(Options::default()).await;
    let client = Client::of(&mock).await;
    let people = mock.crowd(&Crowd { wrote: true, ..Crowd::of(2) });
    // A customer message has no key: whoever repeats it doubles it.
    for (path, body, again, times) in [
        (MASS, many(&people, "群发", "m1"), 45065, 1),
        (TEMPLATE, one(TEMPLATE, &people[0], "模板"), 0, 1),
        (CUSTOM, one(CUSTOM, &people[0], "客服"), 0, 2),
    ] {
        mock.fault(Fault::once(path, Kind::Drop, Value::Null));
        assert!(client.try_post(path, &body).await.is_err(), "{path}");
        let repeated = client.post(path, &body).await;
        assert_eq!(repeated["errcode"], again, "{path}");
        let words = if path == MASS {
            "群发"
        } else if path == TEMPLATE {
            "模板"
        } else {
            "客服"
        };
        assert_eq!(mock.received(&saying(words)).most, times, "{path}");
        mock.fault(Fault::once(path, Kind::Drop, "request"));
        assert!(client.try_post(path, &many(&people, "没有到", "m2")).await.is_err(), "{path}");
    }
    assert_eq!(mock.received(&saying("没有到")).people, 0);
}

#[tokio::test]
async fn quotas_run_out_for_the_next_calls_and_come_back() {
    let mock = started(Options::default()).await;
    let client = Client::of(&mock).await;
    let people = mock.crowd(&Crowd { wrote: true, ..Crowd::of(2) });
    for (path, code) in [(MASS, 45028), (MASS, 45066), (MASS, 45009), (CUSTOM, 45009), (TEMPLATE, 45009)] {
        mock.fault(Fault { times: 2, ..Fault::once(path, Kind::Errcode, code) });
        let body = if path == MASS { many(&people, "公告", "m1") } else { one(path, &people[0], "公告") };
        for _ in 0..2 {
            assert_eq!(client.post(path, &body).await["errcode"], code, "{path}");
        }
    }
    assert_eq!(mock.received(&Counted::default()).people, 0, "what is refused is not carried out");
    assert_eq!(client.post(MASS, &many(&people, "公告", "m1")).await["errcode"], 0);
}

#[tokio::test]
async fn quotas_of_the_day_can_be_lifted_alone() {
    let mock = started(Options { unlimited_daily: true, ..Options::default() }).await;
    let client = Client::of(&mock).await;
    let people = mock.followers(2);
    let left = async || {
        let asked = client.post("/cgi-bin/openapi/quota/get", &json!({ "cgi_path": MASS })).await;
        (asked["quota"]["used"].as_u64().unwrap(), asked["quota"]["remain"].as_u64().unwrap())
    };
    mock.set_strict(StrictChange { unlimited_daily: Some(false), ..StrictChange::default() });
    client.post(MASS, &many(&people, "公告", "first")).await;
    assert_eq!(left().await, (1, 99));
    mock.advance(60);
    mock.set_strict(StrictChange { unlimited_daily: Some(true), ..StrictChange::default() });
    assert!(left().await.1 > 1_000_000, "no day ends it");
    let codes = |from: usize| {
        let (client, people) = (&client, &people);
        async move {
            let mut last = Value::Null;
            for n in from..from + 60 {
                last = client.post(MASS, &many(people, "公告", &format!("m{n}"))).await["errcode"].clone();
            }
            last
        }
    };
    assert_eq!(codes(0).await, 0);
    assert_eq!(client.post(MASS, &many(&people, "公告", "x")).await["errcode"], 45011, "sixty a minute");
    mock.advance(60);
    assert_eq!(codes(60).await, 0, "over a hundred a day");
    mock.set_strict(StrictChange { unlimited: Some(true), ..StrictChange::default() });
    assert_eq!(client.post(MASS, &many(&people, "公告", "y")).await["errcode"], 0, "nor by the minute");
}
