//! On site: whom a place awaits on a day, how their check went, and the province's last word.
//!
//! Whoever is submitted may come on any day of their place's, so a day's list has all of them, and those of whom
//! something was written down that day. What is written goes through the candidate's own turn, like a decision.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Act, ReviewError, Role, Who, decide::run};
use crate::{
    inbound::{ConcludeAct, Conclusion, Onsite, OnsiteAct, What},
    runner::Runner,
    store::{SealedSubmitted, StaffRow, Store, StoreError},
    turn::{Audit, World},
    validation::document_type::Track,
    workflow::{
        candidate::Candidate,
        case::{self, Case},
        plan,
        schedule::{self, Lookup},
    },
};

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum AppointmentsError {
    /// The account may not see this place's.
    #[error("the role may not see these appointments")]
    Role,
    /// The schedule has no such place, or several.
    #[error("no one place is called so")]
    Place,
    /// It is none of the place's days, which are these.
    #[error("the place is not open on that day")]
    Day(Vec<Date>),
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whom a place awaits on a day.
#[derive(Debug, Clone)]
pub struct Appointments {
    /// Where.
    pub place: schedule::Place,
    /// When.
    pub day: Date,
    /// Who, by exam number.
    pub people: Vec<Appointment>,
}

/// One of them, with everything that the counter needs.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// The application, with what was written down and without its rounds.
    pub case: Arc<Case>,
    /// Who comes; `None` while nobody is bound to the candidate.
    pub candidate: Option<Arc<Candidate>>,
    /// What they were told to bring; `None` as above.
    pub bring: Option<Bring>,
}

/// What a candidate brings (domain.md §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bring {
    /// The registered document's type, original and copy.
    pub document: &'static str,
    /// How many 毕业生登记表.
    pub forms: u8,
    /// The earlier education's certificate, original and copy.
    pub prior_credential: bool,
}

impl Bring {
    fn of(candidate: &Candidate, world: &World) -> Self {
        let plan = world.plans.get(&candidate.plan_key());
        let is_bachelor = plan.is_none_or(|plan| plan.level == plan::Level::Bachelor);
        Self {
            document: candidate.document_type.label(),
            forms: candidate.form_count(),
            prior_credential: is_bachelor && candidate.track() == Track::NonId,
        }
    }
}

/// The list of a place, named as people do, for one of its days: the present or next one where none is given, the last
/// one when all are over. Who looked is in the audit.
pub async fn appointments(
    runner: &Runner,
    staff: &StaffRow,
    district: &str,
    day: Option<Date>,
) -> Result<Appointments, AppointmentsError> {
    let world = runner.world.load_full();
    let role = Role::of(staff).filter(|role| staff.active && role.may(Act::RecordOnsite));
    let role = role.ok_or(AppointmentsError::Role)?;
    let place = match world.schedule.find(district) {
        Lookup::Place(place) => place.clone(),
        Lookup::Several(places) => {
            let mut own = places.into_iter().filter(|place| role.sees(Some(&chosen(place))));
            match (own.next(), own.next()) {
                (Some(place), None) => place.clone(),
                _ => return Err(AppointmentsError::Place),
            }
        }
        Lookup::CityCore | Lookup::Unknown => return Err(AppointmentsError::Place),
    };
    if !role.sees(Some(&chosen(&place))) {
        return Err(AppointmentsError::Role);
    }
    let now = runner.clock.business();
    let near = || place.next_day(now.civil(&world.zone)).or(place.days.last().copied());
    let day = day.or_else(near).filter(|day| place.days.contains(day));
    let Some(day) = day else { return Err(AppointmentsError::Day(place.days)) };
    let audit = Audit {
        actor: Who::Staff(staff).actor(),
        act: "view_appointments".to_owned(),
        subject: place.key(),
        detail: day.to_string(),
    };
    runner.store.append_audit(&audit, now).await?;
    let submitted = runner.store.submitted_cases(&world.batch.id, &place.city, &place.district).await?;
    let store = runner.store.clone();
    let opened = tokio::task::spawn_blocking(move || open(&store, &world, submitted, day));
    Ok(Appointments { place, day, people: opened.await.expect("opening cases does not panic")? })
}

/// Who of a place's submitted cases is awaited on a day, by exam number.
fn open(
    store: &Store,
    world: &World,
    submitted: Vec<SealedSubmitted>,
    day: Date,
) -> Result<Vec<Appointment>, StoreError> {
    let mut people = Vec::new();
    for sealed in submitted {
        let (case, candidate) = store.unseal_submitted(&sealed)?;
        if case.is_listed_on(day) {
            // A day's list shows no rounds, and has thousands of people.
            let case = Arc::new(Case { rounds: Vec::new(), ..case });
            let bring = candidate.as_ref().map(|candidate| Bring::of(candidate, world));
            people.push(Appointment { case, candidate: candidate.map(Arc::new), bring });
        }
    }
    people.sort_by(|one, other| one.case.exam_no.cmp(&other.case.exam_no));
    Ok(people)
}

/// Writes down how a candidate's check went, on the last day of their place's that has come; the candidate is told. The
/// caller has made sure that it speaks for `staff`.
pub async fn record(
    runner: &Runner,
    staff: &StaffRow,
    case_id: &str,
    version: i64,
    outcome: Onsite,
) -> Result<Arc<Case>, ReviewError> {
    let case = own_case(runner, case_id).await?;
    permitted(staff, Act::RecordOnsite, &case)?;
    let act = OnsiteAct { staff: staff.name.clone(), version, outcome };
    run(runner, &case, What::Onsite(act)).await
}

/// The province office concludes an application whose check on site is passed, or corrects what it concluded; the
/// candidate is told.
pub async fn conclude(
    runner: &Runner,
    staff: &StaffRow,
    case_id: &str,
    version: i64,
    conclusion: Conclusion,
) -> Result<Arc<Case>, ReviewError> {
    let case = own_case(runner, case_id).await?;
    permitted(staff, Act::Conclude, &case)?;
    let act = ConcludeAct { staff: staff.name.clone(), version, conclusion };
    run(runner, &case, What::Conclude(act)).await
}

/// Whether an account may do this to the case.
fn permitted(staff: &StaffRow, act: Act, case: &Case) -> Result<(), ReviewError> {
    let role = Role::of(staff).filter(|role| staff.active && role.may(act));
    let role = role.ok_or(ReviewError::NoReviewer)?;
    if role.sees(case.place.as_ref()) { Ok(()) } else { Err(ReviewError::OtherCity) }
}

/// A case of the present batch.
async fn own_case(runner: &Runner, case_id: &str) -> Result<Arc<Case>, ReviewError> {
    let case = runner.store.case_by_id(case_id).await?.ok_or(ReviewError::NoCase)?;
    if case.batch == runner.world.load().batch.id { Ok(case) } else { Err(ReviewError::OtherBatch) }
}

/// A place of the schedule as cases name it.
fn chosen(place: &schedule::Place) -> case::Place {
    case::Place { city: place.city.clone(), district: place.district.clone() }
}
