//! The overview: how the batch goes, in the places that an office sees.
//!
//! Six statements over indexes make it, for a city as for the province. The pages of an office that are loaded within the
//! same few seconds share one; nobody decides by them.

use std::sync::Arc;

use jiff::civil::Date;
use quick_cache::sync::Cache;

use super::{Act, LookError, Role, look::area};
use crate::{
    clock::Now,
    store::{Area, Ended, QueueAge, Store},
    time::{Millis, at_civil},
    turn::World,
    workflow::{
        case::{Place, Stage},
        promise,
    },
};

/// How long figures are shown again.
const FRESH_SECONDS: i64 = 5;
/// Offices that are remembered: every city, and some districts.
const REMEMBERED: usize = 64;
/// Deliveries that ended badly are shown for a week.
const DELIVERIES_SECONDS: i64 = 7 * DAY;
const DAY: i64 = 24 * 3600;
/// The queue's ages are told in days: less than one, one to two, two to three, more.
const AGES: [i64; 3] = [DAY, 2 * DAY, 3 * DAY];

/// Makes overviews and remembers them for a moment.
pub struct Overviews {
    recent: Cache<Key, Arc<Overview>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    area: Area,
    batch: String,
    /// Changes every few seconds: what was remembered is not found any more, and the cache forgets it.
    /// Of both times: a business time that is moved makes other figures at once.
    moments: [i64; 2],
}

/// The figures of one office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// When they were right. Business time.
    pub at: Millis,
    /// Cases handed in today, for each hour of the day.
    pub handed_in: [i64; 24],
    /// The stages in which cases wait for a review.
    pub waiting: Vec<Waiting>,
    /// How many cases stand in each phase, every phase.
    pub funnel: Vec<(Phase, i64)>,
    /// Codes of the reasons for rejections that stand, the most frequent first.
    pub rejections: Vec<(String, i64)>,
    /// The places of the schedule, in its order.
    pub load: Vec<Load>,
    /// Deliveries of the last week that ended badly.
    pub ended_badly: Vec<Ended>,
}

/// The cases that wait in one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Where.
    pub stage: Stage,
    /// Since when the oldest waits. Business time.
    pub oldest: Millis,
    /// How many have waited for less than a day, one to two, two to three, more.
    pub counts: Vec<i64>,
    /// How many have waited for longer than the batch promises; `None` where it promises nothing.
    pub late: Option<i64>,
}

/// What a place has to expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Where.
    pub place: Place,
    /// The days of the on-site check.
    pub days: Vec<Date>,
    /// Applications submitted so far.
    pub submitted: i64,
}

impl Load {
    /// How many come each day if they come evenly, rounded up: people choose the day themselves.
    pub fn each_day(&self) -> i64 {
        let days = (self.days.len() as i64).max(1);
        (self.submitted + days - 1) / days
    }
}

/// A part of the way, of the stages that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// 毕业预测.
    Prediction,
    /// 办理地点 and phone.
    Place,
    /// Who they are: the population source, or document photos.
    Identity,
    /// 信息确认, the first time, and the photo standard.
    Data,
    /// The portrait is to be taken.
    Portrait,
    /// The portrait, or portrait and documents, are with the offices.
    Review,
    /// All is approved, 「申请」 is missing.
    Approved,
    /// 「申请」 was pressed.
    Submitted,
    /// The check on site is passed.
    OnsitePassed,
    /// The province has had its last word.
    Concluded,
    /// Taken back.
    Withdrawn,
}

impl Phase {
    /// Every phase, in the order of the procedure.
    pub const ALL: [Self; 11] = [
        Self::Prediction,
        Self::Place,
        Self::Identity,
        Self::Data,
        Self::Portrait,
        Self::Review,
        Self::Approved,
        Self::Submitted,
        Self::OnsitePassed,
        Self::Concluded,
        Self::Withdrawn,
    ];

    /// The phase of a stage.
    pub fn of(stage: Stage) -> Self {
        match stage {
            Stage::Entered | Stage::Predicting | Stage::PredictionFailed => Self::Prediction,
            Stage::PlaceWanted | Stage::PhoneWanted | Stage::Ready => Self::Place,
            Stage::Verifying
            | Stage::DocumentsWanted
            | Stage::DocumentsAtCity
            | Stage::DocumentsAtProvince
            | Stage::DocumentsApproved
            | Stage::DocumentsRejected => Self::Identity,
            Stage::DataToConfirm | Stage::DataDisputed | Stage::StandardToRead => Self::Data,
            Stage::ScanAwaited
            | Stage::DataToReconfirm
            | Stage::StandardToReread
            | Stage::Capturing
            | Stage::Captured => Self::Portrait,
            Stage::PortraitAtCity
            | Stage::PortraitRejected
            | Stage::BundleAtCity
            | Stage::BundleAtProvince
            | Stage::BundleRejected => Self::Review,
            Stage::Approved => Self::Approved,
            Stage::Submitted => Self::Submitted,
            Stage::OnsitePassed => Self::OnsitePassed,
            Stage::Graduated | Stage::NotGraduated => Self::Concluded,
            Stage::Withdrawn => Self::Withdrawn,
        }
    }

