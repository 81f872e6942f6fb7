//! What all people share: scripts, batch, schedule, plans. Built by the edge, swapped whole, never changed.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::{
    dialog::{Offer, Scripts},
    time::Millis,
    workflow::{
        batch::{Batch, Window},
        command::Moment,
        desk::Desk,
        plan::{Plan, PlanKey},
        quiet::Quiet,
        retention::{Terms, ends_at},
        schedule::{Place, Schedule},
    },
};

/// The same for everybody.
#[derive(Debug)]
pub struct World {
    /// Conversations and texts.
    pub scripts: Scripts,
    /// The present batch.
    pub batch: Batch,
    /// The one after it, if it is known yet.
    pub next: Option<Batch>,
    /// Its places.
    pub schedule: Schedule,
    /// The places as questions may name them, in the schedule's order.
    pub places: Vec<Offer>,
    /// All graduation plans.
    pub plans: BTreeMap<PlanKey, Plan>,
    /// When somebody answers in person.
    pub desk: Desk,
    /// When nobody is written to of our own accord.
    pub quiet: Quiet,
    /// How long things are kept.
    pub terms: Terms,
    /// Where dates are read.
    pub zone: TimeZone,
    /// How people reach the camera page, without a trailing slash.
    pub public_url: String,
}

impl World {
    /// Puts the parts together, with no batch after this one, the usual desk, quiet hours and terms.
    pub fn new(
        scripts: Scripts,
        batch: Batch,
        schedule: Schedule,
        plans: impl IntoIterator<Item = Plan>,
        zone: TimeZone,
        public_url: &str,
    ) -> Self {
        let places = schedule.places.iter().map(|place| offer(&schedule, place)).collect();
        let plans = plans.into_iter().map(|plan| (plan.key(), plan)).collect();
        let public_url = public_url.trim_end_matches('/').to_owned();
        let (desk, quiet, terms) = (Desk::default(), Quiet::default(), Terms::default());
        Self { scripts, batch, next: None, schedule, places, plans, desk, quiet, terms, zone, public_url }
    }

    /// What the batch says of a time.
    pub fn moment(&self, now: Millis) -> Moment {
        Moment { at: now, window: self.window(now) }
    }

    /// Whether applications are open at a time.
    pub fn window(&self, now: Millis) -> Window {
        self.batch.window(now.civil(&self.zone))
    }

    /// The end of the batch, from which on its pictures may go.
    pub fn ends_at(&self) -> Millis {
        ends_at(&self.batch, Some(&self.schedule), &self.zone)
    }

    /// The batch after the present one, unless it should be the present one by now.
    pub fn next_batch(&self, now: Millis) -> Option<&Batch> {
        self.next.as_ref().filter(|next| next.window(now.civil(&self.zone)) == Window::Before)
    }

    /// The page that a camera ticket opens.
    pub fn camera_link(&self, secret: &str) -> String {
        format!("{}/camera/{secret}", self.public_url)
    }
}

/// A place as questions name it: by its district, and by its city, too, where another city has a district of that name.
fn offer(schedule: &Schedule, place: &Place) -> Offer {
    let twins = schedule.places.iter().filter(|other| other.district == place.district).count();
    let mut offer = Offer::district(&place.district);
    offer.key = place.key();
    if twins > 1 {
        offer.label = format!("{}{}", place.city, place.district);
    }
    offer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::schedule::read_csv;

    #[test]
    fn a_district_that_two_cities_have_is_named_with_its_city() {
        let mut schedule =
            read_csv(include_str!("../../examples/data/schedule-guangzhou.csv"), 2026).unwrap();
        let twin = Place { city: "深圳市".into(), ..schedule.places[3].clone() };
        schedule.places.push(twin);
        let offers: Vec<Offer> = schedule.places.iter().map(|place| offer(&schedule, place)).collect();
        let named = |at: usize| (offers[at].key.as_str(), offers[at].label.as_str());
        assert_eq!(named(0), ("广州市/荔湾区", "荔湾区"));
        assert_eq!(named(3), ("广州市/天河区", "广州市天河区"));
        assert_eq!(named(11), ("深圳市/天河区", "深圳市天河区"));
    }
}
