//! PURE. Is a picture good enough for a reviewer? Bytes in, a [`Report`] out.
//!
//! Which checks are run is for the dialog to say: its `checks = […]` names rows of [`CHECKS`], [`named`] finds them. Some
//! look at how a picture came or whether it can be opened at all; `portrait` and `document` look at what it shows, and
//! each of these is a table of its own (`portrait::PORTRAIT`, `card::CARD`) with a row for every code. Each code has
//! words in `dialogs/`. [`check`] gives everything that is wrong at once, worst first; [`compare`] holds what is kept
//! against the case's other pictures.
//!
//! Decoding is bounded before it begins (`decode`). What is kept is the picture turned upright and encoded anew as JPEG:
//! no metadata (place, phone, thumbnail of the uncropped picture) and nothing hidden behind the picture survives, and
//! what a reviewer's browser opens is something that we wrote. Stripping metadata losslessly was the alternative; it
//! would have kept whatever a decoder does not look at, and left the orientation to every later reader.
//!
//! Deliberately elsewhere: fetching, names and storing (`worker`), what a verdict changes (`turn`), reading the models'
//! files (`models`).

pub mod card;
pub mod code;
mod decode;
pub mod face;
mod file;
mod measure;
pub mod models;
pub mod portrait;
pub mod text;
mod turn;

#[cfg(test)]
mod tests;

use image::RgbImage;
use jiff::civil::Date;

pub use self::code::{Finding, Measures, PRECHECK_UNAVAILABLE, Weight};
use self::{
    card::{CardLimits, Document, Shown, Wanted},
    decode::Fault,
    models::Models,
    portrait::{Portrait, PortraitLimits},
};
use crate::inbound::{PhotoSource, StoredPhoto};

/// Codes by which only a reviewer can do something: a candidate who must send another picture is not told them.
pub const FOR_REVIEWERS: [&str; 2] = [PRECHECK_UNAVAILABLE, "NAME_MISMATCH"];
const TOO_SMALL: &str = "TOO_SMALL";

/// With what pictures are judged; the numbers come from configuration (`photo.*`).
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What a file may be.
    pub bounds: Bounds,
    /// Where a portrait's defects begin.
    pub portrait: PortraitLimits,
    /// Where a document's defects begin.
    pub card: CardLimits,
}

/// What a file may be; the defaults' sources are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Largest file in bytes, as it came and as it is kept. 10 MB (protocol §8).
    pub max_bytes: usize,
    /// Largest picture in pixels. 50 million (design, issue-wide).
    pub max_pixels: u64,
    /// Smallest width of a portrait. 480 (vision §4, `DIMENSIONS`).
    pub min_portrait_width: u32,
    /// Smallest height of a portrait. 640 (vision §4, `DIMENSIONS`).
    pub min_portrait_height: u32,
}

/// What a picture is meant to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A portrait as a camera takes it; the certificate's file is made of it.
    Portrait,
    /// A finished file for the certificate, which must meet the standard as it is.
    PortraitFile,
    /// A photo of a document.
    Document(Wanted),
}

/// One picture's question.
#[derive(Clone)]
pub struct Asked {
    /// What it is meant to be.
    pub kind: Kind,
    /// How it came.
    pub source: PhotoSource,
    /// The document number of the application, which a card must carry.
    pub number: Option<String>,
    /// The name of the application.
    pub name: Option<String>,
    /// The day, against which a portrait's age is counted.
    pub today: Date,
    /// People judge it: what it shows stops nothing, and every defect is for them to weigh.
    pub for_people: bool,
}

/// A picture to keep.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// JPEG without metadata, upright; at most [`Bounds::max_bytes`].
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// What is to be done with a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong.
    Accept,
    /// Not kept: a new one is needed.
    Reject,
    /// Kept; a reviewer should look at what was found, or at what could not be checked.
    Review,
}

impl Verdict {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Review => "review",
        }
    }
}

/// All that is known of a picture.
#[derive(Clone, Default)]
pub struct Report {
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What was measured.
    pub measures: Measures,
    /// What to keep; there is one unless the verdict is [`Verdict::Reject`]. A rejected portrait may have one, too.
    pub picture: Option<Picture>,
    /// Which of the photos of an identity card it is, as far as that could be told.
    pub shown: Option<Shown>,
}

impl Report {
    /// What follows from the findings: any hard one rejects.
    pub fn verdict(&self) -> Verdict {
        match self.findings.iter().map(|finding| finding.weight).min() {
            None => Verdict::Accept,
            Some(Weight::Hard) => Verdict::Reject,
            Some(Weight::Advisory) => Verdict::Review,
        }
    }

