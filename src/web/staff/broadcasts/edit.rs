//! The form of an announcement: new, or another version.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::{
    choices::{self, Choices},
    declined, parts, path,
    receive::{self, Brought},
    typed::{Typed, Wrong},
    words::{self, Tag},
};
use crate::{
    office::{
        batches::latest_first,
        broadcasts::{self, BroadcastError, picture, steps},
    },
    store::{Broadcast, Draft, StoreError},
    web::{
        Site, WebError,
        staff::{
            form::FileForm,
            frame::{self, Notice, Section, View},
            gate::SignedIn,
        },
    },
    wechat::reply::MAX_TEXT,
    workflow::broadcast::{FASTEST, REASON_MAX, State as Standing, Step, TITLE_MAX, message::Message},
};

/// What the platform takes of an article (protocol §12): characters.
const ARTICLE: Limits = Limits { title: 64, author: 8, digest: 120, content: 20_000 };

#[derive(Serialize)]
pub(in crate::web::staff) struct EditPage {
    /// `None` of a new one.
    pub(super) number: Option<i64>,
    pub(super) version: i64,
    pub(super) state: Option<Tag>,
    /// An approval that saving makes void.
    pub(super) voids: bool,
    /// Somebody else has stored another version meanwhile.
    pub(super) is_newer: bool,
    pub(super) typed: Typed,
    pub(super) choices: Choices,
    pub(super) wrong: Vec<Wrong>,
    /// Where the picture is that was stored.
    pub(super) picture: Option<String>,
    pub(super) max_mb: usize,
    pub(super) title_max: usize,
    pub(super) text_max: usize,
    pub(super) article: Limits,
    pub(super) fastest: u32,
    pub(super) reason_max: usize,
}

impl View for EditPage {
    const TEMPLATE: &'static str = "staff/broadcast-edit.html";
    const SECTION: Section = Section::Broadcasts;
}

/// Characters of an article's parts.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Limits {
    pub(super) title: usize,
    pub(super) author: usize,
    pub(super) digest: usize,
    pub(super) content: usize,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
}

/// A new one.
pub(super) async fn empty(State(site): State<Site>, signed_in: SignedIn) -> Result<Response, WebError> {
    let world = site.runner.world.load_full();
    let typed = Typed::fresh(&world.batch.id, site.runner.clock.business(), &world.zone);
    shown(&site, &signed_in, None, typed, Vec::new(), None).await
}

/// What is stored, with what is still wrong with it.
pub(super) async fn page(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
    Query(Asked { done }): Query<Asked>,
) -> Result<Response, WebError> {
    let broadcast = match broadcasts::find(&site.runner.store, &signed_in.staff, number).await {
        Ok(broadcast) => broadcast,
        Err(error) => return declined(&signed_in, error),
    };
    if !Step::Edit.from().contains(&broadcast.state) {
        return Ok(Redirect::to(&path(number)).into_response());
    }
    let typed = Typed::of(&broadcast, &site.runner.world.load().zone);
    let wrong = parts::mistakes(&site, &broadcast).await?;
    let notice = match (done.as_str(), wrong.is_empty()) {
        ("saved", false) => Some(Notice::done("已保存成草稿。改好下面几处，才能提交审批。")),
        ("saved", true) => Some(Notice::done("已保存。")),
        _ => None,
    };
    shown(&site, &signed_in, Some(broadcast), typed, wrong, notice).await
}

/// Stores a new one.
pub(super) async fn write(
    State(site): State<Site>,
    signed_in: SignedIn,
    FileForm(mut form): FileForm,
) -> Result<Response, WebError> {
    let brought = receive::receive(&mut form).await;
    let draft = match draft(&site, &brought, None).await? {
        Ok(draft) => draft,
        Err(wrong) => return unsaved(&site, &signed_in, None, brought.typed, wrong).await,
    };
    let now = site.runner.clock.business();
    match broadcasts::write(&site.runner.store, &signed_in.staff, &draft, now).await {
        Ok(stored) => saved(&site, &stored).await,
        Err(error) => declined(&signed_in, error),
    }
}

/// Stores another version.
pub(super) async fn change(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(number): Path<i64>,
    FileForm(mut form): FileForm,
) -> Result<Response, WebError> {
    let brought = receive::receive(&mut form).await;
    let (store, staff) = (&site.runner.store, &signed_in.staff);
    let present = match broadcasts::find(store, staff, number).await {
        Ok(present) => present,
        Err(error) => return declined(&signed_in, error),
    };
    let draft = match draft(&site, &brought, Some(&present)).await? {
        Ok(draft) => draft,
        Err(wrong) => return unsaved(&site, &signed_in, Some(present), brought.typed, wrong).await,
    };
    let seen = Broadcast { version: brought.version, ..present };
    match broadcasts::edit(store, staff, &seen, &draft, site.runner.clock.business()).await {
        Ok(stored) => saved(&site, &stored).await,
        Err(error @ (BroadcastError::Role | BroadcastError::Unknown)) => declined(&signed_in, error),
        Err(BroadcastError::State(_)) => Ok(Redirect::to(&path(number)).into_response()),
        Err(error) => match steps::refused(&error, &signed_in.staff) {
            Some(words) => {
                let notice = Notice::refused(format!("{words}您写的还在下面，没有保存。"));
                let broadcast =
                    Broadcast { version: present_version(&site, &signed_in, &seen).await, ..seen };
                lay(&site, &signed_in, Some(broadcast), brought.typed, Vec::new(), Some(notice), true).await
            }
            None => declined(&signed_in, error),
        },
    }
}

