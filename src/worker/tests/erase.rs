//! Pictures of an application that was taken back.

use super::*;
use crate::{inbound::PhotoSource, inbound::StoredPhoto, turn::Job};

#[tokio::test]
async fn only_what_the_case_no_longer_names_is_deleted() {
    let rig = Rig::new().await;
    for name in ["dropped", "sent again"] {
        rig.shelf.put(name, b"").await.unwrap();
    }
    let photo =
        StoredPhoto { name: "sent again".into(), width: 80, height: 60, source: PhotoSource::MenuCamera };
    rig.apply_at(Stage::Captured, |turn| {
        let change = turn.case.take().unwrap();
        let case = Case { portrait: Some(photo), ..Case::clone(&change.case) };
        turn.case = Some(CaseChange { case: Arc::new(case), ..change });
        let names = ["dropped", "sent again", "never there"].map(str::to_owned).to_vec();
        turn.jobs = vec![
            Job::DeletePhotos { case_id: "case-1".to_owned(), names },
            Job::DeletePhotos { case_id: "no such case".to_owned(), names: vec!["dropped".to_owned()] },
        ];
    })
    .await;
    assert_eq!(rig.work().await, Idle { jobs: 2, outbox: 0 });
    assert_eq!(rig.shelf.names(), ["sent again"]);
    assert_eq!(rig.store.count_jobs().await.unwrap(), (0, 0));
}
