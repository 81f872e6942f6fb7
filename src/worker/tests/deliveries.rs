//! Outbox rows from lease to end.

use tokio::sync::watch;

use super::*;

#[tokio::test]
async fn without_a_window_only_what_is_important_travels() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.clock.advance(48 * 3600);
    let rows = vec![
        text("row-1", "先等等"),
        important("01JZZZZZZZZZZZZZZZZZZZZZZZ", "portrait_approved"),
        important("row-3", "portrait_rejected"),
    ];
    rig.turn(|turn| turn.outbox = rows).await;
    rig.work().await;
    assert!(rig.sent_texts().is_empty());
    let sent = rig.platform.calls(TEMPLATE);
    assert_eq!(sent.len(), 1, "the other notice has no template");
    assert_eq!(
        sent[0].json(),
        json!({
            "touser": OPEN_ID,
            "template_id": "T1",
            "client_msg_id": "01JZZZZZZZZZZZZZZZZZZZZZZZ",
            "data": { "thing1": { "value": "毕业证照片审核" } },
        })
    );
    let states = rig.states().await;
    assert_eq!(states, [OutboxState::Held, OutboxState::Delivered, OutboxState::Held]);
}

#[tokio::test]
async fn the_platforms_count_is_right_and_ours_is_not() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.platform.refuse(CUSTOM, 45047);
    rig.platform.refuse(CUSTOM, 45015);
    rig.turn(|turn| turn.outbox = vec![important("row-1", "portrait_approved"), text("row-2", "等")]).await;
    rig.work().await;
    assert_eq!(rig.platform.calls(TEMPLATE).len(), 1);
    assert_eq!(rig.states().await, [OutboxState::Delivered, OutboxState::Held]);
}

/// A notice that ends in a choice.
pub(super) fn asking(id: &str, words: &str, menu: &[&str]) -> Notice {
    let menu = menu.iter().map(|item| (*item).to_owned()).collect();
    let template = BTreeMap::from([("thing1".to_owned(), "毕业证照片审核".to_owned())]);
    let body = NoticeBody::Text { text: words.to_owned(), menu, template };
    Notice {
        id: id.to_owned(),
        event: "portrait_approved".to_owned(),
        body,
        important: true,
        revocable: None,
    }
}

#[tokio::test]
async fn a_choice_travels_as_a_menu_with_its_numbers() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.turn(|turn| turn.outbox = vec![asking("row-1", "请回复「申请」或「进度」：", &["申请", "进度"])])
        .await;
    rig.work().await;
    let sent = rig.platform.calls(CUSTOM);
    let menu = json!({
        "head_content": "请回复「申请」或「进度」：",
        "list": [{ "id": "1", "content": "申请" }, { "id": "2", "content": "进度" }],
        "tail_content": "",
    });
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].json(), json!({ "touser": OPEN_ID, "msgtype": "msgmenu", "msgmenu": menu }));
    assert_eq!(rig.states().await, [OutboxState::Delivered]);
}

#[tokio::test]
async fn an_account_without_menus_sends_the_words() {
    for code in [48001, 40008] {
        let rig = Rig::new().await;
        rig.talk().await;
        rig.platform.refuse(CUSTOM, code);
        rig.turn(|turn| turn.outbox = vec![asking("row-1", "请回复「申请」：", &["申请"])]).await;
        rig.work().await;
        let sent = rig.platform.calls(CUSTOM);
        assert_eq!(sent.len(), 2, "{code}");
        assert_eq!(sent[1].json()["text"]["content"], "请回复「申请」：");
        assert_eq!(rig.states().await, [OutboxState::Delivered], "{code}");
    }
    let rig = Rig::new().await;
    rig.talk().await;
    let long = "长".repeat(680) + "「申请」";
    rig.turn(|turn| turn.outbox = vec![asking("row-1", &long[9..], &["申请"])]).await;
    rig.work().await;
    assert_eq!(rig.sent_texts(), [&long[9..]], "no room for an item below the longest text");
}

#[tokio::test]
async fn a_menu_that_finds_its_window_closed_goes_as_a_template() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.platform.refuse(CUSTOM, 45015);
    rig.turn(|turn| turn.outbox = vec![asking("row-1", "请回复「申请」：", &["申请"])]).await;
    rig.work().await;
    assert_eq!((rig.platform.calls(CUSTOM).len(), rig.platform.calls(TEMPLATE).len()), (1, 1));
    rig.clock.advance(48 * 3600);
    rig.turn(|turn| turn.outbox = vec![asking("row-2", "请回复「申请」：", &["申请"])]).await;
    rig.work().await;
    assert_eq!((rig.platform.calls(CUSTOM).len(), rig.platform.calls(TEMPLATE).len()), (1, 2));
}

#[tokio::test]
async fn who_does_not_follow_is_not_called() {
    let rig = Rig::new().await;
    rig.turn(|turn| {
        turn.session.followed = false;
        turn.outbox = vec![important("row-1", "portrait_approved")];
    })
    .await;
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::Held]);
    assert!(rig.platform.calls(TEMPLATE).is_empty() && rig.platform.calls(CUSTOM).is_empty());
}