async fn present_version(site: &Site, signed_in: &SignedIn, seen: &Broadcast) -> i64 {
    let present = broadcasts::find(&site.runner.store, &signed_in.staff, seen.number).await;
    present.map_or(seen.version, |present| present.version)
}

async fn draft(
    site: &Site,
    brought: &Brought,
    present: Option<&Broadcast>,
) -> Result<Result<Draft, Vec<Wrong>>, StoreError> {
    let world = site.runner.world.load_full();
    let known = broadcasts::known(&site.runner.store, &world, Vec::new()).await?;
    let kept = present.and_then(|present| picture_name(&present.content.message));
    let (picture, unread) = match &brought.picture {
        Ok(picture) => (picture.clone(), None),
        Err(words) => (None, Some(Wrong::new("picture", words.clone()))),
    };
    let draft = brought.typed.draft(&world.zone, &known, kept, picture);
    Ok(match (draft, unread) {
        (Ok(draft), None) => Ok(draft),
        (draft, unread) => Err(draft.err().unwrap_or_default().into_iter().chain(unread).collect()),
    })
}

/// The name of the picture that is there, if there is one.
fn picture_name(message: &Message) -> Option<&str> {
    match message {
        Message::Picture { file } => Some(file.as_str()),
        Message::Article { cover, .. } => cover.as_deref(),
        Message::Text { .. } | Message::Template(_) => None,
    }
    .filter(|name| !name.is_empty())
}

/// To the announcement, or back to the form when something of it is still wrong.
async fn saved(site: &Site, stored: &Broadcast) -> Result<Response, WebError> {
    let is_whole = parts::mistakes(site, stored).await?.is_empty();
    let to = path(stored.number);
    let to = if is_whole { to } else { format!("{to}/edit") };
    Ok(Redirect::to(&format!("{to}?done=saved")).into_response())
}

async fn unsaved(
    site: &Site,
    signed_in: &SignedIn,
    broadcast: Option<Broadcast>,
    typed: Typed,
    wrong: Vec<Wrong>,
) -> Result<Response, WebError> {
    let notice =
        Notice::refused("还没有保存：下面几处系统读不懂。您写的都还在，改好再保存；选过的图片要再选一次。");
    shown(site, signed_in, broadcast, typed, wrong, Some(notice)).await
}

async fn shown(
    site: &Site,
    signed_in: &SignedIn,
    broadcast: Option<Broadcast>,
    typed: Typed,
    wrong: Vec<Wrong>,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    lay(site, signed_in, broadcast, typed, wrong, notice, false).await
}

async fn lay(
    site: &Site,
    signed_in: &SignedIn,
    broadcast: Option<Broadcast>,
    typed: Typed,
    wrong: Vec<Wrong>,
    notice: Option<Notice>,
    is_newer: bool,
) -> Result<Response, WebError> {
    let batches = latest_first(&site.runner.store.batch_rows().await?)?;
    let choices = choices::of(&typed, &batches, &site.runner.world.load());
    let mut view = view(broadcast.as_ref(), typed, choices, wrong, is_newer);
    if let Some(broadcast) = &broadcast {
        let has_picture = site.runner.store.has_broadcast_picture(&broadcast.id).await?;
        view.picture = has_picture.then(|| format!("{}/picture", path(broadcast.number)));
    }
    Ok(frame::show(signed_in, &view, notice))
}

pub(super) fn view(
    broadcast: Option<&Broadcast>,
    typed: Typed,
    choices: Choices,
    wrong: Vec<Wrong>,
    is_newer: bool,
) -> EditPage {
    EditPage {
        number: broadcast.map(|broadcast| broadcast.number),
        version: broadcast.map_or(0, |broadcast| broadcast.version),
        state: broadcast.map(|broadcast| words::state(broadcast.state)),
        voids: broadcast.is_some_and(|broadcast| broadcast.state != Standing::Draft),
        is_newer,
        typed,
        choices,
        wrong,
        picture: None,
        max_mb: picture::MAX_BYTES >> 20,
        title_max: TITLE_MAX,
        text_max: MAX_TEXT,
        article: ARTICLE,
        fastest: FASTEST,
        reason_max: REASON_MAX,
    }
}
