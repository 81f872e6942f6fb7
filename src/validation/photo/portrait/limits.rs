//! Every number that decides about a portrait, as configuration may change it (`photo.portrait.*`).

use serde::{Deserialize, Serialize};

/// Limits of the table `PORTRAIT`. Pixels are those of a portrait 480 wide. "Standard" is the image standard of the
/// registration photo (480 × 640, face 180–300, …); the others were measured on good and bad pictures (vision §4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortraitLimits {
    /// Width in pixels (standard).
    pub width: u32,
    /// Height in pixels (standard).
    pub height: u32,
    /// Pixels per inch (standard).
    pub dpi: f64,
    /// Smallest file in bytes: 20 KB (standard), a kilobyte taken as 1000 bytes.
    pub file_min: u32,
    /// Largest file in bytes: 40 KB (standard), a kilobyte taken as 1024 bytes.
    pub file_max: u32,
    /// Largest mean divisor of the luminance quantisation table. JPEG quality 60 (standard) has 46.1, quality 59 has 47.2.
    pub quantisation: f64,
    /// Least mean deviation of channels from grey. A grey picture has 0, good ones have 2.9 and more.
    pub colour: f64,
    /// A head turned further, in degrees, is a picture that lies on its side. Good ≤ 3, bad 87–90.
    pub roll: f64,
    /// Score from which a detection counts as a further face, 0..1.
    pub face_score: f64,
    /// Narrowest face (standard).
    pub face_min: f64,
    /// Widest face (standard).
    pub face_max: f64,
    /// The face's width that a certificate is made with, if the camera's face has as many pixels.
    pub face_aim: f64,
    /// A camera's face narrower than this, in pixels as taken, barely fills what the standard wants. Vision §4 would warn
    /// below 222, what is aimed at; but a face of 190 is within the standard's range with room on both sides, is made
    /// without enlarging, and good pictures of two megapixels taken from arm's length lie between.
    pub face_small: f64,
    /// Highest eyes, from the top (standard).
    pub eyes_min: f64,
    /// Lowest eyes, from the top (standard).
    pub eyes_max: f64,
    /// Furthest middle of the face from the picture's.
    pub off_centre: f64,
    /// Highest top of the hair, from the top. The standard's 50–110 is the hairline, which a mask does not see.
    pub hair_min: f64,
    /// Lowest top of the hair, from the top.
    pub hair_max: f64,
    /// Largest angle of the line through the eyes, in degrees. Good ≤ 2.6, bad 12.
    pub tilt: f64,
    /// Largest turn of the head, in degrees. Good ≤ 14.
    pub turn: f64,
    /// Narrowest face whose eyes, mouth and sharpness are judged: below it they are a few pixels.
    pub face_judged: f64,
    /// Least grey around an iris over that of its half of the face. Good ≥ 0.65, sunglasses 0.24.
    pub eye_covered: f64,
    /// Least contrast (standard deviation) around an iris over the grey of its half of the face. Good and
    /// closed ≥ 0.20, covered 0.
    pub eye_contrast: f64,
    /// A contrast with which there is nothing of an eye to be seen beyond doubt.
    pub eye_contrast_hard: f64,
    /// Least height of an eye's opening over its width. Good ≥ 0.19, closed ≤ 0.10.
    pub eye_opening: f64,
    /// Largest gap between the lips over their width. Good ≤ 0.14, bad 0.17.
    pub lip_gap: f64,
    /// A gap with which a mouth is open beyond doubt.
    pub lip_gap_hard: f64,
    /// Strongest raising of the upper lip, 0..1. Good ≤ 0.18, teeth shown 0.64.
    pub upper_lip: f64,
    /// Least steps of grey over those left after a mean of nine pixels. Good ≥ 1.44, blurred ≤ 1.26.
    pub step_ratio: f64,
    /// Least variance of the Laplacian of a face 160 wide, over its squared brightness. Good ≥ 36, soft ≤ 17.
    pub sharpness: f64,
    /// Darkest face, mean grey. Good ≥ 88, bad 47.
    pub face_dark: f64,
    /// A face darker than this shows nothing, whatever its skin.
    pub face_black: f64,
    /// A dark face whose brightest twentieth is brighter than this may be dark skin in good light.
    pub face_highlight: f64,
    /// Brightest face, mean grey. Good ≤ 165, bad 175.
    pub face_bright: f64,
    /// A face brighter than this is too bright beyond doubt. Bad 234.
    pub face_white: f64,
    /// Largest share of the face with two channels at their end, where the skin's colour is lost. Good ≤ 0.03, bad 0.66.
    pub face_clipped: f64,
    /// Largest difference between the two halves' light, over the brighter. Good ≤ 0.20, bad 0.43.
    pub uneven_light: f64,
    /// Largest share of red pixels in an iris. Good ≤ 0.05, bad 0.44.
    pub red_eye: f64,
    /// A share of red with which an eye is red beyond doubt.
    pub red_eye_hard: f64,
    /// Largest distance of the colours around the mouth from the cheeks' under the eyes, the least of four places. Good
    /// ≤ 13, masks ≥ 83.
    pub mouth_unlike_cheeks: f64,
    /// How far those four may be from one another where one thing covers them all. Good ≥ 26, masks ≤ 2.
    pub mouth_unevenness: f64,
    /// Largest share of the face that hangs together and has one grey. Good ≤ 0.01, hats and
    /// glasses 0.07, painted over ≥ 0.18.
    pub face_plateau: f64,
    /// Largest distance of the forehead's colour from the cheeks'. Good ≤ 25, hats 102, but a fringe 135.
    pub forehead: f64,
    /// Strongest colour of a forehead's cover that is none of hair, largest channel minus least.
    pub forehead_unlike_hair: f64,
    /// A cover of such a colour that is more even than this (standard deviation of greys) is no hair beyond doubt.
    pub forehead_texture: f64,
    /// A cover of any colour that is more even than this is hardly hair.
    pub forehead_even: f64,
    /// Greys that a background may have (standard: white, or light grey).
    pub backgrounds: Vec<u8>,
    /// Furthest that any channel of the background may be from one of them.
    pub background: f64,
    /// Widest range of the background's middle 96 per cent of greys.
    pub background_range: f64,
    /// Largest standard deviation of the background's greys.
    pub background_deviation: f64,
    /// Largest share of the background that is more than twelve greys off its median.
    pub background_spots: f64,
    /// Largest difference between the outermost pixels and those a little further in.
    pub border: f64,
    /// How surely a line of text must be read to count, 0..1. Highest false reading 0.66, text ≥ 0.99.
    pub text_confidence: f64,
    /// Age of a photo in days from which it is old (standard: of the last year).
    pub age_days: f64,
}

