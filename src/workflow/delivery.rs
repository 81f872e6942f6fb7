//! PURE. How what waits for a person travels now: in how many messages, each by which way, or not yet.
//!
//! The platform lets us write to a person only for a while after they did something, and only so often ([`WINDOWS`]).
//! It keeps the count itself and says 45015 or 45047 when ours is wrong, so this plan is there to spare calls that
//! must fail, and to keep an important notice from waiting when a template can carry it. Where the rules leave a
//! doubt the stricter reading is taken: a plan that is too careful costs a template, one that is too bold costs a call.
//! What has been held comes in one message, not as a burst of old news, and what there is no room for one by one is
//! put together, too. A plan holds as long as its calls succeed: whoever hears otherwise plans the rest anew.
//! Deliberately elsewhere: the calls and what their errors mean (`worker`), who is told what ([`super::notice`]), and
//! the words around what is put together (`dialogs/_global.toml`).

mod reason;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, ops::Range};

use crate::time::Millis;

pub use reason::{Reason, Undelivered};

/// Most bytes of one text message (protocol §4: 2047 or 2048; the smaller one is safe).
pub const MAX_BYTES: usize = 2047;

/// One kind of act that opens a window for customer messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How long it is open after the act.
    pub seconds: i64,
    /// How many messages may be sent in it.
    pub messages: i64,
}

impl Window {
    /// Whether an act at `at` still keeps it open; one in the future (another process's clock) does.
    pub fn is_open(self, at: Millis, now: Millis) -> bool {
        now < at.plus_seconds(self.seconds)
    }
}

/// The platform's windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Opened by sending a message.
    pub talk: Window,
    /// Opened by following, scanning, or tapping the menu or a menu message.
    pub act: Window,
}

/// Protocol §6, rules since 2023-06-12.
pub const WINDOWS: Windows =
    Windows { talk: Window { seconds: 48 * 3600, messages: 5 }, act: Window { seconds: 60, messages: 3 } };

/// When a person last opened a window, and how many customer messages went out since then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// When. Business time.
    pub at: Millis,
    /// Sent since, those in doubt included; answers to messages do not count.
    pub sent: i64,
}

/// What is known of reaching a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Follows the account; nothing reaches others.
    pub follows: bool,
    /// Since their last word or act the platform has said that they refuse our messages.
    pub blocked: bool,
    /// The last message.
    pub talked: Option<Opened>,
    /// The last tap, scan or follow.
    pub acted: Option<Opened>,
    /// How many 订阅通知 of each template they have agreed to and not had; `i64::MAX` for one that lasts.
    pub granted: BTreeMap<String, i64>,
}

impl Reach {
    /// A customer message went, or may have.
    pub fn count_sent(&mut self) {
        [&mut self.talked, &mut self.acted].into_iter().flatten().for_each(|opened| opened.sent += 1);
    }

    /// The platform says that no window is open, or else that its messages are used up. It is right.
    pub fn shut(&mut self, is_closed: bool, windows: &Windows) {
        for (opened, window) in [(&mut self.talked, windows.talk), (&mut self.acted, windows.act)] {
            match opened {
                Some(opened) if !is_closed => opened.sent = opened.sent.max(window.messages),
                _ => *opened = None,
            }
        }
    }
}

/// Why a push has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The person does not follow the account.
    NotFollowing,
    /// The person refuses our messages.
    Blocked,
    /// No window is open, and no template may be used.
    Closed,
    /// A window is open, but its messages are used up, and no template may be used.
    UsedUp,
}

/// A row that is due, as far as its way depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting<'a> {
    /// Bytes that it takes among others in one message, what is said around it included; `None` if it stands alone: a
    /// picture, or the rest of a longer text.
    pub joins: Option<usize>,
    /// It has been held before.
    pub waited: bool,
    /// It is important, and has a template message and values for it.
    pub template: bool,
    /// The 订阅通知 that may carry it, by the template's id.
    pub subscription: Option<&'a str>,
}

/// By which way a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// 客服消息: a customer message.
    Custom,
    /// 模板消息: a template message.
    Template,
    /// 订阅通知: a notice that the person has subscribed to.
    Subscription,
    /// None yet.
    Hold(Wait),
}

/// One message, or rows that wait for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Which of the rows, never none.
    pub rows: Range<usize>,
    /// How.
    pub way: Way,
}

/// How a person's rows travel, in their order; every row is in one parcel. `around` is how many bytes are said around
/// what is put together in one message.
pub fn plan(
    windows: &Windows,
    reach: &Reach,
    rows: &[Waiting<'_>],
    around: usize,
    now: Millis,
) -> Vec<Parcel> {
    let unreachable = [(!reach.follows, Wait::NotFollowing), (reach.blocked, Wait::Blocked)];
    if let Some((_, wait)) = unreachable.into_iter().find(|(holds, _)| *holds) {
        let rows = 0..rows.len();
        return if rows.is_empty() { Vec::new() } else { vec![Parcel { rows, way: Way::Hold(wait) }] };
    }
    let open = open(windows, reach, now);
    let room = open.iter().flatten().copied().max().unwrap_or(0).max(0) as usize;
    let mut messages = together(rows, around, 0, |row| row.waited);
    if messages.len() > room && room > 0 {
        let last = messages.split_off(room - 1);
        let from = last.first().map_or(rows.len(), |first| first.start);
        messages.extend(together(rows, around, from, |_| true));
    }
    let beyond = messages.split_off(room.min(messages.len()));
    let custom = messages.into_iter().map(|rows| Parcel { rows, way: Way::Custom });
    let wait = if open == [None, None] { Wait::Closed } else { Wait::UsedUp };
    let mut granted = reach.granted.clone();
    custom.chain(beyond.into_iter().flatten().map(|at| alone(rows, at, &mut granted, wait))).collect()
}

/// What is left in each window that is open.
fn open(windows: &Windows, reach: &Reach, now: Millis) -> [Option<i64>; 2] {
    [(windows.talk, reach.talked), (windows.act, reach.acted)].map(|(window, opened)| {
        opened.filter(|opened| window.is_open(opened.at, now)).map(|opened| window.messages - opened.sent)
    })
}

/// Rows from `from` on as messages: neighbours that may be `joined` are put together as long as they fit.
fn together(
    rows: &[Waiting<'_>],
    around: usize,
    from: usize,
    joined: impl Fn(&Waiting<'_>) -> bool,
) -> Vec<Range<usize>> {
    let mut messages: Vec<Range<usize>> = Vec::new();
    // Bytes of the last message, if another row may join it.
    let mut filled: Option<usize> = None;
    for (at, row) in rows.iter().enumerate().skip(from) {
        let size = row.joins.filter(|_| joined(row));
        let sum = filled.zip(size).map(|(filled, size)| filled + size).filter(|sum| *sum <= MAX_BYTES);
        match (sum, messages.last_mut()) {
            (Some(_), Some(last)) => last.end = at + 1,
            _ => messages.push(at..at + 1),
        }
        filled = sum.or(size.map(|size| around + size));
    }
    messages
}

/// A row for which there is no customer message.
fn alone(rows: &[Waiting<'_>], at: usize, granted: &mut BTreeMap<String, i64>, wait: Wait) -> Parcel {
    let row = &rows[at];
    let grant = row.subscription.and_then(|id| granted.get_mut(id)).filter(|left| **left > 0);
    let way = match (row.template, grant) {
        (true, _) => Way::Template,
        (false, Some(left)) => {
            *left -= 1;
            Way::Subscription
        }
        (false, None) => Way::Hold(wait),
    };
    Parcel { rows: at..at + 1, way }
}
