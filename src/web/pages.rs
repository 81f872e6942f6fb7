//! Pages that people read, as typed contexts for templates.
//!
//! The words are in `pages/**.html`, compiled into the binary; a [`Page`] says which file and what is filled in.
//! Undefined variables are errors and everything is escaped. Templates are parsed once; every page has samples,
//! and a test renders them all, so a page that cannot be rendered does not leave this machine.
//! Styles, scripts and drawings are files of their own ([`asset`]), because the pages' policy allows nothing inline.

mod files;
mod samples;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use minijinja::{Environment, UndefinedBehavior, value::Serde};
use serde::Serialize;

use files::TEMPLATES;
pub use files::{STAFF_TEMPLATES, asset, staff_asset};

use super::error::WebError;
use crate::turn::ForPeople;

/// One page with what is filled in. `here` is the path of the camera link, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Page {
    /// What an unclaimed link shows to anybody: nothing personal.
    Welcome {
        /// Where the forms go.
        here: String,
        /// The link as a QR code, a `data:` address of an SVG picture.
        qr: String,
        /// The platform says who it is; elsewhere the end of the document number is asked for.
        in_wechat: bool,
        /// The platform is played on this machine: any browser may go WeChat's way.
        is_played: bool,
        /// Why 「开始」 was not enough.
        unproven: Option<Unproven>,
    },
    /// 再次核对信息 (A9).
    Data {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
        /// The data sheet, masked.
        rows: Vec<Row>,
    },
    /// 采集规范 (A10).
    Standard {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
    },
    /// 摄像中 (A11).
    Capture {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
        /// Largest file taken.
        max_bytes: usize,
        /// Whether people judge the next picture.
        people: ForPeople,
    },
    /// 已摄像，待提交 (A12).
    Captured {
        /// Where the forms go.
        here: String,
        /// What was refused, in the dialog's words.
        notice: Option<String>,
        /// What was refused is a newer picture.
        unsaved: bool,
        /// Largest file taken.
        max_bytes: usize,
        /// Whether people judge the next picture.
        people: ForPeople,
        /// What a reviewer may object to, in the dialog's words.
        hints: Option<String>,
        /// The document photos come next, in the chat.
        documents_follow: bool,
    },
    /// Back to the chat: submitted, or on to the document photos.
    Done {
        /// See [`Page::Captured`].
        documents_follow: bool,
    },
    /// The upload broke off.
    Unreadable {
        /// Where to try again.
        here: String,
    },
    /// The link is unknown, replaced or done: the same words for all three.
    Gone {},
    /// The person has not agreed to the present words about the portrait: they are asked in the chat.
    Consent {},
    /// Nobody claimed it in time, or its device was away for too long.
    Expired {
        /// A portrait waits to be submitted; for the link's own device only.
        is_captured: bool,
        /// See [`Page::Captured`].
        documents_follow: bool,
    },
    /// Claimed by another device.
    Used {},
    /// Tried too often with another document number.
    Spent {},
    /// Opened in another person's WeChat.
    Stranger {},
    /// WeChat shows a snapshot of the page, to nobody in particular.
    Snapshot {
        /// Where to try again.
        here: String,
    },
    /// What the platform led back with is not what this browser began, or no longer good.
    Unanswered {
        /// Where to try again.
        here: String,
    },
    /// The platform does not say who it is.
    Away {
        /// Where to try again.
        here: String,
    },
    /// This device's link, of a person who is no longer the candidate's, or of a batch that is over.
    Over {},
    /// The window has closed on an application that is not complete.
    Closed {
        /// When it closed.
        closes: String,
        /// The batch after it and when it opens, if that is known.
        next_name: Option<String>,
        /// See `next_name`.
        next_opens: Option<String>,
        /// The chosen place and its telephones; for the link's own device only.
        place: Option<String>,
    },
    /// A form of another site's.
    Foreign {},
    /// No such page.
    Missing {},
    /// A request that no page of ours makes.
    Strange {},
    /// Something is away; the same may go through in a moment.
    Busy {
        /// What to say to people, who find it in the log.
        code: String,
        /// A picture came with it, and was not kept.
        unsaved: bool,
    },
    /// Something is broken.
    Broken {
        /// What to say to people, who find it in the log.
        code: String,
        /// See [`Page::Busy`].
        unsaved: bool,
    },
}

/// Why 「开始」 did not show whose device it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unproven {
    /// Not four characters: nothing was compared, and no try used up.
    Length,
    /// Not those of the record.
    Differs {
        /// Tries left.
        left: i64,
    },
    /// Somebody else tried in the same moment; nothing was compared.
    AtOnce,
}

/// A line of the data sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Of which field.
    pub label: &'static str,
    /// Its value, masked where it has to be.
    pub value: String,
}

/// Work allowed to one rendering: the longest page needs under 5 % of it.
const FUEL: u64 = 50_000;

static TEMPLATE_SET: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut set = Environment::new();
    set.set_undefined_behavior(UndefinedBehavior::Strict);
    set.set_fuel(Some(FUEL));
    for (name, text) in TEMPLATES {
        set.add_template(name, text).expect("a test parses every template");
    }
    set
});

impl Page {
    /// The page's HTML.
    pub fn render(&self) -> Result<String, minijinja::Error> {
        TEMPLATE_SET.get_template(self.template())?.render(Serde(self))
    }

    /// The page as an answer. A page that cannot be rendered is an error like any other.
    pub fn answer(&self, status: StatusCode) -> Response {
        match self.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => WebError::Page(error).into_response(),
        }
    }

    fn template(&self) -> &'static str {
        match self {
            Self::Welcome { .. } => "camera/welcome.html",
            Self::Data { .. } => "camera/data.html",
            Self::Standard { .. } => "camera/standard.html",
            Self::Capture { .. } => "camera/capture.html",
            Self::Captured { .. } => "camera/captured.html",
            Self::Done { .. } => "camera/done.html",
            Self::Unreadable { .. } => "camera/unreadable.html",
            Self::Gone {} => "camera/gone.html",
            Self::Consent {} => "camera/consent.html",
            Self::Expired { .. } => "camera/expired.html",
            Self::Used {} => "camera/used.html",
            Self::Spent {} => "camera/spent.html",
            Self::Stranger {} => "camera/stranger.html",
            Self::Snapshot { .. } => "camera/snapshot.html",
            Self::Unanswered { .. } => "camera/unanswered.html",
            Self::Away { .. } => "camera/away.html",
            Self::Over {} => "camera/over.html",
            Self::Closed { .. } => "camera/closed.html",
            Self::Foreign {} => "camera/foreign.html",
            Self::Missing {} => "camera/missing.html",
            Self::Strange {} => "camera/strange.html",
            Self::Busy { .. } => "camera/busy.html",
            Self::Broken { .. } => "camera/broken.html",
        }
    }
}
