//! Finding candidates by what names them exactly.

use std::sync::Arc;

use graduation_bot::{
    office::{
        LookError, Role,
        people::{MOST, Person, find},
    },
    store::{Import, PersonQuery, Store},
    turn::Binding,
    validation::DocumentType,
    workflow::{candidate::Candidate, case::Stage},
};

use super::{
    BATCH, candidate, commit,
    queue::{Sample, lay_out, person},
    turn,
};
use crate::support::db;

async fn lines(store: &Store, role: &str, query: PersonQuery<'_>) -> Vec<Person> {
    find(store, &Role::parse(role).unwrap(), query).await.unwrap().lines
}

/// How many lines each role gets.
async fn counts(store: &Store, query: PersonQuery<'_>) -> [usize; 3] {
    let mut counts = [0; 3];
    for (count, role) in counts.iter_mut().zip(["province", "city:广州市", "city:深圳市"]) {
        *count = lines(store, role, query).await.len();
    }
    counts
}

#[tokio::test]
async fn a_bound_candidate_is_found_by_number_document_and_name() {
    for db in db::each().await {
        let store = db.store().await;
        lay_out(&store, 0, Sample::default()).await;
        let someone = person(0);
        let (number, spaced) = (someone.document_no.as_str(), format!(" {} ", someone.name));
        for query in [
            PersonQuery::ExamNo(&someone.exam_no),
            PersonQuery::Document(number),
            PersonQuery::Document(&number.to_lowercase()),
            PersonQuery::Name(&someone.name),
            PersonQuery::Name(&spaced),
        ] {
            assert_eq!(counts(&store, query).await, [1, 1, 0]);
        }
        let found = lines(&store, "city:广州市", PersonQuery::Name(&someone.name)).await.remove(0);
        let case = found.case.unwrap();
        assert_eq!((case.number.as_str(), case.stage), ("1000c000", Stage::PortraitAtCity));
        assert_eq!(case.place.unwrap().district, "天河区");
        assert!(found.bound_at.is_some());
        for (shown, whole) in [
            (&found.name, &someone.name),
            (&found.exam_no, &someone.exam_no),
            (&found.document_no, &someone.document_no),
        ] {
            assert!(shown != whole && shown.contains('*'), "{shown}");
        }
        let first: String = someone.name.chars().take(1).collect();
        for query in [
            PersonQuery::Name(&first),
            PersonQuery::Name(""),
            PersonQuery::ExamNo(""),
            PersonQuery::Document(&number[..17]),
            PersonQuery::Document(""),
            PersonQuery::ExamNo("' or 1 = 1 --"),
        ] {
            assert_eq!(counts(&store, query).await, [0; 3], "a part finds nothing");
        }
        for role in [Role::Announcer, Role::District("天河区".to_owned())] {
            let refused = find(&store, &role, PersonQuery::Name(&someone.name)).await;
            assert!(matches!(refused, Err(LookError::Role)), "{role:?}");
        }
    }
}

#[tokio::test]
async fn a_corrected_record_is_found_by_what_it_says_now() {
    for db in db::each().await {
        let store = db.store().await;
        lay_out(&store, 0, Sample::default()).await;
        let old = person(0);
        let before = store.load("o000", BATCH).await.unwrap();
        let mut correct = commit(turn(&before), &before);
        let new = Candidate { name: "欧阳·改名".to_owned(), ..(*old).clone() };
        correct.turn.record = Some(Arc::new(new.clone()));
        store.commit(correct).await.unwrap();
        assert_eq!(counts(&store, PersonQuery::Name(&old.name)).await[0], 0);
        assert_eq!(counts(&store, PersonQuery::Name("欧阳•改名")).await[0], 1, "however the dot is written");

        // Nobody is bound any more: the import still has the record, else the number alone finds the application.
        let before = store.load("o000", BATCH).await.unwrap();
        let mut unbind = commit(turn(&before), &before);
        unbind.turn.binding = Some(Binding::Unbind { exam_no: old.exam_no.clone() });
        store.commit(unbind).await.unwrap();
        assert_eq!(counts(&store, PersonQuery::Name(&new.name)).await, [0; 3]);
        let left = lines(&store, "city:广州市", PersonQuery::ExamNo(&old.exam_no)).await;
        assert_eq!((left.len(), left[0].name.as_str(), left[0].bound_at), (1, "", None));
        db::import(&store, Import::Candidates(&store.seal_candidates(std::slice::from_ref(&new)))).await;
        let known = lines(&store, "city:广州市", PersonQuery::Name(&new.name)).await;
        assert_eq!((known.len(), known[0].name.as_str(), known[0].bound_at), (1, "欧***", None));
    }
}

#[tokio::test]
async fn who_has_not_applied_is_the_provinces_to_find() {
    for db in db::each().await {
        let store = db.store().await;
        let permit = Candidate {
            document_type: DocumentType::HkMacaoPermit,
            document_no: "H0012345601".to_owned(),
            ..(*candidate(0)).clone()
        };
        db::import(&store, Import::Candidates(&store.seal_candidates(std::slice::from_ref(&permit)))).await;
        for query in [
            PersonQuery::ExamNo(&permit.exam_no),
            // The last two count how often it was issued.
            PersonQuery::Document("h0012345602"),
            PersonQuery::Name(&permit.name),
        ] {
            assert_eq!(counts(&store, query).await, [1, 0, 0]);
            assert_eq!(lines(&store, "province", query).await[0].case, None);
        }
        // An import that corrects a name is found by the new one.
        let renamed = Candidate { name: "改名".to_owned(), ..permit.clone() };
        db::import(&store, Import::Candidates(&store.seal_candidates(std::slice::from_ref(&renamed)))).await;
        assert_eq!(counts(&store, PersonQuery::Name(&permit.name)).await[0], 0);
        assert_eq!(counts(&store, PersonQuery::Name("改名")).await[0], 1);
    }
}

#[tokio::test]
async fn of_many_with_one_name_some_are_shown() {
    for db in db::each().await {
        let store = db.store().await;
        let many: Vec<Candidate> = (0..=MOST).map(|number| (*person(number)).clone()).collect();
        db::import(&store, Import::Candidates(&store.seal_candidates(&many[..MOST]))).await;
        let query = PersonQuery::Name(&many[0].name);
        let found = find(&store, &Role::Province, query).await.unwrap();
        assert_eq!((found.lines.len(), found.more), (MOST, false));
        db::import(&store, Import::Candidates(&store.seal_candidates(&many))).await;
        let found = find(&store, &Role::Province, query).await.unwrap();
        assert_eq!((found.lines.len(), found.more), (MOST, true));
    }
}
