//! Access tokens: two families that do not disturb each other (protocol §5).
//!
//! A plain token is new at each call, and the one before lives five minutes more at most. A stable token stays the
//! same until five minutes before its end; then the next call draws another and both are valid for those minutes.
//! A forced refresh kills the old one at once, at most twenty times a day and thirty seconds apart.

use std::collections::HashMap;

use crate::draw;

/// Life of a token in seconds, and the `expires_in` of a fresh one.
pub(crate) const LIFE: i64 = 7200;
/// Seconds during which an old and a new token are both valid.
const OVERLAP: i64 = 300;
/// Forced refreshes of a day, and the seconds between two.
const FORCED_A_DAY: u32 = 20;
const FORCED_APART: i64 = 30;

/// What a call says about its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenState {
    /// It may call.
    Valid,
    /// Its time is over: 42001.
    Expired,
    /// A newer one has taken its place: 40001.
    Replaced,
    /// It has the form of one but is none that is known (any more): 40001.
    Unknown,
    /// No token at all: 40014.
    Malformed,
}

#[derive(Debug, Clone, Copy)]
struct Life {
    until: i64,
    replaced: bool,
}

/// All tokens of one account.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    lives: HashMap<String, Life>,
    plain: Option<String>,
    stable: Option<String>,
    forced: (i64, u32),
    forced_at: Option<i64>,
}

impl Tokens {
    /// A new plain token; the one before gets five minutes at most.
    pub(crate) fn plain(&mut self, now: i64) -> (String, i64) {
        let token = self.issue(now);
        if let Some(old) = self.plain.replace(token.clone()) {
            self.shorten(&old, now + OVERLAP);
        }
        (token, LIFE)
    }

    /// The stable token and the seconds it still lives; `day` counts forced refreshes.
    pub(crate) fn stable(&mut self, now: i64, day: i64, force: bool) -> (String, i64) {
        let current = self.stable.clone().and_then(|token| self.lives.get(&token).map(|life| (token, *life)));
        let force = force && self.may_force(now, day);
        match current {
            Some((token, life)) if !force && life.until - now > OVERLAP => {
                (token, (life.until - now).min(LIFE))
            }
            current => {
                if let (Some((old, _)), true) = (current, force) {
                    self.shorten(&old, now);
                }
                let token = self.issue(now);
                self.stable = Some(token.clone());
                (token, LIFE)
            }
        }
    }

    /// May this token call?
    pub(crate) fn check(&self, token: &str, now: i64) -> TokenState {
        match self.lives.get(token) {
            None if draw::is_access_token(token) => TokenState::Unknown,
            None => TokenState::Malformed,
            Some(life) if now < life.until => TokenState::Valid,
            Some(Life { replaced: true, .. }) => TokenState::Replaced,
            Some(_) => TokenState::Expired,
        }
    }

    /// Takes a token's place now, as a refresh by another process does, for the fault `token_expired` with 40001.
    pub(crate) fn take_place(&mut self, token: &str, now: i64) {
        if let Some(life) = self.lives.get_mut(token) {
            life.replaced = true;
            life.until = life.until.min(now);
        }
    }

    /// Ends a token's life now, for the fault `token_expired`.
    pub(crate) fn expire(&mut self, token: &str, now: i64) {
        if let Some(life) = self.lives.get_mut(token) {
            life.until = life.until.min(now);
        }
    }

    /// Ends every token at once: the secret was frozen or changed, and later ones are not these.
    pub(crate) fn end_all(&mut self, now: i64) {
        for life in self.lives.values_mut() {
            life.replaced |= life.until > now;
            life.until = life.until.min(now);
        }
        (self.plain, self.stable) = (None, None);
    }

    fn issue(&mut self, now: i64) -> String {
        self.lives.retain(|_, life| life.until + 86_400 > now);
        let token = draw::access_token();
        self.lives.insert(token.clone(), Life { until: now + LIFE, replaced: false });
        token
    }

