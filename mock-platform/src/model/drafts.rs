//! Drafts of articles: what `mpnews` sends (protocol §9). A draft that has been mass-sent leaves the box (K).

use crate::draw;

/// One article as the account wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) title: String,
    pub(crate) author: String,
    pub(crate) digest: String,
    pub(crate) content: String,
    pub(crate) content_source_url: String,
    pub(crate) thumb_media_id: String,
    pub(crate) need_open_comment: u8,
    pub(crate) only_fans_can_comment: u8,
    /// Where the article can be read.
    pub(crate) url: String,
}

/// A draft.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) media_id: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// All drafts, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Drafts(Vec<Draft>);

impl Drafts {
    /// Keeps a draft; its media id.
    pub(crate) fn add(&mut self, pieces: Vec<Piece>, now: i64) -> String {
        let media_id = draw::media_id();
        self.0.push(Draft { media_id: media_id.clone(), pieces, created_at: now, updated_at: now });
        media_id
    }

    /// The draft of that id.
    pub(crate) fn get(&self, media_id: &str) -> Option<&Draft> {
        self.0.iter().find(|draft| draft.media_id == media_id)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, media_id: &str) -> Option<&mut Draft> {
        self.0.iter_mut().find(|draft| draft.media_id == media_id)
    }

    /// Takes a draft out of the box; was it there?
    pub(crate) fn remove(&mut self, media_id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|draft| draft.media_id != media_id);
        self.0.len() < before
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The newest first, as the platform lists them.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Draft> {
        self.0.iter().rev()
    }
}
