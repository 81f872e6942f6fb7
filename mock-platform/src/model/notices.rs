//! Which subscription notices a person allows (protocol §7).
//!
//! A one-time template is granted once per acceptance, a long-term one until the person takes it back.

use std::collections::HashMap;

/// What a person has allowed, by template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grants(HashMap<String, Grant>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    /// So many notices.
    Once(u32),
    /// As many as the account likes.
    LongTerm,
}

impl Grants {
    /// The person accepted.
    pub(crate) fn accept(&mut self, template_id: &str, long_term: bool) {
        let grant = match self.0.get(template_id) {
            _ if long_term => Grant::LongTerm,
            Some(Grant::Once(left)) => Grant::Once(left + 1),
            _ => Grant::Once(1),
        };
        self.0.insert(template_id.to_owned(), grant);
    }

    /// The person wants none of it; was there anything to take back?
    pub(crate) fn reject(&mut self, template_id: &str) -> bool {
        self.0.remove(template_id).is_some()
    }

    /// Takes one notice out of what is allowed; false when nothing is.
    pub(crate) fn spend(&mut self, template_id: &str) -> bool {
        match self.0.get_mut(template_id) {
            Some(Grant::LongTerm) => true,
            Some(Grant::Once(left)) if *left > 1 => {
                *left -= 1;
                true
            }
            Some(Grant::Once(_)) => self.reject(template_id),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_notice_for_each_acceptance() {
        let mut grants = Grants::default();
        assert!(!grants.spend("once"));
        grants.accept("once", false);
        grants.accept("once", false);
        assert_eq!([grants.spend("once"), grants.spend("once"), grants.spend("once")], [true, true, false]);
        assert!(!grants.reject("once"), "nothing is left to take back");
    }

    #[test]
    fn a_long_term_grant_lasts_until_it_is_taken_back() {
        let mut grants = Grants::default();
        grants.accept("long", true);
        assert!((0..9).all(|_| grants.spend("long")));
        assert!(grants.reject("long"));
        assert!(!grants.spend("long"));
    }
}