#[tokio::test]
async fn a_message_in_doubt_is_sent_again_once() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.platform.script(CUSTOM, axum::http::StatusCode::BAD_GATEWAY);
    rig.platform.script(CUSTOM, axum::http::StatusCode::BAD_GATEWAY);
    rig.turn(|turn| turn.outbox = vec![text("row-1", "收到了吗")]).await;
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::Due]);
    rig.clock.advance(31);
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::InDoubt]);
    rig.clock.advance(3600);
    assert_eq!(rig.work().await, Idle::default());
    assert_eq!(rig.sent_texts().len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_not_the_platforms_says_nothing_of_the_message() {
    for rubbish in ["{}", "[]", "{\"error\":\"gateway\"}", "{\"errcode\":\"?\"}", "<html>"] {
        let rig = Rig::new().await;
        rig.talk().await;
        rig.platform.script(CUSTOM, rubbish);
        rig.turn(|turn| turn.outbox = vec![text("row-1", "收到了吗")]).await;
        rig.work().await;
        let row = &rig.outbox().await[0];
        assert_eq!((row.state, row.doubts), (OutboxState::Due, 1), "{rubbish}");
    }
}

#[tokio::test]
async fn what_is_under_way_is_not_sent_again_when_the_clock_is_moved() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.turn(|turn| turn.outbox = vec![text("row-1", "好")]).await;
    let silence = rig.platform.silence.write().await;
    let sending = tokio::spawn({
        let worker = rig.worker.clone();
        async move { worker.run_until_idle().await.unwrap() }
    });
    while rig.sent_texts().is_empty() {
        tokio::task::yield_now().await;
    }
    rig.clock.advance(3 * 24 * 3600);
    let other = tokio::time::timeout(Duration::from_secs(2), rig.work()).await;
    assert_eq!(other.ok(), Some(Idle::default()), "the first worker has it");
    drop(silence);
    assert_eq!(sending.await.unwrap(), Idle { jobs: 0, outbox: 1 });
    assert_eq!((rig.sent_texts(), rig.states().await), (vec!["好".to_owned()], vec![OutboxState::Delivered]));
}

#[tokio::test]
async fn a_row_that_cannot_be_opened_is_given_up_and_the_others_go_on() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.turn(|turn| turn.outbox = vec![text("row-1", "一"), text("row-2", "二"), text("row-3", "三")]).await;
    rig.befall("update outbox set body = substr(body, 1, 5) where id = 'row-2'").await;
    assert_eq!(rig.work().await, Idle { jobs: 0, outbox: 3 });
    assert_eq!(rig.sent_texts(), ["一", "三"]);
    let row = &rig.outbox().await[1];
    assert_eq!((row.state, row.reason.as_deref()), (OutboxState::GivenUp, Some("unreadable")));
    assert_eq!(rig.work().await, Idle::default());
}

#[tokio::test]
async fn a_lease_is_renewed_while_a_call_goes_on() {
    let rig = Rig::leasing(Leases { renew_every: Duration::from_millis(20), ..LEASES }).await;
    rig.talk().await;
    rig.turn(|turn| turn.outbox = vec![text("row-1", "好")]).await;
    let silence = rig.platform.silence.write().await;
    let sending = tokio::spawn({
        let worker = rig.worker.clone();
        async move { worker.run_until_idle().await.unwrap() }
    });
    while rig.sent_texts().is_empty() {
        tokio::task::yield_now().await;
    }
    let then = rig.clock.now();
    let ends = async || rig.store.next_due(then).await.unwrap();
    let first = ends().await;
    let renewed = async {
        while ends().await <= first {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), renewed).await.expect("the lease ends later by now");
    drop(silence);
    assert_eq!(sending.await.unwrap(), Idle { jobs: 0, outbox: 1 });
    assert_eq!((ends().await, rig.states().await), (None, vec![OutboxState::Delivered]));
}

#[tokio::test]
async fn a_busy_platform_is_asked_again_later_and_a_refusal_is_final() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.platform.refuse(CUSTOM, -1);
    rig.turn(|turn| turn.outbox = vec![text("row-1", "好")]).await;
    assert_eq!(rig.work().await, Idle { jobs: 0, outbox: 1 }, "a row that is put off is not spun on");
    rig.platform.refuse(CUSTOM, 40003);
    rig.clock.advance(11);
    rig.work().await;
    let row = &rig.outbox().await[0];
    assert_eq!(row.state, OutboxState::GivenUp);
    assert_eq!(row.reason.as_deref(), Some("refused 40003"));
}

