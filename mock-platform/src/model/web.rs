//! Web authorisation: codes that work once, and the tokens of a page's visitor (protocol §12).
//!
//! These tokens have nothing to do with those of the API. A code lives five minutes, a token two hours, and the
//! refresh token thirty days from the day of the visit.

use std::collections::HashMap;

use crate::draw;

/// Seconds that each lives.
pub(crate) const CODE_LIFE: i64 = 300;
pub(crate) const TOKEN_LIFE: i64 = 7200;
pub(crate) const REFRESH_LIFE: i64 = 30 * 86_400;

/// Who visits, and what they allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visit {
    /// The openid that the page learns; a passing account's own for a snapshot user.
    pub(crate) openid: String,
    /// The person.
    pub(crate) person: String,
    /// `snsapi_base` or `snsapi_userinfo`.
    pub(crate) scope: String,
    pub(crate) is_snapshot: bool,
}

#[derive(Debug)]
struct Code {
    visit: Visit,
    until: i64,
    is_used: bool,
}

/// What a page holds after the exchange.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) visit: Visit,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    until: i64,
    refresh_until: i64,
}

/// All of an account; the error of each call is its errcode.
#[derive(Debug, Default)]
pub(crate) struct WebGrants {
    codes: HashMap<String, Code>,
    grants: Vec<Grant>,
}

impl WebGrants {
    /// A code for a visit.
    pub(crate) fn code(&mut self, visit: Visit, now: i64) -> String {
        let code = draw::word(32);
        self.codes.insert(code.clone(), Code { visit, until: now + CODE_LIFE, is_used: false });
        code
    }

    /// A code against tokens, once.
    pub(crate) fn exchange(&mut self, code: &str, now: i64) -> Result<&Grant, i64> {
        let code = self.codes.get_mut(code).ok_or(40029)?;
        if code.is_used {
            return Err(40163);
        }
        if now >= code.until {
            return Err(42003);
        }
        code.is_used = true;
        let grant = Grant {
            visit: code.visit.clone(),
            access_token: draw::access_token(),
            refresh_token: draw::access_token(),
            until: now + TOKEN_LIFE,
            refresh_until: now + REFRESH_LIFE,
        };
        self.grants.retain(|grant| now < grant.refresh_until + REFRESH_LIFE);
        self.grants.push(grant);
        Ok(self.grants.last().expect("just pushed"))
    }

    /// Two hours more: of the same token while it lives, else of a new one.
    pub(crate) fn refresh(&mut self, refresh_token: &str, now: i64) -> Result<&Grant, i64> {
        let grant = self.grants.iter_mut().find(|grant| grant.refresh_token == refresh_token).ok_or(40030)?;
        if now >= grant.refresh_until {
            return Err(42002);
        }
        if now >= grant.until {
            grant.access_token = draw::access_token();
        }
        grant.until = now + TOKEN_LIFE;
        Ok(grant)
    }

    /// The visit that a token is for.
    pub(crate) fn check(&self, access_token: &str, openid: &str, now: i64) -> Result<&Visit, i64> {
        if access_token.is_empty() {
            return Err(41001);
        }
        let grant = self.grants.iter().find(|grant| grant.access_token == access_token).ok_or(40001)?;
        if now >= grant.until {
            return Err(42001);
        }
        if grant.visit.openid == openid { Ok(&grant.visit) } else { Err(40003) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit() -> Visit {
        Visit { openid: "o1".into(), person: "o1".into(), scope: "snsapi_base".into(), is_snapshot: false }
    }

    #[test]
    fn a_code_works_once_and_for_five_minutes() {
        let mut web = WebGrants::default();
        let (first, second) = (web.code(visit(), 0), web.code(visit(), 0));
        assert_eq!(web.exchange("other", 0).err(), Some(40029));
        assert!(web.exchange(&first, 299).is_ok());
        assert_eq!(web.exchange(&first, 299).err(), Some(40163));
        assert_eq!(web.exchange(&second, 300).err(), Some(42003));
    }

    #[test]
    fn tokens_live_two_hours_and_their_refresh_thirty_days() {
        let mut web = WebGrants::default();
        let code = web.code(visit(), 0);
        let grant = web.exchange(&code, 0).unwrap().clone();
        let access = &grant.access_token;
        for (token, openid, now, expected) in [
            (access.as_str(), "o1", 7199, None),
            (access, "o1", 7200, Some(42001)),
            (access, "o2", 0, Some(40003)),
            ("other", "o1", 0, Some(40001)),
            ("", "o1", 0, Some(41001)),
        ] {
            assert_eq!(web.check(token, openid, now).err(), expected, "{openid} {now}");
        }
        assert_eq!(web.refresh(&grant.refresh_token, 7000).unwrap().access_token, *access, "it still lives");
        assert!(web.check(access, "o1", 14_199).is_ok());
        assert_ne!(web.refresh(&grant.refresh_token, 14_200).unwrap().access_token, *access);
        assert_eq!(web.refresh(&grant.refresh_token, REFRESH_LIFE).err(), Some(42002));
        assert_eq!(web.refresh("other", 0).err(), Some(40030));
    }
}
