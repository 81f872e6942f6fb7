//! The table of codes: what is wrong with a document's picture, by its measures. Add a row here and its measure in
//! `card/mod.rs`.

use super::super::code::{Measures, Needs, Row, Weight};
use super::CardLimits;

/// All codes, the one that explains most first.
pub const CARD: &[Row<CardLimits>] = &[
    Row {
        code: "NO_CARD",
        needs: Needs::Text,
        judge: |measures, limits| {
            let unseen = is(measures, "document_seen", 0.0, Weight::Hard);
            unseen.or_else(|| hardly_a_card(measures, limits).filter(|weight| *weight == Weight::Hard))
        },
    },
    Row {
        code: "WRONG_SIDE",
        needs: Needs::Text,
        judge: |measures, _| is(measures, "side_wrong", 1.0, Weight::Hard),
    },
    Row {
        code: "ID_MISMATCH",
        needs: Needs::Text,
        judge: |measures, _| is(measures, "number_differs", 1.0, Weight::Hard),
    },
    Row {
        code: "CARD_CROPPED",
        needs: Needs::Text,
        judge: |measures, limits| {
            let cut = above(measures, "fields_cut", 0.0, Weight::Hard);
            let far_beyond = || above(measures, "card_beyond", limits.beyond_hard, Weight::Hard);
            let beyond = || above(measures, "card_beyond", limits.beyond, Weight::Advisory);
            cut.or_else(far_beyond)
                .or_else(beyond)
                .or_else(|| above(measures, "lines_at_edge", 0.0, Weight::Advisory))
        },
    },
    Row {
        code: "ID_UNREADABLE",
        needs: Needs::Text,
        judge: |measures, _| is(measures, "number_read", 0.0, Weight::Hard),
    },
    Row {
        code: "OCCLUDED",
        needs: Needs::Text,
        judge: |measures, limits| {
            // What is out of focus is not read, and nothing lies on it.
            if below(measures, "sharpness", limits.sharpness, Weight::Hard).is_some() {
                return None;
            }
            let many = above(measures, "fields_hidden", limits.fields_hidden, Weight::Hard);
            many.or_else(|| above(measures, "fields_hidden", 0.0, Weight::Advisory))
                .or_else(|| picture_hidden(measures, limits))
        },
    },
    Row {
        code: "CARD_DOUBTFUL",
        needs: Needs::Text,
        judge: |measures, limits| {
            hardly_a_card(measures, limits).filter(|weight| *weight == Weight::Advisory)
        },
    },
    Row {
        code: "NO_FACE",
        needs: Needs::Face,
        judge: |measures, _| is(measures, "holder_faces", 0.0, Weight::Hard),
    },
    Row {
        code: "UNDEREXPOSED",
        needs: Needs::Nothing,
        judge: |measures, limits| below(measures, "light", limits.light, Weight::Hard),
    },
    Row {
        code: "BLUR",
        needs: Needs::Nothing,
        judge: |measures, limits| below(measures, "sharpness", limits.sharpness, Weight::Hard),
    },
    Row {
        code: "GLARE",
        needs: Needs::Nothing,
        judge: |measures, limits| above(measures, "glare", limits.glare, Weight::Hard),
    },
    Row {
        code: "TOO_SMALL",
        needs: Needs::Nothing,
        judge: |measures, limits| {
            let picture = below(measures, "longer_side", limits.longer_side, Weight::Hard);
            picture.or_else(|| below(measures, "card_width", limits.card_width, Weight::Advisory))
        },
    },
    Row {
        code: "NAME_MISMATCH",
        needs: Needs::Text,
        judge: |measures, _| is(measures, "name_differs", 1.0, Weight::Advisory),
    },
    Row {
        code: "ILLEGIBLE",
        needs: Needs::Text,
        judge: |measures, limits| {
            below(measures, "page_characters", limits.page_characters, Weight::Advisory)
        },
    },
];

/// The portrait, or the emblem, is not where the card has it; in the dark, or of a card that is cut, that is no wonder.
fn picture_hidden(measures: &Measures, limits: &CardLimits) -> Option<Weight> {
    let explained = below(measures, "light", limits.light, Weight::Hard)
        .or_else(|| above(measures, "fields_cut", 0.0, Weight::Hard))
        .or_else(|| above(measures, "card_beyond", limits.beyond, Weight::Hard));
    let portrait = is(measures, "portrait_printed", 0.0, Weight::Advisory);
    let emblem = || below(measures, "emblem_red", limits.emblem_red, Weight::Advisory);
    portrait.or_else(emblem).filter(|_| explained.is_none())
}

/// The words of a card that do not stand where a card has them are a list of words; with several of them missing it is
/// another document. A cut or blurred card has too little print to tell its place.
fn hardly_a_card(measures: &Measures, limits: &CardLimits) -> Option<Weight> {
    let is_elsewhere = is(measures, "print_elsewhere", 1.0, Weight::Advisory);
    let others_missing = || {
        above(measures, "fields_hidden", limits.fields_hidden, Weight::Hard)
            .filter(|_| is_elsewhere.is_some())
    };
    let is_lost = || {
        let explained = above(measures, "fields_cut", 0.0, Weight::Hard)
            .or_else(|| below(measures, "sharpness", limits.sharpness, Weight::Hard));
        is(measures, "layout_known", 0.0, Weight::Advisory).filter(|_| explained.is_none())
    };
    others_missing().or(is_elsewhere).or_else(is_lost)
}

#[expect(clippy::float_cmp, reason = "answers are kept as 0 and 1")]
fn is(measures: &Measures, name: &str, value: f64, weight: Weight) -> Option<Weight> {
    (measures.get(name)? == value).then_some(weight)
}

fn above(measures: &Measures, name: &str, limit: f64, weight: Weight) -> Option<Weight> {
    (measures.get(name)? > limit).then_some(weight)
}

fn below(measures: &Measures, name: &str, limit: f64, weight: Weight) -> Option<Weight> {
    (measures.get(name)? < limit).then_some(weight)
}
