//! PURE. By which way an announcement reaches whom, and what it costs, before anything is sent.
//!
//! The platform has two ways: mass sends to lists of 2 to 10,000 people, of which each person receives four a month, and
//! single messages, which come while a person's window is open, as a template message if there is one, or else wait
//! until the person writes (protocol §6, §7, §9). [`Class::of`] says of each person which way is theirs on a [`Route`];
//! every person is in one class, so nobody gets an announcement twice. [`plan`] adds up what a count of the audience
//! found, so that all three routes can be shown side by side. When people are gathered the store asks the same question
//! as a `case` that is made from this table (`store/broadcasts/audience.rs`), and a test holds it to the sums told here.
//! Deliberately elsewhere: who is in the audience ([`super::audience`]), and the sending (`worker`).

use serde::{Deserialize, Serialize};

use super::{Content, message::Message};

/// Most people of a list (protocol §9).
pub const LIST_MAX: u64 = 10_000;
/// Fewest people of a list: for less the platform answers 40130.
pub const LIST_MIN: u64 = 2;
/// Mass messages that a person receives in a month; the platform drops the others without saying so (protocol §9).
pub const MONTHLY: i64 = 4;

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Mass sends.
    Mass,
    /// Single messages.
    Single,
    /// Single messages where a window is open, mass sends for the others.
    Both,
}

impl Route {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Mass, Self::Single, Self::Both];
}

/// What of a person decides the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::struct_excessive_bools, reason = "four facts, each of which can be true without the others")]
pub struct Facts {
    /// They follow the account.
    pub follows: bool,
    /// They refuse its messages, or are on its blacklist.
    pub blocked: bool,
    /// A customer message may be sent to them now.
    pub in_window: bool,
    /// They can receive one more mass message this month.
    pub month_left: bool,
}

impl Facts {
    /// One of sixteen, by its number.
    pub fn of(code: u8) -> Self {
        let [follows, blocked, in_window, month_left] = [8, 4, 2, 1].map(|bit| code & bit != 0);
        Self { follows, blocked, in_window, month_left }
    }

    /// Every combination, by its number.
    pub fn all() -> impl Iterator<Item = (u8, Self)> {
        (0..16).map(|code| (code, Self::of(code)))
    }
}

/// So many people of whom the same is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// What.
    pub facts: Facts,
    /// How many.
    pub people: u64,
}

/// What becomes of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// In a list of a mass send.
    Mass,
    /// A single message.
    Single,
    /// Nothing comes.
    Out(LeftOut),
}

/// Why nothing comes to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeftOut {
    /// They do not follow the account.
    NotFollowing,
    /// They refuse its messages, or are on its blacklist.
    Blocked,
    /// They have had this month's mass messages.
    MonthFull,
}

impl LeftOut {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotFollowing, Self::Blocked, Self::MonthFull];

    /// The name in the database and in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFollowing => "not_following",
            Self::Blocked => "blocked",
            Self::MonthFull => "month_full",
        }
    }
}

impl Class {
    /// The name of its way in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mass => "mass",
            Self::Single => "single",
            Self::Out(_) => "none",
        }
    }

    /// Of a person on a route.
    pub fn of(route: Route, facts: Facts) -> Self {
        match (facts, route) {
            (Facts { follows: false, .. }, _) => Self::Out(LeftOut::NotFollowing),
            (Facts { blocked: true, .. }, _) => Self::Out(LeftOut::Blocked),
            (_, Route::Single) | (Facts { in_window: true, .. }, Route::Both) => Self::Single,
            (Facts { month_left: true, .. }, _) => Self::Mass,
            (_, Route::Both) => Self::Single,
            (_, Route::Mass) => Self::Out(LeftOut::MonthFull),
        }
    }
}

/// An announcement, as far as the ways that it can take depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four facts, each of which can be true without the others")]
pub struct Form {
    /// It is rendered for each person.
    pub has_variables: bool,
    /// It can travel as a template message.
    pub has_card: bool,
    /// It is a template message and nothing else.
    pub is_card_only: bool,
    /// It is an article that leads nowhere but to itself: a single message can only show a link.
    pub lacks_link: bool,
}

impl Form {
    /// Of what somebody wrote.
    pub fn of(content: &Content) -> Self {
        Self {
            has_variables: content.has_variables(),
            has_card: content.is_card(),
            is_card_only: matches!(content.message, Message::Template(_)),
            lacks_link: matches!(&content.message, Message::Article { source_url, .. } if source_url.is_empty()),
        }
    }
}

