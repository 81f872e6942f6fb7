//! What people asked to have deleted, carried out when its time has come.
//!
//! The pictures go in one commit and the request ends in the next one, with the push that tells: after a crash in between
//! the next look finds nothing left to delete, and ends it.

use jiff::tz::TimeZone;

use super::{BatchStanding, standings};
use crate::{
    inbound::{DeletionAct, Inbound, What},
    runner::{Errand, RunError, Runner},
    store::{Hold, OpenDeletion, Store, StoreError},
    time::Millis,
    turn::Audit,
    workflow::{
        case::Case,
        retention::{Going, Pictures, Stand, Wish, wish},
    },
};

/// A request that is open, and what becomes of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// As it was made.
    pub asked: OpenDeletion,
    /// Whether it can be carried out, or why not yet.
    pub wish: Wish,
}

/// Requests that are open, the oldest first.
pub async fn requests(store: &Store, zone: &TimeZone, now: Millis) -> Result<Vec<Request>, StoreError> {
    let open = store.open_deletions().await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let scales = Scales::read(store, zone, now).await?;
    let requests = open.into_iter().map(|asked| {
        let wish = scales.weigh((&asked.batch, &asked.case_id), asked.stand, asked.kept);
        Request { asked, wish }
    });
    Ok(requests.collect())
}

/// What becomes of the wish to delete an application's pictures now, whoever asks for it.
pub async fn weigh(store: &Store, case: &Case, zone: &TimeZone, now: Millis) -> Result<Wish, StoreError> {
    let scales = Scales::read(store, zone, now).await?;
    Ok(scales.weigh((&case.batch, &case.id), Stand::of(case), case.pictures()))
}

/// What a wish is weighed against.
struct Scales {
    standings: Vec<BatchStanding>,
    holds: Vec<Hold>,
    now: Millis,
}

impl Scales {
    async fn read(store: &Store, zone: &TimeZone, now: Millis) -> Result<Self, StoreError> {
        Ok(Self { standings: standings(store, zone).await?, holds: store.holds(now).await?, now })
    }

    fn weigh(&self, (batch, case_id): (&str, &str), stand: Stand, kept: Pictures) -> Wish {
        let standing = self.standings.iter().find(|known| known.batch.id == batch);
        let has_ended = standing.is_some_and(|known| known.standing.ends_at <= self.now);
        let of_it = |hold: &Hold| hold.case.as_ref().is_none_or(|(id, _)| id == case_id);
        let is_held = self.holds.iter().any(|hold| hold.batch == batch && of_it(hold));
        wish(stand, kept, has_ended, is_held)
    }
}

/// Deletes what people have asked for and nothing keeps any more; whoever has nothing left is told.
pub async fn carry_out(runner: &Runner, zone: &TimeZone, now: Millis) -> Result<(), RunError> {
    for Request { asked, wish } in requests(&runner.store, zone, now).await? {
        let is_done = match wish {
            Wish::Waits(_) => false,
            Wish::Empty => true,
            Wish::Granted(going) => take(&runner.store, &asked, going, now).await?,
        };
        if !is_done {
            continue;
        }
        match end(runner, &asked, "system", None).await {
            // Its candidate or an office was quicker.
            Ok(()) | Err(RunError::Contended) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Whether nothing is left. Not so when somebody was moving the case, or its portrait waits to be handed over.
async fn take(store: &Store, asked: &OpenDeletion, going: Going, now: Millis) -> Result<bool, StoreError> {
    let Some(case) = store.case_by_id(&asked.case_id).await? else { return Ok(false) };
    let line = Audit {
        actor: "system".to_owned(),
        act: "delete_on_request".to_owned(),
        subject: case.id.clone(),
        detail: asked.id.clone(),
    };
    let taken = store.take_pictures_of(&case, going, &line, now).await?;
    Ok(taken.is_some() && (going.portraits || asked.kept.portraits == 0))
}

/// Ends a request and tells whoever made it: that nothing is kept any more, or the office's `answer`.
pub async fn end(
    runner: &Runner,
    asked: &OpenDeletion,
    by: &str,
    answer: Option<String>,
) -> Result<(), RunError> {
    let act = DeletionAct {
        by: by.to_owned(),
        request: asked.id.clone(),
        case_id: asked.case_id.clone(),
        number: asked.number.clone(),
        answer,
    };
    let inbound = Inbound {
        open_id: asked.open_id.clone(),
        account: String::new(),
        key: String::new(),
        sent_at: runner.clock.wire().as_seconds(),
        case_id: None,
        what: What::Deletion(act),
    };
    runner.run(&inbound, Errand::default()).await.map(drop)
}
