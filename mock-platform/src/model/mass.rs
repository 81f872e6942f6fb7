//! Mass messages: what was sent to whom, under which `clientmsgid`, and what of the quotas is left (protocol §9).
//!
//! A job is carried out when it is accepted: recipients are filtered and shown their item at once. What the platform
//! needs time for is its result, which stands in the job from the beginning and is told later.

use std::collections::HashMap;

use super::State;
use super::drafts::Piece;
use super::item::{Body, Channel, From};

/// Calls of a day that send, and those of them that go to everybody (protocol §9).
const CALLS_A_DAY: u32 = 100;
const TO_ALL_A_DAY: u32 = 1;
/// The status of a job that went well.
pub(crate) const SUCCESS: &str = "send success";
/// The status of a job refused as a reprint because `send_ignore_reprint` was 0.
pub(crate) const REPRINT: &str = "err(30003)";
/// Is this a status that a job can end with?
pub(crate) fn is_status(status: &str) -> bool {
    let code = status.strip_prefix("err(").and_then(|rest| rest.strip_suffix(')'));
    let code = code.is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()));
    code || [SUCCESS, "send fail"].contains(&status)
}

/// Numbers of jobs begin here.
const FIRST: u64 = 1_000_000_001;

/// What came of a job, as `MASSSENDJOBFINISH` says it: after the filter about as many remain as are then sent to or
/// fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Asked for.
    pub(crate) total: usize,
    /// Left by the filter: not those who refuse, are blacklisted or have had this month's four.
    pub(crate) filtered: usize,
    /// Reached.
    pub(crate) sent: usize,
    /// Left by the filter, but not following.
    pub(crate) failed: usize,
}

/// One mass message.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) status: String,
    pub(crate) counts: Counts,
    pub(crate) finished: bool,
    pub(crate) deleted: bool,
    /// Its articles, but for deleted ones.
    pub(crate) pieces: Vec<Piece>,
    /// Media id of its film, which is the job's own.
    pub(crate) film: Option<String>,
    /// `msg_data_id`, for news.
    pub(crate) data_id: Option<u64>,
}

impl Job {
    /// News and films can be deleted, other kinds cannot (K).
    pub(crate) fn is_deletable(&self) -> bool {
        self.data_id.is_some() || self.film.is_some()
    }

    /// What `mass/get` says.
    pub(crate) fn msg_status(&self) -> &'static str {
        match self {
            Self { deleted: true, .. } => "DELETE",
            Self { finished: false, .. } => "SENDING",
            Self { status, .. } if status == SUCCESS => "SEND_SUCCESS",
            _ => "SEND_FAIL",
        }
    }
}

/// All of one account.
#[derive(Debug, Default)]
pub(crate) struct Mass {
    pub(crate) jobs: HashMap<u64, Job>,
    by_client: HashMap<String, u64>,
    calls: (i64, u32),
    to_all: (i64, u32),
    /// What the next jobs come to; empty means success.
    pub(crate) result: String,
    /// Level of speed, 0 the fastest.
    pub(crate) speed: u8,
}

impl Mass {
    /// The job that was accepted under this id; ids are remembered for good.
    pub(crate) fn known(&self, client: &str) -> Option<u64> {
        self.by_client.get(client).copied()
    }

    /// Calls of a day that send: how many may be made, and how many were.
    pub(crate) fn calls(&self, day: i64) -> (u32, u32) {
        (CALLS_A_DAY, if self.calls.0 == day { self.calls.1 } else { 0 })
    }

    /// Counts a call; false when the day's are used up.
    pub(crate) fn count(&mut self, to_all: bool, day: i64) -> bool {
        for used in [&mut self.calls, &mut self.to_all] {
            if used.0 != day {
                *used = (day, 0);
            }
        }
        if self.calls.1 >= CALLS_A_DAY || (to_all && self.to_all.1 >= TO_ALL_A_DAY) {
            return false;
        }
        self.calls.1 += 1;
        self.to_all.1 += u32::from(to_all);
        true
    }

