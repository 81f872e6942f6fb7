//! The account's tags (protocol §10). Who has which stands with the person.

/// A tag; ids of deleted ones are not given again.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) id: u32,
    pub(crate) name: String,
}

/// All tags, the platform's own among them.
#[derive(Debug)]
pub(crate) struct Tags {
    pub(crate) list: Vec<Tag>,
    next: u32,
}

/// 0, 1 and 2 are the platform's; 2 is there from the start (K).
pub(crate) const RESERVED: u32 = 2;
/// Ids of an account's own tags begin here (K).
const FIRST: u32 = 100;

impl Default for Tags {
    fn default() -> Self {
        Self { list: vec![Tag { id: RESERVED, name: "星标组".to_owned() }], next: FIRST }
    }
}

impl Tags {
    /// Adds a tag; its id.
    pub(crate) fn add(&mut self, name: &str) -> u32 {
        let id = self.next;
        self.next += 1;
        self.list.push(Tag { id, name: name.to_owned() });
        id
    }

    /// Is there such a tag?
    pub(crate) fn has(&self, id: u32) -> bool {
        self.list.iter().any(|tag| tag.id == id)
    }
}