#[tokio::test]
async fn a_code_is_drawn_uploaded_and_sent_as_a_picture() {
    let rig = Rig::new().await;
    rig.talk().await;
    let body = NoticeBody::QrCode { content: "http://127.0.0.1:8080/camera/abc".to_owned() };
    let row =
        Notice { id: "row-1".to_owned(), event: "reply".to_owned(), body, important: false, revocable: None };
    rig.turn(|turn| turn.outbox = vec![row]).await;
    rig.work().await;
    let upload = &rig.platform.calls("/cgi-bin/media/upload")[0];
    assert_eq!(upload.query.get("type").map(String::as_str), Some("image"));
    assert!(upload.body.windows(4).any(|bytes| bytes == b"\x89PNG"));
    assert_eq!(rig.platform.calls(CUSTOM)[0].json()["image"], json!({ "media_id": "uploaded" }));
    assert_eq!(rig.states().await, [OutboxState::Delivered]);
}

#[tokio::test]
async fn a_photo_is_sent_as_it_is_kept_or_given_up_when_it_is_gone() {
    for kept in [true, false] {
        let rig = Rig::new().await;
        rig.talk().await;
        if kept {
            rig.shelf.put("photo-1", b"\xff\xd8picture").await.unwrap();
        }
        let body = NoticeBody::Photo { name: "photo-1".to_owned() };
        let row = Notice {
            id: "row-1".to_owned(),
            event: "portrait".to_owned(),
            body,
            important: false,
            revocable: None,
        };
        rig.turn(|turn| turn.outbox = vec![row]).await;
        rig.work().await;
        let uploads = rig.platform.calls("/cgi-bin/media/upload");
        let shown = uploads.iter().any(|call| call.body.windows(7).any(|bytes| bytes == b"picture"));
        assert_eq!((shown, rig.platform.calls(CUSTOM).len()), (kept, usize::from(kept)));
        let end = if kept { OutboxState::Delivered } else { OutboxState::GivenUp };
        assert_eq!(rig.states().await, [end]);
    }
}

#[tokio::test]
async fn a_photo_that_can_never_be_opened_ends_its_push() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.shelf.put("photo-1", b"\xff\xd8picture").await.unwrap();
    rig.shelf.damaged.store(true, Ordering::SeqCst);
    let body = NoticeBody::Photo { name: "photo-1".to_owned() };
    let row = Notice {
        id: "row-1".to_owned(),
        event: "portrait".to_owned(),
        body,
        important: false,
        revocable: None,
    };
    rig.turn(|turn| turn.outbox = vec![row]).await;
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::GivenUp], "nobody would ever see it otherwise");
    assert_eq!(rig.platform.calls(CUSTOM).len(), 0);
}

fn rest(id: &str, words: &str, after: &str) -> Notice {
    let body = NoticeBody::Rest { text: words.to_owned(), after: after.to_owned() };
    Notice { body, ..text(id, "") }
}

#[tokio::test]
async fn the_rest_of_a_text_never_overtakes_its_beginning() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.platform.refuse(CUSTOM, -1);
    let rows =
        vec![text("row-1", "审核意见：头发"), rest("row-2", "遮挡", "row-1"), rest("row-3", "眉毛", "row-2")];
    rig.turn(|turn| turn.outbox = rows).await;
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::Due; 3], "the beginning is put off, so the rest waits");
    for _ in 0..3 {
        rig.clock.advance(60);
        rig.work().await;
    }
    assert_eq!(
        rig.sent_texts(),
        ["审核意见：头发", "审核意见：头发", "遮挡", "眉毛"],
        "the first was refused"
    );
    assert_eq!(rig.states().await, [OutboxState::Delivered; 3]);
}

#[tokio::test]
async fn what_a_template_told_is_not_told_from_the_middle() {
    let rig = Rig::new().await;
    rig.talk().await;
    rig.clock.advance(48 * 3600);
    let rows = vec![important("row-1", "portrait_approved"), rest("row-2", "其余", "row-1")];
    rig.turn(|turn| turn.outbox = rows).await;
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::Delivered, OutboxState::Held]);
    rig.clock.advance(60);
    rig.talk().await;
    rig.work().await;
    assert_eq!(rig.states().await, [OutboxState::Delivered; 2], "the template told it");
    assert!(rig.sent_texts().is_empty());

    let rows = vec![important("row-3", "portrait_rejected"), rest("row-4", "遮挡眉毛", "row-3")];
    rig.clock.advance(48 * 3600);
    rig.turn(|turn| turn.outbox = rows).await;
    rig.work().await;
    assert_eq!(rig.states().await[2..], [OutboxState::Held; 2], "it has no template");
    rig.clock.advance(60);
    rig.talk().await;
    rig.work().await;
    assert_eq!(rig.sent_texts(), ["通过", "遮挡眉毛"]);
}

#[tokio::test]
async fn a_running_worker_is_woken_and_stops_when_told() {
    let rig = Rig::new().await;
    let (stop, stopped) = watch::channel(false);
    let worker = rig.worker.clone();
    let running = tokio::spawn(async move { worker.run_until_stopped(stopped).await });
    rig.talk().await;
    rig.turn(|turn| turn.outbox = vec![text("row-1", "醒醒"), text("row-2", "再来")]).await;
    let delivered = async {
        while rig.states().await != [OutboxState::Delivered; 2] {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), delivered).await.unwrap();
    assert_eq!(rig.sent_texts(), ["醒醒", "再来"]);
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(10), running).await.unwrap().unwrap();
}
