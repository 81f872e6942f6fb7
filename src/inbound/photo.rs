//! Pictures: where one belongs, how it came, what is stored of it and what became of it.

use serde::{Deserialize, Serialize};

/// Where a picture belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoSlot {
    /// 身份证正面（国徽面）, or the other document's data page.
    Front,
    /// 身份证反面（人像面）, or the other document's back.
    Back,
    /// 手持证件.
    Handheld,
    /// The portrait for the certificate.
    Portrait,
}

impl PhotoSlot {
    /// The name in dialogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
            Self::Handheld => "handheld",
            Self::Portrait => "portrait",
        }
    }
}

/// How a picture came to be, as far as the bot can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoSource {
    /// Taken with the account menu's camera: the picture's MD5 was announced by `pic_sysphoto`.
    MenuCamera,
    /// Taken by the camera page's own live camera.
    CameraPage,
    /// Uploaded on the camera page as a file: asked of the phone's camera by `capture`, which nobody can prove.
    PageFile,
    /// Sent in the chat, from an album or unknown.
    Chat,
}

/// A stored picture: the content is in `files`, under `name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPhoto {
    /// HMAC(key, case ‖ content) in hex: equal names are the same picture of the same case.
    pub name: String,
    /// Width in pixels after the EXIF orientation is applied.
    pub width: u32,
    /// Height in pixels after the EXIF orientation is applied.
    pub height: u32,
    /// How it came.
    pub source: PhotoSource,
    /// The slot of the photo of a card that it is, if that could be told: the one asked for may be another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<PhotoSlot>,
    /// What the automatic checks say of it, for the candidate and the reviewer.
    #[serde(default, skip_serializing_if = "Precheck::is_empty")]
    pub precheck: Precheck,
}

/// What the automatic checks say of a picture that is kept. A reviewer may overrule all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Precheck {
    /// The codes found, worst first: hints, and defects where the candidate asked for people to judge.
    pub codes: Vec<String>,
    /// What was measured: `name=number`, separated by blanks. One text, because a case is read with every message and
    /// only reviewers look at this.
    pub measures: String,
}

impl Precheck {
    /// Whether nothing was looked at.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.measures.is_empty()
    }
}

/// The photo check's outcome for one picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoChecked {
    /// The inbox key of the message that brought the picture; empty from the camera page.
    pub inbox_key: String,
    /// The slot the picture was meant for when it arrived; a verdict for a replaced slot is dropped.
    pub slot: PhotoSlot,
    /// The case's round when it arrived.
    pub round: u32,
    /// Which of the pictures sent for this slot: a newer one makes this verdict stale.
    pub sequence: u64,
    /// The announced MD5 that made it a picture of the menu camera: used up, whatever the verdict.
    pub camera_md5: Option<String>,
    /// The verdict.
    pub verdict: PhotoVerdict,
}

/// What became of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoVerdict {
    /// Stored, good enough for a reviewer.
    Accepted(StoredPhoto),
    /// Not stored; each code has words in the dialog, worst first.
    Refused(Vec<String>),
    /// The platform no longer has it or it could not be fetched in time.
    Unavailable,
}
