//! One's own account: password, one-time codes, one's WeChat account.

use axum::{
    extract::{Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{
    desk::Desk,
    form::Form,
    frame::{self, Notice, Section, View},
    gate::{self, SignedIn},
    sign_in,
};
use crate::{
    clock::Now,
    office::{
        Act,
        accounts::{self, AccountError, CODE_SECRET, PASSWORD_MAX, PASSWORD_MIN},
        link, refused, words,
    },
    store::StaffRow,
    time::time_text,
    web::{Site, WebError},
};

/// Where the sign-in keeps a secret of codes until a code has shown that the app has it.
const DRAWN: &str = "codes";
/// Where the sign-in keeps a code that links a WeChat account until it was shown, once.
const LINK: &str = "link";

#[derive(Serialize)]
pub(super) struct AccountPage {
    pub(super) password_min: usize,
    pub(super) password_max: usize,
    /// Nothing else can be done before the password is changed.
    pub(super) must_change: bool,
    /// Codes are asked for.
    pub(super) has_codes: bool,
    /// Codes that are being set up.
    pub(super) setup: Option<Setup>,
    /// Since when a WeChat account is linked, if one is.
    pub(super) linked: Option<String>,
    /// A code that links one.
    pub(super) link: Option<LinkCode>,
}

/// What to say in the chat.
#[derive(Serialize, Deserialize)]
pub(super) struct LinkCode {
    pub(super) digits: String,
    /// 「9:45」.
    pub(super) until: String,
}

/// What an authenticator app takes.
#[derive(Serialize)]
pub(super) struct Setup {
    /// A QR code, a `data:` address of an SVG picture.
    pub(super) qr: String,
    /// To type where there is no camera.
    pub(super) secret: String,
}

impl View for AccountPage {
    const TEMPLATE: &'static str = "staff/account.html";
    const SECTION: Section = Section::Account;
}

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

pub(super) fn routes(desk: Desk) -> Desk {
    desk.get("/staff/account", Act::OwnAccount, page)
        .post("/staff/account/password", Act::OwnAccount, change_password)
        .post("/staff/account/codes/draw", Act::OwnAccount, draw_codes)
        .post("/staff/account/codes/begin", Act::OwnAccount, begin_codes)
        .post("/staff/account/codes/end", Act::OwnAccount, end_codes)
        .post("/staff/account/wechat/draw", Act::OwnAccount, draw_link)
        .post("/staff/account/wechat/end", Act::OwnAccount, unlink)
}

/// The page.
async fn page(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    Query(Done { done }): Query<Done>,
) -> Result<Response, WebError> {
    let notice = match done.as_str() {
        "password" => Some("密码已更换，其他地方的登录都已退出。"),
        "codes" => Some("动态码已开启，下次登录要填写。"),
        "no-codes" => Some("动态码已关闭。"),
        "no-wechat" => Some("微信已解除绑定，公告预览和提醒不再发过去。"),
        _ => None,
    };
    let link = session.remove::<LinkCode>(LINK).await?;
    shown(&site, &session, &signed_in, link, notice.map(Notice::done)).await
}

async fn shown(
    site: &Site,
    session: &Session,
    signed_in: &SignedIn,
    link: Option<LinkCode>,
    notice: Option<Notice>,
) -> Result<Response, WebError> {
    let drawn = session.get::<[u8; CODE_SECRET]>(DRAWN).await?;
    let world = site.runner.world.load();
    let view = AccountPage {
        password_min: PASSWORD_MIN,
        password_max: PASSWORD_MAX,
        must_change: signed_in.staff.must_change,
        has_codes: signed_in.staff.totp.is_some(),
        setup: drawn.and_then(|secret| setup(&signed_in.staff.name, &secret)),
        linked: signed_in.staff.linked_at.map(|at| words::moment(at, &world.zone)),
        link,
    };
    Ok(frame::show(signed_in, &view, notice))
}

fn setup(account: &str, secret: &[u8]) -> Option<Setup> {
    let (address, secret) = accounts::code_address(account, secret)?;
    let code = QrCode::with_error_correction_level(address, EcLevel::L).ok()?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    Some(Setup { qr: format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture)), secret })
}

