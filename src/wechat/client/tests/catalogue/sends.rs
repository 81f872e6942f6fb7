//! What reaches people: customer messages, templates, subscription messages, mass sends and what they show.

use super::*;

const OK: &str = "()";

/// A part of a rows' list: nothing to fill in.
fn message(kind: &str, content: &Value) -> Value {
    json!({ "touser": "o", "msgtype": kind, kind: content })
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = custom();
    rows.extend(templates());
    rows.extend(mass());
    rows.extend(articles());
    rows
}

/// A customer message.
fn custom_row(sent: Value, call: fn(&Client) -> BoxFuture<'_, Result<String, ClientError>>) -> Row {
    let answer = json!({ "errcode": 0, "errmsg": "ok" });
    Row { method: "POST", path: "/cgi-bin/message/custom/send", sent, answer, read: OK, call }
}

macro_rules! custom {
    ($kind:literal $content:tt, $message:expr) => {
        custom_row(message($kind, &json!($content)), |client| {
            Box::pin(
                async move { client.send_custom("o", &$message, None).await.map(|read| format!("{read:?}")) },
            )
        })
    };
}

fn custom() -> Vec<Row> {
    vec![
        custom!("text" { "content": "你好" }, CustomMessage::Text("你好".into())),
        custom!("image" { "media_id": "m" }, CustomMessage::Image("m".into())),
        custom!("voice" { "media_id": "m" }, CustomMessage::Voice("m".into())),
        custom!(
            "video" { "media_id": "m", "thumb_media_id": "t", "title": "标题", "description": "说明" },
            CustomMessage::Video {
                media_id: "m".into(),
                thumb_media_id: "t".into(),
                title: "标题".into(),
                description: "说明".into(),
            }
        ),
        custom!(
            "music" { "title": "歌", "description": "说明", "musicurl": "u", "hqmusicurl": "h", "thumb_media_id": "t" },
            CustomMessage::Music {
                title: "歌".into(),
                description: "说明".into(),
                url: "u".into(),
                high_quality_url: "h".into(),
                thumb_media_id: "t".into(),
            }
        ),
        custom!(
            "news" { "articles": [{ "title": "题", "description": "说明", "url": "u", "picurl": "p" }] },
            CustomMessage::News(NewsCard {
                title: "题".into(),
                description: "说明".into(),
                url: "u".into(),
                picture_url: "p".into(),
            })
        ),
        custom!("mpnewsarticle" { "article_id": "a" }, CustomMessage::Article("a".into())),
        custom!(
            "msgmenu" { "head_content": "头", "list": [{ "id": "1", "content": "申请" }], "tail_content": "尾" },
            CustomMessage::Menu(MenuMessage {
                head: "头".into(),
                items: vec![("1".into(), "申请".into())],
                tail: "尾".into(),
            })
        ),
        custom!(
            "miniprogrampage" { "title": "小程序", "appid": "wx2", "pagepath": "p?a=1", "thumb_media_id": "t" },
            CustomMessage::MiniProgram { title: "小程序".into(), page: program(), thumb_media_id: "t".into() }
        ),
        custom!("wxcard" { "card_id": "c" }, CustomMessage::Coupon("c".into())),
        row!("POST" "/cgi-bin/message/custom/send"
            { "touser": "o", "msgtype": "text", "text": { "content": "我是老师" }, "customservice": { "kf_account": "张@gh" } }
            => { "errcode": 0 }, OK,
            |client| client.send_custom("o", &CustomMessage::Text("我是老师".into()), Some("张@gh"))),
        row!("POST" "/cgi-bin/message/custom/typing" { "touser": "o", "command": "CancelTyping" } => { "errcode": 0 }, OK,
            |client| client.set_typing("o", Typing::Cancel)),
    ]
}

fn program() -> MiniProgram {
    MiniProgram { app_id: "wx2".into(), page_path: "p?a=1".into() }
}

fn template() -> TemplateMessage {
    TemplateMessage {
        open_id: "o".into(),
        template_id: "t".into(),
        url: Some("https://bot.example.test/".into()),
        client_msg_id: "k".into(),
        values: vec![("thing1".into(), "毕业申请".into())],
    }
}