impl Default for PortraitLimits {
    fn default() -> Self {
        Self {
            width: 480,
            height: 640,
            dpi: 300.0,
            file_min: 20_000,
            file_max: 40_960,
            quantisation: 46.5,
            colour: 1.0,
            roll: 45.0,
            face_score: 0.6,
            face_min: 180.0,
            face_max: 300.0,
            face_aim: 222.0,
            face_small: 190.0,
            eyes_min: 200.0,
            eyes_max: 300.0,
            off_centre: 40.0,
            hair_min: 20.0,
            hair_max: 120.0,
            tilt: 6.0,
            turn: 18.0,
            face_judged: 100.0,
            eye_covered: 0.40,
            eye_contrast: 0.12,
            eye_contrast_hard: 0.04,
            eye_opening: 0.15,
            lip_gap: 0.16,
            lip_gap_hard: 0.30,
            upper_lip: 0.45,
            step_ratio: 1.3,
            sharpness: 25.0,
            face_dark: 70.0,
            face_black: 40.0,
            face_highlight: 120.0,
            face_bright: 172.0,
            face_white: 200.0,
            face_clipped: 0.25,
            uneven_light: 0.30,
            red_eye: 0.2,
            red_eye_hard: 0.35,
            mouth_unlike_cheeks: 50.0,
            mouth_unevenness: 20.0,
            face_plateau: 0.1,
            forehead: 60.0,
            forehead_unlike_hair: 40.0,
            forehead_texture: 15.0,
            forehead_even: 3.0,
            backgrounds: vec![255, 240],
            background: 8.0,
            background_range: 6.0,
            background_deviation: 2.5,
            background_spots: 0.02,
            border: 40.0,
            text_confidence: 0.80,
            age_days: 366.0,
        }
    }
}
