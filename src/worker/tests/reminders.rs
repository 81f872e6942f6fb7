//! Reminders: everybody once, whoever runs, however often, and wherever it ends.

use sqlx::Row as _;

use super::*;

/// When the window of the sample batch closes soon: two days before, and six hours after the people below came to where
/// they stand.
const CLOSING: &str = "2026-06-15T16:00";
const PEOPLE: usize = 1_200;

impl Rig {
    fn set_clock(&self, minute: &str) {
        let to = at_civil(parse_minute(minute).unwrap(), &shanghai());
        // Not a moment too early.
        self.clock.advance((to.since(self.clock.business()) + 999) / 1000);
    }

    /// So many people who hold a candidate and have a case at this stage.
    async fn settle(&self, people: usize, stage: Stage) {
        // So many as a group of the writer's; more would wait for the few connections that read.
        for start in (0..people).step_by(64) {
            let group = start..(start + 64).min(people);
            futures_util::future::join_all(group.map(|number| self.settle_one(number, stage))).await;
        }
    }

    async fn settle_one(&self, number: usize, stage: Stage) {
        let open_id = format!("oPerson{number:06}");
        let candidate = Candidate { exam_no: format!("0101{number:08}"), ..candidate() };
        let number = format!("{number:08}");
        let mut case = Case::open(format!("case-{number}"), number, "2026-06", &open_id, &candidate);
        case.stage = stage;
        let before = self.store.load_fresh(&open_id, "2026-06").await.unwrap();
        let mut turn = Turn::of_session(before.session.clone());
        turn.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
        turn.record = Some(Arc::new(candidate));
        turn.case = Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None });
        let commit = Commit::new(turn, before, "2026-06", self.clock.business());
        assert_eq!(self.store.commit(commit).await.unwrap(), Committed::Stored);
    }

    /// One more worker on the same database, through a handle of its own.
    async fn colleague(&self) -> Worker {
        let mut tools = self.worker.shared.tools.clone();
        tools.runner.store = self.db.store().await;
        Worker::new(tools)
    }

    /// How many reminders there are, and for how many people.
    async fn reminders(&self) -> (i64, i64) {
        let mut connection = self.db.connect().await;
        let counted = "select count(*), count(distinct open_id) from outbox \
                       where event in ('window_opens', 'window_closes', 'apply_waits', 'onsite_soon', 'reviews_late')";
        let row = sqlx::query(counted).fetch_one(&mut connection).await.unwrap();
        (row.get(0), row.get(1))
    }

    async fn remind(&self) -> usize {
        self.worker.remind().await.unwrap()
    }

    async fn wish(&self, number: usize, wanted: bool) {
        let open_id = format!("oPerson{number:06}");
        let before = self.store.load_fresh(&open_id, "2026-06").await.unwrap();
        let mut turn = Turn::of_session(before.session.clone());
        turn.reminders = Some(wanted);
        let commit = Commit::new(turn, before, "2026-06", self.clock.business());
        assert_eq!(self.store.commit(commit).await.unwrap(), Committed::Stored);
    }
}

#[tokio::test]
async fn two_workers_at_once_and_later_runs_remind_everybody_once() {
    let rig = Rig::new().await;
    rig.settle(PEOPLE, Stage::DocumentsWanted).await;
    rig.set_clock(CLOSING);
    let colleague = rig.colleague().await;
    let (ours, theirs) = tokio::join!(rig.worker.remind(), colleague.remind());
    assert_eq!(ours.unwrap() + theirs.unwrap(), PEOPLE);
    let everybody = (PEOPLE as i64, PEOPLE as i64);
    assert_eq!(rig.reminders().await, everybody);
    assert_eq!(rig.remind().await + colleague.remind().await.unwrap(), 0);
    rig.clock.advance(24 * 3600);
    assert_eq!((rig.remind().await, rig.reminders().await), (0, everybody), "the same occasion");
}

#[tokio::test]
async fn a_run_that_ends_in_the_middle_is_finished_by_the_next() {
    let rig = Rig::new().await;
    rig.settle(PEOPLE, Stage::DocumentsWanted).await;
    rig.set_clock(CLOSING);
    let worker = rig.colleague().await;
    let run = tokio::spawn(async move { worker.remind().await });
    while rig.reminders().await.0 == 0 && !run.is_finished() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    run.abort();
    let ended = run.await;
    rig.remind().await;
    // What the other had handed to its writer may still be on its way.
    while rig.remind().await > 0 {}
    assert_eq!(rig.reminders().await, (PEOPLE as i64, PEOPLE as i64), "{ended:?}");
}

