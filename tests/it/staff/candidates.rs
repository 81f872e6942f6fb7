//! Candidates at a stage of their application, whose chats are open: what an office does reaches them.

use std::sync::Arc;

use graduation_bot::{
    inbound::Part,
    store::{Commit, Committed, Sent},
    turn::{Binding, CaseChange, Inquiry, Job, RegistryAnswer, Turn},
    workflow::{
        candidate::Candidate,
        case::{Case, Place, Round, Stage},
    },
};
use mock_platform::{Item, Say};

use crate::{
    store::{candidate, notice, turn},
    support::app::TestApp,
};

const BATCH: &str = "2026-06";

/// Somebody who is bound and has an application.
pub(super) struct Known {
    pub(super) open_id: String,
    pub(super) number: String,
    pub(super) candidate: Arc<Candidate>,
}

/// The `nth` of the samples, with an application at this stage and place; they have just said something.
pub(super) async fn known(app: &TestApp, nth: usize, stage: Stage, district: &str) -> Known {
    let candidate = candidate(nth);
    let open_id = app.mock.user(&candidate.name).await;
    app.say(&open_id, Say::text("你好")).await;
    let number = format!("1234567{nth}");
    let now = app.app.clock.business();
    let round = Round {
        number: 1,
        part: Part::Documents,
        photos: [].into(),
        submitted_at: now,
        decisions: Vec::new(),
        withdrawn: false,
    };
    let id = format!("01JZZZZZZZZZZZZZZZZZZZZZZ{nth}");
    let case = Case {
        stage,
        place: Some(Place { city: "广州市".to_owned(), district: district.to_owned() }),
        phone: Some("+8613800138000".to_owned()),
        round: 1,
        rounds: vec![round],
        submitted_at: (stage >= Stage::Submitted).then_some(now),
        ..Case::open(id, number.clone(), BATCH, &open_id, &candidate)
    };
    let found = RegistryAnswer::Known { candidate: Arc::clone(&candidate), bound_to: None, case: None };
    let mut before = app.app.store.load(&open_id, BATCH).await.unwrap();
    before.found.candidate = Some(found);
    let mut bind = turn(&before);
    bind.session.exam_no = Some(candidate.exam_no.clone());
    bind.record = Some(Arc::clone(&candidate));
    bind.case = Some(CaseChange { expected: 0, case: Arc::new(case), entered_at: None });
    bind.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
    let stored = app.app.store.commit(Commit::new(bind, before, BATCH, now)).await.unwrap();
    assert_eq!(stored, Committed::Stored);
    Known { open_id, number, candidate }
}

impl Known {
    /// What the chat shows of what was pushed.
    pub(super) async fn told(&self, app: &TestApp) -> String {
        app.settle().await;
        app.mock.chat(&self.open_id, 0).iter().map(Item::text).collect()
    }

    /// Leaves a message for the offices.
    pub(super) async fn leave(&self, app: &TestApp, id: &str, text: &str) {
        self.commit(app, |turn| {
            turn.inquiry = Some(Inquiry { id: id.to_owned(), text: text.to_owned() });
        })
        .await;
    }

    /// The binding is over.
    pub(super) async fn unbind(&self, app: &TestApp) {
        self.commit(app, |turn| {
            turn.session.exam_no = None;
            turn.binding = Some(Binding::Unbind { exam_no: self.candidate.exam_no.clone() });
        })
        .await;
    }

    /// A push that was given up for this reason.
    pub(super) async fn lose_a_push(&self, app: &TestApp, id: &str, reason: &str) {
        self.commit(app, |turn| turn.outbox.push(notice(id, "请看审核意见"))).await;
        let given_up = Sent::GivenUp { reason: reason.to_owned() };
        self.settle_push(app, given_up).await;
    }

    /// A push of which nobody knows whether it arrived.
    pub(super) async fn doubt_a_push(&self, app: &TestApp, id: &str) {
        self.commit(app, |turn| turn.outbox.push(notice(id, "请看审核意见"))).await;
        // It is sent again once, and then no more.
        for _ in 0..2 {
            let again_at = app.app.clock.business();
            self.settle_push(app, Sent::InDoubt { again_at, reason: "unanswered".to_owned() }).await;
        }
    }

    async fn settle_push(&self, app: &TestApp, sent: Sent) {
        let (store, now) = (&app.app.store, app.app.clock.now());
        let row = store.lease_outbox(1, now, 60).await.unwrap().rows.remove(0);
        assert!(store.begin_calls(std::slice::from_ref(&row.lease), true, now.wire).await.unwrap());
        assert!(store.settle_outbox(&row.lease, sent, now.business).await.unwrap());
    }

    /// A job of the application that was given up; its id.
    pub(super) async fn lose_a_job(&self, app: &TestApp) -> String {
        let case_id = app.app.store.case_by_number(&self.number).await.unwrap().unwrap().id.clone();
        self.commit(app, |turn| turn.jobs.push(Job::VerifyPopulation { case_id })).await;
        let job = app.app.store.lease_jobs(1, app.app.clock.now(), 60).await.unwrap().rows.remove(0);
        assert!(app.app.store.give_up_job(&job.lease, "unreadable").await.unwrap());
        job.lease.id
    }

    async fn commit(&self, app: &TestApp, change: impl FnOnce(&mut Turn)) {
        let before = app.app.store.load(&self.open_id, BATCH).await.unwrap();
        let mut changed = turn(&before);
        change(&mut changed);
        let now = app.app.clock.business();
        let stored = app.app.store.commit(Commit::new(changed, before, BATCH, now)).await.unwrap();
        assert_eq!(stored, Committed::Stored);
    }
}
