//! PURE. Is a picture of a document good enough for a reviewer, and is it the document that was asked for?
//!
//! [`judge`] looks (`look.rs`: which way up, which lines), understands what was read (`print.rs`), places the card in the
//! picture (`layout.rs`), measures pixels (`pixels.rs`) and faces (`holder.rs`), and lets the table [`CARD`] judge the
//! measures. Whether the document is genuine or expired, and whether the holder is who it says, is for the reviewer.
//!
//! Other documents than identity cards have as many layouts as states: they must be legible, and their number is not
//! compared.

mod wanted;
mod limits;
mod table;
mod look;
mod print;
mod layout;
mod pixels;
mod holder;

#[cfg(test)]
mod tests;

use image::RgbImage;

use self::holder::Holder;
use self::layout::{HEIGHT, Layout, Misfit};
pub use self::limits::CardLimits;
use self::look::{Look, size_of};
use self::print::{Number, Print};
pub use self::table::CARD;
pub use self::wanted::{Shown, Side, Wanted};
use super::code::{self, Finding, Has, Measures};
use super::face::FaceModels;
use super::measure::within;
use super::models::Models;
use super::models::network::NetworkError;
use super::text::TextModels;
use super::turn::Turn;

/// A picture of a document, and what it is compared with.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    /// The picture, any way up.
    pub image: &'a RgbImage,
    /// What it should show.
    pub wanted: Wanted,
    /// The number of the application; of an identity card only.
    pub number: Option<&'a str>,
    /// The name of the application.
    pub name: Option<&'a str>,
}

/// What is to be said about a picture of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What is wrong with it, worst first.
    pub findings: Vec<Finding>,
    /// What was measured.
    pub measures: Measures,
    /// Which of the photos of an identity card it is, as far as that could be told.
    pub shown: Option<Shown>,
    /// How far it must be turned clockwise to stand upright for the reviewer.
    pub turn: Turn,
}

/// Judges a picture. Models that are missing, or do not run, leave their codes to the reviewer.
pub fn judge(document: &Document, models: &Models, limits: &CardLimits) -> Judged {
    judge_by(document, models.face.as_ref(), models.text.as_ref(), limits)
}

fn judge_by(
    document: &Document,
    faces: Option<&FaceModels>,
    text: Option<&TextModels>,
    limits: &CardLimits,
) -> Judged {
    let seen = text.and_then(|text| Seen::of(document, text, limits).ok());
    judge_seen(document, seen.as_ref(), faces, limits)
}

/// Judges what was seen; nothing, without models of text.
fn judge_seen(
    document: &Document,
    seen: Option<&Seen>,
    faces: Option<&FaceModels>,
    limits: &CardLimits,
) -> Judged {
    let mut measures = Measures::default();
    measures.set("longer_side", f64::from(document.image.width().max(document.image.height())));
    let asked = document.wanted;
    let has_text = seen.is_some();
    let blind = seen.is_none().then(|| Seen::blind(document.image));
    let seen = seen.or(blind.as_ref()).expect("one or the other");
    let faces = faces.and_then(|faces| seen.faces(asked, faces, limits).ok());
    let has_face = faces.is_some() || !asked.looks_for_faces();
    let faces = faces.unwrap_or_default();
    let shown = seen.shown(asked, faces.holder.as_ref(), limits);
    let document = &Document { wanted: asked.judged_as(shown), ..*document };
    if has_text {
        // Without faces it is not known which of the three photos it is: it stays where it was asked for.
        let is_told = has_face || !matches!(asked, Wanted::OneOfThree(_));
        seen.measure_text(document, is_told, limits, &mut measures);
    }
    let card = seen.layout.as_ref().zip(seen.side);
    pixels::measure(&seen.look.picture, card, &seen.text, &mut measures);
    let mut turn = seen.look.turn;
    match faces.holder.filter(|_| document.wanted.needs_face()) {
        Some(holder) => {
            measures.set("holder_faces", holder.count as f64);
            turn = holder.turn;
        }
        None if document.wanted == Wanted::Card(Side::Face) => {
            faces.printed.inspect(|&is_there| measures.set("portrait_printed", flag(is_there)));
        }
        None => {}
    }
    measures.set("turn", f64::from(turn.degrees()));
    let findings = code::judge(CARD, &measures, limits, Has { face: has_face, text: has_text });
    Judged { findings, measures, shown, turn }
}

/// What was understood of a picture.
struct Seen {
    look: Look,
    side: Option<Side>,
    layout: Option<Layout>,
    /// Whether the print is not where a card has it.
    is_elsewhere: bool,
    number: Number,
    /// Corners of the surely read lines.
    text: Vec<[[f32; 2]; 4]>,
}

