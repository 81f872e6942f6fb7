//! What can be ticked to say whom an announcement is for.

use serde::Serialize;

use super::{parts, typed::Typed};
use crate::{turn::World, validation::DocumentType, workflow::batch::Batch};

/// A condition that can be ticked.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choice {
    /// As it is written: 「城市:广州市」.
    pub(super) value: String,
    pub(super) words: String,
    pub(super) is_with: bool,
    pub(super) is_without: bool,
}

/// A city with its districts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct City {
    pub(super) city: Choice,
    pub(super) districts: Vec<Choice>,
}

/// Conditions of one kind.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Group {
    pub(super) legend: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// A batch to choose.
#[derive(Debug, Clone, Serialize)]
pub(super) struct BatchChoice {
    pub(super) id: String,
    pub(super) words: String,
    pub(super) is_chosen: bool,
}

/// Everything that can be ticked.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Choices {
    pub(super) batches: Vec<BatchChoice>,
    pub(super) cities: Vec<City>,
    pub(super) groups: Vec<Group>,
    /// So many are ticked, and so many are ticked to be left out.
    pub(super) with: usize,
    pub(super) without: usize,
}

/// The batches, the places of the present one, and what else there is.
pub(super) fn of(typed: &Typed, batches: &[Batch], world: &World) -> Choices {
    let choice = |key: &str, value: &str, words: &str| {
        let value = format!("{key}:{value}");
        let is_in = |list: &str| typed.lists.get(list).is_some_and(|ticked| ticked.contains(&value));
        Choice { is_with: is_in("with"), is_without: is_in("without"), words: words.to_owned(), value }
    };
    let schedule = &world.schedule;
    let city = |name: &str| City {
        city: choice("城市", name, &format!("{name}（全部）")),
        districts: schedule
            .in_city(name)
            .map(|place| choice("区县", &place.key(), &place.district))
            .collect(),
    };
    let of_kind = |legend, key: &str, values: &[String]| Group {
        legend,
        choices: values.iter().map(|value| choice(key, value, value)).collect(),
    };
    let documents = DocumentType::ALL.map(|document| document.label().to_owned());
    let groups = [of_kind("证件类型", "证件", &documents), of_kind("走到哪一步", "步骤", &parts::steps())];
    let batch = |batch: &Batch| BatchChoice {
        id: batch.id.clone(),
        words: format!("{} {}", batch.id, batch.name),
        is_chosen: typed.get("batch") == batch.id,
    };
    Choices {
        batches: batches.iter().map(batch).collect(),
        cities: schedule.cities().into_iter().map(city).collect(),
        groups: groups.into_iter().filter(|group| !group.choices.is_empty()).collect(),
        with: typed.lists["with"].len(),
        without: typed.lists["without"].len(),
    }
}
