//! May the account write to this person now? The window and the count of protocol §6.
//!
//! Each action of the person opens a window of its kind. Counts do not add up: an action raises what remains to its
//! own limit and the end to the later of the two. Passive answers cost nothing.

use serde::Serialize;

use crate::options::WindowRule;

/// What remains of a person's window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Window {
    remaining: u32,
    until: i64,
}

/// Why a customer message may not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shut {
    /// The person has not acted for too long: 45015.
    Time,
    /// All messages of the window are spent: 45047.
    Count,
}

impl Window {
    /// The person acted.
    pub(crate) fn open(&mut self, rule: WindowRule, now: i64) {
        let fresh = Self { remaining: rule.messages, until: now + rule.seconds };
        if now >= self.until {
            *self = fresh;
        } else {
            self.remaining = self.remaining.max(fresh.remaining);
            self.until = self.until.max(fresh.until);
        }
    }

    /// Takes one message out of the window.
    pub(crate) fn spend(&mut self, now: i64) -> Result<(), Shut> {
        if now >= self.until {
            return Err(Shut::Time);
        }
        self.remaining = self.remaining.checked_sub(1).ok_or(Shut::Count)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::WindowRules;

    #[test]
    fn a_message_allows_five_in_two_days() {
        let rules = WindowRules::default();
        let mut window = Window::default();
        assert_eq!(window.spend(0), Err(Shut::Time));
        window.open(rules.message, 100);
        for _ in 0..5 {
            assert_eq!(window.spend(100 + 48 * 3600 - 1), Ok(()));
        }
        assert_eq!(window.spend(101), Err(Shut::Count));
        assert_eq!(window.spend(100 + 48 * 3600), Err(Shut::Time));
    }

    #[test]
    fn counts_are_raised_and_not_added() {
        let rules = WindowRules::default();
        let mut window = Window::default();
        window.open(rules.message, 0);
        assert_eq!(window.spend(1), Ok(()));
        window.open(rules.menu, 2);
        assert_eq!(
            window,
            Window { remaining: 4, until: 48 * 3600 },
            "a tap neither adds to 4 nor shortens the two days"
        );
        for _ in 0..4 {
            assert_eq!(window.spend(3), Ok(()));
        }
        window.open(rules.menu, 4);
        assert_eq!(window, Window { remaining: 3, until: 48 * 3600 });
    }

    #[test]
    fn a_tap_alone_lasts_a_minute() {
        let mut window = Window::default();
        window.open(WindowRules::default().menu, 0);
        assert_eq!(window.spend(59), Ok(()));
        assert_eq!(window.spend(60), Err(Shut::Time));
    }
}