impl Seen {
    /// Looks once, and again at the document alone when it is small in the picture and was not understood.
    fn of(document: &Document, models: &TextModels, limits: &CardLimits) -> Result<Self, NetworkError> {
        let first = Self::from(Look::at(document.image, models)?, limits);
        if first.is_enough(document.wanted, limits) {
            return Ok(first);
        }
        let card = first.layout.map(|layout| layout.corners());
        let Some(closer) = first.look.closer(document.image, card, models)? else { return Ok(first) };
        let second = Self::from(closer, limits);
        let worth = |seen: &Self| (seen.side.is_some(), seen.number != Number::None, seen.characters(limits));
        Ok(if worth(&second) > worth(&first) { second } else { first })
    }

    /// Without models of text a picture is seen as sent.
    fn blind(image: &RgbImage) -> Self {
        let picture = within(image, look::PICTURE_SIDE);
        let look = Look { picture, turn: Turn::None, lines: Vec::new() };
        let (number, text) = (Number::None, Vec::new());
        Self { look, side: None, layout: None, is_elsewhere: false, number, text }
    }

    fn from(look: Look, limits: &CardLimits) -> Self {
        let print = Print::of(&look.lines, limits.sure);
        let side = print.side(limits.labels);
        let layout = side.map_or(Err(Misfit::Unknown), |side| Layout::of(&print.anchors(side)));
        let is_elsewhere = layout == Err(Misfit::Elsewhere);
        let layout = layout.ok();
        // A card that lies on a passport is a card all the same.
        let side = side.filter(|_| layout.is_some() || !print.is_other());
        let (number, text) = (print.number(), print.corners());
        Self { look, side, layout, is_elsewhere, number, text }
    }

