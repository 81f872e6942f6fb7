//! Followers, remarks, tags and the blacklist over real HTTP.

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Mock, Options, Say};

async fn silent() -> Mock {
    Mock::start(Options::default()).await.unwrap()
}

async fn code(client: &Client<'_>, path: &str, body: Value) -> i64 {
    client.post(path, &body).await["errcode"].as_i64().unwrap_or(0)
}

#[tokio::test]
async fn a_follower_has_a_remark_and_tags_until_they_leave() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let info = async || client.get(&format!("/cgi-bin/user/info?openid={openid}&lang=zh_CN")).await;
    let tag = client.post("/cgi-bin/tags/create", &json!({ "tag": { "name": "广州" } })).await["tag"].clone();
    let tagging = json!({ "openid_list": [openid], "tagid": tag["id"] });
    assert_eq!(code(&client, "/cgi-bin/tags/members/batchtagging", tagging).await, 0);
    let path = "/cgi-bin/user/info/updateremark";
    assert_eq!(code(&client, path, json!({ "openid": openid, "remark": "字".repeat(30) })).await, 40035);
    assert_eq!(code(&client, path, json!({ "openid": "oNobody", "remark": "陈" })).await, 40003);
    assert_eq!(code(&client, path, json!({ "openid": openid, "remark": "字".repeat(29) })).await, 0);
    let seen = info().await;
    assert_eq!(seen["remark"], "字".repeat(29));
    assert_eq!((&seen["groupid"], &seen["tagid_list"]), (&tag["id"], &json!([tag["id"]])));
    let of = json!({ "openid": openid });
    assert_eq!(client.post("/cgi-bin/tags/getidlist", &of).await["tagid_list"], json!([tag["id"]]));
    mock.say(&openid, Say::event("unsubscribe", "")).await.unwrap();
    assert_eq!(info().await, json!({ "subscribe": 0, "openid": openid }));
    mock.say(&openid, Say::event("subscribe", "")).await.unwrap();
    let seen = info().await;
    assert_eq!((&seen["remark"], &seen["tagid_list"]), (&json!(""), &json!([])));
}

#[tokio::test]
async fn a_hundred_people_are_described_at_once() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(101);
    let path = "/cgi-bin/user/info/batchget";
    let list = |openids: &[String]| {
        let users: Vec<_> =
            openids.iter().map(|openid| json!({ "openid": openid, "lang": "zh_CN" })).collect();
        json!({ "user_list": users })
    };
    let infos = client.post(path, &list(&openids[..100])).await["user_info_list"].clone();
    assert_eq!(infos.as_array().unwrap().len(), 100);
    assert_eq!((&infos[99]["openid"], &infos[99]["subscribe"]), (&json!(openids[99]), &json!(1)));
    assert_eq!(code(&client, path, list(&openids)).await, 40032);
    assert_eq!(code(&client, path, list(&[])).await, 40032);
    assert_eq!(code(&client, path, list(&["oNobody".to_owned()])).await, 40003);
}

#[tokio::test]
async fn followers_come_in_pages_and_the_last_one_names_a_next() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(20_001);
    mock.stranger("路人");
    let page = async |after: &str| client.get(&format!("/cgi-bin/user/get?next_openid={after}")).await;
    let first = page("").await;
    assert_eq!((&first["total"], &first["count"]), (&json!(20_001), &json!(10_000)));
    assert_eq!(first["data"]["openid"].as_array().unwrap().len(), 10_000);
    let second = page(&openids[9_999]).await;
    assert_eq!(second["next_openid"], json!(openids[19_999]));
    let third = page(&openids[19_999]).await;
    assert_eq!((&third["count"], &third["next_openid"]), (&json!(1), &json!(openids[20_000])));
    let end = page(&openids[20_000]).await;
    assert_eq!(end, json!({ "total": 20_001, "count": 0, "next_openid": "" }));
    assert_eq!(page("oNobody").await["errcode"], 40003);
    mock.say(&openids[9_999], Say::event("unsubscribe", "")).await.unwrap();
    let second = page(&openids[9_999]).await;
    assert_eq!(second["data"]["openid"][0], json!(openids[10_000]), "who has left still marks a place");
    assert_eq!(second["total"], 20_000);
}

