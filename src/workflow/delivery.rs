//! PURE. By which way a push may travel now: a customer message, a template message, or none until the person writes.
//!
//! The platform lets us write to a person only for a while after they did something, and only so often ([`WINDOWS`]).
//! It keeps the count itself and says 45015 or 45047 when ours is wrong, so this plan is there to spare calls that
//! must fail, and to keep an important notice from waiting when a template can carry it. Where the rules leave a
//! doubt the stricter reading is taken: a plan that is too careful costs a template, one that is too bold costs a call.
//! Deliberately elsewhere: the calls and what their errors mean (`worker`), and who is told what ([`super::notice`]).

use crate::time::Millis;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// Follows the account; nothing reaches others.
    pub follows: bool,
    /// The last message.
    pub talked: Option<Opened>,
    /// The last tap, scan or follow.
    pub acted: Option<Opened>,
}

/// Why a push has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The person does not follow the account.
    NotFollowing,
    /// No window is open, and no template may be used.
    Closed,
    /// A window is open, but its messages are used up, and no template may be used.
    UsedUp,
}

impl Wait {
    /// In plain words, for the row that people look at.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotFollowing => "the person does not follow the account; waits until they do",
            Self::Closed => "the person has not written for 48 hours; waits until they write",
            Self::UsedUp => {
                "the messages allowed since the person last wrote are used up; waits until they write"
            }
        }
    }
}

/// By which way a push travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A customer message.
    Custom,
    /// A template message.
    Template,
    /// None yet.
    Hold(Wait),
}

/// The way of a push. `template`: it is important, and has a template and values for it.
pub fn plan(windows: &Windows, reach: &Reach, template: bool, now: Millis) -> Way {
    if !reach.follows {
        return Way::Hold(Wait::NotFollowing);
    }
    let windows = [(windows.talk, reach.talked), (windows.act, reach.acted)];
    let open = windows.map(|(window, opened)| opened.filter(|opened| window.is_open(opened.at, now)));
    let room =
        open.iter().zip(windows).any(|(open, (window, _))| open.is_some_and(|o| o.sent < window.messages));
    match (room, template, open == [None, None]) {
        (true, _, _) => Way::Custom,
        (false, true, _) => Way::Template,
        (false, false, true) => Way::Hold(Wait::Closed),
        (false, false, false) => Way::Hold(Wait::UsedUp),
    }
}

/// What the platform's report on a template message means: `None` when it arrived, else why not, in plain words.
/// The statuses are those of protocol §3; unknown ones are failures, too.
pub fn template_failure(status: &str) -> Option<&'static str> {
    match status.trim().to_ascii_lowercase().as_str() {
        "success" => None,
        "failed:user block" | "failed: user block" => Some("the person has blocked the account"),
        "failed:freq limit" | "failed: freq limit" => {
            Some("the platform thinks the template is sent too often")
        }
        "failed: system failed" | "failed:system failed" => {
            Some("the platform failed to deliver the template")
        }
        _ => Some("the platform did not deliver the template"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;
    const NOW: Millis = Millis(1_781_227_800_000);

    /// Seconds ago, and messages since.
    type Since = Option<(i64, i64)>;

    fn opened((ago, sent): (i64, i64)) -> Opened {
        Opened { at: NOW.minus_seconds(ago), sent }
    }

    #[test]
    fn the_way_of_a_push() {
        let rows: [(&str, Since, Since, bool, Way); 18] = [
            ("talked just now", Some((0, 0)), None, false, Way::Custom),
            ("four of five sent", Some((47 * HOUR, 4)), None, true, Way::Custom),
            ("five of five sent", Some((HOUR, 5)), None, false, Way::Hold(Wait::UsedUp)),
            ("five sent, template", Some((HOUR, 5)), None, true, Way::Template),
            ("a second before the end", Some((48 * HOUR - 1, 0)), None, false, Way::Custom),
            ("at the end", Some((48 * HOUR, 0)), None, false, Way::Hold(Wait::Closed)),
            ("at the end, template", Some((48 * HOUR, 0)), None, true, Way::Template),
            ("never wrote", None, None, false, Way::Hold(Wait::Closed)),
            ("never wrote, template", None, None, true, Way::Template),
            ("tapped just now", None, Some((0, 0)), false, Way::Custom),
            ("two of three sent", None, Some((59, 2)), false, Way::Custom),
            ("three of three sent", None, Some((59, 3)), false, Way::Hold(Wait::UsedUp)),
            ("a minute after the tap", None, Some((60, 0)), false, Way::Hold(Wait::Closed)),
            ("all of the talk used, tapped again", Some((HOUR, 5)), Some((10, 0)), false, Way::Custom),
            ("tap over, talk left", Some((HOUR, 4)), Some((70, 3)), false, Way::Custom),
            ("tap used, talk left", Some((HOUR, 3)), Some((10, 3)), false, Way::Custom),
            ("both used", Some((HOUR, 5)), Some((10, 3)), false, Way::Hold(Wait::UsedUp)),
            ("another clock", Some((-5, 0)), None, false, Way::Custom),
        ];
        for (what, talked, acted, template, expected) in rows {
            let reach = Reach { follows: true, talked: talked.map(opened), acted: acted.map(opened) };
            assert_eq!(plan(&WINDOWS, &reach, template, NOW), expected, "{what}");
            let gone = Reach { follows: false, ..reach };
            assert_eq!(plan(&WINDOWS, &gone, template, NOW), Way::Hold(Wait::NotFollowing), "{what}");
        }
    }

    #[test]
    fn the_numbers_are_the_platforms() {
        assert_eq!((WINDOWS.talk.seconds, WINDOWS.talk.messages), (172_800, 5));
        assert_eq!((WINDOWS.act.seconds, WINDOWS.act.messages), (60, 3));
    }

    #[test]
    fn reports_on_templates() {
        let rows = [
            ("success", None),
            ("failed:user block", Some("the person has blocked the account")),
            ("failed: system failed", Some("the platform failed to deliver the template")),
            ("failed:freq limit", Some("the platform thinks the template is sent too often")),
            ("failed:something new", Some("the platform did not deliver the template")),
            ("", Some("the platform did not deliver the template")),
        ];
        for (status, expected) in rows {
            assert_eq!(template_failure(status), expected, "{status}");
        }
    }
}