/// Why an announcement cannot take a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It names something of each person; a mass send says the same to all.
    Variables,
    /// A template message is a single message.
    CardOnly,
    /// An article without a link is no single message.
    LacksLink,
    /// A list has two people at least, and only one is left for it.
    TooFew,
    /// It reaches nobody.
    Nobody,
}

/// What is left of the platform's quotas today; `None` where it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Left {
    /// Calls for mass sends.
    pub mass: Option<u64>,
    /// Template messages.
    pub template: Option<u64>,
    /// Customer messages.
    pub custom: Option<u64>,
}

/// What a route would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Which.
    pub route: Route,
    /// Why it cannot be taken; empty when it can.
    pub obstacles: Vec<Obstacle>,
    /// People in lists of mass sends.
    pub mass: u64,
    /// These lists, which is how many calls it takes.
    pub lists: u64,
    /// People who get a single message at once, because their window is open.
    pub by_window: u64,
    /// People who get a template message.
    pub by_template: u64,
    /// People for whom there is neither: it comes if they write before the announcement lapses.
    pub waiting: u64,
    /// People whom nothing reaches, by why, in the order of [`LeftOut::ALL`].
    pub left_out: [u64; 3],
    /// What is then left of the quotas.
    pub left: Left,
    /// A quota does not last for it: it pauses until the next day.
    pub is_short: bool,
}

impl Plan {
    /// Everybody to whom it goes or may go.
    pub fn reached(&self) -> u64 {
        self.mass + self.by_window + self.by_template + self.waiting
    }

    /// People who are left out for this reason.
    pub fn left_out_for(&self, why: LeftOut) -> u64 {
        self.left_out[why as usize]
    }
}

/// What a route would do with these people.
pub fn plan(groups: &[Group], route: Route, form: Form, left: Left) -> Plan {
    let mut plan = Plan {
        route,
        obstacles: Vec::new(),
        mass: 0,
        lists: 0,
        by_window: 0,
        by_template: 0,
        waiting: 0,
        left_out: [0; 3],
        left,
        is_short: false,
    };
    for Group { facts, people } in groups {
        let place = match Class::of(route, *facts) {
            Class::Mass => &mut plan.mass,
            Class::Single if facts.in_window && !form.is_card_only => &mut plan.by_window,
            Class::Single if form.has_card => &mut plan.by_template,
            Class::Single => &mut plan.waiting,
            Class::Out(why) => &mut plan.left_out[why as usize],
        };
        *place += people;
    }
    if route == Route::Both && plan.mass < LIST_MIN {
        // A list of one is none: whoever is left for it is written to like the others.
        let place = if form.has_card { &mut plan.by_template } else { &mut plan.waiting };
        *place += std::mem::take(&mut plan.mass);
    }
    plan.lists = lists(plan.mass);
    plan.obstacles = obstacles(&plan, form);
    plan.spend(left);
    plan
}

impl Plan {
    fn spend(&mut self, left: Left) {
        let rows = [
            (left.mass, self.lists, &mut self.left.mass),
            (left.template, self.by_template, &mut self.left.template),
            (left.custom, self.by_window, &mut self.left.custom),
        ];
        for (left, cost, after) in rows {
            self.is_short |= left.is_some_and(|left| left < cost);
            *after = left.map(|left| left.saturating_sub(cost));
        }
    }
}

fn obstacles(plan: &Plan, form: Form) -> Vec<Obstacle> {
    let (by_mass, by_single) = (plan.route != Route::Single, plan.route != Route::Mass);
    let rows = [
        (by_mass && form.has_variables, Obstacle::Variables),
        (by_mass && form.is_card_only, Obstacle::CardOnly),
        (by_single && form.lacks_link, Obstacle::LacksLink),
        ((1..LIST_MIN).contains(&plan.mass), Obstacle::TooFew),
        (plan.reached() == 0, Obstacle::Nobody),
    ];
    rows.into_iter().filter(|(holds, _)| *holds).map(|(_, obstacle)| obstacle).collect()
}

/// Lists for so many people.
fn lists(people: u64) -> u64 {
    people.div_ceil(LIST_MAX)
}

#[cfg(test)]
mod tests;
