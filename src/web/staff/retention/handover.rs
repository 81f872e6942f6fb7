//! Portraits for whoever makes the certificates: set apart, then taken along as an archive until their arrival is confirmed.

use std::time::Duration;

use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::{Lay, PATH, refused, shown};
use crate::{
    office::{
        Who,
        retention::{self, ARCHIVE, Order},
        words,
    },
    web::{
        Site, WebError,
        download::{ZIP, sent},
        staff::{form::Form, frame::Notice, gate::SignedIn, sign_in::Nothing},
    },
};

/// Setting apart, and making an archive: each reads up to [`ARCHIVE`] pictures.
pub(super) const BOUNDS: (usize, Duration) = (16 * 1024, Duration::from_mins(2));
/// Archives made at once.
static MAKING: Semaphore = Semaphore::const_new(1);
/// Cases without a portrait whose numbers are told; a number has eight digits.
const TOLD: usize = 20;

/// Which batch.
#[derive(Deserialize)]
pub(super) struct Wanted {
    batch: String,
}

pub(super) async fn write_out(
    State(site): State<Site>,
    signed_in: SignedIn,
    Form(Wanted { batch }): Form<Wanted>,
) -> Result<Response, WebError> {
    let id = site.runner.ids.fresh(site.runner.clock.wire()).id(0);
    let (files, now) = (site.photos.files(), site.runner.clock.business());
    let order = Order { batch: &batch, id: &id, most: Some(ARCHIVE) };
    let who = Who::Staff(&signed_in.staff);
    // They stay here until their arrival is confirmed, and are read again for the archive.
    let written = retention::hand_over(&site.runner.store, files, who, order, now, |_| Ok(())).await;
    match written {
        Ok(written) => {
            let what = if written.portraits > 0 { "written" } else { "nothing" };
            let missing: Vec<&str> = written.missing.iter().take(TOLD).map(String::as_str).collect();
            let to = format!("{PATH}?done={what}&missing={}", missing.join("-"));
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => refused(&site, &signed_in, Lay::default(), error).await,
    }
}

/// What is said of cases whose portrait is not there; nothing of what is no number, whatever a link says.
pub(super) fn without_portrait(missing: &str) -> String {
    let is_number = |number: &&str| number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Vec<String> = missing.split('-').filter(is_number).take(TOLD).map(words::number).collect();
    if numbers.is_empty() {
        return String::new();
    }
    format!("已毕业但没有毕业证照片的申请：{}，请核对照片存放处，或请考生补交。", numbers.join("、"))
}

pub(super) async fn archive(
    State(site): State<Site>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    _: Form<Nothing>,
) -> Result<Response, WebError> {
    let Ok(_making) = MAKING.try_acquire() else {
        let notice = Notice::refused("有人正在下载毕业证照片，请过一分钟再试。");
        return shown(&site, &signed_in, Lay::default(), Some(notice)).await;
    };
    let file = tempfile::tempfile()?;
    let (out, now) = (file.try_clone()?, site.runner.clock.business());
    let (store, files, who) = (&site.runner.store, site.photos.files(), Who::Staff(&signed_in.staff));
    match retention::archive(store, files, who, &id, now, out).await {
        Ok(_) => Ok(sent(file, ZIP, &format!("portraits-{id}.zip"))?),
        Err(error) => refused(&site, &signed_in, Lay::default(), error).await,
    }
}
