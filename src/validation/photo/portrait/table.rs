//! Every defect of a portrait and when it is found: the one table.
//!
//! A measure that is missing was not to be had, and its row finds nothing: a face too small to show its eyes is told to
//! come closer and not that they are closed.

use super::limits::PortraitLimits;
use crate::validation::photo::code::{
    Finding, Measures, Needs, PRECHECK_UNAVAILABLE, Row,
    Weight::{self, Advisory, Hard},
};

type Judge = fn(&Measures, &PortraitLimits) -> Option<Weight>;

/// All codes, in the order in which they are told.
pub const PORTRAIT: &[Row<PortraitLimits>] = &[
    row("NO_FACE", Needs::Face, |m, _| hard(m.get("faces")? < 1.0)),
    row("MULTIPLE_FACES", Needs::Face, |m, _| hard(m.get("faces")? > 1.0)),
    row("ROTATED", Needs::Face, rotated),
    row("FACE_SMALL", Needs::Face, |m, l| below(m.get("face_pixels")?, l.face_min, l.face_small)),
    row("NO_ROOM", Needs::Face, |m, _| hard(m.get("room")? < 1.0)),
    row("FILE_KIND", Needs::Nothing, file_kind),
    row("DIMENSIONS", Needs::Nothing, dimensions),
    row("FILE_SIZE", Needs::Nothing, |m, l| {
        hard(outside(m.get("file_bytes")?, f64::from(l.file_min), f64::from(l.file_max)))
    }),
    row("JPEG_QUALITY", Needs::Nothing, |m, l| hard(m.get("quantisation")? > l.quantisation)),
    row("GRAYSCALE", Needs::Nothing, |m, l| hard(m.get("colour")? < l.colour)),
    row("FACE_SIZE", Needs::Face, |m, l| hard(outside(m.get("face_width")?, l.face_min, l.face_max))),
    row("EYE_LINE", Needs::Face, |m, l| hard(outside(m.get("eye_line")?, l.eyes_min, l.eyes_max))),
    row("OFF_CENTRE", Needs::Face, |m, l| hard(m.get("off_centre")?.abs() > l.off_centre)),
    row("HEAD_TILT", Needs::Face, |m, l| hard(m.get("head_tilt")?.abs() > l.tilt)),
    row("EYES_COVERED", Needs::Face, eyes_covered),
    row("EYES_CLOSED", Needs::Face, eyes_closed),
    row("MOUTH_OPEN", Needs::Face, mouth_open),
    row("FACE_COVERED", Needs::Face, face_covered),
    row("HEAD_COVERED", Needs::Face, head_covered),
    row("BLUR", Needs::Face, blur),
    row("UNDEREXPOSED", Needs::Face, underexposed),
    row("OVEREXPOSED", Needs::Face, overexposed),
    row("UNEVEN_LIGHT", Needs::Face, |m, l| hard(m.get("light_difference")? > l.uneven_light)),
    row("RED_EYE", Needs::Face, |m, l| above(m.get("red_eye")?, l.red_eye_hard, l.red_eye)),
    row("BG_COLOUR", Needs::Face, |m, l| hard(m.get("background_distance")? > l.background)),
    row("BG_UNEVEN", Needs::Face, background_uneven),
    row("BORDER", Needs::Nothing, |m, l| hard(m.get("border")? > l.border)),
    row("TEXT_OVERLAY", Needs::Text, |m, _| hard(m.get("text_found")? > 0.0)),
    row("DPI", Needs::Nothing, |m, l| advisory((m.get("dpi")? - l.dpi).abs() > 1.0)),
    row("HAIRLINE", Needs::Face, |m, l| advisory(outside(m.get("hair_top")?, l.hair_min, l.hair_max))),
    row("HEAD_TURNED", Needs::Face, |m, l| advisory(m.get("head_turn")?.abs() > l.turn)),
    row("OLD_PHOTO", Needs::Nothing, |m, l| advisory(m.get("age_days")? > l.age_days)),
];

/// What is measured of every portrait with one face. Without one of them nobody has looked, whatever the reason.
pub(super) const ALWAYS: [&str; 11] = [
    "head_tilt",
    "face_width",
    "eye_line",
    "off_centre",
    "eye_grey",
    "eye_opening",
    "lip_gap",
    "forehead",
    "step_ratio",
    "face_grey",
    "background_distance",
];
/// What is wrong with a file. That of a camera's picture is made here.
const OF_FILE: [&str; 5] = ["FILE_KIND", "DIMENSIONS", "FILE_SIZE", "JPEG_QUALITY", "DPI"];

/// What no row can say by itself. A file that we could not make well enough is told only when nothing else is wrong that
/// explains it, and what was not measured is not accepted.
pub(super) fn settle(findings: &mut Vec<Finding>, measures: &Measures, is_finished: bool) {
    let is_of_file = |finding: &Finding| OF_FILE.contains(&finding.code);
    let is_hard = |finding: &Finding| finding.weight == Hard;
    if !is_finished && findings.iter().any(|finding| is_hard(finding) && !is_of_file(finding)) {
        findings.retain(|finding| !is_of_file(finding));
    }
    let is_measured = ALWAYS.iter().all(|name| measures.get(name).is_some());
    let is_told = findings.iter().any(|finding| is_hard(finding) || finding.code == PRECHECK_UNAVAILABLE);
    if !is_measured && !is_told {
        findings.push(Finding { code: PRECHECK_UNAVAILABLE, weight: Advisory });
    }
}

