use super::*;

async fn world_and_client() -> (World, Client) {
    let world = World::start().await;
    let client = world.client();
    (world, client)
}

#[tokio::test]
async fn messages_go_out_in_the_documented_form_without_escapes() {
    let (world, client) = world_and_client().await;
    client.send_text("o", "你好 🌤\n<a href=\"x\">y</a>").await.unwrap();
    let asked = world.platform.last();
    assert_eq!(
        (asked.path.as_str(), asked.query["access_token"].as_str()),
        ("/cgi-bin/message/custom/send", "token-0")
    );
    assert!(asked.body.contains("你好 🌤") && !asked.body.contains("\\u"), "{}", asked.body);
    let expected =
        json!({ "touser": "o", "msgtype": "text", "text": { "content": "你好 🌤\n<a href=\"x\">y</a>" } });
    assert_eq!(asked.json(), expected);

    client.send_image("o", "m").await.unwrap();
    assert_eq!(
        world.platform.last().json(),
        json!({ "touser": "o", "msgtype": "image", "image": { "media_id": "m" } })
    );

    let items = vec![("101".into(), "满意".into()), ("102".into(), "不满意".into())];
    client.send_menu("o", &MenuMessage { head: "头".into(), items, tail: "尾".into() }).await.unwrap();
    let list = json!([{ "id": "101", "content": "满意" }, { "id": "102", "content": "不满意" }]);
    let menu = json!({ "head_content": "头", "list": list, "tail_content": "尾" });
    assert_eq!(world.platform.last().json(), json!({ "touser": "o", "msgtype": "msgmenu", "msgmenu": menu }));

    for (typing, command) in [(Typing::Show, "Typing"), (Typing::Cancel, "CancelTyping")] {
        client.set_typing("o", typing).await.unwrap();
        let asked = world.platform.last();
        assert_eq!(asked.path, "/cgi-bin/message/custom/typing");
        assert_eq!(asked.json(), json!({ "touser": "o", "command": command }));
    }
}

#[tokio::test]
async fn templates_carry_their_key_against_doubling() {
    let (world, client) = world_and_client().await;
    let message = TemplateMessage {
        open_id: "o".into(),
        template_id: "t".into(),
        url: Some("https://bot.example.test/".into()),
        client_msg_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV".into(),
        values: vec![("thing1".into(), "毕业申请".into()), ("phrase2".into(), "通过".into())],
    };
    for (msgid, expected) in
        [(json!(3_530_910_594_884_599_809_u64), "3530910594884599809"), (json!("17"), "17")]
    {
        world.platform.script(json!({ "errcode": 0, "errmsg": "ok", "msgid": msgid }).to_string());
        assert_eq!(client.send_template(&message).await.unwrap(), expected);
    }
    let data = json!({ "thing1": { "value": "毕业申请" }, "phrase2": { "value": "通过" } });
    let expected = json!({
        "touser": "o", "template_id": "t", "url": "https://bot.example.test/",
        "client_msg_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "data": data,
    });
    assert_eq!(world.platform.last().json(), expected);
    let error = client.send_template(&message).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreadable), "an answer without msgid: {error}");
}

#[tokio::test]
async fn files_are_uploaded_as_the_part_media() {
    let (world, client) = world_and_client().await;
    let mut upload = Upload {
        kind: MediaKind::Image,
        file_name: "photo.jpg".into(),
        content_type: "image/jpeg".into(),
        bytes: b"JPEG".to_vec(),
    };
    world.platform.script("{\"type\":\"image\",\"media_id\":\"m1\",\"created_at\":1}");
    assert_eq!(client.upload_media(&upload).await.unwrap(), "m1");
    let asked = world.platform.last();
    assert_eq!((asked.path.as_str(), asked.query["type"].as_str()), ("/cgi-bin/media/upload", "image"));
    for part in ["name=\"media\"; filename=\"photo.jpg\"", "Content-Type: image/jpeg", "\r\n\r\nJPEG\r\n"] {
        assert!(asked.body.contains(part), "{part} is not in {}", asked.body);
    }
    world.platform.script("{\"type\":\"thumb\",\"thumb_media_id\":\"t1\",\"created_at\":1}");
    upload.kind = MediaKind::Thumb;
    assert_eq!(client.upload_media(&upload).await.unwrap(), "t1");
}

#[tokio::test]
async fn an_upload_survives_a_dead_token() {
    let (world, client) = world_and_client().await;
    client.send_text("o", "x").await.unwrap();
    world.platform.script("{\"errcode\":40014,\"errmsg\":\"invalid access_token\"}");
    world.platform.script("{\"type\":\"image\",\"media_id\":\"m1\",\"created_at\":1}");
    let upload = Upload {
        kind: MediaKind::Image,
        file_name: "a.png".into(),
        content_type: "image/png".into(),
        bytes: b"PNG".to_vec(),
    };
    assert_eq!(client.upload_media(&upload).await.unwrap(), "m1");
    let uploads = world.platform.asked("/cgi-bin/media/upload");
    assert_eq!(uploads.len(), 2);
    assert!(uploads.iter().all(|asked| asked.body.contains("PNG")));
}

