//! What people asked to have deleted, on the page of deletions.

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};

use super::{
    form::Form,
    gate::SignedIn,
    retention::{Lay, done, refused},
};
use crate::{
    office::{Who, deletions, words},
    retention::Request,
    time::Millis,
    web::{Site, WebError},
    workflow::retention::{Why, Wish},
};

#[derive(Serialize)]
pub(super) struct RequestView {
    pub(super) id: String,
    pub(super) number: String,
    pub(super) batch: String,
    pub(super) since: String,
    pub(super) stage: &'static str,
    pub(super) pictures: i64,
    pub(super) why: &'static str,
}

pub(super) fn view(request: Request, moment: &dyn Fn(Millis) -> String) -> RequestView {
    let Request { asked, wish } = request;
    RequestView {
        number: words::number(&asked.number),
        since: moment(asked.asked_at),
        stage: words::stage(asked.stand.stage),
        pictures: asked.kept.rejected + asked.kept.documents + asked.kept.portraits,
        why: match wish {
            Wish::Granted(_) | Wish::Empty => "可以删，系统正在办",
            Wish::Waits(Why::UnderWay) => "批次没有结束，或考办还没有给结论",
            Wish::Waits(Why::Held) => "暂缓删除",
            Wish::Waits(Why::HandOver) => "毕业证照片等待移交制证",
        },
        id: asked.id,
        batch: asked.batch,
    }
}

#[derive(Deserialize)]
pub(super) struct Settle {
    answer: String,
}

pub(super) async fn settle(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Form(Settle { answer }): Form<Settle>,
) -> Result<Response, WebError> {
    match deletions::settle(&site.runner, Who::Staff(&signed_in.staff), &id, &answer).await {
        Ok(()) => Ok(done("settle")),
        Err(error) => refused(&site, &signed_in, Lay::default(), error).await,
    }
}
