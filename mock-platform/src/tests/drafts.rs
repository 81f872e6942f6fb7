//! Drafts of articles over real HTTP.

use serde_json::{Value, json};

use super::calls::Client;
use crate::{Mock, Options};

pub(super) const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

/// An article with that title.
pub(super) async fn article(client: &Client<'_>, title: &str) -> Value {
    let upload = client.upload("/cgi-bin/media/upload?type=thumb", JPEG).await;
    json!({
        "title": title, "author": "省考办", "digest": "", "content": "<p>关于<b>毕业申请</b>的通知</p>",
        "content_source_url": "https://example.com/a", "thumb_media_id": upload["thumb_media_id"],
        "need_open_comment": 0, "only_fans_can_comment": 0,
    })
}

#[tokio::test]
async fn a_draft_is_kept_read_changed_and_thrown_away() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let (first, second) = (article(&client, "第一篇").await, article(&client, "第二篇").await);
    let added = client.post("/cgi-bin/draft/add", &json!({ "articles": [first, second] })).await;
    let which = json!({ "media_id": added["media_id"] });
    let read = client.post("/cgi-bin/draft/get", &which).await["news_item"].clone();
    assert_eq!((&read[0]["title"], &read[1]["title"]), (&json!("第一篇"), &json!("第二篇")));
    assert_eq!(read[0]["digest"], "关于毕业申请的通知");
    assert!(read[0]["url"].as_str().unwrap().starts_with(mock.url()));
    let change =
        json!({ "media_id": added["media_id"], "index": 1, "articles": article(&client, "新的一篇").await });
    assert_eq!(client.post("/cgi-bin/draft/update", &change).await["errcode"], 0);
    let beyond = json!({ "media_id": added["media_id"], "index": 2, "articles": first });
    assert_eq!(client.post("/cgi-bin/draft/update", &beyond).await["errcode"], 40114);
    client.post("/cgi-bin/draft/add", &json!({ "articles": [first] })).await;
    assert_eq!(client.get("/cgi-bin/draft/count").await["total_count"], 2);
    let list = json!({ "offset": 1, "count": 20, "no_content": 1 });
    let list = client.post("/cgi-bin/draft/batchget", &list).await;
    assert_eq!((&list["total_count"], &list["item_count"]), (&json!(2), &json!(1)));
    assert_eq!(list["item"][0]["media_id"], added["media_id"]);
    let kept = &list["item"][0]["content"]["news_item"][1];
    assert_eq!((&kept["title"], &kept["content"]), (&json!("新的一篇"), &json!("")));
    let list = json!({ "offset": 0, "count": 21 });
    assert_eq!(client.post("/cgi-bin/draft/batchget", &list).await["errcode"], 40035);
    assert_eq!(client.post("/cgi-bin/draft/delete", &which).await["errcode"], 0);
    for path in ["get", "delete", "update"] {
        assert_eq!(client.post(&format!("/cgi-bin/draft/{path}"), &which).await["errcode"], 40007, "{path}");
    }
}

#[tokio::test]
async fn an_article_has_limits() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let good = article(&client, "标题").await;
    for (field, value, expected) in [
        ("title", json!(""), 45003),
        ("title", json!("字".repeat(65)), 45003),
        ("title", json!("字".repeat(64)), 0),
        ("author", json!("字".repeat(17)), 45110),
        ("digest", json!("字".repeat(129)), 45004),
        ("content", json!(""), 44004),
        ("content", json!("字".repeat(20_000)), 45002),
        ("content_source_url", json!("u".repeat(1025)), 45005),
        ("thumb_media_id", json!("nothing"), 40007),
    ] {
        let mut bad = good.clone();
        bad[field] = value;
        let answer = client.post("/cgi-bin/draft/add", &json!({ "articles": [bad] })).await;
        assert_eq!(answer["errcode"].as_i64().unwrap_or(0), expected, "{field}");
    }
    for count in [0, 9] {
        let many = json!({ "articles": vec![good.clone(); count] });
        assert_eq!(client.post("/cgi-bin/draft/add", &many).await["errcode"], 45008);
    }
}