    fn shorten(&mut self, token: &str, until: i64) {
        if let Some(life) = self.lives.get_mut(token) {
            life.replaced = life.until > until;
            life.until = life.until.min(until);
        }
    }

    fn may_force(&mut self, now: i64, day: i64) -> bool {
        if self.forced.0 != day {
            self.forced = (day, 0);
        }
        let apart = self.forced_at.is_none_or(|at| now - at >= FORCED_APART);
        if !apart || self.forced.1 >= FORCED_A_DAY {
            return false;
        }
        self.forced.1 += 1;
        self.forced_at = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stable_token_stays_until_five_minutes_before_its_end() {
        let mut tokens = Tokens::default();
        let (first, life) = tokens.stable(0, 0, false);
        assert_eq!(life, LIFE);
        assert_eq!(tokens.stable(6899, 0, false), (first.clone(), 301));
        let (second, life) = tokens.stable(6900, 0, false);
        assert_ne!(first, second);
        assert_eq!(life, LIFE);
        assert_eq!(tokens.check(&first, 7199), TokenState::Valid, "both live for the last five minutes");
        assert_eq!(tokens.check(&first, 7200), TokenState::Expired);
    }

    #[test]
    fn a_forced_refresh_kills_at_once_but_not_twice_in_thirty_seconds() {
        let mut tokens = Tokens::default();
        let (first, _) = tokens.stable(0, 0, false);
        let (second, _) = tokens.stable(1, 0, true);
        assert_eq!(tokens.check(&first, 1), TokenState::Replaced);
        assert_eq!(tokens.stable(30, 0, true).0, second, "29 s later nothing is refreshed");
        assert_ne!(tokens.stable(31, 0, true).0, second);
    }

    #[test]
    fn twenty_forced_refreshes_a_day() {
        let mut tokens = Tokens::default();
        let mut last = tokens.stable(0, 0, false).0;
        for n in 1..=20 {
            let next = tokens.stable(n * 30, 0, true).0;
            assert_ne!(next, last, "refresh {n}");
            last = next;
        }
        assert_eq!(tokens.stable(21 * 30, 0, true).0, last);
        assert_ne!(tokens.stable(22 * 30, 1, true).0, last, "the next day counts anew");
    }

    #[test]
    fn a_plain_token_leaves_the_old_one_five_minutes_and_the_stable_one_alone() {
        let mut tokens = Tokens::default();
        let stable = tokens.stable(0, 0, false).0;
        let first = tokens.plain(0).0;
        let second = tokens.plain(10).0;
        assert_ne!(first, second);
        assert_eq!(tokens.check(&first, 309), TokenState::Valid);
        assert_eq!(tokens.check(&first, 310), TokenState::Replaced);
        assert_eq!(tokens.check(&stable, 310), TokenState::Valid);
        assert_eq!(tokens.check("nonsense", 0), TokenState::Malformed);
        assert_eq!(tokens.check(&draw::access_token(), 0), TokenState::Unknown);
    }

    #[test]
    fn a_token_that_ended_by_itself_is_told_from_one_that_was_replaced() {
        let mut tokens = Tokens::default();
        let (first, second) = (tokens.plain(0).0, tokens.plain(7000).0);
        assert_eq!(
            tokens.check(&first, 7200),
            TokenState::Expired,
            "its two hours were over before its five minutes"
        );
        tokens.take_place(&second, 7100);
        assert_eq!(tokens.check(&second, 7100), TokenState::Replaced);
        let stable = tokens.stable(0, 0, false).0;
        tokens.expire(&stable, 10);
        assert_eq!(tokens.check(&stable, 10), TokenState::Expired);
        assert_ne!(tokens.stable(10, 0, false).0, stable, "the next call draws another");
        let stable = tokens.stable(10, 0, false).0;
        tokens.end_all(20);
        assert_eq!(tokens.check(&stable, 20), TokenState::Replaced);
        assert_ne!(tokens.stable(20, 0, false).0, stable);
    }
}
