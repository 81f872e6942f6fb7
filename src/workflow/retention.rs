//! How long pictures are kept (domain.md §8.3), and what of a case goes when their time is over.
//!
//! Three moments decide. The *end* of a batch: no portrait is reviewed any more, and the last on-site day is over. Its
//! *final decision*: from the end on, the moment of the offices' last word, once nobody waits for one; whoever still waits
//! long after the end holds nobody's pictures back any more, nor does whom the place has written down as 未到 on its last day. And the *hand-over* of a portrait, which an office confirms.
//! Pictures of rejected rounds go at the end, document photos so many days after the final decision, a portrait once it is
//! handed over, or at the final decision where there is nothing to hand it over for. Whoever passed on site keeps the
//! portrait until then, however long the province takes.

use std::collections::BTreeSet;

use super::{
    batch::Batch,
    case::{Case, Round, Stage},
    schedule::Schedule,
};
use crate::{
    inbound::{Part, PhotoSlot},
    time::{Millis, at_civil},
};

const DAY_SECONDS: i64 = 24 * 3600;

/// How long things are kept, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Document photos, from the batch's final decision on.
    pub documents: u16,
    /// For so long after its end a batch waits for cases without an office's last word.
    pub undecided: u16,
    /// Lines of the audit.
    pub audit: u16,
}

impl Default for Terms {
    /// Domain.md §8.3. The next batch opens half a year later: who waits until then waits for nothing.
    fn default() -> Self {
        Self { documents: 30, undecided: 180, audit: 1095 }
    }
}

/// What is kept for the same reason, and goes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Pictures that an office has turned down.
    Rejected,
    /// Document photos.
    Documents,
    /// Portraits that nobody will make a certificate with ([`is_to_hand_over`]).
    Portraits,
    /// Portraits that were handed over.
    HandedOver,
}

impl Kind {
    /// Every kind, in the order in which they go.
    pub const ALL: [Self; 4] = [Self::Rejected, Self::Portraits, Self::HandedOver, Self::Documents];

    /// The name in the audit.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Documents => "documents",
            Self::Portraits => "portraits",
            Self::HandedOver => "handed_over",
        }
    }
}

/// How far a batch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its end.
    pub ends_at: Millis,
    /// Cases that an office still owes a word.
    pub waiting: i64,
    /// The offices' last word so far.
    pub last_word: Option<Millis>,
}

impl Standing {
    /// The batch's final decision, as far as can be told by now: while somebody waits, the moment from which on nobody is
    /// waited for.
    pub fn decided_at(&self, terms: Terms) -> Millis {
        let latest = self.ends_at.plus_seconds(i64::from(terms.undecided) * DAY_SECONDS);
        let told = self.last_word.map_or(self.ends_at, |last| last.max(self.ends_at));
        if self.waiting > 0 { latest } else { told.min(latest) }
    }
}

/// When a kind goes.
pub fn due(kind: Kind, standing: &Standing, terms: Terms) -> Millis {
    match kind {
        Kind::Rejected => standing.ends_at,
        Kind::Portraits => standing.decided_at(terms),
        Kind::Documents => standing.decided_at(terms).plus_seconds(i64::from(terms.documents) * DAY_SECONDS),
        // Whoever confirmed it decided.
        Kind::HandedOver => Millis::default(),
    }
}

/// The end of a batch: the end of its portrait reviews, or of the last on-site day of its places.
pub fn ends_at(batch: &Batch, schedule: Option<&Schedule>, zone: &jiff::tz::TimeZone) -> Millis {
    let days = schedule.iter().flat_map(|schedule| &schedule.places).flat_map(|place| &place.days);
    let after = days.max().and_then(|day| day.tomorrow().ok()).map(|day| day.at(0, 0, 0, 0));
    let ends = after.map_or(batch.portrait_review_ends, |after| after.max(batch.portrait_review_ends));
    at_civil(ends, zone)
}

/// Whether an office still owes a case that stands here a word after the batch's end, unless it was missed. On-site
/// results may come on paper, and days after the last day on site.
pub fn waits_for_office(stage: Stage) -> bool {
    stage.reviewed_at().is_some() || matches!(stage, Stage::Submitted | Stage::OnsitePassed)
}

/// Whether the portrait of a case that stands here only goes once it was handed over: a certificate is made with it, or
/// will be as soon as the province has said so, however late that is.
pub fn is_to_hand_over(stage: Stage) -> bool {
    matches!(stage, Stage::OnsitePassed | Stage::Graduated)
}

/// How a case stands, as far as its pictures are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stand {
    /// The stage.
    pub stage: Stage,
    /// Its candidate did not come, and nobody awaits them any more ([`Case::missed_at`]).
    pub is_missed: bool,
}

impl Stand {
    /// Of a case.
    pub fn of(case: &Case) -> Self {
        Self { stage: case.stage, is_missed: case.missed_at().is_some() }
    }
}

