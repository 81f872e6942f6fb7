//! What people asked to have deleted, carried out when its time has come.
//!
//! The pictures go in one commit and the request ends in the next one, with the push that tells: after a crash in between
//! the next look finds nothing left to delete, and ends it.

use jiff::tz::TimeZone;

use super::standings;
use crate::{
    inbound::{DeletionAct, Inbound, What},
    runner::{Errand, RunError, Runner},
    store::{Hold, OpenDeletion, Store, StoreError},
    time::Millis,
    turn::Audit,
    workflow::retention::{Going, Wish, wish},
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
    let (standings, holds) = (standings(store, zone).await?, store.holds(now).await?);
    let requests = open.into_iter().map(|asked| {
        let standing = standings.iter().find(|known| known.batch.id == asked.batch);
        let has_ended = standing.is_some_and(|known| known.standing.ends_at <= now);
        let is_held = holds.iter().any(|hold| holds_back(hold, &asked));
        Request { wish: wish(asked.stage, asked.kept, has_ended, is_held), asked }
    });
    Ok(requests.collect())
}

fn holds_back(hold: &Hold, asked: &OpenDeletion) -> bool {
    hold.batch == asked.batch && hold.case.as_ref().is_none_or(|(id, _)| *id == asked.case_id)
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
