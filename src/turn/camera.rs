//! Pictures that the menu camera announced and that have not come yet.
//!
//! `pic_sysphoto` brings the MD5 of each picture before the pictures themselves (protocol §3): who sends one of these
//! has just taken it. Each is good for one picture and for a few minutes only; else the same picture, sent once more
//! from the album, would pass as taken now.

use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// One use of the menu camera sends up to nine pictures.
const MOST: usize = 9;
/// Whatever has not come by then is not coming: nine pictures of 3 MB over a slow mobile network (1 Mbit/s) take three
/// and a half minutes. Business time.
const AWAITED_SECONDS: i64 = 300;

/// What the menu camera announced, newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Announced(Vec<Picture>);

/// One picture to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Picture {
    md5: String,
    at: Millis,
}

impl Announced {
    /// The menu camera took pictures with these MD5s.
    pub fn announce(&mut self, md5: &[String], now: Millis) {
        self.forget(now);
        self.0.extend(md5.iter().map(|md5| Picture { md5: md5.to_ascii_lowercase(), at: now }));
        let over = self.0.len().saturating_sub(MOST);
        self.0.drain(..over);
    }

    /// MD5s in lower-case hex of the pictures that may still come.
    pub fn awaited(&self, now: Millis) -> Vec<String> {
        self.0.iter().filter(|picture| picture.is_awaited(now)).map(|picture| picture.md5.clone()).collect()
    }

    /// The picture with this MD5 has come.
    pub(super) fn use_up(&mut self, md5: &str) {
        self.0.retain(|picture| picture.md5 != md5);
    }

    /// Whatever is too old does not come any more.
    pub(super) fn forget(&mut self, now: Millis) {
        self.0.retain(|picture| picture.is_awaited(now));
    }
}

impl Picture {
    fn is_awaited(&self, now: Millis) -> bool {
        now < self.at.plus_seconds(AWAITED_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_good_for_one_picture_and_a_few_minutes() {
        let start = Millis(1_000_000);
        let mut announced = Announced::default();
        announced.announce(&["AA".into(), "bb".into()], start);
        assert_eq!(announced.awaited(start.plus_seconds(299)), ["aa", "bb"]);
        assert!(announced.awaited(start.plus_seconds(300)).is_empty());
        announced.use_up("aa");
        assert_eq!(announced.awaited(start), ["bb"]);
        announced.announce(&["cc".into()], start.plus_seconds(300));
        assert_eq!(announced.0.len(), 1, "the old one is not kept");
    }

    #[test]
    fn the_newest_nine_are_remembered() {
        let md5: Vec<String> = (0..12).map(|n| n.to_string()).collect();
        let mut announced = Announced::default();
        announced.announce(&md5, Millis(0));
        assert_eq!(announced.awaited(Millis(0)), md5[3..]);
    }
}
