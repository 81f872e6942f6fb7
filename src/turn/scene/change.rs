//! What a turn changes besides where the person is: the case, the binding, tickets, pushes, jobs, the audit.
//!
//! Everything is collected in the scene and becomes the [`Turn`](crate::turn::Turn); nothing happens here.

use std::{collections::BTreeSet, sync::Arc};

use super::{IDENTITY_CONSENT, PORTRAIT_CONSENT, Scene, Stop};
use crate::{
    dialog::Purpose,
    inbound::{Decision, PhotoSlot, ReviewAct, TakeBackAct},
    time::Millis,
    turn::{
        Audit, Binding, DecisionChange, FailedAttempt, Job, Notice, NoticeBody, Session, TicketChange,
        writing,
    },
    workflow::{
        candidate::Candidate,
        case::{Case, Revocable, Round, Stage},
        command as workflow, notice, reason, transition,
    },
};

/// A code can be claimed for ten minutes (AMB-10).
const CLAIM_SECONDS: i64 = 600;
/// Pushes of a decision are due so much later: until then whoever made it may take it back.
const GRACE_SECONDS: i64 = 10;
/// A claimed page works for an hour from its last use.
const USE_SECONDS: i64 = 3600;

/// What an office said, for the audit: `portrait P03 P05` of what it turned down, how it went on site.
fn said(command: &workflow::Command) -> Option<String> {
    match command {
        workflow::Command::Review(act, _) => match &act.decision {
            Decision::Reject { part, reasons, .. } => {
                let codes = reason::codes(&reason::sorted(reasons));
                Some([part.name(), &codes].join(" ").trim_end().to_owned())
            }
            Decision::Approve => None,
        },
        workflow::Command::RecordOnsite(act, day) => Some(format!("{} {}", act.outcome.name(), day.date)),
        _ => None,
    }
}

/// What an office's decision entails beside the case.
#[derive(Default)]
pub(super) struct Deciding {
    /// What becomes of it.
    pub(super) change: Option<DecisionChange>,
    /// What pushes tell of, while one is being made.
    revocable: Option<Revocable>,
    /// When a case that goes back came to where it stands.
    pub(super) entered_at: Option<Millis>,
}

