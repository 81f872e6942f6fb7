//! What reaches people: customer messages, templates, pictures; and who the people are.

use super::*;

#[tokio::test]
async fn customer_messages_of_every_kind_arrive() {
    let (mock, client) = platform().await;
    let openid = mock.user("小陈").await;
    mock.say(&openid, Say::text("你好")).await.unwrap();
    let media_id = client.upload_media(&picture()).await.unwrap();
    let menu = MenuMessage {
        head: "请选择：".into(),
        items: vec![("101".into(), "申请".into())],
        tail: "或直接回复".into(),
    };
    let card = NewsCard {
        title: "毕业申请".into(),
        description: "六月".into(),
        url: "https://bot.example.test/".into(),
        picture_url: String::new(),
    };
    let messages = [
        CustomMessage::Text("审核通过 🌤".into()),
        CustomMessage::Image(media_id),
        CustomMessage::Menu(menu),
        CustomMessage::News(card),
    ];
    client.set_typing(&openid, Typing::Show).await.unwrap();
    for message in &messages {
        client.send_custom(&openid, message, None).await.unwrap();
    }
    let shown: Vec<Body> = mock
        .chat(&openid, 0)
        .into_iter()
        .filter(|item| item.channel == Some(mock_platform::Channel::Custom))
        .map(|item| item.body)
        .collect();
    assert_eq!(shown.len(), messages.len(), "{shown:?}");
    assert!(matches!(&shown[0], Body::Text { content, .. } if content == "审核通过 🌤"), "{shown:?}");
    assert!(format!("{shown:?}").contains("毕业申请") && format!("{shown:?}").contains("101"), "{shown:?}");

    client.send_text(&openid, "五").await.unwrap();
    let error = client.send_text(&openid, "六").await.unwrap_err();
    assert_eq!((error.advice(), refused::<()>(Err(error))), (Advice::WaitForTheUser, 45047));
    mock.advance(49 * 3600);
    assert_eq!(refused(client.send_text(&openid, "七").await), 45015);
    assert_eq!(refused(client.send_text("nobody", "x").await), 40003);
}

#[tokio::test]
async fn templates_are_listed_sent_and_refused_by_their_fields() {
    let (mock, client) = platform().await;
    let openid = mock.user("小陈").await;
    let listed = client.templates().await.unwrap();
    assert_eq!(listed[0].fields(), ["thing1", "phrase2"]);
    let mut message = TemplateMessage {
        open_id: openid.clone(),
        template_id: listed[0].template_id.clone(),
        url: None,
        client_msg_id: "key-1".into(),
        values: vec![("thing1".into(), "毕业证照片".into()), ("phrase2".into(), "已通过".into())],
    };
    assert!(!client.send_template(&message).await.unwrap().is_empty());
    message.values[1].1 = "这个词太长了".into();
    message.client_msg_id = "key-2".into();
    assert_eq!(refused(client.send_template(&message).await), 47003);
    message.template_id = "T9".into();
    assert_eq!(refused(client.send_template(&message).await), 40037);
    let added = client.add_template("45201", &["审核事项", "审核结果"]).await.unwrap();
    assert_eq!(client.templates().await.unwrap().len(), 2);
    client.delete_template(&added).await.unwrap();
    assert_eq!(client.templates().await.unwrap().len(), 1);
}

#[tokio::test]
async fn pictures_go_up_and_come_down() {
    let (_mock, client) = platform().await;
    let media_id = client.upload_media(&picture()).await.unwrap();
    assert!(client.get_media(&media_id).await.unwrap() == Media::File(picture().bytes));
    assert_eq!(refused(client.get_media("nothing").await), 40007);
    assert!(client.upload_article_image(&picture()).await.unwrap().starts_with("http"));
}

#[tokio::test]
async fn followers_are_listed_and_known() {
    let (mock, client) = platform().await;
    let mut expected = vec![mock.user("小陈").await, mock.user("小李").await];
    let stranger = mock.stranger("路人");
    let mut found: Vec<String> = client.followers().try_concat().await.unwrap();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let info = client.user_info(&expected[0]).await.unwrap();
    assert!(info.follows && info.subscribed_at.is_some(), "{info:?}");
    assert!(!client.user_info(&stranger).await.unwrap().follows);
}
