//! The account's menus: the default one, and conditional ones for some of its followers (protocol §11).

use serde_json::{Value, json};

/// Whom a conditional menu is for; all that is named has to fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) tag_id: Option<u32>,
    /// 1 iOS, 2 Android, 3 others.
    pub(crate) platform: Option<u8>,
}

impl Rule {
    fn fits(&self, tags: &[u32], platform: u8) -> bool {
        self.tag_id.is_none_or(|tag| tags.contains(&tag))
            && self.platform.is_none_or(|named| named == platform)
    }

    fn json(&self) -> Value {
        let mut rule = json!({});
        if let Some(tag) = self.tag_id {
            rule["tag_id"] = json!(tag.to_string());
        }
        if let Some(platform) = self.platform {
            rule["client_platform_type"] = json!(platform.to_string());
        }
        rule
    }
}

#[derive(Debug, Clone)]
struct Conditional {
    id: u64,
    button: Value,
    rule: Rule,
}

/// All menus of an account.
#[derive(Debug)]
pub(crate) struct Menus {
    /// `{"button":[…]}`
    pub(crate) default: Option<Value>,
    conditional: Vec<Conditional>,
    next: u64,
}

/// The numbers of the default menu and of the first conditional one (A).
pub(crate) const DEFAULT: u64 = 400_000_000;
const FIRST: u64 = DEFAULT + 1;

impl Menus {
    /// With the default menu only.
    pub(crate) fn new(default: Option<Value>) -> Self {
        Self { default, conditional: Vec::new(), next: FIRST }
    }

    /// Adds a conditional menu; its number.
    pub(crate) fn add(&mut self, button: Value, rule: Rule) -> u64 {
        let id = self.next;
        self.next += 1;
        self.conditional.push(Conditional { id, button, rule });
        id
    }

    /// Takes a conditional menu away; was it there?
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.conditional.len();
        self.conditional.retain(|menu| menu.id != id);
        self.conditional.len() < before
    }

    /// Takes all away: without a default menu there are no conditional ones.
    pub(crate) fn clear(&mut self) {
        self.default = None;
        self.conditional.clear();
    }

    /// What a follower sees: the newest conditional menu that fits, else the default one.
    pub(crate) fn matching(&self, tags: &[u32], platform: u8) -> Option<Value> {
        self.fitting(tags, platform).or_else(|| self.default.clone())
    }

    /// The newest conditional menu that fits.
    pub(crate) fn fitting(&self, tags: &[u32], platform: u8) -> Option<Value> {
        let fitting = self.conditional.iter().rev().find(|menu| menu.rule.fits(tags, platform));
        fitting.map(|menu| json!({ "button": menu.button }))
    }

    /// The conditional ones as `menu/get` lists them.
    pub(crate) fn listed(&self) -> Vec<Value> {
        let listed = |menu: &Conditional| json!({ "button": menu.button, "matchrule": menu.rule.json(), "menuid": menu.id });
        self.conditional.iter().map(listed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_fits_wins() {
        let mut menus = Menus::new(Some(json!({ "button": ["default"] })));
        menus.add(json!(["tag 100"]), Rule { tag_id: Some(100), platform: None });
        menus.add(json!(["ios"]), Rule { tag_id: None, platform: Some(1) });
        menus.add(json!(["tag 101 on android"]), Rule { tag_id: Some(101), platform: Some(2) });
        for (tags, platform, expected) in [
            (&[][..], 2, "default"),
            (&[100], 2, "tag 100"),
            (&[100], 1, "ios"),
            (&[101], 1, "ios"),
            (&[100, 101], 2, "tag 101 on android"),
        ] {
            assert_eq!(menus.matching(tags, platform).unwrap()["button"][0], expected, "{tags:?} {platform}");
        }
        assert!(menus.remove(FIRST + 1) && !menus.remove(FIRST + 1));
        assert_eq!(menus.matching(&[], 1).unwrap()["button"][0], "default");
        menus.clear();
        assert_eq!(menus.matching(&[100], 2), None);
    }
}