fn subscription() -> SubscriptionMessage {
    SubscriptionMessage {
        open_id: "o".into(),
        template_id: "s".into(),
        page: Some("https://bot.example.test/".into()),
        values: vec![("phrase2".into(), "通过".into())],
    }
}

fn templates() -> Vec<Row> {
    vec![
        row!("POST" "/cgi-bin/message/template/send"
            { "touser": "o", "template_id": "t", "url": "https://bot.example.test/", "client_msg_id": "k",
              "data": { "thing1": { "value": "毕业申请" } }, "miniprogram": { "appid": "wx2", "pagepath": "p?a=1" } }
            => { "errcode": 0, "errmsg": "ok", "msgid": 3_530_910_594_884_599_809_u64 }, "\"3530910594884599809\"",
            |client| client.send_template_opening(&template(), &program())),
        row!("POST" "/cgi-bin/template/api_add_template"
            { "template_id_short": "TM1", "keyword_name_list": ["事项", "结果"] }
            => { "errcode": 0, "template_id": "t" }, "\"t\"", |client| client.add_template("TM1", &["事项", "结果"])),
        row!("GET" "/cgi-bin/template/get_all_private_template" {}
        => { "template_list": [{ "template_id": "t", "title": "题", "content": "{{thing1.DATA}}\n{{ phrase2.DATA }}{{x}}" }] },
        "[\"thing1\", \"phrase2\"]", |client| async {
            client.templates().await.map(|all| all[0].fields().iter().map(ToString::to_string).collect::<Vec<_>>())
        }),
        row!("POST" "/cgi-bin/template/del_private_template" { "template_id": "t" } => { "errcode": 0 }, OK,
            |client| client.delete_template("t")),
        row!("POST" "/cgi-bin/message/subscribe/bizsend"
            { "touser": "o", "template_id": "s", "data": { "phrase2": { "value": "通过" } },
              "page": "https://bot.example.test/", "miniprogram": { "appid": "wx2", "pagepath": "p?a=1" } }
            => { "errcode": 0, "msgid": 17 }, "Some(\"17\")", |client| client.send_subscription_opening(&subscription(), &program())),
        row!("GET" "/wxaapi/newtmpl/gettemplate" {}
            => { "errcode": 0, "data": [{ "priTmplId": "s", "title": "题", "content": "c", "example": "e", "type": 3 }] },
            "[SubscriptionTemplate { template_id: \"s\", title: \"题\", content: \"c\" }]",
            |client| client.subscription_templates()),
    ]
}

fn mass_of(content: MassContent, audience: Audience) -> MassMessage {
    MassMessage { audience, content, ignore_reprint: true, client_msg_id: "key-1".into() }
}