    /// The codes found, worst first.
    pub fn codes(&self) -> Vec<&'static str> {
        self.findings.iter().map(|finding| finding.code).collect()
    }

    /// Of a picture that was not looked at as it should have been: it is not accepted, and people look.
    #[must_use]
    pub fn unlooked(mut self) -> Self {
        let is_told =
            |finding: &Finding| finding.weight == Weight::Hard || finding.code == PRECHECK_UNAVAILABLE;
        if !self.findings.iter().any(is_told) {
            self.findings.push(Finding { code: PRECHECK_UNAVAILABLE, weight: Weight::Advisory });
        }
        self
    }

    /// Of a picture that brought the checks themselves to an end.
    pub fn unreadable() -> Self {
        Self::refused([Fault::Unreadable.code()])
    }

    fn refused(codes: impl IntoIterator<Item = &'static str>) -> Self {
        let findings = codes.into_iter().map(|code| Finding { code, weight: Weight::Hard }).collect();
        Self { findings, ..Self::default() }
    }
}

/// One check, named by dialogs in `checks = […]`.
pub struct Check {
    /// The name in dialogs.
    pub name: &'static str,
    codes: Codes,
    judge: Judge,
}

/// What a check may find.
enum Codes {
    These(&'static [&'static str]),
    Portrait,
    Card,
}

