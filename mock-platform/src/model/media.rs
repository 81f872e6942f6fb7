//! Pictures, sounds and films that the platform keeps for three days (protocol §8).

use std::collections::HashMap;

use crate::draw;

/// Seconds that a temporary medium is kept.
const KEPT: i64 = 3 * 24 * 3600;

/// One medium.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) kind: String,
    pub(crate) content_type: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) bytes: axum::body::Bytes,
    until: Option<i64>,
}

/// All media of one account.
#[derive(Debug, Default)]
pub(crate) struct MediaStore(HashMap<String, Media>);

impl MediaStore {
    /// Keeps bytes for three days and names them.
    pub(crate) fn keep(&mut self, kind: &str, bytes: impl Into<axum::body::Bytes>, now: i64) -> String {
        self.insert(kind, bytes.into(), Some(now + KEPT))
    }

    /// Keeps bytes for good, as `uploadimg` does.
    pub(crate) fn keep_forever(&mut self, kind: &str, bytes: axum::body::Bytes) -> String {
        self.insert(kind, bytes, None)
    }

    /// The medium of that id, unless it has lapsed.
    pub(crate) fn get(&self, id: &str, now: i64) -> Option<&Media> {
        self.0.get(id).filter(|media| media.until.is_none_or(|until| now < until))
    }

    fn insert(&mut self, kind: &str, bytes: axum::body::Bytes, until: Option<i64>) -> String {
        let id = draw::media_id();
        let (content_type, extension) = sniff(&bytes);
        self.0.insert(id.clone(), Media { kind: kind.to_owned(), content_type, extension, bytes, until });
        id
    }
}

/// Content type and file extension by the first bytes.
pub(crate) fn sniff(bytes: &[u8]) -> (&'static str, &'static str) {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => ("image/jpeg", "jpg"),
        [0x89, b'P', b'N', b'G', ..] => ("image/png", "png"),
        [b'G', b'I', b'F', b'8', ..] => ("image/gif", "gif"),
        [b'#', b'!', b'A', b'M', b'R', ..] => ("audio/amr", "amr"),
        [b'I', b'D', b'3', ..] | [0xff, 0xfb, ..] => ("audio/mpeg", "mp3"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => ("video/mp4", "mp4"),
        _ => ("application/octet-stream", "bin"),
    }
}
