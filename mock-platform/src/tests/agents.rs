//! Human agents: a chat handed over waits, is taken, and is given back.

use crate::{
    AgentAct, Body, Callback, Options, Say,
    tests::bot::{Bot, Reply},
    xml::Writer,
};

fn last_event(deliveries: &[Callback]) -> &str {
    deliveries.last().map(|callback| callback.message.as_str()).unwrap_or_default()
}

#[tokio::test]
async fn a_chat_handed_over_is_taken_and_given_back() {
    let (mock, _bot) = Bot::with(Options::default(), |_, _| {
        Reply::Elements(Writer::default().text("MsgType", "transfer_customer_service"))
    })
    .await;
    let openid = mock.user("小陈").await;
    let say = async |words: &str| mock.say(&openid, Say::text(words)).await.unwrap();
    let said = say("人工").await;
    assert_eq!(said.reply.unwrap().body, Body::Transfer { kf_account: None });
    assert_eq!(say("有人吗").await.attempts, 1, "while it waits, the bot hears it");
    let unasked = AgentAct::Say { content: "在".into() };
    assert!(mock.agent(&openid, unasked.clone()).await.is_err(), "nobody has taken it");

    mock.agent(&openid, AgentAct::Take {}).await.unwrap();
    assert!(last_event(&mock.deliveries(0)).contains("kf_create_session"));
    mock.agent(&openid, unasked).await.unwrap();
    assert_eq!(mock.chat(&openid, 0).last().unwrap().text(), "在");
    let told = say("我改过姓名").await;
    assert_eq!((told.attempts, told.reply), (0, None), "it is for the agent alone");
    assert_eq!(mock.say(&openid, Say::click("MENU")).await.unwrap().attempts, 1, "a button is the bot's");

    mock.advance(29 * 60);
    assert_eq!(say("好的").await.attempts, 0);
    mock.advance(30 * 60);
    assert_eq!(say("还在吗").await.attempts, 1, "it lapsed without a word");

    mock.agent(&openid, AgentAct::Take {}).await.unwrap();
    mock.agent(&openid, AgentAct::Close {}).await.unwrap();
    assert!(last_event(&mock.deliveries(0)).contains("kf_close_session"));
    assert_eq!(say("谢谢").await.attempts, 1);
}
