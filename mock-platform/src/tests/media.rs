//! Media: what may be uploaded, how long it is kept, and permanent material.

use serde_json::{Value, json};

use super::calls::Client;
use crate::{Channel, MaterialLimits, Mock, Options, Say};

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];
const AMR: &[u8] = b"#!AMR\n\x3c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42";
const MB: usize = 1024 * 1024;

fn padded(head: &[u8], length: usize) -> Vec<u8> {
    let mut bytes = head.to_vec();
    bytes.resize(length, 0);
    bytes
}

#[tokio::test]
async fn every_kind_has_its_types_and_sizes() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let long_voice = [&AMR[..6], &AMR[6..].repeat(50 * 61)].concat();
    for (kind, name, bytes, code) in [
        ("image", "a.jpg", JPEG.to_vec(), 0),
        ("image", "a.JPEG", padded(JPEG, 10 * MB), 0),
        ("image", "a.jpg", padded(JPEG, 10 * MB + 1), 40009),
        ("image", "a.jpg", padded(JPEG, 11 * MB + 1), 45001),
        ("image", "a.txt", JPEG.to_vec(), 40005),
        ("image", "a.jpg", b"text".to_vec(), 40005),
        ("image", "a.jpg", vec![0xff, 0xd8, 0xff], 40006),
        ("image", "a.jpg", Vec::new(), 44001),
        ("image", "a.bmp", padded(b"BM", 40), 40005),
        ("voice", "a.amr", AMR.to_vec(), 0),
        ("voice", "a.amr", long_voice, 45007),
        ("voice", "a.amr", padded(AMR, 2 * MB + 1), 40010),
        ("video", "a.mp4", MP4.to_vec(), 0),
        ("video", "a.mp4", padded(MP4, 10 * MB + 1), 40011),
        ("thumb", "a.jpg", padded(JPEG, 64 * 1024), 0),
        ("thumb", "a.jpg", padded(JPEG, 64 * 1024 + 1), 40012),
        ("dance", "a.jpg", JPEG.to_vec(), 40004),
    ] {
        let path = format!("/cgi-bin/media/upload?type={kind}");
        let answer = client.upload_as(&path, name, &bytes, None).await;
        assert_eq!(answer["errcode"].as_i64().unwrap_or(0), code, "{kind} {name} {}", bytes.len());
    }
    let article = "/cgi-bin/media/uploadimg";
    assert_eq!(client.upload_as(article, "a.png", &padded(JPEG, MB), None).await["errcode"], 40009);
    assert_eq!(client.upload_as(article, "a.gif", b"GIF89a", None).await["errcode"], 40005);
    assert!(client.upload_as(article, "a.jpg", &padded(JPEG, MB - 1), None).await["url"].is_string());
    assert_eq!(client.raw("/cgi-bin/media/upload?type=image", "x").await["errcode"], 41005);
}

#[tokio::test]
async fn a_voice_comes_in_two_qualities() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let voice = client.upload("/cgi-bin/media/upload?type=voice", AMR).await;
    let id = voice["media_id"].as_str().unwrap();
    let answer = client.answer(&format!("/cgi-bin/media/get/jssdk?media_id={id}")).await;
    assert_eq!(answer.headers()["content-type"], "voice/speex");
    let answer = client.answer(&format!("/cgi-bin/media/get?media_id={id}")).await;
    assert_eq!(answer.headers()["content-type"], "audio/amr");
    let image = client.upload("/cgi-bin/media/upload?type=image", JPEG).await;
    let path = format!("/cgi-bin/media/get/jssdk?media_id={}", image["media_id"].as_str().unwrap());
    assert_eq!(client.get(&path).await["errcode"], 40007);
    assert_eq!(client.get("/cgi-bin/media/get").await["errcode"], 41006);
}

