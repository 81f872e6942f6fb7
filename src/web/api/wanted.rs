//! Which applications: the conditions that a list and the next case have in common, the console's own.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    paging,
    problem::Problem,
    said::{PartName, StageName, Word},
};
use crate::{
    inbound::Part,
    office::{Role, queue},
    store::{CaseCursor, CaseFilter, Holder, Order, Rounds},
    time::Millis,
    workflow::case::Stage,
};

const DAY_SECONDS: i64 = 24 * 3600;
/// Longest wait that may be asked for, in days.
const DAYS_MAX: u16 = 365;

/// How often it was handed in.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RoundsName {
    First,
    Repeated,
}

/// Who has it open.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum HolderName {
    Free,
    Mine,
}

/// Which come first.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OrderName {
    #[default]
    Oldest,
    Newest,
}

/// What both are asked for.
pub(super) struct Wanted {
    pub(super) batch: String,
    pub(super) city: Option<Word>,
    pub(super) district: Option<Word>,
    pub(super) days: Option<u16>,
    pub(super) rounds: Option<RoundsName>,
    pub(super) order: OrderName,
    pub(super) cursor: Option<String>,
}

impl Wanted {
    /// As the offices' functions read it, of every stage. `now` is business time.
    pub(super) fn filter(self, now: Millis) -> Result<CaseFilter, Problem> {
        let days = match self.days {
            Some(days) if !(1..=DAYS_MAX).contains(&days) => {
                return Err(Problem::field("?days", format!("请写 1 到 {DAYS_MAX}")));
            }
            days => days.map(i64::from),
        };
        Ok(CaseFilter {
            batch: self.batch,
            city: self.city.map(|Word(city)| city),
            district: self.district.map(|Word(district)| district),
            entered_before: days.map(|days| now.minus_seconds(days * DAY_SECONDS)),
            rounds: self.rounds.map(|rounds| match rounds {
                RoundsName::First => Rounds::First,
                RoundsName::Repeated => Rounds::Repeated,
            }),
            order: match self.order {
                OrderName::Oldest => Order::OldestFirst,
                OrderName::Newest => Order::NewestFirst,
            },
            after: paging::place(self.cursor.as_deref(), |place| place.parse::<CaseCursor>().ok())?,
            ..CaseFilter::default()
        })
    }
}

impl HolderName {
    /// For the account `me`.
    pub(super) fn of(self, me: &str) -> Holder {
        match self {
            Self::Free => Holder::NobodyBut(me.to_owned()),
            Self::Mine => Holder::Staff(me.to_owned()),
        }
    }
}

/// The stages that are asked for, empty for every one; `None` when no case can stand where all of this holds. `waiting`
/// are those that wait for a decision of this role's, or of anybody's when it decides nothing.
pub(super) fn stages(
    role: &Role,
    named: Vec<StageName>,
    part: Option<PartName>,
    waiting: bool,
) -> Option<Vec<Stage>> {
    let named: Vec<Stage> = named.into_iter().map(|StageName(stage)| stage).collect();
    let part: Option<Part> = part.map(|PartName(part)| part);
    if part.is_none() && !waiting {
        return Some(named);
    }
    let mut stages = queue::waiting(role.level().filter(|_| waiting), part);
    stages.retain(|stage| named.is_empty() || named.contains(stage));
    Some(stages).filter(|stages| !stages.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_on_stages_hold_together() {
        use Stage::{DocumentsAtCity, DocumentsAtProvince, PortraitAtCity, Ready};
        let city = Role::City("广州市".into());
        let documents = Some(PartName(Part::Documents));
        let rows = [
            (vec![], None, false, Some(vec![])),
            (vec![Ready], None, false, Some(vec![Ready])),
            (vec![], documents, false, Some(vec![DocumentsAtCity, DocumentsAtProvince])),
            (vec![], documents, true, Some(vec![DocumentsAtCity])),
            (vec![Ready, PortraitAtCity], None, true, Some(vec![PortraitAtCity])),
            (vec![Ready], documents, false, None),
            (vec![DocumentsAtProvince], None, true, None),
        ];
        for (named, part, waiting, expected) in rows {
            let names = named.iter().copied().map(StageName).collect();
            assert_eq!(stages(&city, names, part, waiting), expected, "{named:?} {part:?} {waiting}");
        }
    }
}
