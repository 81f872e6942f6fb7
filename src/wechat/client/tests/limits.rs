//! What the platform would refuse is not sent.

use super::*;

fn upload(kind: MediaKind, bytes: usize, content_type: &str) -> Upload {
    let content_type = content_type.into();
    Upload { kind, file_name: "a.jpg".into(), content_type, bytes: vec![0; bytes] }
}

fn template(client_msg_id: &str) -> TemplateMessage {
    TemplateMessage {
        open_id: "o".into(),
        template_id: "t".into(),
        url: None,
        client_msg_id: client_msg_id.into(),
        values: Vec::new(),
    }
}

fn mass(audience: Audience, text: &str, key: &str) -> MassMessage {
    let content = MassContent::Text(text.into());
    MassMessage { audience, content, ignore_reprint: false, client_msg_id: key.into() }
}

async fn refused_messages(client: &Client) -> Vec<Result<(), ClientError>> {
    let menu = |head: String, items| CustomMessage::Menu(MenuMessage { head, items, tail: String::new() });
    let item = vec![("1".to_owned(), "申请".to_owned())];
    let page = MiniProgram { app_id: "wx2".into(), page_path: String::new() };
    let card = NewsCard {
        title: " ".into(),
        description: String::new(),
        url: "u".into(),
        picture_url: String::new(),
    };
    let empty = String::new;
    let messages = [
        CustomMessage::Text(" \n".into()),
        CustomMessage::Text("字".repeat(683)),
        CustomMessage::Image(empty()),
        CustomMessage::Article(empty()),
        CustomMessage::Coupon(" ".into()),
        menu("h".into(), Vec::new()),
        menu("字".repeat(681), item),
        CustomMessage::News(card),
        CustomMessage::MiniProgram { title: "t".into(), page, thumb_media_id: "m".into() },
        CustomMessage::Video {
            media_id: "m".into(),
            thumb_media_id: empty(),
            title: empty(),
            description: empty(),
        },
    ];
    let mut outcomes = Vec::new();
    for message in messages {
        outcomes.push(client.send_custom("o", &message, None).await);
    }
    outcomes
}

#[tokio::test]
async fn messages_beyond_the_limits_stay_here() {
    let world = World::start().await;
    let client = world.client();
    let list = |count: usize| Audience::List(vec!["o".into(); count]);
    let mut outcomes = refused_messages(&client).await;
    for message in [
        mass(list(1), "x", "k"),
        mass(list(10_001), "x", "k"),
        mass(Audience::Everybody, "x", ""),
        mass(Audience::Everybody, "x", &"k".repeat(65)),
        mass(Audience::Everybody, "", "k"),
    ] {
        outcomes.push(client.send_mass(&message).await.map(|_| ()));
    }
    outcomes.push(client.set_mass_speed(5).await);
    for key in ["", &"x".repeat(33)] {
        outcomes.push(client.send_template(&template(key)).await.map(|_| ()));
    }
    expect_invalid(&world, outcomes);
}

#[tokio::test]
async fn everything_else_beyond_the_limits_stays_here_too() {
    let world = World::start().await;
    let client = world.client();
    let (day, film) = (Duration::from_hours(24), FilmText::default());
    let text = |scene: &str| Scene::Text(scene.into());
    let outcomes = vec![
        client.upload_media(&upload(MediaKind::Thumb, 0, "image/jpeg")).await.map(|_| ()),
        client.upload_media(&upload(MediaKind::Thumb, 65 * 1024, "image/jpeg")).await.map(|_| ()),
        client.upload_media(&upload(MediaKind::Thumb, 1, "not a type")).await.map(|_| ()),
        client.upload_article_image(&upload(MediaKind::Image, 1024 * 1024, "image/png")).await.map(|_| ()),
        client.upload_article_image(&upload(MediaKind::Voice, 1, "audio/mp3")).await.map(|_| ()),
        client
            .add_material(&upload(MediaKind::Voice, 2 * 1024 * 1024 + 1, "audio/mp3"), &film)
            .await
            .map(|_| ()),
        client.list_material(MediaKind::Image, 0, 21).await.map(|_| ()),
        client.list_material(MediaKind::Thumb, 0, 1).await.map(|_| ()),
        client.add_draft(&[]).await.map(|_| ()),
        client.create_qr(&text(""), day).await.map(|_| ()),
        client.create_qr(&text(&"长".repeat(65)), day).await.map(|_| ()),
        client.create_qr(&text("s"), day * 31).await.map(|_| ()),
        client.create_qr(&text("s"), Duration::from_millis(999)).await.map(|_| ()),
        client.create_qr(&Scene::Number(0), day).await.map(|_| ()),
        client.create_permanent_qr(&Scene::Number(100_001)).await.map(|_| ()),
        client.users_info(&[]).await.map(|_| ()),
        client.users_info(&["o"; 101]).await.map(|_| ()),
        client.set_remark("o", &"字".repeat(30)).await,
        client.create_tag("一二三四五六七八九十一").await.map(|_| ()),
        client.rename_tag(2, "x").await,
        client.delete_tag(0).await,
        client.tag_people(134, &["o"; 51]).await,
        client.block(&["o"; 21]).await,
        client.unblock(&[]).await,
        client.add_conditional_menu(&json!({ "button": [] }), MatchRule::default()).await.map(|_| ()),
    ];
    expect_invalid(&world, outcomes);
}

fn expect_invalid(world: &World, outcomes: Vec<Result<(), ClientError>>) {
    for (index, outcome) in outcomes.into_iter().enumerate() {
        let error = refused(outcome);
        assert!(
            matches!(error, ClientError::Invalid(_)) && error.advice() == Advice::GiveUp,
            "{index}: {error}"
        );
    }
    assert!(world.platform.asked.lock().unwrap().is_empty());
}
