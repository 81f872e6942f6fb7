//! Signing in and out.

use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{
    form,
    frame::{self, Notice, View},
    gate,
};
use crate::{
    office::{
        accounts::{self, Credentials, SignInError},
        refused::wait,
    },
    web::{Site, WebError},
};

/// Where everybody signs in.
pub(super) const PATH: &str = "/staff/sign-in";

#[derive(Serialize)]
pub(super) struct SignInPage {
    /// What was typed.
    pub(super) name: String,
    /// Where to go on.
    pub(super) next: String,
}

impl View for SignInPage {
    const TEMPLATE: &'static str = "staff/sign-in.html";
}

#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// The form. Whoever came from a page whose sign-in has ended is told so.
pub(super) async fn page(Query(Next { next }): Query<Next>) -> Response {
    let ended = !next.is_empty();
    let view = SignInPage { name: String::new(), next: own_path(&next) };
    let words = format!("请先登录。{} 分钟没有操作会自动退出。", gate::IDLE_SECONDS / 60);
    let notice = ended.then(|| Notice::done(words));
    frame::show_nobody(&view, notice, StatusCode::OK)
}

/// Name, password, and a code where one is asked for.
pub(super) async fn sign_in(
    State(site): State<Site>,
    session: Session,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let now = site.runner.clock.now();
    let credentials = Credentials { name: given.name.trim(), password: &given.password, code: &given.code };
    let (words, status) = match accounts::sign_in(&site.runner.store, credentials, now).await {
        Ok(staff) => {
            gate::let_in(&site, &session, &staff).await?;
            return Ok(Redirect::to(&own_path(&given.next)).into_response());
        }
        Err(SignInError::Wrong) => (
            "名字、密码或动态码不对，请核对后再试。忘了密码请联系管理员重设。".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        Err(SignInError::NotBefore(at)) => (wait(at, now.wire), StatusCode::TOO_MANY_REQUESTS),
        Err(SignInError::Busy) => (
            "现在登录的人太多，请过几秒再试一次。刚才这次不算次数。".to_owned(),
            StatusCode::TOO_MANY_REQUESTS,
        ),
        Err(SignInError::Store(error)) => return Err(error.into()),
    };
    let view = SignInPage { name: given.name, next: own_path(&given.next) };
    Ok(frame::show_nobody(&view, Some(Notice::refused(words)), status))
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Signs out.
pub(super) async fn sign_out(session: Session, _: form::Form<Nothing>) -> Result<Response, WebError> {
    session.flush().await?;
    Ok(Redirect::to(PATH).into_response())
}

/// To the form, and from there back to a page.
pub(super) fn again(next: Option<&str>) -> Redirect {
    match next.map(own_path).filter(|path| path != "/staff") {
        Some(path) => {
            let query = serde_html_form::to_string([("next", path)]).unwrap_or_default();
            Redirect::to(&format!("{PATH}?{query}"))
        }
        None => Redirect::to(PATH),
    }
}

/// A page of the console, whatever was asked for: never another site's.
fn own_path(next: &str) -> String {
    let is_own = next == "/staff" || next.starts_with("/staff/") || next.starts_with("/staff?");
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && next.len() < 512;
    let leads_round = next.starts_with(PATH) || next.starts_with("/staff/sign-out");
    if is_own && is_plain && !leads_round { next.to_owned() } else { "/staff".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_the_console_only() {
        let rows = [
            ("/staff/cases/12345678?round=2", "/staff/cases/12345678?round=2"),
            ("/staff", "/staff"),
            ("", "/staff"),
            ("//evil.test/staff", "/staff"),
            ("https://evil.test/", "/staff"),
            ("/staffx", "/staff"),
            ("/staff/\\evil.test", "/staff"),
            ("/staff/a\r\nSet-Cookie: x", "/staff"),
            ("/staff/sign-in?next=/staff", "/staff"),
            ("/camera/x", "/staff"),
        ];
        for (given, expected) in rows {
            assert_eq!(own_path(given), expected, "{given}");
        }
    }
}
