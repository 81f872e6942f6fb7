use super::*;
use crate::{
    inbound::Onsite,
    time::{parse_minute, shanghai},
    workflow::{case::OnsiteRecord, schedule::read_csv},
};

fn at(text: &str) -> Millis {
    at_civil(parse_minute(text).unwrap(), &shanghai())
}

fn schedule() -> Schedule {
    let mut schedule = read_csv(include_str!("../../../examples/data/schedule-guangzhou.csv"), 2026).unwrap();
    schedule.places.retain(|place| place.district == "天河区" || place.district == "海珠区");
    schedule
}

fn batch() -> Batch {
    let batch: Batch = serde_json::from_str(include_str!("../../../examples/data/batch.json")).unwrap();
    Batch { review_promise_working_days: Some(2), ..batch }
}

/// What is due then, each with its place and where it is looked for, in short.
fn told(now: &str) -> Vec<String> {
    let (batch, schedule, zone) = (batch(), schedule(), shanghai());
    let calendar = Calendar { batch: &batch, schedule: &schedule, quiet: Quiet::default(), zone: &zone };
    let told = |due: Due| {
        let who = match due.who {
            Who::Cases { place: Some(place), .. } => place.district,
            Who::Cases { stage, .. } => stage.name().to_owned(),
            Who::Bound(_) => "bound".to_owned(),
            Who::Offices(level, _) => format!("{level:?}"),
        };
        format!("{} {} {who}", due.kind.name(), due.occasion)
    };
    due(&calendar, at(now)).into_iter().map(told).collect()
}

/// The window is open from 12 June 9:30 until 17 June 16:00; 天河区 has 15 and 18 June, 海珠区 16 and 17.
#[test]
fn each_is_due_in_its_time_and_none_at_night() {
    let opens = "window_opens 2026-06 bound";
    let waits = "apply_waits 2026-06 approved";
    let (city, province) = ("reviews_late 2026-06-12 City", "reviews_late 2026-06-12 Province");
    let rows: [(&str, &[&str]); 11] = [
        // A Thursday; nothing is open, but a promise is one.
        ("2026-06-11T08:59", &[]),
        ("2026-06-12T09:29", &[city, province]),
        ("2026-06-12T09:30", &[opens, waits, city, province]),
        ("2026-06-12T22:00", &[]),
        ("2026-06-13T07:59", &[]),
        // A Saturday.
        ("2026-06-13T08:00", &[opens, waits]),
        ("2026-06-14T08:59", &[opens, waits]),
        ("2026-06-14T09:00", &["onsite_soon 2026-06-15 天河区", opens, waits]),
        ("2026-06-15T17:29", &["onsite_soon 2026-06-16 海珠区", "onsite_soon 2026-06-15 天河区"]),
        ("2026-06-18T17:29", &["onsite_soon 2026-06-18 天河区"]),
        ("2026-06-20T12:00", &[]),
    ];
    for (now, expected) in rows {
        let mut told = told(now);
        if now.starts_with("2026-06-15") || now.starts_with("2026-06-18") {
            told.retain(|line| line.starts_with("onsite"));
        }
        assert_eq!(told, expected, "{now}");
    }
}

#[test]
fn closing_soon_replaces_the_opening_and_comes_before_what_it_includes() {
    assert!(!told("2026-06-15T15:59").iter().any(|line| line.starts_with("window_closes")));
    for now in ["2026-06-15T16:00", "2026-06-17T15:59"] {
        let told = told(now);
        let closing = |line: &&String| line.starts_with("window_closes");
        assert_eq!(told.iter().filter(closing).count(), MISSING.len(), "{now}");
        assert!(!told.iter().any(|line| line.starts_with("window_opens")), "{now}");
        let place = |start: &str| told.iter().position(|line| line.starts_with(start)).unwrap();
        assert!(place("window_closes 2026-06 approved") < place("apply_waits"), "{now}");
    }
    assert!(!told("2026-06-17T16:00").iter().any(|line| line.contains(" 2026-06 ")));
}

/// Where nobody but the candidate can go on, and neither the record nor the prediction stands against it.
#[test]
fn whoever_can_still_do_something_is_told_of_the_end() {
    use Stage::{DataDisputed, Predicting, PredictionFailed, Verifying, Withdrawn};
    for stage in Stage::ALL {
        let elsewhere = [DataDisputed, Predicting, PredictionFailed, Verifying, Withdrawn].contains(&stage);
        let waits = stage == Stage::Approved || (stage.ends_with_window() && !elsewhere);
        assert_eq!(MISSING.contains(&stage), waits, "{stage:?}");
    }
}

#[test]
fn nobody_is_promised_where_nothing_is() {
    let (schedule, zone) = (schedule(), shanghai());
    let batch = Batch { review_promise_working_days: None, ..batch() };
    let calendar = Calendar { batch: &batch, schedule: &schedule, quiet: Quiet::default(), zone: &zone };
    assert_eq!(due(&calendar, at("2026-06-11T10:00")), []);
}

/// 天河区 on 15 and 18 June.
#[test]
fn a_case_is_told_of_the_first_day_whose_eve_was_still_to_come() {
    let schedule = schedule();
    let case = |submitted: &str, noted: &[&str]| {
        let mut case = Case::open(
            "c".into(),
            "1".into(),
            "2026-06",
            "o",
            &serde_json::from_str::<Vec<_>>(include_str!("../../../examples/data/candidates.json")).unwrap()
                [0],
        );
        case.place = Some(PlaceName { city: "广州市".into(), district: "天河区".into() });
        case.submitted_at = Some(at(submitted));
        case.onsite.extend(noted.iter().map(|noted| OnsiteRecord {
            day: parse_minute(noted).unwrap().date(),
            is_last: false,
            outcome: Onsite::Absent,
            staff: "s".into(),
            at: at(noted),
        }));
        case
    };
    let rows: [(&str, &[&str], Option<&str>); 6] = [
        ("2026-06-12T10:00", &[], Some("2026-06-15")),
        ("2026-06-14T08:59", &[], Some("2026-06-15")),
        ("2026-06-14T09:00", &[], Some("2026-06-18")),
        ("2026-06-12T10:00", &["2026-06-15T18:00"], Some("2026-06-18")),
        ("2026-06-12T10:00", &["2026-06-17T09:00"], None),
        ("2026-06-17T09:00", &[], None),
    ];
    for (submitted, noted, day) in rows {
        let case = case(submitted, noted);
        for eve in ["2026-06-15", "2026-06-18"] {
            let told = is_told_of(eve, &case, &schedule, &shanghai());
            assert_eq!(told, day == Some(eve), "{submitted} {noted:?} {eve}");
        }
    }
    let mut elsewhere = case("2026-06-12T10:00", &[]);
    elsewhere.place = None;
    assert!(!is_told_of("2026-06-15", &elsewhere, &schedule, &shanghai()));
}
