//! What somebody wants to see of the queue, as addresses and forms carry it from page to page.

use serde::{Deserialize, Serialize};

use crate::{
    inbound::Part,
    office::{Role, queue},
    store::{CaseFilter, CaseSummary, Holder, Order, Rounds},
    time::Millis,
    workflow::case::Stage,
};

const DAY_SECONDS: i64 = 24 * 3600;
/// Every stage, where one is asked for.
pub(super) const EVERY_STAGE: &str = "all";

/// Of an address, or of a form that has the address's question in a field. What cannot be understood is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What is reviewed: `portrait`, `documents` or `both`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) kind: String,
    /// A batch that is not the present one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) batch: String,
    /// A stage's name, or `all`; otherwise whatever waits for this account.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) stage: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) city: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) district: String,
    /// Waiting for so many days or more.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) days: String,
    /// `first` or `repeated`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) rounds: String,
    /// `free` or `mine`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) holder: String,
    /// `newest`; otherwise who has waited longest comes first.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) order: String,
    /// Where the page of the list begins.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) after: String,
    /// Where in the list the open case stands: the next one comes behind it.
    #[serde(skip_serializing)]
    pub(super) at: String,
    /// A case that is looked for by its number.
    #[serde(skip_serializing)]
    pub(super) number: String,
    /// The case that this account has just decided on.
    #[serde(skip_serializing)]
    pub(super) did: String,
    /// Where that one stood.
    #[serde(skip_serializing)]
    pub(super) was: String,
    /// What has just happened besides: `empty`, `back`.
    #[serde(skip_serializing)]
    pub(super) said: String,
}

impl Asked {
    /// Out of a form's field.
    pub(super) fn read(query: &str) -> Self {
        serde_html_form::from_str(query).unwrap_or_default()
    }

    /// As a form's field, and behind an address: only what the list is asked for.
    pub(super) fn query(&self) -> String {
        serde_html_form::to_string(self).unwrap_or_default()
    }

    /// The same with the place of a case in the list.
    pub(super) fn query_at(&self, at: &str) -> String {
        joined(&[&self.query(), &pair("at", at)])
    }

    /// The queue, with what has just been done.
    pub(super) fn queue_path(&self, did: &str, said: &str) -> String {
        with_query("/staff/queue", &[&self.query(), &self.done(did), &pair("said", said)])
    }

    /// A case of the list.
    pub(super) fn case_path(&self, case: &CaseSummary, did: &str) -> String {
        let query = self.query_at(&case.cursor().to_string());
        with_query(&format!("/staff/cases/{}", case.number), &[&query, &self.done(did)])
    }

    /// The decision on the open case, for the page that comes after it.
    fn done(&self, did: &str) -> String {
        if did.is_empty() { String::new() } else { joined(&[&pair("did", did), &pair("was", &self.at)]) }
    }

    /// A case by its number, at the same place of the list.
    pub(super) fn same_path(&self, number: &str, said: &str) -> String {
        with_query(&format!("/staff/cases/{number}"), &[&self.query_at(&self.at), &pair("said", said)])
    }

    /// The part that is reviewed.
    fn part(&self) -> Option<Part> {
        [Part::Portrait, Part::Documents, Part::Both].into_iter().find(|part| part.name() == self.kind)
    }

    /// The stages that a role is shown.
    fn stages(&self, role: &Role) -> Vec<Stage> {
        let named = Stage::ALL.into_iter().find(|stage| stage.name() == self.stage);
        match (named, self.stage.as_str()) {
            (Some(stage), _) => vec![stage],
            (None, EVERY_STAGE) => Vec::new(),
            (None, _) => queue::waiting(role.level(), self.part()),
        }
    }

    /// What a list is asked for; `batch` is the present one.
    pub(super) fn filter(&self, role: &Role, batch: &str, now: Millis, me: &str) -> CaseFilter {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let days: Option<i64> = self.days.parse().ok().filter(|days| (1..=365).contains(days));
        CaseFilter {
            batch: if self.batch.is_empty() { batch.to_owned() } else { self.batch.clone() },
            city: text(&self.city),
            district: text(&self.district),
            stages: self.stages(role),
            entered_from: None,
            entered_before: days.map(|days| now.minus_seconds(days * DAY_SECONDS)),
            rounds: match self.rounds.as_str() {
                "first" => Some(Rounds::First),
                "repeated" => Some(Rounds::Repeated),
                _ => None,
            },
            holder: match self.holder.as_str() {
                "free" => Some(Holder::NobodyBut(me.to_owned())),
                "mine" => Some(Holder::Staff(me.to_owned())),
                _ => None,
            },
            order: if self.order == "newest" { Order::NewestFirst } else { Order::OldestFirst },
            after: self.after.parse().ok(),
            limit: 0,
        }
    }

    /// The same for the next case to decide: those that wait for this account, behind the open one.
    pub(super) fn next_filter(&self, role: &Role, batch: &str, now: Millis, me: &str) -> CaseFilter {
        CaseFilter {
            batch: batch.to_owned(),
            stages: queue::waiting(role.level(), self.part()),
            after: self.at.parse().ok(),
            ..self.filter(role, batch, now, me)
        }
    }
}

fn pair(name: &str, value: &str) -> String {
    if value.is_empty() {
        String::new()
    } else {
        serde_html_form::to_string([(name, value)]).unwrap_or_default()
    }
}

fn joined(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("&")
}

fn with_query(path: &str, parts: &[&str]) -> String {
    let query = joined(parts);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