const fn row(code: &'static str, needs: Needs, judge: Judge) -> Row<PortraitLimits> {
    Row { code, needs, judge }
}

/// Found as it was sent, or not upright after the turn that suits it best.
fn rotated(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    hard(measures.get("turned")? > 0.0 || measures.get("roll")?.abs() > limits.roll)
}

/// A JPEG of 24 bits; another kind of file has none, a grey one 8 and one for printers 32.
fn file_kind(measures: &Measures, _: &PortraitLimits) -> Option<Weight> {
    measures.get("width")?;
    hard(measures.get("bits") != Some(24.0))
}

fn dimensions(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let size = (measures.get("width")?, measures.get("height")?);
    hard(size != (f64::from(limits.width), f64::from(limits.height)))
}

/// Covered by what is dark as glasses are, or by something without anything of an eye in it; out of focus nothing has.
fn eyes_covered(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let is_dark = measures.get("eye_grey")? < limits.eye_covered;
    let is_blurred = blur(measures, limits) == Some(Hard);
    let contrast = measures.get("eye_contrast").filter(|_| !is_blurred);
    let is_less = |limit: f64| contrast.is_some_and(|contrast| contrast < limit);
    worse(is_dark || is_less(limits.eye_contrast_hard), is_less(limits.eye_contrast))
}

/// What is around the mouth, beside it too, has one colour that the cheeks above have not. Lips and a shaven upper lip
/// differ from each other, and a beard leaves the cheeks beside the nose. Or a part of the face is painted over.
fn face_covered(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let unlike = measures.get("mouth_unlike_cheeks")? > limits.mouth_unlike_cheeks;
    let is_mask = unlike && measures.get("mouth_unevenness")? < limits.mouth_unevenness;
    advisory(is_mask || measures.get("face_plateau")? > limits.face_plateau)
}

/// Eyes that are covered or out of focus are not seen to be closed.
fn eyes_closed(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let is_seen = eyes_covered(measures, limits) != Some(Hard) && blur(measures, limits) != Some(Hard);
    hard(is_seen && measures.get("eye_opening")? < limits.eye_opening)
}

/// A gap may be a shadow and a raised lip a full one. Both together are an open mouth, and so is a wide gap.
fn mouth_open(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let gap = measures.get("lip_gap")?;
    let (apart, raised) = (gap > limits.lip_gap, measures.get("upper_lip")? > limits.upper_lip);
    worse(gap > limits.lip_gap_hard || (apart && raised), apart || raised)
}

/// A fringe differs from the cheeks as a hat does. An even colour that no hair has is a hat beyond doubt; even alone, or
/// of such a colour alone (hair may be dyed), it is for the reviewer, and what else looks like hair is taken for hair.
fn head_covered(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let covered = measures.get("forehead")? > limits.forehead;
    let unlike = measures.get("forehead_unlike_hair")? > limits.forehead_unlike_hair;
    let texture = measures.get("forehead_texture")?;
    worse(
        covered && unlike && texture < limits.forehead_texture,
        covered && (unlike || texture < limits.forehead_even),
    )
}

fn blur(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    worse(measures.get("step_ratio")? < limits.step_ratio, measures.get("sharpness")? < limits.sharpness)
}

/// Skin may be as dark as a face without light. Then its brightest parts are bright all the same, or at least the
/// background is: the reviewer sees which. Below the second limit nothing can be seen.
fn underexposed(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let grey = measures.get("face_grey")?;
    let dark = grey < limits.face_dark;
    let lit = measures.get("face_highlight")? >= limits.face_highlight
        || measures.get("background_distance").is_some_and(|distance| distance <= limits.background);
    worse(grey < limits.face_black || (dark && !lit), dark)
}

/// Light skin may be bright; a face of which a part is white has lost it.
fn overexposed(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    let grey = measures.get("face_grey")?;
    let lost = grey > limits.face_white || measures.get("face_clipped")? > limits.face_clipped;
    worse(lost, grey > limits.face_bright)
}

fn background_uneven(measures: &Measures, limits: &PortraitLimits) -> Option<Weight> {
    hard(
        measures.get("background_range")? > limits.background_range
            || measures.get("background_deviation")? > limits.background_deviation
            || measures.get("background_spots")? > limits.background_spots,
    )
}

fn hard(found: bool) -> Option<Weight> {
    found.then_some(Hard)
}

fn advisory(found: bool) -> Option<Weight> {
    found.then_some(Advisory)
}

fn worse(is_hard: bool, is_advisory: bool) -> Option<Weight> {
    hard(is_hard).or_else(|| advisory(is_advisory))
}

fn above(value: f64, hard: f64, advisory: f64) -> Option<Weight> {
    worse(value > hard, value > advisory)
}

fn below(value: f64, hard: f64, advisory: f64) -> Option<Weight> {
    worse(value < hard, value < advisory)
}

fn outside(value: f64, min: f64, max: f64) -> bool {
    value < min || value > max
}