#[tokio::test]
async fn tags_have_names_of_their_own_and_limits() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let create = |name: &str| json!({ "tag": { "name": name } });
    let id = client.post("/cgi-bin/tags/create", &create("广州")).await["tag"]["id"].as_u64().unwrap();
    for (path, body, expected) in [
        ("create", create("广州"), 45157),
        ("create", create("字".repeat(11).as_str()), 45158),
        ("create", create(""), 40035),
        ("update", json!({ "tag": { "id": 2, "name": "别的" } }), 45058),
        ("update", json!({ "tag": { "id": 9999, "name": "别的" } }), 45159),
        ("update", json!({ "tag": { "id": id, "name": "星标组" } }), 45157),
        ("update", json!({ "tag": { "id": id, "name": "广州市" } }), 0),
        ("delete", json!({ "tag": { "id": 0 } }), 45058),
        ("delete", json!({ "tag": { "id": 9999 } }), 45159),
    ] {
        assert_eq!(
            code(&client, &format!("/cgi-bin/tags/{path}"), body.clone()).await,
            expected,
            "{path} {body}"
        );
    }
    let list = client.get("/cgi-bin/tags/get").await["tags"].clone();
    assert_eq!(list[0], json!({ "id": 2, "name": "星标组", "count": 0 }));
    assert_eq!(list[1], json!({ "id": id, "name": "广州市", "count": 0 }));
    for n in 1..100 {
        assert_eq!(code(&client, "/cgi-bin/tags/create", create(&format!("标签{n}"))).await, 0);
    }
    assert_eq!(code(&client, "/cgi-bin/tags/create", create("太多")).await, 45056);
}

#[tokio::test]
async fn fifty_people_are_tagged_at_once_or_none() {
    let mock = silent().await;
    let client = Client::of(&mock).await;
    let openids = mock.followers(51);
    let mut ids = Vec::new();
    for n in 0..21 {
        let tag =
            client.post("/cgi-bin/tags/create", &json!({ "tag": { "name": format!("标签{n}") } })).await;
        ids.push(tag["tag"]["id"].clone());
    }
    let tag = |openids: &[String], id: &Value| json!({ "openid_list": openids, "tagid": id });
    let path = "/cgi-bin/tags/members/batchtagging";
    let stranger = mock.stranger("路人");
    let foreign = "oAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned();
    for (openids, id, expected) in [
        (&openids[..], &ids[0], 40032),
        (&[], &ids[0], 40032),
        (&openids[..50], &json!(9999), 45159),
        (&[openids[0].clone(), "nobody".to_owned()], &ids[0], 40003),
        (&[openids[0].clone(), stranger], &ids[0], 40003),
        (&[openids[0].clone(), foreign], &ids[0], 49003),
        (&openids[..50], &ids[0], 0),
    ] {
        assert_eq!(code(&client, path, tag(openids, id)).await, expected);
    }
    let people = json!({ "tagid": ids[0], "next_openid": "" });
    let people = client.post("/cgi-bin/user/tag/get", &people).await;
    assert_eq!((&people["count"], &people["next_openid"]), (&json!(50), &json!(openids[49])));
    for id in &ids[1..20] {
        assert_eq!(code(&client, path, tag(&openids[..1], id)).await, 0);
    }
    assert_eq!(code(&client, path, tag(&openids[..1], &ids[20])).await, 45059);
    assert_eq!(code(&client, path, tag(&openids[..1], &ids[0])).await, 0, "one that they have already");
    let path = "/cgi-bin/tags/members/batchuntagging";
    assert_eq!(code(&client, path, tag(&openids[..1], &ids[1])).await, 0);
    assert_eq!(code(&client, "/cgi-bin/tags/delete", json!({ "tag": { "id": ids[0] } })).await, 0);
    let of = client.post("/cgi-bin/tags/getidlist", &json!({ "openid": openids[0] })).await;
    assert_eq!(of["tagid_list"], json!(ids[2..20]));
}

#[tokio::test]
async fn who_is_blacklisted_is_neither_heard_nor_written_to() {
    let (mock, bot) = Bot::with(Options::default(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    let crowd = mock.followers(21);
    let path = "/cgi-bin/tags/members/batchblacklist";
    assert_eq!(code(&client, path, json!({ "openid_list": crowd })).await, 40032);
    assert_eq!(code(&client, path, json!({ "openid_list": [openid] })).await, 0);
    let list = client.post("/cgi-bin/tags/members/getblacklist", &json!({ "begin_openid": "" })).await;
    assert_eq!((&list["total"], &list["data"]["openid"]), (&json!(1), &json!([openid])));
    let before = bot.received().len();
    let said = mock.say(&openid, Say::text("在吗")).await.unwrap();
    assert_eq!((said.attempts, said.reply), (0, None));
    assert_eq!(bot.received().len(), before);
    assert_eq!(client.text(&openid, "您好").await, 43019);
    let path = "/cgi-bin/tags/members/batchunblacklist";
    assert_eq!(code(&client, path, json!({ "openid_list": [openid] })).await, 0);
    assert_eq!(mock.say(&openid, Say::text("在吗")).await.unwrap().attempts, 1);
    assert_eq!(client.text(&openid, "您好").await, 0);
}