    fn print(&self, limits: &CardLimits) -> Print<'_> {
        Print::of(&self.look.lines, limits.sure)
    }

    fn characters(&self, limits: &CardLimits) -> usize {
        self.print(limits).characters()
    }

    fn is_enough(&self, wanted: Wanted, limits: &CardLimits) -> bool {
        let missing = self.side.map_or(usize::MAX, |side| self.print(limits).missing(side).len());
        match wanted {
            Wanted::Page { .. } | Wanted::HeldPage => {
                self.characters(limits) as f64 >= limits.page_characters
            }
            Wanted::Handheld | Wanted::OneOfThree(Shown::Held) => self.side.is_some(),
            Wanted::Card(_) | Wanted::OneOfThree(Shown::Flat(_)) => {
                missing == 0 && (self.side == Some(Side::Emblem) || self.number != Number::None)
            }
        }
    }

    fn measure_text(&self, document: &Document, is_told: bool, limits: &CardLimits, measures: &mut Measures) {
        let print = self.print(limits);
        let characters = print.characters();
        measures.set("characters", characters as f64);
        if !document.wanted.is_card() {
            measures.set("document_seen", flag(characters > 0));
            measures.set("page_characters", characters as f64);
            return;
        }
        measures.set("face_labels", print.labels(Side::Face) as f64);
        measures.set("emblem_labels", print.labels(Side::Emblem) as f64);
        measures.set("document_seen", flag(self.side.is_some()));
        let Some(side) = self.side else { return };
        if document.wanted.refuses(side) {
            measures.set("side_wrong", flag(is_told));
            return;
        }
        self.measure_number(&print, document, measures);
        if let (Some(name), Side::Face) = (document.name, side) {
            print.name_differs(name).inspect(|&differs| measures.set("name_differs", flag(differs)));
        }
        measures.set("print_elsewhere", flag(self.is_elsewhere));
        if !document.wanted.is_held() {
            measures.set("layout_known", flag(self.layout.is_some()));
            self.measure_fields(&print, side, document.image, limits, measures);
        }
    }

    /// Of a held card the number is not demanded: fingers and small print hide it (vision §5).
    fn measure_number(&self, print: &Print, document: &Document, measures: &mut Measures) {
        if self.side != Some(Side::Face) {
            return;
        }
        let wanted = document.number.map(str::to_uppercase);
        let read = match &self.number {
            Number::One(number) => Some(number),
            Number::None | Number::Several => None,
        };
        let is_same = |number: &&String| wanted.as_ref().is_none_or(|wanted| wanted == *number);
        let counts = read.filter(|number| is_same(number) || !print.contradicts(number));
        if !document.wanted.is_held() {
            measures.set("number_read", flag(counts.is_some()));
        }
        if let Some(number) = counts {
            measures.set("number_differs", flag(!is_same(&number)));
        }
    }

    /// Fields that are missing: cut off with the card, or hidden in the picture.
    fn measure_fields(
        &self,
        print: &Print,
        side: Side,
        image: &RgbImage,
        limits: &CardLimits,
        measures: &mut Measures,
    ) {
        let picture = size_of(&self.look.picture);
        let at_edge =
            |corners: &&[[f32; 2]; 4]| corners.iter().any(|&corner| outside(corner, picture, limits.edge));
        let lines_at_edge = self.text.iter().filter(|line| self.is_print(line)).filter(at_edge).count();
        measures.set("lines_at_edge", lines_at_edge as f64);
        let is_cut = |span: &[[f32; 2]; 2]| {
            let ends_outside =
                |layout: Layout| span.iter().any(|&end| outside(layout.place(end), picture, limits.edge));
            self.layout.map_or(lines_at_edge > 0, ends_outside)
        };
        let missing: Vec<_> = print.missing(side).iter().map(|field| field.span).collect();
        let cut = missing.iter().filter(|span| is_cut(span)).count();
        let number_missing = side == Side::Face && self.number == Number::None;
        let number_cut = number_missing && is_cut(&print::NUMBER);
        measures.set("fields_cut", cut as f64 + flag(number_cut));
        measures.set("fields_hidden", (missing.len() - cut) as f64);
        if let Some(layout) = self.layout {
            let scale = f64::from(image.width().max(image.height())) / f64::from(picture.0.max(picture.1));
            measures.set("card_width", f64::from(layout.width()) * scale);
            measures.set("card_beyond", f64::from(beyond(&layout, picture)));
        }
    }

    /// Whether a line is print of the card, as far as its place is known: what else lies in the picture may be cut.
    fn is_print(&self, line: &[[f32; 2]; 4]) -> bool {
        self.layout.is_none_or(|layout| line.iter().any(|&corner| layout.holds(corner)))
    }

    /// Which photo of an identity card it is; `None` when that cannot be told, or another document is asked for. A card
    /// that was to be held and is not is one laid flat only where it fills its picture: else its holder's face is hidden.
    fn shown(&self, asked: Wanted, holder: Option<&Holder>, limits: &CardLimits) -> Option<Shown> {
        let (Wanted::OneOfThree(asked), Some(holder)) = (asked, holder) else { return None };
        let side = self.side?;
        if holder.count > 0 {
            return Some(Shown::Held);
        }
        let (width, height) = size_of(&self.look.picture);
        let share = |layout: Layout| layout.width().powi(2) * HEIGHT / (width * height);
        let is_alone = self.layout.is_some_and(|layout| share(layout) >= limits.flat_share);
        (asked != Shown::Held || is_alone).then_some(Shown::Flat(side))
    }

    /// The faces that are asked for.
    fn faces(&self, wanted: Wanted, models: &FaceModels, limits: &CardLimits) -> Result<Faces, NetworkError> {
        let picture = &self.look.picture;
        let mut faces = Faces::default();
        if wanted.looks_for_holder() {
            let text = self.text.as_flattened();
            let document = holder::Document { turn: self.look.turn, layout: self.layout, text };
            faces.holder = Some(holder::find(picture, &document, models, limits)?);
        } else if wanted.needs_face() {
            let count = holder::any(picture, models, limits)?;
            faces.holder = Some(Holder { count, turn: self.look.turn });
        }
        let is_held = faces.holder.as_ref().is_some_and(|holder| holder.count > 0);
        if let (Some(layout), Some(Side::Face)) = (&self.layout, self.side)
            && wanted.is_card()
            && !is_held
        {
            faces.printed = Some(holder::is_printed(picture, layout, models, limits)?);
        }
        Ok(faces)
    }
}

/// What was looked for in a picture besides print.
#[derive(Default)]
struct Faces {
    holder: Option<Holder>,
    /// Whether the card has its portrait, where its place is known.
    printed: Option<bool>,
}

fn flag(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

/// Whether a point lies outside a picture, or nearer to its edge than this share of its side.
fn outside([x, y]: [f32; 2], (width, height): (f32, f32), share: f32) -> bool {
    let is_inside = |at: f32, size: f32| (share * size..=size - share * size).contains(&at);
    !is_inside(x, width) || !is_inside(y, height)
}

/// How far the card reaches beyond the picture, as a share of its width.
fn beyond(layout: &Layout, (width, height): (f32, f32)) -> f32 {
    let past = |at: f32, size: f32| (-at).max(at - size).max(0.0);
    let furthest =
        layout.corners().iter().fold(0.0_f32, |most, [x, y]| most.max(past(*x, width)).max(past(*y, height)));
    furthest / layout.width()
}