    /// The name in templates and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prediction => "prediction",
            Self::Place => "place",
            Self::Identity => "identity",
            Self::Data => "data",
            Self::Portrait => "portrait",
            Self::Review => "review",
            Self::Approved => "approved",
            Self::Submitted => "submitted",
            Self::OnsitePassed => "onsite_passed",
            Self::Concluded => "concluded",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Default for Overviews {
    fn default() -> Self {
        Self { recent: Cache::new(REMEMBERED) }
    }
}

impl Overviews {
    /// The figures of the present batch for the places that the role sees, a few seconds old at most. Those who ask for
    /// the same at once wait for one answer.
    pub async fn of(
        &self,
        store: &Store,
        role: &Role,
        world: &World,
        now: Now,
    ) -> Result<Arc<Overview>, LookError> {
        let area = area(role, Act::SeeOverview)?;
        let moments = [now.wire, now.business].map(|time| time.as_seconds().div_euclid(FRESH_SECONDS));
        let key = Key { area: area.clone(), batch: world.batch.id.clone(), moments };
        let counting = async { count(store, &area, world, now.business).await.map(Arc::new) };
        self.recent.get_or_insert_async(&key, counting).await
    }
}

async fn count(store: &Store, area: &Area, world: &World, now: Millis) -> Result<Overview, LookError> {
    let batch = world.batch.id.as_str();
    let waiting = waiting(store, area, world, now).await?;
    // Those who wait are counted already, with their ages.
    let others: Vec<Stage> = Stage::ALL.into_iter().filter(|stage| stage.reviewed_at().is_none()).collect();
    let mut stages = store.count_cases(area, batch, &others).await?;
    stages.extend(waiting.iter().map(|waiting| (waiting.stage, waiting.counts.iter().sum())));
    let in_phase =
        |phase| stages.iter().filter(|(stage, _)| Phase::of(*stage) == phase).map(|(_, n)| n).sum();
    Ok(Overview {
        at: now,
        handed_in: handed_in_today(store, area, world, now).await?,
        waiting,
        funnel: Phase::ALL.into_iter().map(|phase| (phase, in_phase(phase))).collect(),
        rejections: store.count_rejections(area, batch).await?,
        load: load(store, area, world).await?,
        ended_badly: store.count_ended_badly(area, now.minus_seconds(DELIVERIES_SECONDS)).await?,
    })
}

/// The ages of the queues, with the promised time as one more cut between them: one statement tells both.
async fn waiting(store: &Store, area: &Area, world: &World, now: Millis) -> Result<Vec<Waiting>, LookError> {
    let mut since = AGES.map(|seconds| now.minus_seconds(seconds)).to_vec();
    let cut = promise::kept_since(&world.batch, now, &world.zone).map(|promised| {
        let at = since.partition_point(|since| *since > promised);
        since.insert(at, promised);
        at
    });
    let ages = store.queue_ages(area, &world.batch.id, &since).await?;
    Ok(ages.into_iter().map(|age| of_age(age, cut)).collect())
}

/// Takes the cut out again: what is behind it is late.
fn of_age(QueueAge { stage, oldest, mut counts }: QueueAge, cut: Option<usize>) -> Waiting {
    let late = cut.map(|at| {
        let late = counts.iter().skip(at + 1).sum();
        let behind = counts.remove(at + 1);
        counts[at] += behind;
        late
    });
    Waiting { stage, oldest, counts, late }
}

async fn handed_in_today(
    store: &Store,
    area: &Area,
    world: &World,
    now: Millis,
) -> Result<[i64; 24], LookError> {
    let midnight = at_civil(now.date(&world.zone).at(0, 0, 0, 0), &world.zone);
    let until = midnight.plus_seconds(DAY);
    let mut hours = [0; 24];
    for (hour, count) in store.count_handed_in(area, &world.batch.id, midnight, until).await? {
        if let Some(of_hour) = usize::try_from(hour).ok().and_then(|hour| hours.get_mut(hour)) {
            *of_hour = count;
        }
    }
    Ok(hours)
}

async fn load(store: &Store, area: &Area, world: &World) -> Result<Vec<Load>, LookError> {
    let submitted = store.count_submitted(area, &world.batch.id).await?;
    let places = world.schedule.places.iter().filter(|place| area.has(&place.city, &place.district));
    let load = places.map(|place| {
        let place_of_case = Place { city: place.city.clone(), district: place.district.clone() };
        let found = submitted.iter().find(|submitted| submitted.place == place_of_case);
        let submitted = found.map_or(0, |submitted| submitted.count);
        Load { place: place_of_case, days: place.days.clone(), submitted }
    });
    Ok(load.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_the_promise_is_late_and_the_ages_stay_four() {
        let age = |counts: &[i64]| QueueAge {
            stage: Stage::PortraitAtCity,
            oldest: Millis(0),
            counts: counts.to_vec(),
        };
        let rows = [(0, 14, [3, 3, 4, 5]), (1, 12, [1, 5, 4, 5]), (3, 5, [1, 2, 3, 9])];
        for (cut, late, counts) in rows {
            let waiting = of_age(age(&[1, 2, 3, 4, 5]), Some(cut));
            assert_eq!((waiting.late, &waiting.counts[..]), (Some(late), &counts[..]), "{cut}");
        }
        assert_eq!(of_age(age(&[1, 2, 3, 4]), None).late, None);
    }

    #[test]
    fn the_day_has_room_for_a_part_of_the_people() {
        let place = Place { city: "广州市".to_owned(), district: "天河区".to_owned() };
        let day = jiff::civil::date(2026, 6, 15);
        for (days, submitted, expected) in [(2, 0, 0), (2, 5, 3), (1, 7, 7), (0, 7, 7)] {
            let load = Load { place: place.clone(), days: vec![day; days], submitted };
            assert_eq!(load.each_day(), expected, "{submitted} in {days} days");
        }
    }
}
