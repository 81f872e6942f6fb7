//! Faults on demand: the next calls of one target are slow, doubled, out of order, lost, refused or garbled.
//!
//! Deterministic: a fault hits exactly the next `times` calls of its target and is then gone; with `skip` so many calls
//! pass before each. The first fault whose target fits is taken, so faults of one target queue up in the order in which
//! they were set, and one that still lets calls pass holds up those behind it. What a kind means
//! differs between the two directions; the table stands at [`Kind`].

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The target that names deliveries to the bot.
pub(crate) const CALLBACK: &str = "callback";
/// The beginning of every path of the upstream systems.
const UPSTREAM: &str = "/upstream";

/// What goes wrong.
///
/// | kind | a delivery to the bot | an API call of the bot |
/// | --- | --- | --- |
/// | `delay` | waits `value` ms (1000) before it is sent | is carried out at once and answered `value` ms later |
/// | `duplicate` | is sent twice at the same time; with an address as `value` the second goes there | is carried out twice; the second answer is given |
/// | `reorder` | waits until the next delivery has been answered, at most `value` ms (2000) | the same with the next call of the target |
/// | `drop` | never arrives and counts as an attempt | is carried out and its answer lost; with `value` `"request"` not carried out |
/// | `status` | is sent; its answer counts as HTTP `value` (500) | is not carried out; HTTP `value` (500) |
/// | `errcode` | – | is not carried out; answers errcode `value` (-1) |
/// | `garbage` | arrives as rubbish | is not carried out; answers an HTML page with 200 |
/// | `token_expired` | – | the token it carries ends now: 42001 |
///
/// Calls of the upstream systems go wrong like API calls, but have no errcode and no token, and doubling a question
/// changes nothing: `errcode`, `token_expired` and `duplicate` are refused for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Slow.
    Delay,
    /// Twice.
    Duplicate,
    /// After the next one.
    Reorder,
    /// Lost.
    Drop,
    /// An HTTP status.
    Status,
    /// An errcode.
    Errcode,
    /// Rubbish.
    Garbage,
    /// The token has just ended.
    TokenExpired,
}

/// A fault for the next `times` calls of `target`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `callback`, a path, or the beginning of one (`/cgi-bin`, `/upstream/registry`).
    pub target: String,
    /// What goes wrong.
    pub kind: Kind,
    /// Milliseconds, a status, an errcode or an address, as the kind needs it.
    #[serde(default)]
    pub value: Value,
    /// How many calls it hits.
    #[serde(default = "once")]
    pub times: u32,
    /// How many calls of the target pass before each that it hits: 4 is every fifth call.
    #[serde(default)]
    pub skip: u32,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// A fault for the next call only.
    pub fn once(target: impl Into<String>, kind: Kind, value: impl Into<Value>) -> Self {
        Self { target: target.into(), kind, value: value.into(), times: 1, skip: 0 }
    }

    /// Says why this fault cannot be, if it cannot.
    pub(crate) fn check(&self) -> Result<(), String> {
        let outward = self.target == CALLBACK;
        if !outward && !self.target.starts_with('/') {
            return Err(format!("target `{}` is neither `callback` nor a path", self.target));
        }
        if outward && matches!(self.kind, Kind::Errcode | Kind::TokenExpired) {
            return Err("this fault cannot be there: a callback has no errcode and no token".to_owned());
        }
        let upstream = self.target == UPSTREAM || self.target.starts_with("/upstream/");
        if upstream && matches!(self.kind, Kind::Errcode | Kind::TokenExpired | Kind::Duplicate) {
            let reason = "an upstream system has no errcode, no token that ends, and only reads";
            return Err(format!("this fault cannot be there: {reason}"));
        }
        if self.kind == Kind::TokenExpired && !matches!(self.value, Value::Null) && self.has_no_token_code() {
            return Err("a token that ends is 42001 or 40001".to_owned());
        }
        if self.kind == Kind::TokenExpired && is_tokenless(&self.target) {
            return Err("this fault cannot be there: the call has no token".to_owned());
        }
        if self.times == 0 {
            return Err("times counts from 1".to_owned());
        }
        Ok(())
    }

    /// The number given, or a default.
    pub(crate) fn number(&self, default: i64) -> i64 {
        match &self.value {
            Value::Number(number) => number.as_i64().unwrap_or(default),
            Value::String(text) => text.parse().unwrap_or(default),
            _ => default,
        }
    }

    /// The number given, or a default, as milliseconds.
    pub(crate) fn wait(&self, default: i64) -> Duration {
        Duration::from_millis(self.number(default).max(0) as u64)
    }

    /// How the log names it.
    pub(crate) fn label(&self) -> String {
        let kind = serde_json::to_value(self.kind).expect("a kind is a word");
        let kind = kind.as_str().unwrap_or_default();
        if self.value.is_null() { kind.to_owned() } else { format!("{kind} {}", self.value) }
    }

    fn has_no_token_code(&self) -> bool {
        !matches!(self.number(0), 42001 | 40001)
    }

    fn fits(&self, target: &str) -> bool {
        if self.kind == Kind::TokenExpired && is_tokenless(target) {
            return false;
        }
        begins(target, self.target.trim_end_matches('/'))
    }
}