#[tokio::test]
async fn downloads_are_judged_by_their_body() {
    let (world, client) = world_and_client().await;
    world.platform.script(b"\xff\xd8\xff{".to_vec());
    assert!(client.get_media("m 1").await.unwrap() == Media::File(b"\xff\xd8\xff{".to_vec()));
    assert_eq!(world.platform.last().query["media_id"], "m 1");

    world.platform.script("{\"errcode\":40007,\"errmsg\":\"invalid media_id\"}");
    let error = client.get_media("m").await.err().unwrap();
    assert!(matches!(&error, ClientError::Api(refused) if refused.code == 40007) && !error.is_transient());

    world.platform.script("{\"video_url\":\"http://x/v\"}");
    assert!(client.get_media("m").await.unwrap() == Media::Video { url: "http://x/v".into() });

    for (answer, expected) in [("", "Unreadable"), ("{}", "Unreadable")] {
        world.platform.script(answer);
        let error = client.get_media("m").await.err().unwrap();
        assert_eq!(format!("{error:?}"), expected, "{answer:?}");
    }
}

#[tokio::test]
async fn a_download_stops_at_ten_megabytes() {
    let (world, client) = world_and_client().await;
    let limit = 10 * 1024 * 1024;
    world.platform.script(vec![1; limit]);
    assert!(client.get_media("m").await.is_ok());
    world.platform.script(vec![1; limit + 1]);
    assert!(matches!(client.get_media("m").await, Err(ClientError::TooLarge)));
    // Without an announced length it is the counting that stops.
    let chunks = (0..=limit / 65_536).map(|_| Ok::<_, std::io::Error>(vec![1_u8; 65_536]));
    world.platform.script(axum::body::Body::from_stream(futures_util::stream::iter(chunks)));
    assert!(matches!(client.get_media("m").await, Err(ClientError::TooLarge)));
}

#[tokio::test]
async fn codes_are_made_for_a_scene() {
    let (world, client) = world_and_client().await;
    world
        .platform
        .script("{\"ticket\":\"g+Q/=\",\"expire_seconds\":60,\"url\":\"http://weixin.qq.com/q/x\"}");
    let code = client.create_qr(&Scene::Text("booth-1".into()), Duration::from_secs(90)).await.unwrap();
    let expected = QrCode {
        ticket: "g+Q/=".into(),
        url: "http://weixin.qq.com/q/x".into(),
        expires_in: Some(Duration::from_mins(1)),
    };
    assert_eq!(code, expected);
    let scene = json!({ "scene": { "scene_str": "booth-1" } });
    let body = json!({ "expire_seconds": 90, "action_name": "QR_STR_SCENE", "action_info": scene });
    assert_eq!(world.platform.last().json(), body);
    let picture = client.qr_picture_url(&code.ticket);
    assert_eq!(picture, "https://mp.example.test/cgi-bin/showqrcode?ticket=g%2BQ%2F%3D");
}

#[tokio::test]
async fn the_menu_is_pushed_shown_and_taken_away() {
    let (world, client) = world_and_client().await;
    let menu = json!({ "button": [{ "name": "申请", "type": "click", "key": "K_APPLY" }] });
    client.create_menu(&menu).await.unwrap();
    assert!(world.platform.last().body.contains("申请"));
    world.platform.script(json!({ "menu": menu }).to_string());
    assert_eq!(client.menu().await.unwrap(), Some(menu));
    world.platform.script("{\"errcode\":46003,\"errmsg\":\"menu no exist\"}");
    assert_eq!(client.menu().await.unwrap(), None);
    world.platform.script("[]");
    assert!(matches!(client.menu().await, Err(ClientError::Unreadable)));
    client.delete_menu().await.unwrap();
    let asked = world.platform.last();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/cgi-bin/menu/delete"));
}

#[tokio::test]
async fn pictures_that_do_not_come_keep_no_message_from_going() {
    let (world, client) = world_and_client().await;
    world.platform.keeps_pictures.store(true, Ordering::SeqCst);
    let pictures = join_all((0..=CONCURRENCY).map(|_| client.get_media("m")));
    let message = tokio::time::timeout(Duration::from_secs(2), client.send_text("o", "x"));
    tokio::select! {
        biased;
        _ = pictures => panic!("they do not come"),
        sent = message => sent.expect("it does not wait behind pictures").unwrap(),
    }
}
