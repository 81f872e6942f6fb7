//! Messages left for the offices: stored with their turn, answered or closed once.

use graduation_bot::{
    store::{Committed, InquiryState},
    turn::{Answered, Inquiry},
};

use super::{BATCH, NOW, bind, candidate, commit, later, turn};
use crate::support::db;

#[tokio::test]
async fn a_message_waits_until_one_office_has_ended_it() {
    for db in db::each().await {
        let store = db.store().await;
        bind(&store, "o1", &candidate(1), "c1").await;
        for (id, text) in [("01A", "初审带什么"), ("01B", "几点上班")] {
            let before = store.load("o1", BATCH).await.unwrap();
            let mut leave = commit(turn(&before), &before);
            leave.turn.inquiry = Some(Inquiry { id: id.into(), text: text.into() });
            assert_eq!(store.commit(leave).await.unwrap(), Committed::Stored);
        }
        let waiting = store.list_inquiries(false, 10).await.unwrap();
        let ids: Vec<&str> = waiting.iter().map(|one| one.id.as_str()).collect();
        assert_eq!((ids, waiting[0].created_at), (vec!["01A", "01B"], NOW));
        let (summary, words) = store.inquiry("01A").await.unwrap().unwrap();
        assert_eq!((summary.open_id.as_str(), summary.state), ("o1", InquiryState::Open));
        assert_eq!((words.text.as_str(), words.exam_no), ("初审带什么", Some(candidate(1).exam_no.clone())));
        assert_eq!(store.inquiry("01C").await.unwrap(), None);

        let answer = async |id: &str| {
            let before = store.load("o1", BATCH).await.unwrap();
            let mut answer = commit(turn(&before), &before);
            answer.turn.answered = Some(Answered { id: id.into(), staff: "天河".into() });
            store.commit(answer).await.unwrap()
        };
        assert_eq!(answer("01A").await, Committed::Stored);
        assert_eq!(answer("01A").await, Committed::Lost, "answered already");
        assert!(!store.close_inquiry("01A", "天河", later(60)).await.unwrap());
        assert!(store.close_inquiry("01B", "天河", later(60)).await.unwrap());
        assert_eq!(answer("01B").await, Committed::Lost, "closed already");
        assert!(!store.close_inquiry("01B", "天河", later(60)).await.unwrap());
        assert_eq!(store.list_inquiries(false, 10).await.unwrap(), []);
        let all = store.list_inquiries(true, 10).await.unwrap();
        let states: Vec<InquiryState> = all.iter().map(|one| one.state).collect();
        assert_eq!(states, [InquiryState::Answered, InquiryState::Closed]);
        assert_eq!((all[1].ended_by.as_deref(), all[1].ended_at), (Some("天河"), Some(later(60))));
        let lines = store.list_audit(Some("01B"), 5).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.audit.act.as_str()).collect::<Vec<_>>(), ["close_message"]);
    }
}
