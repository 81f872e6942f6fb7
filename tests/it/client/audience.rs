//! Many people at once: tags, the blacklist, drafts, mass sends, 订阅通知.

use graduation_bot::wechat::client::{
    Article, Audience, MassContent, MassMessage, MassStatus, SubscriptionMessage, Viewer,
};
use mock_platform::{Channel, SubscribeTemplate, Subscription};

use super::*;

const SEND: &str = "/cgi-bin/message/mass/send";

fn message(audience: Audience, content: MassContent, key: &str) -> MassMessage {
    MassMessage { audience, content, ignore_reprint: false, client_msg_id: key.into() }
}

/// What a person has got as mass messages.
fn heard(mock: &Mock, openid: &str) -> Vec<String> {
    let items = mock.chat(openid, 0).into_iter().filter(|item| item.channel == Some(Channel::Mass));
    items.map(|item| item.text()).collect()
}

#[tokio::test]
async fn tags_are_given_listed_and_taken_away() {
    let (mock, client) = platform().await;
    let people = [mock.user("小陈").await, mock.user("小李").await];
    let names: Vec<&str> = people.iter().map(String::as_str).collect();
    let tag = client.create_tag("天河区").await.unwrap();
    assert_eq!(refused(client.create_tag("天河区").await), 45157);
    client.tag_people(tag.id, &names).await.unwrap();
    assert_eq!(client.tags_of(names[0]).await.unwrap(), [tag.id]);
    assert_eq!(client.tags().await.unwrap().iter().find(|one| one.id == tag.id).unwrap().count, 2);
    let mut tagged: Vec<String> = client.tagged(tag.id).try_concat().await.unwrap();
    tagged.sort();
    let mut expected = people.to_vec();
    expected.sort();
    assert_eq!(tagged, expected);
    client.untag_people(tag.id, &names[..1]).await.unwrap();
    client.rename_tag(tag.id, "越秀区").await.unwrap();
    client.delete_tag(tag.id).await.unwrap();
    assert_eq!(refused(client.tagged_after(tag.id, None).await), 45159);
    client.set_remark(names[0], "准考证待核").await.unwrap();
    let known = client.users_info(&names).await.unwrap();
    assert_eq!((known.len(), known[0].remark.as_str()), (2, "准考证待核"));
}

#[tokio::test]
async fn the_blacklist_keeps_messages_away() {
    let (mock, client) = platform().await;
    let openid = mock.user("小陈").await;
    client.block(&[&openid]).await.unwrap();
    assert_eq!(client.blocked().try_concat().await.unwrap().concat(), openid);
    let error = client.send_text(&openid, "你好").await.unwrap_err();
    assert_eq!(error.advice(), Advice::MarkUnreachable, "{error}");
    client.unblock(&[&openid]).await.unwrap();
    assert_eq!(client.blocked_after(None).await.unwrap().open_ids, Vec::<String>::new());
}

#[tokio::test]
async fn a_mass_send_whose_answer_is_lost_is_heard_once() {
    let (mock, client) = platform().await;
    let people = vec![mock.user("小陈").await, mock.user("小李").await];
    let sent =
        message(Audience::List(people.clone()), MassContent::Text("明天开始申请".into()), "announce-1");
    mock.fault(Fault::once(SEND, Kind::Drop, 0));
    let first = client.send_mass(&sent).await.unwrap();
    let again = client.send_mass(&sent).await.unwrap();
    assert!(first.had_it && again == first, "{first:?} {again:?}");
    for openid in &people {
        assert_eq!(heard(&mock, openid), ["明天开始申请"]);
    }
    assert_eq!(client.mass_status(first.msg_id).await.unwrap(), MassStatus::Sent);
    client.set_mass_speed(2).await.unwrap();
    let speed = client.mass_speed().await.unwrap();
    assert_eq!((speed.step, speed.per_minute), (2, 45));
}

#[tokio::test]
async fn articles_are_drafted_previewed_and_sent_to_a_tag() {
    let (mock, client) = platform().await;
    let (one, other) = (mock.user("小陈").await, mock.user("小李").await);
    let tag = client.create_tag("天河区").await.unwrap();
    client.tag_people(tag.id, &[&one]).await.unwrap();
    let thumb_media_id = client.upload_media(&picture()).await.unwrap();
    let article = Article {
        title: "毕业申请通知".into(),
        author: "省考办".into(),
        digest: "六月十二日开始".into(),
        content: "<p>正文</p>".into(),
        source_url: String::new(),
        thumb_media_id,
    };
    let draft = client.add_draft(std::slice::from_ref(&article)).await.unwrap();
    let content = MassContent::Articles(draft);
    client.preview_mass(&Viewer::OpenId(other.clone()), &content).await.unwrap();
    let sent = client.send_mass(&message(Audience::Tag(tag.id), content, "announce-2")).await.unwrap();
    assert!(sent.msg_data_id.is_some());
    assert_eq!((heard(&mock, &one).len(), heard(&mock, &other).len()), (1, 1));
    client.delete_mass(sent.msg_id, Some(1)).await.unwrap();
    let spare = client.add_draft(&[article]).await.unwrap();
    client.delete_draft(&spare).await.unwrap();
    let gone = MassContent::Articles(spare);
    assert_eq!(refused(client.send_mass(&message(Audience::Everybody, gone, "announce-3")).await), 40007);
    let pictures = MassContent::Images {
        media_ids: vec![client.upload_media(&picture()).await.unwrap()],
        recommend: "照片标准".into(),
        comments: false,
        only_followers_comment: false,
    };
    client.send_mass(&message(Audience::Everybody, pictures, "announce-4")).await.unwrap();
    assert!(heard(&mock, &other).len() > 1);
}

#[tokio::test]
async fn a_notice_goes_to_whoever_has_asked_for_it() {
    let subscribe_templates = vec![SubscribeTemplate {
        template_id: "S1".into(),
        title: "办理进度".into(),
        content: "事项：{{thing1.DATA}}".into(),
        long_term: false,
    }];
    let (mock, client) = platform_with(Options { subscribe_templates, ..strict() }).await;
    let openid = mock.user("小陈").await;
    let found = client.subscription_templates().await.unwrap();
    assert_eq!((found[0].template_id.as_str(), found[0].title.as_str()), ("S1", "办理进度"));
    let notice = SubscriptionMessage {
        open_id: openid.clone(),
        template_id: "S1".into(),
        page: Some("https://bot.example.test/".into()),
        values: vec![("thing1".into(), "毕业申请".into())],
    };
    let error = client.send_subscription(&notice).await.unwrap_err();
    assert_eq!((error.advice(), refused::<()>(Err(error))), (Advice::MarkUnreachable, 43101));
    mock.subscribe(&openid, Subscription::accept("S1")).await.unwrap();
    assert!(client.send_subscription(&notice).await.unwrap().is_some());
    assert_eq!(mock.chat(&openid, 0).pop().unwrap().channel, Some(Channel::Subscribe));
}