/// Calls without a token of the API, or the beginnings of their paths.
const TOKENLESS: &[&str] = &[
    "/cgi-bin/token",
    "/cgi-bin/stable_token",
    "/cgi-bin/clear_quota/v2",
    "/cgi-bin/showqrcode",
    "/connect",
    "/sns",
    UPSTREAM,
];

fn is_tokenless(target: &str) -> bool {
    TOKENLESS.iter().any(|path| begins(target, path))
}

/// Is a path this one, or below it?
fn begins(target: &str, path: &str) -> bool {
    target.strip_prefix(path).is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
}

/// The faults that are still to come, each with the calls that pass before it.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, u32)>);

impl Faults {
    /// Queues a fault.
    pub(crate) fn add(&mut self, fault: Fault) {
        let skip = fault.skip;
        self.0.push((fault, skip));
    }

    /// Takes the fault that hits this call, if one does.
    pub(crate) fn take(&mut self, target: &str) -> Option<Fault> {
        let at = self.0.iter().position(|(fault, _)| fault.fits(target))?;
        let (next, passing) = &mut self.0[at];
        if *passing > 0 {
            *passing -= 1;
            return None;
        }
        let fault = next.clone();
        *passing = fault.skip;
        next.times -= 1;
        if next.times == 0 {
            self.0.remove(at);
        }
        Some(fault)
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Those still to come, for the page.
    pub(crate) fn pending(&self) -> Vec<&Fault> {
        self.0.iter().map(|(fault, _)| fault).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_the_next_calls_of_its_target_and_no_more() {
        let mut faults = Faults::default();
        let two = Fault { times: 2, ..Fault::once("/cgi-bin/message", Kind::Errcode, 45009) };
        faults.add(two.clone());
        faults.add(Fault::once(CALLBACK, Kind::Drop, Value::Null));
        assert_eq!(faults.take("/cgi-bin/messages"), None);
        assert_eq!(faults.take("/cgi-bin/message/custom/send").map(|f| f.number(0)), Some(45009));
        assert_eq!(faults.take("/cgi-bin/message/custom/send").map(|f| f.kind), Some(Kind::Errcode));
        assert_eq!(faults.take("/cgi-bin/message/custom/send"), None);
        assert_eq!(faults.take(CALLBACK).map(|f| f.kind), Some(Kind::Drop));
        assert_eq!(faults.pending().len(), 0);
    }

    #[test]
    fn every_so_many_calls_in_turn() {
        let mut faults = Faults::default();
        faults.add(Fault { times: 2, skip: 2, ..Fault::once("/cgi-bin", Kind::Errcode, -1) });
        faults.add(Fault { skip: 1, ..Fault::once("/cgi-bin", Kind::Garbage, Value::Null) });
        let hit: Vec<_> = (0..9).map(|_| faults.take("/cgi-bin/token").map(|fault| fault.kind)).collect();
        let (none, errcode) = (None, Some(Kind::Errcode));
        assert_eq!(hit, [none, none, errcode, none, none, errcode, none, Some(Kind::Garbage), none]);
    }

    #[test]
    fn says_what_cannot_be() {
        assert!(Fault::once(CALLBACK, Kind::Errcode, 1).check().is_err());
        assert!(Fault::once("cgi-bin", Kind::Drop, 1).check().is_err());
        assert!(Fault { times: 0, ..Fault::once(CALLBACK, Kind::Drop, 1) }.check().is_err());
        assert!(Fault::once("/cgi-bin/token", Kind::TokenExpired, Value::Null).check().is_err());
        assert!(Fault::once("/cgi-bin", Kind::TokenExpired, 40014).check().is_err());
        for code in [42001, 40001] {
            assert!(Fault::once("/cgi-bin", Kind::TokenExpired, code).check().is_ok());
        }
    }

    #[test]
    fn a_beginning_may_end_in_a_slash_and_a_token_ends_only_where_there_is_one() {
        for (target, kind, path, hit) in [
            ("/cgi-bin/", Kind::Drop, "/cgi-bin/token", true),
            ("/", Kind::Drop, "/sns/auth", true),
            ("/", Kind::Drop, CALLBACK, false),
            ("/cgi-bin", Kind::TokenExpired, "/cgi-bin/stable_token", false),
            ("/cgi-bin", Kind::TokenExpired, "/cgi-bin/menu/get", true),
        ] {
            let mut faults = Faults::default();
            faults.add(Fault::once(target, kind, Value::Null));
            assert_eq!(faults.take(path).is_some(), hit, "{target} {path}");
        }
    }
}