/// What a check looks at, which decides when it is run.
enum Judge {
    /// How the picture came: a picture that cannot be taken at all is not even decoded.
    Source(fn(PhotoSource) -> Option<&'static str>),
    /// What decoding brought.
    Image(fn(&Decoded, &Bounds) -> Option<&'static str>),
    /// What the picture shows, as its [`Kind`] asks.
    Content,
    /// The picture as kept, and the others that the case holds, which only the turn knows.
    Kept(fn(&StoredPhoto, &[&StoredPhoto]) -> Option<&'static str>),
}

type Decoded = Result<RgbImage, Fault>;

/// All checks, the worst finding first: add a row and a function, name it in a dialog, and that is all.
pub const CHECKS: &[Check] = &[
    these("live", &["NOT_LIVE"], Judge::Source(live)),
    these("readable", &["UNREADABLE", "WRONG_FORMAT", "TOO_LARGE"], Judge::Image(readable)),
    these("portrait_size", &[TOO_SMALL], Judge::Image(portrait_size)),
    Check { name: "portrait", codes: Codes::Portrait, judge: Judge::Content },
    Check { name: "document", codes: Codes::Card, judge: Judge::Content },
    these("not_repeated", &["REPEATED"], Judge::Kept(not_repeated)),
];

const fn these(name: &'static str, codes: &'static [&'static str], judge: Judge) -> Check {
    Check { name, codes: Codes::These(codes), judge }
}

impl Check {
    /// Whether it looks at what a picture shows.
    pub fn looks(&self) -> bool {
        matches!(self.judge, Judge::Content)
    }

    /// What it may find, worst first: a dialog that uses the check needs words for each.
    pub fn codes(&self) -> Vec<&'static str> {
        let with = |codes: Vec<&'static str>| codes.into_iter().chain([PRECHECK_UNAVAILABLE]).collect();
        match self.codes {
            Codes::These(codes) => codes.to_vec(),
            Codes::Portrait => with(portrait::PORTRAIT.iter().map(|row| row.code).collect()),
            Codes::Card => with(card::CARD.iter().map(|row| row.code).collect()),
        }
    }
}

/// The checks of these names, in the order of the table, and the names that no row has.
pub fn named(names: &[impl AsRef<str>]) -> (Vec<&'static Check>, Vec<&str>) {
    let is_meant = |check: &&Check| names.iter().any(|name| name.as_ref() == check.name);
    let is_unknown = |name: &&str| CHECKS.iter().all(|check| check.name != *name);
    (CHECKS.iter().filter(is_meant).collect(), names.iter().map(AsRef::as_ref).filter(is_unknown).collect())
}

/// Whether a code says what is wrong with what a picture shows, in one line of several; the others are said alone.
pub fn is_defect(code: &str) -> bool {
    let content = CHECKS.iter().filter(|check| check.looks());
    code == TOO_SMALL || content.flat_map(Check::codes).any(|known| known == code)
}

/// Looks at a picture with these checks. What cannot be decoded is refused whatever is checked: there is nothing to keep.
/// Takes up to four times [`Bounds::max_pixels`] bytes twice over, half as much again for the largest progressive JPEG, and
/// seconds: bound how many run.
pub fn check(bytes: &[u8], asked: &Asked, checks: &[&Check], rules: &Rules, models: &Models) -> Report {
    let barred = checks.iter().find_map(|check| match check.judge {
        Judge::Source(judge) => judge(asked.source),
        _ => None,
    });
    if let Some(code) = barred {
        return Report::refused([code]);
    }
    let decoded = decode::decode(bytes, &rules.bounds);
    let found = checks.iter().filter_map(|check| match check.judge {
        Judge::Image(judge) => judge(&decoded, &rules.bounds),
        _ => None,
    });
    let found: Vec<_> = found.collect();
    let image = match decoded {
        Ok(image) if found.is_empty() => image,
        Err(fault) if found.is_empty() => return Report::refused([fault.code()]),
        _ => return Report::refused(found),
    };
    if checks.iter().any(|check| check.looks()) {
        return look(bytes, image, asked, rules, models);
    }
    kept(&image, &rules.bounds, Report::default())
}

/// A kept picture with at most this longer side, after `mark` has drawn on it, as a JPEG; `None` when it cannot be decoded.
pub fn shown(bytes: &[u8], side: u32, bounds: &Bounds, mark: impl FnOnce(&mut RgbImage)) -> Option<Vec<u8>> {
    let mut image = measure::within(&decode::decode(bytes, bounds).ok()?, side);
    mark(&mut image);
    decode::encode(&image, bounds).ok()
}

/// What a picture shows.
fn look(bytes: &[u8], image: RgbImage, asked: &Asked, rules: &Rules, models: &Models) -> Report {
    match asked.kind {
        Kind::Portrait | Kind::PortraitFile => {
            let finished = asked.kind == Kind::PortraitFile;
            let file = file::FileFacts::read(bytes);
            let portrait = Portrait { image: &image, file: &file, today: asked.today, finished };
            let judged = portrait::judge(&portrait, models, &rules.portrait);
            let mut report =
                Report { findings: judged.findings, measures: judged.measures, ..Report::default() };
            report.yield_to_people(asked.for_people);
            match judged.certificate {
                Some(jpeg) => {
                    let (width, height) = (rules.portrait.width, rules.portrait.height);
                    Report { picture: Some(Picture { jpeg, width, height }), ..report }
                }
                None => kept(&image, &rules.bounds, report),
            }
        }
        Kind::Document(wanted) => {
            let (number, name) = (asked.number.as_deref(), asked.name.as_deref());
            let document = Document { image: &image, wanted, number, name };
            let judged = card::judge(&document, models, &rules.card);
            let (findings, measures, shown) = (judged.findings, judged.measures, judged.shown);
            let mut report = Report { findings, measures, shown, picture: None };
            report.yield_to_people(asked.for_people);
            // A reviewer should not have to turn their head.
            kept(&judged.turn.picture(image), &rules.bounds, report)
        }
    }
}

impl Report {
    fn yield_to_people(&mut self, for_people: bool) {
        if for_people {
            self.findings.iter_mut().for_each(|finding| finding.weight = Weight::Advisory);
        }
    }
}

/// The report with the picture to keep, unless it is rejected.
fn kept(image: &RgbImage, bounds: &Bounds, report: Report) -> Report {
    if report.verdict() == Verdict::Reject {
        return report;
    }
    let (width, height) = image.dimensions();
    match decode::encode(image, bounds) {
        Ok(jpeg) => Report { picture: Some(Picture { jpeg, width, height }), ..report },
        Err(fault) => Report::refused([fault.code()]),
    }
}

/// What these checks find about a picture beside the others that its case holds, worst first; usually nothing.
pub fn compare(photo: &StoredPhoto, others: &[&StoredPhoto], checks: &[&Check]) -> Vec<&'static str> {
    let found = checks.iter().filter_map(|check| match check.judge {
        Judge::Kept(judge) => judge(photo, others),
        _ => None,
    });
    found.collect()
}

/// A portrait is taken with a camera of ours, the menu's or the page's; what comes from an album may be anybody's
/// edited picture (procedure A11, B6).
fn live(source: PhotoSource) -> Option<&'static str> {
    match source {
        PhotoSource::MenuCamera | PhotoSource::CameraPage | PhotoSource::PageFile => None,
        PhotoSource::Chat => Some("NOT_LIVE"),
    }
}

fn readable(decoded: &Decoded, _: &Bounds) -> Option<&'static str> {
    decoded.as_ref().err().copied().map(Fault::code)
}

/// The upright picture's size: of a strip or a stamp no certificate can be made, whoever is on it.
fn portrait_size(decoded: &Decoded, bounds: &Bounds) -> Option<&'static str> {
    let (width, height) = decoded.as_ref().ok()?.dimensions();
    let fits = width >= bounds.min_portrait_width && height >= bounds.min_portrait_height;
    (!fits).then_some(TOO_SMALL)
}

/// The same picture twice, in one slot or in two: equal names are equal pictures.
fn not_repeated(photo: &StoredPhoto, others: &[&StoredPhoto]) -> Option<&'static str> {
    others.iter().any(|other| other.name == photo.name).then_some("REPEATED")
}