#[derive(Deserialize)]
pub(super) struct Passwords {
    present: String,
    new: String,
    again: String,
}

/// Another password.
async fn change_password(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    Form(given): Form<Passwords>,
) -> Result<Response, WebError> {
    if given.new != given.again {
        let words = "两遍新密码不一样，没有更换。请再填一次。";
        return shown(&site, &session, &signed_in, None, Some(Notice::refused(words))).await;
    }
    let now = site.runner.clock.now();
    let store = &site.runner.store;
    let changed = accounts::change_password(store, &signed_in.staff, &given.present, &given.new, now).await;
    settled(&site, &session, &signed_in, changed, now, "password").await
}

/// Draws a secret for codes; nothing is asked for before one has shown that the app has it.
async fn draw_codes(
    State(site): State<Site>,
    session: Session,
    _: Form<sign_in::Nothing>,
) -> Result<Response, WebError> {
    session.insert(DRAWN, site.runner.ids.bytes::<CODE_SECRET>()).await?;
    Ok(Redirect::to("/staff/account#codes").into_response())
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

/// The first code.
async fn begin_codes(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    Form(Code { code }): Form<Code>,
) -> Result<Response, WebError> {
    let Some(secret) = session.get::<[u8; CODE_SECRET]>(DRAWN).await? else {
        return Ok(Redirect::to("/staff/account").into_response());
    };
    let now = site.runner.clock.now();
    let changed = accounts::begin_codes(&site.runner.store, &signed_in.staff, secret, &code, now).await;
    if changed.is_ok() {
        session.remove::<[u8; CODE_SECRET]>(DRAWN).await?;
    }
    settled(&site, &session, &signed_in, changed, now, "codes").await
}

#[derive(Deserialize)]
pub(super) struct Present {
    present: String,
}

/// No codes any more.
async fn end_codes(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    Form(Present { present }): Form<Present>,
) -> Result<Response, WebError> {
    let now = site.runner.clock.now();
    let changed = accounts::end_codes(&site.runner.store, &signed_in.staff, &present, now).await;
    settled(&site, &session, &signed_in, changed, now, "no-codes").await
}

/// Draws a code to be said in the chat; the page shows it once.
async fn draw_link(
    State(site): State<Site>,
    session: Session,
    signed_in: SignedIn,
    _: Form<sign_in::Nothing>,
) -> Result<Response, WebError> {
    let (random, now) = (site.runner.ids.bytes::<{ link::CODE_RANDOM }>(), site.runner.clock.now());
    let Some(code) = link::draw(&site.runner.store, &signed_in.staff, random, now).await? else {
        let words = "没有领到绑定码：您的微信刚刚已经绑定，或者请再点一次「绑定微信」。";
        return shown(&site, &session, &signed_in, None, Some(Notice::refused(words))).await;
    };
    let until = time_text(code.until.civil(&site.runner.world.load().zone).time());
    session.insert(LINK, LinkCode { digits: code.digits, until }).await?;
    Ok(Redirect::to("/staff/account#wechat").into_response())
}

/// One's WeChat account is linked no more; when it was not, that is as well.
async fn unlink(
    State(site): State<Site>,
    signed_in: SignedIn,
    _: Form<sign_in::Nothing>,
) -> Result<Response, WebError> {
    link::unlink(&site.runner.store, &signed_in.staff, site.runner.clock.now()).await?;
    Ok(Redirect::to("/staff/account?done=no-wechat").into_response())
}

/// A change of one's own account has ended every sign-in but this one.
async fn settled(
    site: &Site,
    session: &Session,
    signed_in: &SignedIn,
    changed: Result<StaffRow, AccountError>,
    now: Now,
    done: &str,
) -> Result<Response, WebError> {
    match changed {
        Ok(staff) => {
            gate::let_in(site, session, &staff).await?;
            Ok(Redirect::to(&format!("/staff/account?done={done}")).into_response())
        }
        Err(AccountError::Store(error)) => Err(error.into()),
        Err(error) => {
            let notice = Notice::refused(refused::account(&error, now.wire));
            shown(site, session, signed_in, None, Some(notice)).await
        }
    }
}
