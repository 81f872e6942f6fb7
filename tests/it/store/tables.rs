//! Staff, audit, imports, tokens.

use graduation_bot::{
    store::{Attempt, Import, SignIn, StaffRow, hash_password, is_password},
    time::Millis,
    turn::Audit,
    workflow::candidate::Candidate,
};

use super::{BATCH, NOW, candidate, commit, later, message, turn};
use crate::support::db::{self, import};

#[tokio::test]
async fn staff_sign_in_with_their_password_only() {
    let hash = hash_password("correct horse".into()).await.unwrap();
    assert!(hash.starts_with("$argon2id$"));
    assert!(is_password(hash.clone(), "correct horse".into()).await.unwrap());
    assert!(!is_password(hash.clone(), "wrong horse".into()).await.unwrap());
    assert!(is_password("no hash".into(), "x".into()).await.is_err());
    for db in db::each().await {
        let store = db.store().await;
        let mut staff = StaffRow::new("王老师", hash.clone(), "city", "广州市");
        assert!(store.add_staff(&staff, "operator", NOW).await.unwrap());
        assert!(!store.add_staff(&staff, "operator", NOW).await.unwrap(), "the name is taken");
        assert_eq!(store.staff("王老师").await.unwrap().as_ref(), Some(&staff));
        let lines = store.list_audit(None, 9).await.unwrap();
        let told = lines.iter().map(|line| (line.audit.subject.as_str(), line.audit.detail.as_str()));
        assert_eq!(told.collect::<Vec<_>>(), [("王老师", "city:广州市")], "one account, one line");
        assert_eq!(store.sign_in("王老师", "correct horse").await.unwrap().as_ref(), Some(&staff));
        assert_eq!(store.sign_in("王老师", "wrong").await.unwrap(), None);
        assert_eq!(store.sign_in("nobody", "correct horse").await.unwrap(), None);
        let audit = Audit {
            actor: "staff:管理员".into(),
            act: "stop_staff".into(),
            subject: "王老师".into(),
            detail: String::new(),
        };
        (staff.active, staff.totp) = (false, Some(vec![7; 20]));
        assert!(store.change_staff(&staff, &audit, NOW).await.unwrap());
        assert!(!store.change_staff(&staff, &audit, NOW).await.unwrap(), "it was changed since it was read");
        staff.stamp += 1;
        assert_eq!(store.sign_in("王老师", "correct horse").await.unwrap(), None);
        assert_eq!(store.list_staff().await.unwrap(), vec![staff.clone()]);
        staff.name = "nobody".to_owned();
        assert!(!store.change_staff(&staff, &audit, NOW).await.unwrap());
        assert_eq!(
            store.list_audit(None, 9).await.unwrap().len(),
            2,
            "a line for what was done, none for what was not"
        );
    }
}

#[tokio::test]
async fn the_audit_keeps_its_order() {
    for db in db::each().await {
        let store = db.store().await;
        for (number, subject) in ["c1", "c2", "c1"].into_iter().enumerate() {
            let line = Audit {
                actor: "staff:王老师".to_owned(),
                act: format!("act {number}"),
                subject: subject.to_owned(),
                detail: "round 1".to_owned(),
            };
            store.append_audit(&line, NOW).await.unwrap();
        }
        let acts = async |subject: Option<&str>, limit: u32| {
            let lines = store.list_audit(subject, limit).await.unwrap();
            lines.into_iter().map(|line| (line.at, line.audit.act)).collect::<Vec<_>>()
        };
        assert_eq!(acts(Some("c1"), 9).await, [(NOW, "act 2".to_owned()), (NOW, "act 0".to_owned())]);
        assert_eq!(acts(None, 1).await, [(NOW, "act 2".to_owned())]);
    }
}

