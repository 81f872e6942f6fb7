//! Every number that decides about a document, as configuration may change it (`photo.card.*`).

use serde::{Deserialize, Serialize};

/// Limits of the table `CARD`. Sizes and shares are those of the picture as sent, or of the card in it where one was
/// found. "Measured" means on good and bad pictures of cards (vision §5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CardLimits {
    /// From which confidence on a line counts as read, 0..1 (vision §5).
    pub sure: f32,
    /// How many labels of a side must be read to know it (vision §5).
    pub labels: f64,
    /// Shortest longer side of the picture in pixels (vision §5).
    pub longer_side: f64,
    /// Narrowest card in pixels of the picture as sent; below it small print is lost. Cards that fill half of a small
    /// picture have 350.
    pub card_width: f64,
    /// Largest share of the card that one reflection may cover. Good 0, bad from 0.06 (measured).
    pub glare: f64,
    /// Least steps of grey over those left after a mean of nine pixels. Good ≥ 2.1, blurred ≤ 1.26 (measured).
    pub sharpness: f64,
    /// Least 95 % grey value. Good ≥ 184, bad ≤ 46 (measured).
    pub light: f64,
    /// How near to the picture's edge a line of the card is taken to be cut, as a share of the picture's side (vision §5).
    pub edge: f32,
    /// How far the card may reach beyond the picture, as a share of its width. What perspective does to a card that is
    /// wholly seen stays below it.
    pub beyond: f64,
    /// How far beyond the picture the card is cut without doubt, whatever was read: half of the emblem is gone then.
    pub beyond_hard: f64,
    /// How many labelled fields may be unreadable inside the picture before a new photo is asked for; one is shown to
    /// the reviewer.
    pub fields_hidden: f64,
    /// Least share of a picture that a card covers which lies there alone although it was to be held. Cards laid flat
    /// have 0.43, held ones 0.14.
    pub flat_share: f32,
    /// Least share of red where the emblem is. Good 0.4, grey copies 0 (measured).
    pub emblem_red: f64,
    /// Narrowest face of a holder as a share of the card's width: 0.4 of the number line's (vision §5). The printed
    /// portrait has 0.13.
    pub holder_to_card: f32,
    /// Narrowest face of a holder as a share of the picture's width, where no card was found (vision §5).
    pub holder_width: f32,
    /// Narrowest face of a holder as a share of the width of all text, where it is within the text: a portrait printed
    /// on a page is narrower.
    pub holder_to_text: f32,
    /// Score from which a detection is a face, 0..1 (vision §4).
    pub face_score: f32,
    /// How many surely read characters make a page of a document legible; with fewer the reviewer looks. Last pages
    /// have little print.
    pub page_characters: f64,
}

impl Default for CardLimits {
    fn default() -> Self {
        Self {
            sure: 0.8,
            labels: 2.0,
            longer_side: 600.0,
            card_width: 350.0,
            glare: 0.01,
            sharpness: 1.35,
            light: 90.0,
            edge: 0.01,
            beyond: 0.06,
            beyond_hard: 0.15,
            fields_hidden: 1.0,
            flat_share: 0.35,
            emblem_red: 0.05,
            holder_to_card: 0.24,
            holder_width: 0.15,
            holder_to_text: 0.3,
            face_score: 0.6,
            page_characters: 12.0,
        }
    }
}