    /// What a job accepted now will come to; who ignores reprints is not refused as one.
    fn outcome(&self, ignores_reprint: bool) -> String {
        match self.result.as_str() {
            "" => SUCCESS.to_owned(),
            REPRINT if ignores_reprint => SUCCESS.to_owned(),
            other => other.to_owned(),
        }
    }
}

/// A message to be sent to many.
#[derive(Debug)]
pub(crate) struct Message {
    /// What each of them sees.
    pub(crate) bodies: Vec<Body>,
    /// Its articles.
    pub(crate) pieces: Vec<Piece>,
    /// Media id of its film, which nothing else names.
    pub(crate) film: Option<String>,
    /// Is it sent also when it is judged a reprint?
    pub(crate) ignores_reprint: bool,
    /// Its `clientmsgid`.
    pub(crate) client: Option<String>,
}

/// Carries a job out; its number.
pub(crate) fn send(state: &mut State, openids: &[String], message: Message, now: i64) -> u64 {
    let status = state.mass.outcome(message.ignores_reprint);
    let counts = deliver(state, openids, &message.bodies, status == SUCCESS, now);
    // Numbers go on over a reset, so that no event of before can be taken for one of after.
    let id = FIRST + state.next();
    if let Some(client) = message.client {
        state.mass.by_client.insert(client, id);
    }
    let data_id = (!message.pieces.is_empty()).then_some(id + FIRST);
    let Message { pieces, film, .. } = message;
    let job = Job { status, counts, finished: false, deleted: false, pieces, film, data_id };
    state.mass.jobs.insert(id, job);
    id
}

fn deliver(state: &mut State, openids: &[String], bodies: &[Body], passes: bool, now: i64) -> Counts {
    let mut counts = Counts { total: openids.len(), ..Counts::default() };
    for openid in openids {
        let person = state.people.get_mut(openid);
        let kept_off = person.as_ref().is_some_and(|person| {
            person.settings.refuses_messages || person.standing.blacklisted || person.standing.is_full(now)
        });
        if kept_off || !passes {
            continue;
        }
        counts.filtered += 1;
        let Some(person) = person.filter(|person| person.follows) else {
            counts.failed += 1;
            continue;
        };
        person.standing.receive(now);
        counts.sent += 1;
        for body in bodies {
            state.show(openid, now, From::Bot, Some(Channel::Mass), body.clone());
        }
    }
    counts
}

/// Deletes a job, or one article of it (counted from 1). Cards stay on people's screens, as on the platform; what
/// they lead to is gone.
pub(crate) fn delete(state: &mut State, id: u64, article: Option<usize>) {
    let Some(job) = state.mass.jobs.get_mut(&id) else { return };
    match article.and_then(|article| article.checked_sub(1)).filter(|place| *place < job.pieces.len()) {
        Some(place) => drop(job.pieces.remove(place)),
        None => job.pieces.clear(),
    }
    job.deleted = job.pieces.is_empty();
    if let Some(film) = job.film.take() {
        state.media.forget(&film);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_calls_a_day_and_one_to_all() {
        let mut mass = Mass::default();
        assert!(mass.count(true, 1));
        assert!(!mass.count(true, 1));
        for _ in 1..100 {
            assert!(mass.count(false, 1));
        }
        assert!(!mass.count(false, 1));
        assert!(mass.count(true, 2), "a new day");
    }

    #[test]
    fn a_job_ends_with_a_documented_status() {
        for (status, expected) in [
            ("send success", true),
            ("send fail", true),
            ("err(10001)", true),
            ("err()", false),
            ("err(x)", false),
            ("success", false),
        ] {
            assert_eq!(is_status(status), expected, "{status}");
        }
    }

    #[test]
    fn only_what_is_judged_a_reprint_can_be_waved_through() {
        for (result, ignores, expected) in [
            ("", false, SUCCESS),
            ("err(10001)", true, "err(10001)"),
            ("err(30003)", false, "err(30003)"),
            ("err(30003)", true, SUCCESS),
        ] {
            let mass = Mass { result: result.to_owned(), ..Mass::default() };
            assert_eq!(mass.outcome(ignores), expected, "{result} {ignores}");
        }
    }
}
