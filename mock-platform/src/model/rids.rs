//! What a `rid` stood for: the calls that were answered with an errcode, for `openapi/rid/get` (protocol §5).

use std::collections::VecDeque;

use serde::Serialize;

/// Calls remembered; older ones fall out.
const KEPT: usize = 1_000;
/// Characters of a body that are remembered.
const BODY: usize = 4_096;
/// Seconds that a rid can be asked for: 7 days (K).
const LIFE: i64 = 7 * 86_400;

/// A call as `rid/get` tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Traced {
    pub(crate) invoke_time: i64,
    pub(crate) cost_in_ms: u64,
    pub(crate) request_url: String,
    pub(crate) request_body: String,
    pub(crate) response_body: String,
    pub(crate) client_ip: String,
}

/// The newest calls that went wrong.
#[derive(Debug, Default)]
pub(crate) struct Rids(VecDeque<(String, Traced)>);

impl Rids {
    /// Remembers a call by its rid, of a long body the beginning.
    pub(crate) fn remember(&mut self, rid: &str, mut request: Traced) {
        for body in [&mut request.request_body, &mut request.response_body] {
            if let Some((end, _)) = body.char_indices().nth(BODY) {
                body.truncate(end);
            }
        }
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back((rid.to_owned(), request));
    }

    /// The call of a rid: 76002 for what is no rid, 76001 for one that is unknown or too old.
    pub(crate) fn find(&self, rid: &str, now: i64) -> Result<&Traced, i64> {
        let parts: Vec<&str> = rid.split('-').collect();
        let is_hex = |part: &&str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        if parts.len() != 3 || !parts.iter().all(is_hex) {
            return Err(76002);
        }
        let found = self.0.iter().rev().find(|(name, _)| name == rid).map(|(_, request)| request);
        found.filter(|request| now < request.invoke_time + LIFE).ok_or(76001)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_so_many_for_so_long() {
        let mut rids = Rids::default();
        let request = Traced {
            invoke_time: 100,
            cost_in_ms: 1,
            request_url: String::new(),
            request_body: String::new(),
            response_body: String::new(),
            client_ip: String::new(),
        };
        let rid = |n: usize| format!("{n:08x}-00000000-00000000");
        let long = Traced { request_body: "字".repeat(BODY + 1), ..request.clone() };
        rids.remember("ffffffff-00000000-00000000", long);
        let kept = &rids.find("ffffffff-00000000-00000000", 100).unwrap().request_body;
        assert_eq!(kept.chars().count(), BODY);
        for n in 0..=KEPT {
            rids.remember(&rid(n), request.clone());
        }
        for (asked, now, expected) in [
            (rid(0), 100, Err(76001)),
            (rid(1), 100, Ok(&request)),
            (rid(KEPT), 99 + LIFE, Ok(&request)),
            (rid(KEPT), 100 + LIFE, Err(76001)),
            ("nonsense".to_owned(), 100, Err(76002)),
        ] {
            assert_eq!(rids.find(&asked, now), expected, "{asked} {now}");
        }
    }
}
