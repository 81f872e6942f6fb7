use proptest::prelude::*;

use super::*;

const HOUR: i64 = 3600;
const NOW: Millis = Millis(1_781_227_800_000);
/// Bytes around what is put together.
const AROUND: usize = 30;

/// Seconds ago, and messages since.
type Since = Option<(i64, i64)>;

fn opened((ago, sent): (i64, i64)) -> Opened {
    Opened { at: NOW.minus_seconds(ago), sent }
}

fn reach(talked: Since, acted: Since) -> Reach {
    Reach { follows: true, talked: talked.map(opened), acted: acted.map(opened), ..Reach::default() }
}

fn row(bytes: usize) -> Waiting<'static> {
    Waiting { joins: Some(bytes), waited: false, template: false, subscription: None }
}

fn held(bytes: usize) -> Waiting<'static> {
    Waiting { waited: true, ..row(bytes) }
}

fn important(bytes: usize) -> Waiting<'static> {
    Waiting { template: true, ..row(bytes) }
}

fn picture() -> Waiting<'static> {
    Waiting { joins: None, ..row(0) }
}

/// A plan as text: rows of a message joined, `c`ustom, `t`emplate, `s`ubscription, `-` held.
fn said(parcels: &[Parcel]) -> String {
    let words = parcels.iter().map(|parcel| {
        let way = match parcel.way {
            Way::Custom => "c",
            Way::Template => "t",
            Way::Subscription => "s",
            Way::Hold(_) => "-",
        };
        let rows: Vec<String> = parcel.rows.clone().map(|row| (row + 1).to_string()).collect();
        format!("{way}{}", rows.join("+"))
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_way_of_one_push() {
    let rows: [(&str, Since, Since, bool, Way); 18] = [
        ("talked just now", Some((0, 0)), None, false, Way::Custom),
        ("four of five sent", Some((47 * HOUR, 4)), None, true, Way::Custom),
        ("five of five sent", Some((HOUR, 5)), None, false, Way::Hold(Wait::UsedUp)),
        ("five sent, template", Some((HOUR, 5)), None, true, Way::Template),
        ("a second before the end", Some((48 * HOUR - 1, 0)), None, false, Way::Custom),
        ("at the end", Some((48 * HOUR, 0)), None, false, Way::Hold(Wait::Closed)),
        ("at the end, template", Some((48 * HOUR, 0)), None, true, Way::Template),
        ("never wrote", None, None, false, Way::Hold(Wait::Closed)),
        ("never wrote, template", None, None, true, Way::Template),
        ("tapped just now", None, Some((0, 0)), false, Way::Custom),
        ("two of three sent", None, Some((59, 2)), false, Way::Custom),
        ("three of three sent", None, Some((59, 3)), false, Way::Hold(Wait::UsedUp)),
        ("a minute after the tap", None, Some((60, 0)), false, Way::Hold(Wait::Closed)),
        ("all of the talk used, tapped again", Some((HOUR, 5)), Some((10, 0)), false, Way::Custom),
        ("tap over, talk left", Some((HOUR, 4)), Some((70, 3)), false, Way::Custom),
        ("tap used, talk left", Some((HOUR, 3)), Some((10, 3)), false, Way::Custom),
        ("both used", Some((HOUR, 5)), Some((10, 3)), false, Way::Hold(Wait::UsedUp)),
        ("another clock", Some((-5, 0)), None, false, Way::Custom),
    ];
    for (what, talked, acted, template, expected) in rows {
        let reach = reach(talked, acted);
        let waiting = [Waiting { template, ..row(100) }];
        let way = |reach: &Reach| plan(&WINDOWS, reach, &waiting, AROUND, NOW)[0].way;
        assert_eq!(way(&reach), expected, "{what}");
        let gone = Reach { follows: false, ..reach.clone() };
        assert_eq!(way(&gone), Way::Hold(Wait::NotFollowing), "{what}");
        let blocked = Reach { blocked: true, ..reach };
        assert_eq!(way(&blocked), Way::Hold(Wait::Blocked), "{what}");
    }
}

#[test]
fn the_numbers_are_the_platforms() {
    assert_eq!((WINDOWS.talk.seconds, WINDOWS.talk.messages), (172_800, 5));
    assert_eq!((WINDOWS.act.seconds, WINDOWS.act.messages), (60, 3));
}

#[test]
fn how_several_travel() {
    let long = 1100;
    let subscribed = || Waiting { subscription: Some("S"), ..row(100) };
    let table: [(&str, i64, Vec<Waiting<'_>>, &str); 16] = [
        ("nothing", 5, vec![], ""),
        ("one by one while there is room", 3, vec![row(9), row(9), row(9)], "c1 c2 c3"),
        ("what was held comes together", 5, vec![held(9), held(9), held(9)], "c1+2+3"),
        ("one that was held is itself", 5, vec![held(9)], "c1"),
        ("held and new do not mix", 5, vec![held(9), held(9), row(9)], "c1+2 c3"),
        ("pictures stand alone", 5, vec![held(9), picture(), held(9), held(9)], "c1 c2 c3+4"),
        ("as much as fits", 5, vec![held(long), held(long), held(800)], "c1 c2+3"),
        ("the surplus comes with the last", 2, vec![row(9), row(9), row(9), row(9)], "c1 c2+3+4"),
        ("one left", 1, vec![row(9), row(9)], "c1+2"),
        ("the surplus does not fit", 1, vec![row(long), row(long)], "c1 -2"),
        ("a picture in the surplus", 1, vec![row(9), picture(), row(9)], "c1 -2 -3"),
        ("none left", 0, vec![row(9), important(9), row(9)], "-1 t2 -3"),
        ("held before, none left", 0, vec![held(9), held(9)], "-1 -2"),
        ("important with room", 5, vec![important(9)], "c1"),
        ("subscribed once", 0, vec![subscribed(), subscribed()], "s1 -2"),
        ("a template before a subscription", 0, vec![Waiting { template: true, ..subscribed() }], "t1"),
    ];
    for (what, left, rows, expected) in table {
        let granted = BTreeMap::from([("S".to_owned(), 1)]);
        let reach = Reach { granted, ..reach(Some((60, 5 - left)), None) };
        assert_eq!(said(&plan(&WINDOWS, &reach, &rows, AROUND, NOW)), expected, "{what}");
    }
}

#[test]
fn a_subscription_that_lasts_is_never_used_up() {
    let granted = BTreeMap::from([("S".to_owned(), i64::MAX)]);
    let reach = Reach { granted, ..reach(None, None) };
    let rows = vec![Waiting { subscription: Some("S"), ..row(9) }; 3];
    assert_eq!(said(&plan(&WINDOWS, &reach, &rows, AROUND, NOW)), "s1 s2 s3");
}

#[test]
fn reports_on_cards() {
    let rows = [
        ("success", None),
        ("failed:user block", Some(Undelivered::Blocked)),
        ("failed: system failed", Some(Undelivered::Failed)),
        ("failed:freq limit", Some(Undelivered::TooOften)),
        ("failed:something new", Some(Undelivered::Failed)),
        ("", Some(Undelivered::Failed)),
    ];
    for (status, expected) in rows {
        assert_eq!(Undelivered::of_status(status), expected, "{status}");
    }
    let codes = [
        (0, None),
        (43101, Some(Undelivered::Unwanted)),
        (43019, Some(Undelivered::Blocked)),
        (45009, Some(Undelivered::TooOften)),
    ];
    for (code, expected) in codes {
        assert_eq!(Undelivered::of_code(code), expected, "{code}");
    }
}

#[test]
fn a_reason_is_read_back_as_it_was_written() {
    let rid = Some("61725984-6126f6f9-040f19c4".to_owned());
    let coded = [
        Reason::Refused(-1, None),
        Reason::Refused(45009, rid.clone()),
        Reason::CardRefused(47003, rid),
        Reason::NoToken(40164),
        Reason::Status(502),
    ];
    for reason in coded.into_iter().chain(reason::WORDS.map(|(_, reason)| reason)) {
        assert_eq!(reason.to_string().parse(), Ok(reason.clone()), "{reason}");
    }
    for text in ["", "refused", "status 70000", "blocked 3", "the person has blocked us"] {
        assert!(text.parse::<Reason>().is_err(), "{text}");
    }
}

/// Any row that a plan may meet.
fn any_row() -> impl Strategy<Value = Waiting<'static>> {
    (proptest::option::of(1..MAX_BYTES), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(joins, waited, template, subscribed)| Waiting {
            joins: joins.map(|bytes| bytes.min(MAX_BYTES - AROUND)),
            waited,
            template,
            subscription: subscribed.then_some("S"),
        },
    )
}

proptest! {
    #[test]
    fn a_plan_is_whole_in_order_and_within_the_platforms_bounds(
        rows in proptest::collection::vec(any_row(), 0..20),
        talked in proptest::option::of((0..50 * HOUR, 0_i64..7)),
        acted in proptest::option::of((0_i64..120, 0_i64..5)),
        granted in 0_i64..4,
        follows in any::<bool>(),
    ) {
        let granted = BTreeMap::from([("S".to_owned(), granted)]);
        let reach = Reach { follows, granted: granted.clone(), ..reach(talked, acted) };
        let parcels = plan(&WINDOWS, &reach, &rows, AROUND, NOW);
        let covered: Vec<usize> = parcels.iter().flat_map(|parcel| parcel.rows.clone()).collect();
        prop_assert_eq!(covered, (0..rows.len()).collect::<Vec<_>>());
        prop_assert!(parcels.iter().all(|parcel| !parcel.rows.is_empty()));
        let count = |way: Way| parcels.iter().filter(|parcel| parcel.way == way).count() as i64;
        let room = open(&WINDOWS, &reach, NOW).into_iter().flatten().max().unwrap_or(0).max(0);
        let room = if follows { room } else { 0 };
        prop_assert!(count(Way::Custom) <= room);
        prop_assert!(count(Way::Subscription) <= granted["S"]);
        for parcel in parcels.iter().filter(|parcel| parcel.rows.len() > 1 && parcel.way == Way::Custom) {
            let sizes: Vec<_> = rows[parcel.rows.clone()].iter().map(|row| row.joins).collect();
            let sum: Option<usize> = sizes.into_iter().sum();
            prop_assert!(sum.is_some_and(|sum| AROUND + sum <= MAX_BYTES));
        }
        for parcel in &parcels {
            let one = &rows[parcel.rows.start];
            prop_assert!(parcel.way != Way::Template || one.template);
            prop_assert!(!matches!(parcel.way, Way::Hold(Wait::Closed | Wait::UsedUp)) || !one.template);
        }
    }
}