#[tokio::test]
async fn imports_replace_and_are_whole() {
    for db in db::each().await {
        let store = db.store().await;
        let mut many: Vec<Candidate> = (0..150)
            .map(|number| Candidate { exam_no: format!("0101{number:08}"), ..(*candidate(0)).clone() })
            .collect();
        import(&store, Import::Candidates(&store.seal_candidates(&many))).await;
        many[3].name = "改名".to_owned();
        import(&store, Import::Candidates(&store.seal_candidates(&many))).await;
        assert_eq!(store.count_candidates().await.unwrap(), 150);
        assert_eq!(store.candidate("010100000003").await.unwrap().as_ref(), Some(&many[3]));
        assert_eq!(store.candidate("010199999999").await.unwrap(), None);
        // The last of a repeated row counts, wherever in the list it stands.
        let twice = [many[3].clone(), many[4].clone(), many[3].clone()];
        import(&store, Import::Candidates(&store.seal_candidates(&twice))).await;
        import(&store, Import::Candidates(&store.seal_candidates(&[]))).await;

        let pair = |id: &str, body: &str| (id.to_owned(), body.to_owned());
        let answers = store.seal_answers(&[pair("44010619920229039X", "{\"result\":\"match\"}")]);
        import(&store, Import::Population(&answers)).await;
        let answer = store.population_answer("44010619920229039X").await.unwrap();
        assert_eq!(answer.as_deref(), Some("{\"result\":\"match\"}"));
        assert_eq!(store.population_answer("1").await.unwrap(), None);

        let before = store.world_version().await.unwrap();
        import(&store, Import::Plans(&[pair("p1", "{}"), pair("p2", "{}")])).await;
        import(&store, Import::Plans(&[pair("p2", "{\"code\":1}")])).await;
        import(&store, Import::Batches(&[pair(BATCH, "{}")])).await;
        import(&store, Import::Schedule { batch: BATCH, csv: "city,district\n", gone: &[] }).await;
        let world = store.world_rows().await.unwrap();
        assert_eq!(world.version, before + 4);
        assert_eq!(world.plans, [pair("p1", "{}"), pair("p2", "{\"code\":1}")]);
        assert_eq!(world.batches, [pair(BATCH, "{}")]);
        assert_eq!(world.schedules, [pair(BATCH, "city,district\n")]);
    }
}

#[tokio::test]
async fn of_two_refreshed_tokens_one_wins() {
    for db in db::each().await {
        let store = db.store().await;
        assert_eq!(store.load_token("access").await.unwrap(), None);
        assert!(store.swap_token("access", 0, "token-1", later(7200)).await.unwrap());
        assert!(!store.swap_token("access", 0, "token-x", later(7200)).await.unwrap());
        let token = store.load_token("access").await.unwrap().unwrap();
        assert_eq!((token.value.as_str(), token.expires_at), ("token-1", later(7200)));
        assert!(store.swap_token("access", token.version, "token-2", later(9000)).await.unwrap());
        assert!(!store.swap_token("access", token.version, "token-3", later(9000)).await.unwrap());
        assert_eq!(store.load_token("access").await.unwrap().unwrap().value, "token-2");
    }
}

#[tokio::test]
async fn one_process_fetches_the_next_token() {
    for db in db::each().await {
        let store = db.store().await;
        let claim = async |expected, now, until| {
            store.claim_token("access", expected, later(now), later(until)).await.unwrap()
        };
        assert!(claim(0, 0, 10).await);
        assert!(!claim(0, 9, 20).await, "somebody has it");
        assert_eq!(store.load_token("access").await.unwrap(), None, "a claim is no token");
        assert!(claim(0, 10, 20).await, "its holder has died");
        assert!(store.swap_token("access", 0, "token-1", later(7200)).await.unwrap());
        assert!(!claim(0, 11, 20).await, "there is a newer one");
        assert!(claim(1, 11, 20).await, "the swap has ended the claim");
        store.release_token("access", later(19)).await.unwrap();
        assert!(!claim(1, 12, 20).await, "the claim of another");
        store.release_token("access", later(20)).await.unwrap();
        assert!(claim(1, 12, 20).await);
    }
}

#[tokio::test]
async fn old_messages_are_forgotten() {
    for db in db::each().await {
        let store = db.store().await;
        for (key, at) in [("m1", NOW), ("m2", NOW), ("m3", later(60))] {
            let before = store.load("o1", BATCH).await.unwrap();
            let mut receive = commit(turn(&before), &before);
            receive.inbox = Some(message(key, Some("")));
            receive.now = at;
            store.commit(receive).await.unwrap();
        }
        assert_eq!(store.forget_inbox(later(1), 1).await.unwrap(), 1);
        assert_eq!(store.forget_inbox(later(1), 10).await.unwrap(), 1);
        assert_eq!(store.forget_inbox(later(1), 10).await.unwrap(), 0);
        let other = db.store().await;
        assert!(other.inbox("m1").await.unwrap().is_none() && other.inbox("m3").await.unwrap().is_some());
    }
}

