//! PURE. Is a picture of a document good enough for a reviewer, and is it the document that was asked for?
//!
//! [`judge`] looks (`look.rs`: which way up, which lines), understands what was read (`print.rs`), places the card in the
//! picture (`layout.rs`), measures pixels (`pixels.rs`) and faces (`holder.rs`), and lets the table [`CARD`] judge the
//! measures. Whether the document is genuine or expired, and whether the holder is who it says, is for the reviewer.
//!
//! Other documents than identity cards have as many layouts as states: they must be legible, and their number is not
//! compared.

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

use self::layout::Layout;
pub use self::limits::CardLimits;
use self::look::{Look, size_of};
use self::print::{Number, Print};
pub use self::table::CARD;
use super::code::{self, Finding, Has, Measures};
use super::face::FaceModels;
use super::measure::within;
use super::models::Models;
use super::models::network::NetworkError;
use super::text::TextModels;
use super::turn::Turn;

/// A side of the identity card. Officially the emblem is on the front, in common speech it is on the back (AMB-29), so
/// the sides are named by what they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// 人像面: portrait, name and number.
    Face,
    /// 国徽面: emblem, issuing authority and validity.
    Emblem,
}

/// One of the three photos that are asked for of an identity card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// One side, laid flat.
    Flat(Side),
    /// The card in its holder's hand.
    Held,
}

/// What the picture should show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// This side of an identity card; the other side is a defect.
    Card(Side),
    /// This one of the three photos of an identity card; another one is judged as what it is.
    OneOfThree(Shown),
    /// A person holding an identity card.
    Handheld,
    /// A page of another document.
    Page {
        /// Whether it must show a face, as a data page does.
        face: bool,
    },
    /// A person holding another document.
    HeldPage,
}

impl Wanted {
    const fn is_held(self) -> bool {
        matches!(self, Self::Handheld | Self::HeldPage)
    }

    const fn needs_face(self) -> bool {
        self.is_held() || matches!(self, Self::Page { face: true })
    }

    /// Whether this side of an identity card is not the one to show; a holder shows the one with the number.
    const fn refuses(self, side: Side) -> bool {
        matches!(
            (self, side),
            (Self::Card(Side::Face) | Self::Handheld, Side::Emblem) | (Self::Card(Side::Emblem), Side::Face)
        )
    }

    const fn is_card(self) -> bool {
        matches!(self, Self::Card(_) | Self::OneOfThree(_) | Self::Handheld)
    }

    /// Whether it matters if a holder is in the picture.
    const fn looks_for_holder(self) -> bool {
        self.is_held() || matches!(self, Self::OneOfThree(_))
    }

    /// What a picture is judged as: of the three photos the one that it shows, else the one that was asked for.
    fn judged_as(self, shown: Option<Shown>) -> Self {
        let Self::OneOfThree(asked) = self else { return self };
        match shown.unwrap_or(asked) {
            Shown::Flat(side) => Self::Card(side),
            Shown::Held => Self::Handheld,
        }
    }
}

/// A picture of a document, and what it is compared with.
#[derive(Debug, Clone, Copy)]
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
    let mut measures = Measures::default();
    measures.set("longer_side", f64::from(document.image.width().max(document.image.height())));
    let seen = models.text.as_ref().and_then(|text| Seen::of(document, text, limits).ok());
    let has_text = seen.is_some();
    let seen = seen.unwrap_or_else(|| Seen::blind(document.image));
    let faces = models.face.as_ref().and_then(|faces| seen.faces(document.wanted, faces, limits).ok());
    let holder = faces.as_ref().and_then(Option::as_ref);
    // Without both models it cannot be told which of the photos it is, and it is taken for what was asked for.
    let shown = holder.filter(|_| has_text).and_then(|holder| seen.shown(holder));
    let document = &Document { wanted: document.wanted.judged_as(shown), ..*document };
    if has_text {
        seen.measure_text(document, limits, &mut measures);
    }
    let card = seen.layout.as_ref().zip(seen.side);
    pixels::measure(&seen.look.picture, card, &seen.text, &mut measures);
    let has_face = faces.is_some() || !document.wanted.needs_face();
    let mut turn = seen.look.turn;
    if let Some(holder) = holder.filter(|_| document.wanted.needs_face()) {
        measures.set("holder_faces", holder.count as f64);
        turn = holder.turn;
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
        Self { look, side: None, layout: None, number: Number::None, text: Vec::new() }
    }

    fn from(look: Look, limits: &CardLimits) -> Self {
        let print = Print::of(&look.lines, limits.sure);
        let side = print.side(limits.labels);
        let layout = side.and_then(|side| Layout::of(&print.anchors(side)));
        let (number, text) = (print.number(), print.corners());
        Self { look, side, layout, number, text }
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

    fn measure_text(&self, document: &Document, limits: &CardLimits, measures: &mut Measures) {
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
            measures.set("side_wrong", 1.0);
            return;
        }
        self.measure_number(&print, document, measures);
        if let (Some(name), Side::Face) = (document.name, side) {
            print.name_differs(name).inspect(|&differs| measures.set("name_differs", flag(differs)));
        }
        if !document.wanted.is_held() {
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

    /// Which photo of an identity card it is; `None` when no card was found.
    fn shown(&self, holder: &holder::Holder) -> Option<Shown> {
        self.side.map(|side| if holder.count > 0 { Shown::Held } else { Shown::Flat(side) })
    }

    /// The faces that are asked for; `None` when none are.
    fn faces(
        &self,
        wanted: Wanted,
        models: &FaceModels,
        limits: &CardLimits,
    ) -> Result<Option<holder::Holder>, NetworkError> {
        if wanted.looks_for_holder() {
            let document = holder::Document {
                turn: self.look.turn,
                layout: self.layout,
                text: self.text.as_flattened(),
            };
            return holder::find(&self.look.picture, &document, models, limits).map(Some);
        }
        if !wanted.needs_face() {
            return Ok(None);
        }
        let count = holder::any(&self.look.picture, models, limits)?;
        Ok(Some(holder::Holder { count, turn: self.look.turn }))
    }
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
