//! Pictures, sounds and films: temporary ones for three days, an account's permanent material, pictures of articles
//! (protocol §8).

mod sound;

use std::collections::HashMap;

use axum::body::Bytes;

use crate::draw;
pub(crate) use sound::seconds;

/// Seconds that a temporary medium is kept.
const KEPT: i64 = 3 * 24 * 3600;

/// What the small picture of a card can be.
pub(crate) const COVER: &[&str] = &["thumb", "image"];

/// One medium.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) kind: String,
    pub(crate) content_type: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) bytes: Bytes,
    kept: Kept,
}

/// How long, and what for.
#[derive(Debug, Clone)]
enum Kept {
    /// Temporary, until then.
    Until(i64),
    /// The picture of an article, or the film of a mass message: an address and no media id that a call could name.
    Picture,
    /// Permanent material.
    Material(Material),
}

/// What is known of permanent material besides its bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Material {
    /// The file's name.
    pub(crate) name: String,
    /// Title of a film.
    pub(crate) title: String,
    /// Description of a film.
    pub(crate) introduction: String,
    pub(crate) update_time: i64,
    /// Later ones have higher numbers; the store gives it.
    pub(crate) order: u64,
}

/// All media of one account.
#[derive(Debug, Default)]
pub(crate) struct MediaStore {
    all: HashMap<String, Media>,
    materials: u64,
}

impl MediaStore {
    /// Keeps bytes for three days and names them.
    pub(crate) fn keep(&mut self, kind: &str, bytes: impl Into<Bytes>, now: i64) -> String {
        self.insert(kind, bytes.into(), Kept::Until(now + KEPT))
    }

    /// Keeps the picture of an article for good.
    pub(crate) fn keep_picture(&mut self, bytes: Bytes) -> String {
        self.insert("image", bytes, Kept::Picture)
    }

    /// A copy with an address and no media id that a call could name, as a mass message has of its film.
    pub(crate) fn copy(&mut self, id: &str) -> Option<String> {
        let media = self.all.get(id)?;
        let (kind, bytes) = (media.kind.clone(), media.bytes.clone());
        Some(self.insert(&kind, bytes, Kept::Picture))
    }

    /// Takes away all that would have lapsed by itself.
    pub(crate) fn forget_temporary(&mut self) {
        self.all.retain(|_, media| !matches!(media.kept, Kept::Until(_)));
    }

    /// Takes such a copy away.
    pub(crate) fn forget(&mut self, id: &str) {
        self.all.remove(id);
    }

    /// Keeps permanent material.
    pub(crate) fn keep_material(&mut self, kind: &str, bytes: Bytes, material: Material) -> String {
        self.materials += 1;
        let material = Material { order: self.materials, ..material };
        self.insert(kind, bytes, Kept::Material(material))
    }

    /// What a message may name: material, or a temporary medium that has not lapsed.
    pub(crate) fn get(&self, id: &str, now: i64) -> Option<&Media> {
        self.shown(id, now).filter(|media| !matches!(media.kept, Kept::Picture))
    }

    /// May a message name this as one of these kinds?
    pub(crate) fn serves(&self, id: &str, kinds: &[&str], now: i64) -> bool {
        self.get(id, now).is_some_and(|media| kinds.contains(&media.kind.as_str()))
    }

    /// A temporary medium that has not lapsed.
    pub(crate) fn temporary(&self, id: &str, now: i64) -> Option<&Media> {
        self.shown(id, now).filter(|media| matches!(media.kept, Kept::Until(_)))
    }

    /// Whatever has an address on the mock, article pictures among them.
    pub(crate) fn shown(&self, id: &str, now: i64) -> Option<&Media> {
        self.all.get(id).filter(|media| !matches!(media.kept, Kept::Until(until) if now >= until))
    }

    /// Permanent material.
    pub(crate) fn material(&self, id: &str) -> Option<(&Media, &Material)> {
        self.all.get(id).and_then(|media| Some((media, media.material()?)))
    }

    /// Takes material away; was it there?
    pub(crate) fn remove_material(&mut self, id: &str) -> bool {
        self.material(id).is_some() && self.all.remove(id).is_some()
    }

    /// The material of a kind, newest first.
    pub(crate) fn materials(&self, kind: &str) -> Vec<(&str, &Material)> {
        let of_kind = self.all.iter().filter(|(_, media)| media.kind == kind);
        let mut found: Vec<_> =
            of_kind.filter_map(|(id, media)| Some((id.as_str(), media.material()?))).collect();
        found.sort_by_key(|(_, material)| std::cmp::Reverse(material.order));
        found
    }

    fn insert(&mut self, kind: &str, bytes: Bytes, kept: Kept) -> String {
        let id = draw::media_id();
        let (content_type, extension) = sniff(&bytes);
        self.all.insert(id.clone(), Media { kind: kind.to_owned(), content_type, extension, bytes, kept });
        id
    }
}

impl Media {
    fn material(&self) -> Option<&Material> {
        match &self.kept {
            Kept::Material(material) => Some(material),
            _ => None,
        }
    }
}

/// Content type and file extension by the first bytes.
pub(crate) fn sniff(bytes: &[u8]) -> (&'static str, &'static str) {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => ("image/jpeg", "jpg"),
        [0x89, b'P', b'N', b'G', ..] => ("image/png", "png"),
        [b'G', b'I', b'F', b'8', ..] => ("image/gif", "gif"),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => ("image/bmp", "bmp"),
        [b'#', b'!', b'A', b'M', b'R', ..] => ("audio/amr", "amr"),
        [b'I', b'D', b'3', ..] | [0xff, 0xe2 | 0xe3 | 0xf2 | 0xf3 | 0xfa | 0xfb, ..] => ("audio/mpeg", "mp3"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => ("audio/wav", "wav"),
        [0x30, 0x26, 0xb2, 0x75, ..] => ("audio/x-ms-wma", "wma"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => ("video/mp4", "mp4"),
        _ => ("application/octet-stream", "bin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_sees_what_it_may() {
        let mut store = MediaStore::default();
        let jpeg = Bytes::from_static(&[0xff, 0xd8, 0xff, 0xd9]);
        let temporary = store.keep("image", jpeg.clone(), 0);
        let picture = store.keep_picture(jpeg.clone());
        let material = store.keep_material("image", jpeg, Material::default());
        let kinds = [&["image"][..], &["voice"], COVER].map(|kinds| store.serves(&material, kinds, KEPT));
        assert_eq!(kinds, [true, false, true]);
        for (id, now, expected) in [
            // usable in a message, by media/get, by get_material, on the page
            (&temporary, KEPT - 1, [true, true, false, true]),
            (&temporary, KEPT, [false, false, false, false]),
            (&picture, KEPT, [false, false, false, true]),
            (&material, KEPT, [true, false, true, true]),
        ] {
            let seen = [
                store.get(id, now).is_some(),
                store.temporary(id, now).is_some(),
                store.material(id).is_some(),
                store.shown(id, now).is_some(),
            ];
            assert_eq!(seen, expected);
        }
        store.forget_temporary();
        assert!(store.temporary(&temporary, 0).is_none() && store.shown(&picture, 0).is_some());
        assert!(!store.remove_material(&temporary) && store.remove_material(&material));
    }
}
