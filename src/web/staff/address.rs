//! Addresses of lists, as pages lead to one another: names of places are percent-encoded.

use jiff::civil::Date;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{store::OutboxState, workflow::case::Stage};

/// A place's list of a day.
pub(super) fn onsite_day(city: &str, district: &str, day: Date) -> String {
    format!("/staff/onsite/{}/{day}", part(&format!("{city}{district}")))
}

/// Pushes that ended badly: for one reason, behind a row.
pub(super) fn deliveries(why: Option<(OutboxState, &str)>, after: Option<&str>) -> String {
    let why = why.map(|(state, reason)| format!("{} {reason}", state.name()));
    with("/staff/deliveries", &[("why", why.as_deref()), ("after", after)])
}

/// The queue: of one stage, and of those who have waited for so many days.
pub(super) fn queue(stage: Stage, days: Option<&str>) -> String {
    with("/staff/queue", &[("stage", Some(stage.name())), ("days", days)])
}

/// An application's page.
pub(super) fn case(number: &str) -> String {
    format!("/staff/cases/{number}")
}

/// A path with those fields that there are.
pub(super) fn with(path: &str, fields: &[(&str, Option<&str>)]) -> String {
    let given: Vec<(&str, &str)> =
        fields.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    let query = serde_html_form::to_string(given).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// One part of a path.
pub(super) fn part(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_letters() {
        let day = onsite_day("广州市", "天河区", jiff::civil::date(2026, 6, 15));
        assert_eq!(day, "/staff/onsite/%E5%B9%BF%E5%B7%9E%E5%B8%82%E5%A4%A9%E6%B2%B3%E5%8C%BA/2026-06-15");
        assert_eq!(queue(Stage::PortraitAtCity, Some("3")), "/staff/queue?stage=portrait_at_city&days=3");
        assert_eq!(deliveries(None, None), "/staff/deliveries");
        let refused = deliveries(Some((OutboxState::GivenUp, "refused 45009")), Some("01A"));
        assert_eq!(refused, "/staff/deliveries?why=given_up+refused+45009&after=01A");
    }
}
