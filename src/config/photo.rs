//! Settings of pictures: their bounds, and where defects begin.

use serde::Deserialize;

use crate::validation::photo::{Bounds, Rules, card::CardLimits, portrait::PortraitLimits};

/// Bounds for pictures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Photo {
    /// Largest file, bytes.
    pub max_bytes: usize,
    /// Largest picture, pixels.
    pub max_pixels: u64,
    /// Smallest width of a portrait, pixels (domain §6.1: 480).
    pub min_portrait_width: u32,
    /// Smallest height of a portrait, pixels (domain §6.1: 640).
    pub min_portrait_height: u32,
    /// Where a portrait's defects begin.
    pub portrait: PortraitLimits,
    /// Where a document's defects begin.
    pub card: CardLimits,
}

impl Photo {
    /// With what pictures are judged.
    pub fn rules(&self) -> Rules {
        let bounds = Bounds {
            max_bytes: self.max_bytes,
            max_pixels: self.max_pixels,
            min_portrait_width: self.min_portrait_width,
            min_portrait_height: self.min_portrait_height,
        };
        Rules { bounds, portrait: self.portrait.clone(), card: self.card.clone() }
    }

    /// A sentence for each limit with which no picture could be judged.
    pub fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (part, limits) in
            [("portrait", serde_json::to_value(&self.portrait)), ("card", serde_json::to_value(&self.card))]
        {
            let limits = limits.unwrap_or_default();
            for (key, value) in limits.as_object().into_iter().flatten() {
                // What is not finite is nothing in JSON.
                if value.is_null() || value.as_f64().is_some_and(|value| value < 0.0) {
                    wrong.push(format!("photo.{part}.{key} 要写 0 或者大于 0 的数。"));
                }
            }
        }
        let (portrait, card) = (&self.portrait, &self.card);
        let sizes = [
            ("max_bytes", self.max_bytes as u64),
            ("max_pixels", self.max_pixels),
            ("min_portrait_width", self.min_portrait_width.into()),
            ("min_portrait_height", self.min_portrait_height.into()),
            ("portrait.width", portrait.width.into()),
            ("portrait.height", portrait.height.into()),
            ("portrait.dpi", portrait.dpi as u64),
        ];
        let most = u64::from(u16::MAX);
        let is_wrong = |(key, size): (&str, u64)| size == 0 || (key.starts_with("portrait.") && size > most);
        let impossible = sizes.into_iter().filter(|&size| is_wrong(size));
        wrong.extend(
            impossible.map(|(key, _)| format!("photo.{key} 要大于 0；毕业证照片的尺寸不能超过 {most}。")),
        );
        if portrait.backgrounds.is_empty() {
            wrong.push("photo.portrait.backgrounds 至少要有一种灰度。".to_owned());
        }
        let shares = [
            ("portrait.face_score", portrait.face_score),
            ("portrait.text_confidence", portrait.text_confidence),
            ("card.sure", card.sure.into()),
            ("card.face_score", card.face_score.into()),
        ];
        let above_one = shares.into_iter().filter(|(_, share)| *share > 1.0);
        wrong.extend(above_one.map(|(key, _)| format!("photo.{key} 不能大于 1。")));
        wrong.extend(
            self.pairs()
                .into_iter()
                .filter(|(_, less, _, more)| less > more)
                .map(|(least, _, most, _)| format!("photo.{least} 不能大于 photo.{most}。")),
        );
        wrong
    }

    /// Limits of which one may not be above the other.
    fn pairs(&self) -> [(&'static str, f64, &'static str, f64); 11] {
        let (portrait, card) = (&self.portrait, &self.card);
        [
            ("portrait.file_min", portrait.file_min.into(), "portrait.file_max", portrait.file_max.into()),
            ("portrait.face_min", portrait.face_min, "portrait.face_aim", portrait.face_aim),
            ("portrait.face_aim", portrait.face_aim, "portrait.face_max", portrait.face_max),
            ("portrait.eyes_min", portrait.eyes_min, "portrait.eyes_max", portrait.eyes_max),
            ("portrait.hair_min", portrait.hair_min, "portrait.hair_max", portrait.hair_max),
            ("portrait.lip_gap", portrait.lip_gap, "portrait.lip_gap_hard", portrait.lip_gap_hard),
            ("portrait.face_black", portrait.face_black, "portrait.face_dark", portrait.face_dark),
            ("portrait.face_bright", portrait.face_bright, "portrait.face_white", portrait.face_white),
            ("portrait.red_eye", portrait.red_eye, "portrait.red_eye_hard", portrait.red_eye_hard),
            (
                "portrait.eye_contrast_hard",
                portrait.eye_contrast_hard,
                "portrait.eye_contrast",
                portrait.eye_contrast,
            ),
            ("card.beyond", card.beyond, "card.beyond_hard", card.beyond_hard),
        ]
    }
}

impl Default for Photo {
    fn default() -> Self {
        Self {
            max_bytes: 10 << 20,
            max_pixels: 50_000_000,
            min_portrait_width: 480,
            min_portrait_height: 640,
            portrait: PortraitLimits::default(),
            card: CardLimits::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_with_which_nothing_can_be_judged_are_named() {
        assert_eq!(Photo::default().wrong(), Vec::<String>::new());
        let rows = [
            ("max_bytes = 0", "photo.max_bytes"),
            ("min_portrait_width = 0", "photo.min_portrait_width"),
            ("portrait.width = 0", "photo.portrait.width"),
            ("portrait.height = 70000", "photo.portrait.height"),
            ("portrait.dpi = 0.5", "photo.portrait.dpi"),
            ("portrait.backgrounds = []", "photo.portrait.backgrounds"),
            ("portrait.tilt = nan", "photo.portrait.tilt"),
            ("portrait.tilt = -1.0", "photo.portrait.tilt"),
            ("card.glare = inf", "photo.card.glare"),
            ("card.sure = 80.0", "photo.card.sure"),
            ("portrait.face_min = 400.0", "photo.portrait.face_min"),
            ("portrait.file_max = 10000", "photo.portrait.file_max"),
            ("portrait.eyes_max = 100.0", "photo.portrait.eyes_max"),
        ];
        for (text, key) in rows {
            let photo: Photo = toml::from_str(text).unwrap();
            let wrong = photo.wrong();
            assert!(wrong.len() == 1 && wrong[0].contains(key), "{text}: {wrong:?}");
        }
    }
}