fn mass() -> Vec<Row> {
    vec![
        row!("POST" "/cgi-bin/message/mass/sendall"
            { "filter": { "is_to_all": false, "tag_id": 101 }, "msgtype": "text", "text": { "content": "通知" },
              "send_ignore_reprint": 1, "clientmsgid": "key-1" }
            => { "errcode": 0, "msg_id": 34_182, "msg_data_id": 206_227_730 },
            "MassSent { msg_id: 34182, msg_data_id: Some(206227730), had_it: false }",
            |client| async { client.send_mass(&mass_of(MassContent::Text("通知".into()), Audience::Tag(101))).await }),
        row!("POST" "/cgi-bin/message/mass/sendall"
            { "filter": { "is_to_all": true }, "msgtype": "mpnews", "mpnews": { "media_id": "m" },
              "send_ignore_reprint": 1, "clientmsgid": "key-1" }
            => { "errcode": 0, "msg_id": "34182" }, "MassSent { msg_id: 34182, msg_data_id: None, had_it: false }",
            |client| async { client.send_mass(&mass_of(MassContent::Articles("m".into()), Audience::Everybody)).await }),
        row!("POST" "/cgi-bin/message/mass/send"
        { "touser": ["a", "b"], "msgtype": "image",
          "images": { "media_ids": ["m"], "recommend": "看看", "need_open_comment": 1, "only_fans_can_comment": 0 },
          "send_ignore_reprint": 1, "clientmsgid": "key-1" }
        => { "errcode": 0, "msg_id": 1 }, "MassSent { msg_id: 1, msg_data_id: None, had_it: false }",
        |client| async {
            let media_ids = vec!["m".to_owned()];
            let images = MassContent::Images {
                media_ids, recommend: "看看".into(), comments: true, only_followers_comment: false };
            client.send_mass(&mass_of(images, Audience::List(vec!["a".into(), "b".into()]))).await
        }),
        row!("POST" "/cgi-bin/message/mass/preview"
        { "msgtype": "mpvideo", "mpvideo": { "media_id": "m", "title": "题", "description": "说明" }, "towxname": "lao_shi" }
        => { "errcode": 0 }, OK, |client| async {
            let video = MassContent::Video { media_id: "m".into(), title: "题".into(), description: "说明".into() };
            client.preview_mass(&Viewer::WeChatName("lao_shi".into()), &video).await
        }),
        row!("POST" "/cgi-bin/message/mass/preview" { "msgtype": "voice", "voice": { "media_id": "m" }, "touser": "o" }
            => { "errcode": 0 }, OK,
            |client| async { client.preview_mass(&Viewer::OpenId("o".into()), &MassContent::Voice("m".into())).await }),
        row!("POST" "/cgi-bin/message/mass/preview" { "msgtype": "wxcard", "wxcard": { "card_id": "c" }, "touser": "o" }
            => { "errcode": 0 }, OK,
            |client| async { client.preview_mass(&Viewer::OpenId("o".into()), &MassContent::Coupon("c".into())).await }),
        row!("POST" "/cgi-bin/message/mass/delete" { "msg_id": 1, "article_idx": 2 } => { "errcode": 0 }, OK,
            |client| client.delete_mass(1, Some(2))),
        row!("POST" "/cgi-bin/message/mass/get" { "msg_id": 1 } => { "msg_id": 1, "msg_status": "SENDING" }, "Sending",
            |client| client.mass_status(1)),
        row!("POST" "/cgi-bin/message/mass/speed/get" {} => { "speed": 3, "realspeed": 30 },
            "MassSpeed { step: 3, per_minute: 30 }", |client| client.mass_speed()),
        row!("POST" "/cgi-bin/message/mass/speed/set" { "speed": 4 } => { "errcode": 0 }, OK,
            |client| client.set_mass_speed(4)),
    ]
}

fn articles() -> Vec<Row> {
    vec![
        row!("POST" "/cgi-bin/draft/add"
        { "articles": [{ "title": "题", "author": "省考办", "digest": "摘要", "content": "<p>正文</p>",
          "content_source_url": "", "thumb_media_id": "t" }] }
        => { "media_id": "d" }, "\"d\"", |client| async {
            let article = Article { title: "题".into(), author: "省考办".into(), digest: "摘要".into(),
                content: "<p>正文</p>".into(), source_url: String::new(), thumb_media_id: "t".into() };
            client.add_draft(&[article]).await
        }),
        row!("POST" "/cgi-bin/draft/delete" { "media_id": "d" } => { "errcode": 0 }, OK, |client| client.delete_draft("d")),
        row!("POST" "/cgi-bin/material/get_material" { "media_id": "m" } => { "news_item": [{ "title": "题" }] },
        "1", |client| async {
            client.get_material("m").await.map(|found| match found {
                Material::Articles(articles) => articles.len(),
                Material::File(_) | Material::Film { .. } => 0,
            })
        }),
        row!("POST" "/cgi-bin/material/del_material" { "media_id": "m" } => { "errcode": 0 }, OK,
            |client| client.delete_material("m")),
        row!("GET" "/cgi-bin/material/get_materialcount" {}
            => { "voice_count": 1, "video_count": 2, "image_count": 3, "news_count": 4 },
            "MaterialCount { voices: 1, videos: 2, images: 3, news: 4 }", |client| client.count_material()),
        row!("POST" "/cgi-bin/material/batchget_material" { "type": "voice", "offset": 0, "count": 20 }
            => { "total_count": 1, "item_count": 1, "item": [{ "media_id": "m", "name": "n", "update_time": 5 }] },
            "MaterialPage { total: 1, items: [MaterialItem { media_id: \"m\", name: \"n\", update_time: 5, url: None }] }",
            |client| client.list_material(MediaKind::Voice, 0, 20)),
    ]
}