#[tokio::test]
async fn who_wants_none_or_cannot_be_reached_gets_none_and_may_later() {
    let rig = Rig::new().await;
    rig.settle(4, Stage::DocumentsWanted).await;
    rig.set_clock(CLOSING);
    rig.wish(0, false).await;
    rig.befall("update sessions set followed = 0 where open_id = 'oPerson000001'").await;
    rig.befall("delete from bindings where open_id = 'oPerson000002'").await;
    let now = rig.clock.business();
    rig.store.note_refusal("oPerson000003", crate::store::Refusal::Blocked, now).await.unwrap();
    assert_eq!(rig.remind().await, 0);
    rig.befall("update sessions set followed = 1 where open_id = 'oPerson000001'").await;
    assert_eq!(rig.remind().await, 1, "who follows again");
    rig.wish(0, true).await;
    assert_eq!((rig.remind().await, rig.remind().await), (1, 0), "who wants to be reminded again");
}

#[tokio::test]
async fn whoever_is_in_the_middle_of_it_is_left_alone_and_nobody_is_woken() {
    let rig = Rig::new().await;
    rig.settle(2, Stage::DocumentsWanted).await;
    rig.set_clock("2026-06-15T15:59");
    assert_eq!(rig.remind().await, 0, "not yet");
    rig.befall("update sessions set talked_at = 1781508600000 where open_id = 'oPerson000000'").await;
    rig.set_clock("2026-06-15T16:00");
    assert_eq!(rig.remind().await, 1, "one wrote at half past three");
    rig.set_clock("2026-06-15T22:00");
    assert_eq!(rig.remind().await, 0, "at night");
    rig.set_clock("2026-06-16T08:00");
    assert_eq!(rig.remind().await, 1);
}

#[tokio::test]
async fn the_opening_is_told_to_who_was_bound_before_and_has_not_come_by() {
    let rig = Rig::new().await;
    rig.settle(5, Stage::Entered).await;
    rig.befall("update bindings set bound_at = 1781000000000").await;
    rig.befall("delete from cases where id in ('case-00000000', 'case-00000001')").await;
    rig.befall("update bindings set bound_at = 1781489400000 where open_id = 'oPerson000001'").await;
    rig.befall("update cases set stage = 'submitted' where id = 'case-00000003'").await;
    rig.befall("update cases set stage = 'graduated', batch = '2025-12' where id = 'case-00000004'").await;
    assert_eq!((rig.remind().await, rig.remind().await), (2, 0));
    let mut told: Vec<String> = rig.outbox().await.into_iter().map(|row| row.open_id).collect();
    told.sort();
    assert_eq!(told, ["oPerson000000", "oPerson000002"]);
}

#[tokio::test]
async fn an_approval_that_waits_is_told_of_once_before_the_end_and_once_at_it() {
    let rig = Rig::new().await;
    rig.settle(1, Stage::Approved).await;
    rig.befall("update cases set entered_at = 1781400000000").await;
    let events = async || rig.outbox().await.into_iter().map(|row| row.event).collect::<Vec<_>>();
    rig.remind().await;
    assert_eq!(events().await, ["apply_waits"], "since yesterday, 9:20");
    rig.set_clock("2026-06-16T10:00");
    rig.remind().await;
    assert_eq!(events().await, ["apply_waits", "window_closes"]);
    rig.settle_one(1, Stage::Approved).await;
    rig.set_clock("2026-06-17T12:00");
    rig.remind().await;
    let told = events().await;
    assert_eq!(told[2..], ["window_closes"], "one word for both");
    assert_eq!(rig.remind().await, 0);
}

#[tokio::test]
async fn an_office_hears_once_a_day_how_many_wait_too_long() {
    let rig = Rig::new().await;
    let mut world = world();
    world.batch.review_promise_working_days = Some(2);
    rig.worker.shared.tools.runner.world.store(Arc::new(world));
    rig.settle(3, Stage::PortraitAtCity).await;
    rig.befall("update cases set city = '广州市', district = '天河区'").await;
    rig.befall("update cases set city = '深圳市' where id = 'case-00000002'").await;
    rig.set_clock("2026-06-17T10:30");
    assert_eq!(rig.remind().await, 0, "nobody has linked an account");
    for (name, role, scope) in
        [("a", "city", "广州市"), ("b", "city", "广州市"), ("c", "city", "珠海市"), ("p", "province", "")]
    {
        let linked = format!(
            "insert into staff (name, password_hash, role, scope, active, created_at, open_id) \
             values ('{name}', '', '{role}', '{scope}', 1, 0, 'oStaff-{name}')"
        );
        rig.db.connect().await.execute(sqlx::AssertSqlSafe(linked)).await.unwrap();
    }
    assert_eq!((rig.remind().await, rig.remind().await), (2, 0), "both of one city, none of the others");
    let rows = rig.outbox().await;
    let told: Vec<(&str, &str)> = rows.iter().map(|row| (row.open_id.as_str(), row.event.as_str())).collect();
    assert_eq!(told, [("oStaff-a", "reviews_late"), ("oStaff-b", "reviews_late")]);
    rig.set_clock("2026-06-18T10:30");
    assert_eq!(rig.remind().await, 2, "the next day");
}