/// What of a case may go before its time because its candidate asks for it: after the batch's end whatever no office needs
/// any more. `None` while the application is under way, which only its candidate may take back.
fn early(stand: Stand, has_ended: bool) -> Option<Going> {
    let portraits = !is_to_hand_over(stand.stage);
    let waits = waits_for_office(stand.stage) && !stand.is_missed;
    (has_ended && !waits).then_some(Going { rejected: true, documents: true, portraits })
}

/// What a candidate's wish to delete an application's pictures comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// These go now.
    Granted(Going),
    /// Not yet.
    Waits(Why),
    /// There is nothing to delete, or no longer.
    Empty,
}

/// Why pictures stay although their candidate wants them gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The application is under way: its pictures are what the offices decide by.
    UnderWay,
    /// An office holds them.
    Held,
    /// Only the portrait is left, which the certificate is made from.
    HandOver,
}

impl Why {
    /// The name in dialogs.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnderWay => "under_way",
            Self::Held => "held",
            Self::HandOver => "hand_over",
        }
    }
}

/// What becomes of the wish to delete what is `kept` of a case that stands here.
pub fn wish(stand: Stand, kept: Pictures, has_ended: bool, is_held: bool) -> Wish {
    if kept == Pictures::default() {
        return Wish::Empty;
    }
    if is_held {
        return Wish::Waits(Why::Held);
    }
    match early(stand, has_ended) {
        None => Wish::Waits(Why::UnderWay),
        Some(going) if !going.portraits && kept.rejected + kept.documents == 0 => Wish::Waits(Why::HandOver),
        Some(going) => Wish::Granted(going),
    }
}

/// How many pictures a case names, each counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pictures {
    /// [`Kind::Rejected`].
    pub rejected: i64,
    /// [`Kind::Documents`].
    pub documents: i64,
    /// Portraits, whether they are to be handed over or not.
    pub portraits: i64,
}

/// What goes of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Going {
    /// Pictures that were turned down.
    pub rejected: bool,
    /// Document photos.
    pub documents: bool,
    /// The portrait.
    pub portraits: bool,
}

impl Case {
    /// What it names.
    pub fn pictures(&self) -> Pictures {
        let mut counted = Pictures::default();
        let rejected = self.turned_down();
        let mut seen = BTreeSet::new();
        for (slot, name) in self.named() {
            if !seen.insert(name) {
                continue;
            }
            match slot {
                _ if rejected.contains(name) => counted.rejected += 1,
                PhotoSlot::Portrait => counted.portraits += 1,
                PhotoSlot::Front | PhotoSlot::Back | PhotoSlot::Handheld => counted.documents += 1,
            }
        }
        counted
    }

    /// Forgets pictures whose time is over, in its slots and in all rounds; their names. All else stays as it was decided.
    pub fn forget_pictures(&mut self, going: Going) -> Vec<String> {
        let rejected = self.turned_down();
        let goes = |(slot, name): &(PhotoSlot, &str)| match slot {
            _ if rejected.contains(*name) => going.rejected,
            PhotoSlot::Portrait => going.portraits,
            PhotoSlot::Front | PhotoSlot::Back | PhotoSlot::Handheld => going.documents,
        };
        let names: BTreeSet<String> = self.named().filter(goes).map(|(_, name)| name.to_owned()).collect();
        self.documents.retain(|_, photo| !names.contains(&photo.name));
        self.portrait = self.portrait.take().filter(|photo| !names.contains(&photo.name));
        for round in &mut self.rounds {
            round.photos.retain(|_, photo| !names.contains(&photo.name));
        }
        names.into_iter().collect()
    }

    /// Every picture with the slot it is in.
    fn named(&self) -> impl Iterator<Item = (PhotoSlot, &str)> {
        let kept = self.documents.iter().map(|(slot, photo)| (*slot, photo));
        let portrait = self.portrait.iter().map(|photo| (PhotoSlot::Portrait, photo));
        let rounds = self.rounds.iter().flat_map(|round| &round.photos).map(|(slot, photo)| (*slot, photo));
        kept.chain(portrait).chain(rounds).map(|(slot, photo)| (slot, photo.name.as_str()))
    }

    /// Pictures that were turned down and that no other round stands for.
    fn turned_down(&self) -> BTreeSet<String> {
        let named = |wanted: bool| {
            let rounds = self.rounds.iter().filter(|round| !round.withdrawn);
            let photos = rounds.flat_map(|round| round.photos.iter().map(move |photo| (round, photo)));
            let found = photos.filter(move |(round, (slot, _))| is_turned_down(round, **slot) == wanted);
            found.map(|(_, (_, photo))| photo.name.clone()).collect::<BTreeSet<_>>()
        };
        &named(true) - &named(false)
    }
}

/// Whether the last word on what a slot shows in a round was no.
fn is_turned_down(round: &Round, slot: PhotoSlot) -> bool {
    let part = if slot == PhotoSlot::Portrait { Part::Portrait } else { Part::Documents };
    round.decisions.last().is_some_and(|decided| !decided.passes(part))
}

#[cfg(test)]
mod tests;