#[tokio::test]
async fn passwords_tried_in_vain_are_counted_before_they_are_compared() {
    const SECOND: i64 = 1000;
    let at = |seconds: i64| Millis(1_000_000_000 + seconds * SECOND);
    for db in db::each().await {
        let store = db.store().await;
        for _ in 0..4 {
            assert_eq!(store.begin_sign_in("王老师", at(0)).await.unwrap(), Attempt::Counted);
        }
        // The fifth is free, too, and begins the pauses: 30 s, then twice as long each time, never over a quarter.
        let mut now = 0;
        for pause in [30, 60, 120, 240, 480, 900, 900] {
            assert_eq!(store.begin_sign_in("王老师", at(now)).await.unwrap(), Attempt::Counted);
            let next = now + pause;
            assert_eq!(
                store.begin_sign_in("王老师", at(next - 1)).await.unwrap(),
                Attempt::NotBefore(at(next))
            );
            now = next;
        }
        assert_eq!(
            store.begin_sign_in("李老师", at(now)).await.unwrap(),
            Attempt::Counted,
            "each name by itself"
        );
        store.forgive_sign_in("王老师").await.unwrap();
        for _ in 0..5 {
            assert_eq!(store.begin_sign_in("王老师", at(now)).await.unwrap(), Attempt::Counted);
        }
        let tomorrow = at(now + 13 * 3600);
        assert_eq!(
            store.begin_sign_in("王老师", tomorrow).await.unwrap(),
            Attempt::Counted,
            "nobody remembers"
        );
        assert_eq!(store.forget_sign_in_attempts(tomorrow, 9).await.unwrap(), 1, "the other name's");
        for made_up in 0..5 {
            store.begin_sign_in(&format!("name {made_up}"), at(now + 13 * 3600 + made_up)).await.unwrap();
        }
        assert_eq!(store.forget_sign_in_attempts(tomorrow, 3).await.unwrap(), 3, "the last three are known");
        assert_eq!(store.forget_sign_in_attempts(tomorrow, 3).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_sign_in_is_kept_until_its_time_is_over() {
    for db in db::each().await {
        let store = db.store().await;
        let sign_in = |body: &str, until| SignIn { body: body.to_owned(), until: Millis(until) };
        assert!(store.open_sign_in("secret", &sign_in("{}", 10)).await.unwrap());
        assert!(!store.open_sign_in("secret", &sign_in("{}", 99)).await.unwrap(), "the value is taken");
        assert!(store.save_sign_in("secret", &sign_in("{\"a\":1}", 20)).await.unwrap());
        let found = store.load_sign_in("secret", Millis(19)).await.unwrap();
        assert_eq!(found, Some(sign_in("{\"a\":1}", 20)));
        assert_eq!(store.load_sign_in("secret", Millis(20)).await.unwrap(), None);
        assert_eq!(store.load_sign_in("another", Millis(0)).await.unwrap(), None);
        store.open_sign_in("another", &sign_in("{}", 30)).await.unwrap();
        assert_eq!(store.forget_sign_ins(Millis(20)).await.unwrap(), 1);
        store.end_sign_in("another").await.unwrap();
        // A page that was asked for before is answered after the sign-out.
        assert!(!store.save_sign_in("another", &sign_in("{}", 30)).await.unwrap());
        assert_eq!(store.load_sign_in("another", Millis(0)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_code_opens_once() {
    for db in db::each().await {
        let store = db.store().await;
        let staff = StaffRow::new("王老师", String::new(), "province", "");
        store.add_staff(&staff, "operator", NOW).await.unwrap();
        let mut used = Vec::new();
        for step in [7, 7, 6, 8] {
            used.push(store.use_code("王老师", step).await.unwrap());
        }
        assert_eq!(used, [true, false, false, true]);
    }
}
