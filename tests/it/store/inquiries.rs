//! Messages left for the offices: stored with their turn, answered or closed once.

use std::sync::Arc;

use graduation_bot::{
    store::{Committed, InquiryFilter, InquiryState},
    turn::{Answered, Inquiry},
    workflow::case::Place,
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
        let waiting = store.list_inquiries(&InquiryFilter::default()).await.unwrap();
        let ids: Vec<&str> = waiting.iter().map(|one| one.id.as_str()).collect();
        assert_eq!((ids, waiting[0].created_at), (vec!["01A", "01B"], NOW));
        assert_eq!(store.waiting_inquiries("o1").await.unwrap(), 2);
        assert_eq!(store.waiting_inquiries("o2").await.unwrap(), 0);
        let (summary, words) = store.inquiry("01A").await.unwrap().unwrap();
        assert_eq!((summary.open_id.as_str(), summary.state), ("o1", InquiryState::Open));
        assert_eq!((words.text.as_str(), words.exam_no), ("初审带什么", Some(candidate(1).exam_no.clone())));
        assert_eq!(store.inquiry("01C").await.unwrap(), None);

        let answer = async |id: &str| {
            let before = store.load("o1", BATCH).await.unwrap();
            let mut answer = commit(turn(&before), &before);
            answer.turn.answered =
                Some(Answered { id: id.into(), staff: "天河".into(), text: "请带户口簿".into() });
            store.commit(answer).await.unwrap()
        };
        assert_eq!(answer("01A").await, Committed::Stored);
        assert_eq!(answer("01A").await, Committed::Lost, "answered already");
        let (answered, words) = store.inquiry("01A").await.unwrap().unwrap();
        assert_eq!(
            (answered.ended_by.as_deref(), words.answer.as_deref()),
            (Some("天河"), Some("请带户口簿"))
        );
        assert_eq!(words.text, "初审带什么");
        assert!(!store.close_inquiry("01A", "天河", later(60)).await.unwrap());
        assert!(store.close_inquiry("01B", "天河", later(60)).await.unwrap());
        assert_eq!(answer("01B").await, Committed::Lost, "closed already");
        assert!(!store.close_inquiry("01B", "天河", later(60)).await.unwrap());
        assert_eq!(store.list_inquiries(&InquiryFilter::default()).await.unwrap(), []);
        assert_eq!(store.waiting_inquiries("o1").await.unwrap(), 0);
        let all =
            store.list_inquiries(&InquiryFilter { all: true, ..InquiryFilter::default() }).await.unwrap();
        let states: Vec<InquiryState> = all.iter().map(|one| one.state).collect();
        assert_eq!(states, [InquiryState::Answered, InquiryState::Closed]);
        assert_eq!((all[1].ended_by.as_deref(), all[1].ended_at), (Some("天河"), Some(later(60))));
        let lines = store.list_audit(Some("01B"), 5).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.audit.act.as_str()).collect::<Vec<_>>(), ["close_message"]);
    }
}

#[tokio::test]
async fn a_list_is_of_one_place_and_of_those_who_have_none() {
    for db in db::each().await {
        let store = db.store().await;
        bind(&store, "o1", &candidate(1), "c1").await;
        let places =
            [Some(("广州市", "越秀区")), Some(("深圳市", "福田区")), None, Some(("广州市", "天河区"))];
        for (id, place) in ["01A", "01B", "01C", "01D"].into_iter().zip(places) {
            let mut before = store.load_fresh("o1", BATCH).await.unwrap();
            Arc::make_mut(before.case.as_mut().unwrap()).place =
                place.map(|(city, district)| Place { city: city.into(), district: district.into() });
            let mut leave = commit(turn(&before), &before);
            leave.turn.inquiry = Some(Inquiry { id: id.into(), text: "几点上班".into() });
            assert_eq!(store.commit(leave).await.unwrap(), Committed::Stored);
        }
        let of = |city: Option<&str>, district: Option<&str>, limit| InquiryFilter {
            city: city.map(str::to_owned),
            district: district.map(str::to_owned),
            limit,
            all: false,
            ..InquiryFilter::default()
        };
        for (filter, listed, all) in [
            (of(None, None, 10), vec!["01A", "01B", "01C", "01D"], 4),
            (of(Some("广州市"), None, 10), vec!["01A", "01C", "01D"], 3),
            (of(Some("广州市"), None, 2), vec!["01A", "01C"], 3),
            (of(None, Some("天河区"), 1), vec!["01C"], 2),
            (of(None, Some("福田区"), 10), vec!["01B", "01C"], 2),
        ] {
            let found = store.list_inquiries(&filter).await.unwrap();
            assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), listed, "{filter:?}");
            assert_eq!(store.count_inquiries(&filter).await.unwrap(), all, "{filter:?}");
        }
    }
}