#[tokio::test]
async fn material_is_kept_counted_listed_and_removed() {
    let materials = MaterialLimits { image: 3, other: 1 };
    let mock = Mock::start(Options { materials, ..Options::default() }).await.unwrap();
    let mut client = Client::of(&mock).await;
    let add = async |client: &Client<'_>, kind: &str, name: &str, bytes: &[u8], words: Option<&str>| {
        client.upload_as(&format!("/cgi-bin/material/add_material?type={kind}"), name, bytes, words).await
    };
    let mut images = Vec::new();
    for name in ["1.jpg", "2.jpg", "3.jpg"] {
        let added = add(&client, "image", name, JPEG, None).await;
        assert!(added["url"].as_str().unwrap().starts_with(mock.url()));
        images.push(added["media_id"].clone());
    }
    assert_eq!(add(&client, "image", "4.jpg", JPEG, None).await["errcode"], 45026);
    for (words, code) in [(None, 40035), (Some("x"), 47001), (Some("{}"), 40035)] {
        assert_eq!(add(&client, "video", "v.mp4", MP4, words).await["errcode"], code);
    }
    let words = r#"{"title":"毕业申请","introduction":"一分钟看懂"}"#;
    let video = add(&client, "video", "v.mp4", MP4, Some(words)).await["media_id"].clone();

    mock.advance(30 * 86_400);
    client.renew().await;
    let get = "/cgi-bin/material/get_material";
    let film = client.post(get, &json!({ "media_id": video })).await;
    assert_eq!((&film["title"], &film["description"]), (&json!("毕业申请"), &json!("一分钟看懂")));
    let picture = client.posted(get, &json!({ "media_id": images[0] })).await;
    assert_eq!(picture.bytes().await.unwrap(), JPEG);
    let as_temporary = format!("/cgi-bin/media/get?media_id={}", images[0].as_str().unwrap());
    assert_eq!(client.get(&as_temporary).await["errcode"], 40007);
    assert_eq!(
        client.get("/cgi-bin/material/get_materialcount").await,
        json!({ "voice_count": 0, "video_count": 1, "image_count": 3, "news_count": 0 })
    );
    let list = "/cgi-bin/material/batchget_material";
    let page = client.post(list, &json!({ "type": "image", "offset": 1, "count": 20 })).await;
    let names: Vec<&Value> = page["item"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
    assert_eq!((&page["total_count"], names), (&json!(3), vec![&json!("2.jpg"), &json!("1.jpg")]));
    for (body, code) in [
        (json!({ "type": "image", "offset": 0, "count": 21 }), 40035),
        (json!({ "type": "image", "offset": 0, "count": 0 }), 40035),
        (json!({ "type": "dance", "offset": 0, "count": 1 }), 40004),
    ] {
        assert_eq!(client.code(list, &body).await, code, "{body}");
    }
    let remove = "/cgi-bin/material/del_material";
    assert_eq!(client.code(remove, &json!({ "media_id": images[0] })).await, 0);
    assert_eq!(client.code(remove, &json!({ "media_id": images[0] })).await, 40007);
    assert_eq!(client.code(get, &json!({})).await, 41006);
}

#[tokio::test]
async fn a_message_may_name_material_but_no_article_picture() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::text("在吗")).await.unwrap();
    let material = client.upload("/cgi-bin/material/add_material?type=image", JPEG).await["media_id"].clone();
    let url = client.upload("/cgi-bin/media/uploadimg", JPEG).await["url"].as_str().unwrap().to_owned();
    let picture = json!(url.rsplit_once('/').unwrap().1);
    for (kind, id, code) in [("image", &material, 0), ("image", &picture, 40007), ("voice", &material, 40007)]
    {
        let mut body = json!({ "touser": openid, "msgtype": kind });
        body[kind] = json!({ "media_id": id });
        assert_eq!(client.code("/cgi-bin/message/custom/send", &body).await, code);
    }
    let shown = mock.chat(&openid, 0).into_iter().filter(|item| item.channel == Some(Channel::Custom));
    assert_eq!(shown.count(), 1);
}

#[tokio::test]
async fn news_are_the_articles_of_a_draft() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let thumb = client.upload("/cgi-bin/material/add_material?type=thumb", JPEG).await["media_id"].clone();
    let article = json!({ "title": "毕业申请指南", "content": "<p>请准备材料</p>", "thumb_media_id": thumb });
    let draft = client.post("/cgi-bin/draft/add", &json!({ "articles": [article] })).await;
    let body = json!({ "media_id": draft["media_id"] });
    let news = client.post("/cgi-bin/material/get_material", &body).await;
    assert_eq!(news["news_item"][0]["title"], "毕业申请指南");
    assert_eq!(
        client.get("/cgi-bin/material/get_materialcount").await["image_count"],
        1,
        "a thumb is a picture"
    );
}
