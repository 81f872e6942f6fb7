//! The offices' desk in a chat: agents of the platform's customer service, and messages left for the offices.

use graduation_bot::{
    inbound::{AnswerAct, Inbound, What},
    runner::Errand,
    store::InquiryFilter,
};
use mock_platform::AgentAct;

use super::play::Player;

impl Player {
    /// `客服: 接入`, `客服: 结束`, or what the agent writes.
    pub(super) async fn agent(&mut self, what: &str) {
        let act = match what {
            "接入" => AgentAct::Take {},
            "结束" => AgentAct::Close {},
            words => AgentAct::Say { content: words.to_owned() },
        };
        self.app.mock.agent(&self.open_id(), act).await.unwrap();
    }

    /// `留言: 看` shows what waits, `留言: 回复 文字` answers the oldest.
    pub(super) async fn inquiries(&mut self, what: &str) {
        let store = self.app.app.store.clone();
        let waiting = store.list_inquiries(&InquiryFilter::default()).await.unwrap();
        let Some(text) = what.strip_prefix("回复 ") else {
            for one in waiting {
                let (_, said) = store.inquiry(&one.id).await.unwrap().unwrap();
                let place = one.place.map_or_else(|| "未选地点".to_owned(), |place| place.district);
                self.write(&format!("    （{place}：{}）", said.text));
            }
            return;
        };
        let oldest = waiting.into_iter().next().unwrap();
        let act = AnswerAct { staff: "市考办".into(), inquiry: oldest.id, text: text.to_owned() };
        let inbound = Inbound {
            open_id: oldest.open_id,
            account: String::new(),
            key: String::new(),
            sent_at: self.app.app.clock.wire().as_seconds(),
            case_id: None,
            what: What::Answer(act),
        };
        self.app.app.runner.run(&inbound, Errand::default()).await.unwrap();
    }
}