impl Scene<'_> {
    /// Moves the case; everything a transition entails is planned here.
    pub(in crate::turn) fn apply(&mut self, command: workflow::Command, told_here: bool) -> Result<(), Stop> {
        let Some(case) = self.case.clone() else { return Err(Stop::Refused("no_case")) };
        let name = command.name();
        let about = said(&command);
        let (takes_portrait, goes_on) = (command.takes_portrait(), command.goes_on());
        let moved = transition::apply(&case, command, self.world.moment(self.now))?;
        if goes_on && !self.has_agreed(Purpose::Identity) {
            return Err(Stop::Refused(IDENTITY_CONSENT));
        }
        if takes_portrait && !self.has_agreed(Purpose::Portrait) {
            return Err(Stop::Refused(PORTRAIT_CONSENT));
        }
        let mut detail = format!("{} → {}", case.stage.name(), moved.case.stage.name());
        detail.extend(about.map(|about| format!(" ({about})")));
        self.audit(name, &case.id, &detail);
        self.case = Some(Arc::new(moved.case));
        for event in &moved.events {
            self.entail(event, &case);
            if !told_here && let Some(planned) = notice::plan(event) {
                self.notify(planned);
            }
        }
        Ok(())
    }

    fn entail(&mut self, event: &workflow::Event, before: &Case) {
        let case_id = before.id.clone();
        match event {
            workflow::Event::VerificationWanted => self.jobs.push(Job::VerifyPopulation { case_id }),
            workflow::Event::CodeWanted => self.issue_ticket(case_id),
            workflow::Event::CodeEnded => self.end_codes(case_id),
            workflow::Event::PhotosDropped => self.drop_photos(before),
            _ => {}
        }
    }

    /// A new camera ticket: the link goes into the reply, the code as a picture after it.
    fn issue_ticket(&mut self, case_id: String) {
        let secret = self.fresh.secret();
        let claim_until = self.now.plus_seconds(CLAIM_SECONDS);
        let content = self.world.camera_link(&secret);
        self.ticket_change = Some(TicketChange::Issue { secret: secret.clone(), case_id, claim_until });
        self.ticket = Some(secret);
        self.session.code_until = Some(claim_until);
        let id = self.next_id();
        self.outbox.push(Notice {
            id,
            event: "camera_code".to_owned(),
            body: NoticeBody::QrCode { content },
            important: false,
            revocable: None,
        });
    }

    /// The candidate's own portrait, as it is stored, after the reply (procedure A12); whether there is one to show.
    pub(in crate::turn) fn show_portrait(&mut self) -> bool {
        let case = self.case.as_ref().filter(|case| case.stage == Stage::Captured);
        let Some(name) = case.and_then(|case| case.portrait.as_ref()).map(|photo| photo.name.clone()) else {
            return false;
        };
        let (id, event) = (self.next_id(), "portrait".to_owned());
        let body = NoticeBody::Photo { name };
        self.outbox.push(Notice { id, event, body, important: false, revocable: None });
        true
    }

    /// A decision of an office, whose pushes wait until it can no longer be taken back.
    pub(in crate::turn) fn decide(&mut self, act: ReviewAct) -> Result<(), Stop> {
        let Some(case) = &self.case else { return Err(Stop::Refused("no_case")) };
        let (case, session) = (case.version + 1, self.session.version + 1);
        let revocable =
            Revocable { id: self.next_id(), case, session, until: self.now.plus_seconds(GRACE_SECONDS) };
        self.deciding.revocable = Some(revocable.clone());
        self.apply(workflow::Command::Review(act, revocable), false)?;
        self.deciding.change = Some(DecisionChange::Made);
        Ok(())
    }

    /// A decision is taken back: the case is what it was, and waits since when it did.
    pub(in crate::turn) fn take_back(&mut self, act: TakeBackAct) -> Result<(), Stop> {
        let last = self.case.as_ref().and_then(|case| case.rounds.last()?.decisions.last());
        let id = last.map(|decided| decided.revocable.id.clone()).unwrap_or_default();
        self.apply(workflow::Command::TakeBack(act, self.session.version), false)?;
        let round = self.case.as_ref().and_then(|case| case.rounds.last());
        self.deciding.entered_at = round.map(Round::at_office_since);
        self.deciding.change = Some(DecisionChange::TakenBack { id });
        Ok(())
    }

    /// Renders a notice and plans its row.
    pub(in crate::turn) fn notify(&mut self, planned: notice::Planned) {
        let id = self.next_id();
        let notice = self.worded(planned, id);
        self.outbox.extend(notice);
    }

    /// A notice as this person gets it.
    pub(in crate::turn) fn worded(&self, planned: notice::Planned, id: String) -> Option<Notice> {
        let words = self.world.scripts.notice(planned.name)?;
        let view = self.view();
        let text = self.world.scripts.render(words.text, &view).trim().to_owned();
        // What the text does not ask for now, because the window has closed meanwhile, is not offered either.
        let menu = words.menu.iter().filter(|item| text.contains(&format!("「{item}」"))).cloned().collect();
        let template = words
            .template
            .iter()
            .map(|(key, text)| (key.clone(), self.world.scripts.render(*text, &view)))
            .collect();
        let text = writing::written(self, text);
        Some(Notice {
            id,
            event: planned.name.to_owned(),
            body: NoticeBody::Text { text, menu, template },
            important: planned.important,
            revocable: self.deciding.revocable.clone(),
        })
    }

    pub(in crate::turn) fn audit(&mut self, act: &str, subject: &str, detail: &str) {
        self.audit.push(Audit {
            actor: "person".to_owned(),
            act: act.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_owned(),
        });
    }

    /// Whoever acted in this turn, for its audit rows.
    pub(in crate::turn) fn acted_by(&mut self, actor: &str) {
        for row in &mut self.audit {
            actor.clone_into(&mut row.actor);
        }
    }

    pub(in crate::turn) fn job(&mut self, job: Job) {
        self.jobs.push(job);
    }

    pub(in crate::turn) fn bind(&mut self, candidate: Arc<Candidate>, case: Option<Arc<Case>>) {
        self.session.exam_no = Some(candidate.exam_no.clone());
        self.binding = Some(Binding::Bind { exam_no: candidate.exam_no.clone() });
        self.record = Some(candidate.clone());
        self.candidate = Some(candidate);
        self.case = case;
    }

    /// What was given for an exam number is not what its record says, if it has one.
    pub(in crate::turn) fn fail_binding(&mut self, exam_no: String) {
        self.session.failed_bindings.add(self.now);
        self.failed_attempt = Some(FailedAttempt { exam_no, day: self.now.date(&self.world.zone) });
    }

    /// Nobody holds the candidate any more. The session begins anew: what it was in the middle of is the candidate's;
    /// how to reach the person, what they signed and how often they failed, is not. Nothing agreed to holds any more.
    pub(in crate::turn) fn unbind(&mut self, exam_no: String) {
        self.end_ticket();
        let was = &self.session;
        self.session = Session {
            version: was.version,
            followed: was.followed,
            talked_at: was.talked_at,
            acted_at: was.acted_at,
            signed: was.signed.clone(),
            failed_bindings: was.failed_bindings.clone(),
            failed_links: was.failed_links.clone(),
            ..Session::new(&was.open_id)
        };
        self.binding = Some(Binding::Unbind { exam_no });
        self.candidate = None;
        self.case = None;
    }

    /// A newer record of the bound candidate.
    pub(in crate::turn) fn renew(&mut self, candidate: Arc<Candidate>) {
        let same =
            |old: &Arc<Candidate>| old.name == candidate.name && old.document_no == candidate.document_no;
        // AMB-9: what the population source said holds for this name and number only.
        if !self.candidate.as_ref().is_some_and(same)
            && let Some(case) = &mut self.case
        {
            let track = candidate.track();
            *case = Arc::new(Case { population: None, track, ..Case::clone(case) });
        }
        self.record = Some(candidate.clone());
        self.candidate = Some(candidate);
    }

    pub(in crate::turn) fn claim_ticket(&mut self, secret: String, device: String) {
        let use_until = self.now.plus_seconds(USE_SECONDS);
        self.ticket_change = Some(TicketChange::Claim { secret, device, use_until });
    }

    /// The link is no longer needed.
    pub(in crate::turn) fn end_ticket(&mut self) {
        if let Some(case) = &self.case {
            self.end_codes(case.id.clone());
        }
    }

    fn end_codes(&mut self, case_id: String) {
        self.ticket_change = Some(TicketChange::End { case_id });
        self.session.code_until = None;
    }

    /// The worker deletes what the case no longer names; verdicts still awaited are on older pictures.
    fn drop_photos(&mut self, before: &Case) {
        for slot in transition::DOCUMENT_SLOTS.into_iter().chain([PhotoSlot::Portrait]) {
            self.session.supersede(slot);
        }
        let names: BTreeSet<&String> = before.photos().map(|photo| &photo.name).collect();
        if !names.is_empty() {
            let names = names.into_iter().cloned().collect();
            self.jobs.push(Job::ClearPhotos { case_id: before.id.clone(), names });
        }
    }

    /// The worker asks the registry again.
    pub(in crate::turn) fn retry_prediction(&mut self) {
        if let Some(case) = &self.case {
            self.jobs.push(Job::Predict { case_id: case.id.clone() });
        }
    }

    pub(in crate::turn) fn next_id(&mut self) -> String {
        self.ids += 1;
        self.fresh.id(self.ids)
    }
}
