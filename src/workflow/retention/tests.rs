use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    inbound::{Level, PhotoSource, Precheck, StoredPhoto},
    time::{parse_minute, shanghai},
    workflow::{
        case::{Decided, Rejected, Revocable},
        schedule::read_csv,
        transition::tests::samples,
    },
};

const DAY: i64 = DAY_SECONDS;
const END: Millis = Millis(1_781_800_000_000);

fn photo(name: &str) -> StoredPhoto {
    let (source, precheck) = (PhotoSource::Chat, Precheck::default());
    StoredPhoto { name: name.into(), width: 480, height: 640, source, shows: None, precheck }
}

fn photos(names: &[(PhotoSlot, &str)]) -> BTreeMap<PhotoSlot, StoredPhoto> {
    names.iter().map(|(slot, name)| (*slot, photo(name))).collect()
}

/// A round; `rejected` is what of it the last word turned down.
fn round(part: Part, names: &[(PhotoSlot, &str)], rejected: Option<Part>) -> Round {
    let rejected = rejected.map(|part| Rejected { part, reasons: Vec::new(), opinion: "看不清".into() });
    let revocable = Revocable { id: String::new(), case: 0, session: 0, until: END };
    let decided = Decided { level: Level::City, staff: "王".into(), at: END, rejected, revocable };
    Round {
        number: 1,
        part,
        photos: photos(names),
        submitted_at: END,
        decisions: vec![decided],
        withdrawn: false,
    }
}

fn case() -> Case {
    Case { documents: BTreeMap::new(), portrait: None, rounds: Vec::new(), ..samples().next().unwrap() }
}

#[test]
fn each_kind_goes_when_its_time_is_over() {
    let terms = Terms { documents: 30, undecided: 180, audit: 1095 };
    let day = |days: i64| END.plus_seconds(days * DAY);
    // Who waits, the last word; then the final decision and when document photos go, in days after the end.
    let rows = [
        (0, None, 0, 30),
        (0, Some(-3), 0, 30),
        (0, Some(12), 12, 42),
        (1, Some(12), 180, 210),
        (7, None, 180, 210),
        (0, Some(400), 180, 210),
    ];
    for (waiting, last_word, decided, documents) in rows {
        let standing = Standing { ends_at: END, waiting, last_word: last_word.map(day) };
        let due = |kind| due(kind, &standing, terms);
        assert_eq!(standing.decided_at(terms), day(decided), "{standing:?}");
        assert_eq!(due(Kind::Rejected), END, "{standing:?}");
        assert_eq!(due(Kind::Portraits), day(decided), "{standing:?}");
        assert_eq!(due(Kind::Documents), day(documents), "{standing:?}");
        assert!(due(Kind::HandedOver) < END, "whoever confirms it decides");
    }
}

#[test]
fn a_batch_ends_with_its_reviews_and_its_last_day_on_site() {
    let batch: Batch = serde_json::from_str(include_str!("../../../examples/data/batch.json")).unwrap();
    let schedule = read_csv(include_str!("../../../examples/data/schedule-guangzhou.csv"), 2026).unwrap();
    let last = schedule.places.iter().flat_map(|place| &place.days).max().unwrap();
    let at = |text: &str| at_civil(parse_minute(text).unwrap(), &shanghai());
    let reviews = batch.portrait_review_ends;
    assert_eq!(ends_at(&batch, None, &shanghai()), at_civil(reviews, &shanghai()));
    let midnight = at_civil(last.tomorrow().unwrap().at(0, 0, 0, 0), &shanghai());
    let end = ends_at(&batch, Some(&schedule), &shanghai());
    assert_eq!(end, midnight.max(at_civil(reviews, &shanghai())));
    let late = Batch { portrait_review_ends: parse_minute("2026-12-01T12:00").unwrap(), ..batch };
    assert_eq!(ends_at(&late, Some(&schedule), &shanghai()), at("2026-12-01T12:00"));
}

#[test]
fn a_picture_counts_by_the_last_word_on_it() {
    use PhotoSlot::{Back, Front, Handheld, Portrait};
    let three = [(Front, "a"), (Back, "b"), (Handheld, "c")];
    let better = [(Front, "a"), (Back, "d"), (Handheld, "c")];
    let both = [(Front, "a"), (Back, "b"), (Handheld, "c"), (Portrait, "p")];
    // Rounds, what stands in the slots; turned down, documents, portraits.
    let rows = [
        ("nothing yet", vec![], vec![], (0, 0, 0)),
        ("not handed in", vec![], vec![(Front, "a")], (0, 1, 0)),
        ("approved", vec![round(Part::Documents, &three, None)], three.to_vec(), (0, 3, 0)),
        (
            "turned down",
            vec![round(Part::Documents, &three, Some(Part::Documents))],
            three.to_vec(),
            (3, 0, 0),
        ),
        (
            "one replaced, then approved",
            vec![
                round(Part::Documents, &three, Some(Part::Documents)),
                round(Part::Documents, &better, None),
            ],
            better.to_vec(),
            (1, 3, 0),
        ),
        ("of a bundle the portrait", vec![round(Part::Both, &both, Some(Part::Portrait))], vec![], (1, 3, 0)),
        (
            "of a bundle the documents",
            vec![round(Part::Both, &both, Some(Part::Documents))],
            vec![],
            (3, 0, 1),
        ),
        ("of a bundle both", vec![round(Part::Both, &both, Some(Part::Both))], vec![], (4, 0, 0)),
    ];
    for (what, rounds, slots, expected) in rows {
        let case = Case { rounds, documents: photos(&slots), ..case() };
        let Pictures { rejected, documents, portraits } = case.pictures();
        assert_eq!((rejected, documents, portraits), expected, "{what}");
    }
}

#[test]
fn what_goes_is_named_nowhere_and_the_rest_stands() {
    use PhotoSlot::{Front, Portrait};
    let mut case = case();
    case.rounds = vec![
        round(Part::Documents, &[(Front, "old")], Some(Part::Documents)),
        round(Part::Both, &[(Front, "new"), (Portrait, "p")], None),
    ];
    case.documents = photos(&[(Front, "new")]);
    case.portrait = Some(photo("p"));
    let before = case.clone();
    let mut going = |going| case.forget_pictures(going);
    assert_eq!(going(Going { rejected: true, ..Going::default() }), ["old"]);
    assert_eq!(going(Going { rejected: true, ..Going::default() }), Vec::<String>::new(), "once");
    assert_eq!(going(Going { documents: true, ..Going::default() }), ["new"]);
    assert_eq!(going(Going { portraits: true, ..Going::default() }), ["p"]);
    assert_eq!((case.photos().count(), case.pictures()), (0, Pictures::default()));
    let decisions = |case: &Case| case.rounds.iter().map(|round| round.decisions.clone()).collect::<Vec<_>>();
    assert_eq!((decisions(&case), case.stage), (decisions(&before), before.stage));
}

#[test]
fn what_is_under_way_does_not_go_early() {
    for stage in Stage::ALL {
        let stand = Stand { stage, is_missed: false };
        assert_eq!(early(stand, false), None, "{stage:?}");
        let all = Going { rejected: true, documents: true, portraits: true };
        let expected = match stage {
            stage if stage.reviewed_at().is_some() => None,
            Stage::Submitted | Stage::OnsitePassed => None,
            // It is handed over.
            Stage::Graduated => Some(Going { portraits: false, ..all }),
            _ => Some(all),
        };
        assert_eq!(early(stand, true), expected, "{stage:?}");
    }
    let missed = Stand { stage: Stage::Submitted, is_missed: true };
    assert_eq!((early(missed, false), early(missed, true).is_some()), (None, true));
}

fn any_slot() -> impl Strategy<Value = PhotoSlot> {
    prop_oneof![
        Just(PhotoSlot::Portrait),
        Just(PhotoSlot::Front),
        Just(PhotoSlot::Back),
        Just(PhotoSlot::Handheld)
    ]
}

fn any_part() -> impl Strategy<Value = Part> {
    prop_oneof![Just(Part::Portrait), Just(Part::Documents), Just(Part::Both)]
}

/// Few names, so that pictures meet in several rounds. A picture is of its slot: contents do not turn up elsewhere.
fn any_photos() -> impl Strategy<Value = Vec<(PhotoSlot, String)>> {
    let picture = (any_slot(), 0..4_u8).prop_map(|(slot, nth)| (slot, format!("{slot:?} {nth}")));
    proptest::collection::vec(picture, 0..5)
}

proptest! {
    #[test]
    fn counts_are_what_goes(
        rounds in proptest::collection::vec((any_photos(), any_part(), proptest::option::of(any_part())), 0..5),
        slots in any_photos(),
    ) {
        let borrowed = |names: &[(PhotoSlot, String)]| -> BTreeMap<PhotoSlot, StoredPhoto> {
            names.iter().map(|(slot, name)| (*slot, photo(name))).collect()
        };
        let mut case = case();
        case.rounds = rounds.iter().map(|(names, part, no)| Round { photos: borrowed(names), ..round(*part, &[], *no) }).collect();
        case.documents = borrowed(&slots);
        case.portrait = case.documents.remove(&PhotoSlot::Portrait);
        let all: BTreeSet<String> = case.photos().map(|photo| photo.name.clone()).collect();
        let Pictures { rejected, documents, portraits } = case.pictures();
        prop_assert_eq!((rejected + documents + portraits) as usize, all.len());
        let mut gone = BTreeSet::new();
        let kinds = [
            (Going { rejected: true, ..Going::default() }, rejected),
            (Going { documents: true, ..Going::default() }, documents),
            (Going { portraits: true, ..Going::default() }, portraits),
        ];
        for (going, count) in kinds {
            let names = case.forget_pictures(going);
            prop_assert_eq!(names.len() as i64, count);
            prop_assert!(names.iter().all(|name| !case.names_photo(name)));
            gone.extend(names);
        }
        prop_assert_eq!(gone, all);
    }

    #[test]
    fn nothing_goes_before_the_end_or_later_than_the_terms(
        waiting in 0..3_i64, last in proptest::option::of(-400..400_i64), documents in 1..=30_u16, undecided in 1..=180_u16,
    ) {
        let terms = Terms { documents, undecided, ..Terms::default() };
        let last_word = last.map(|days| END.plus_seconds(days * DAY));
        let standing = Standing { ends_at: END, waiting, last_word };
        let latest = END.plus_seconds((i64::from(documents) + i64::from(undecided)) * DAY);
        for kind in [Kind::Rejected, Kind::Portraits, Kind::Documents] {
            let at = due(kind, &standing, terms);
            prop_assert!((END..=latest).contains(&at), "{:?} {:?}", kind, at);
        }
        prop_assert!(due(Kind::Portraits, &standing, terms) < due(Kind::Documents, &standing, terms));
    }
}

#[test]
fn a_wish_is_granted_once_nothing_needs_the_pictures() {
    let kept = |rejected, documents, portraits| Pictures { rejected, documents, portraits };
    let all = kept(1, 3, 1);
    let granted = |portraits| Wish::Granted(Going { rejected: true, documents: true, portraits });
    let rows = [
        (Stage::NotGraduated, kept(0, 0, 0), true, false, Wish::Empty),
        (Stage::NotGraduated, kept(0, 0, 0), true, true, Wish::Empty),
        (Stage::Submitted, all, false, false, Wish::Waits(Why::UnderWay)),
        (Stage::NotGraduated, all, false, false, Wish::Waits(Why::UnderWay)),
        (Stage::OnsitePassed, all, true, false, Wish::Waits(Why::UnderWay)),
        (Stage::PortraitAtCity, all, true, false, Wish::Waits(Why::UnderWay)),
        (Stage::NotGraduated, all, true, true, Wish::Waits(Why::Held)),
        (Stage::NotGraduated, all, true, false, granted(true)),
        (Stage::Submitted, all, true, false, Wish::Waits(Why::UnderWay)),
        (Stage::Approved, kept(0, 0, 1), true, false, granted(true)),
        (Stage::Graduated, all, true, false, granted(false)),
        (Stage::Graduated, kept(0, 0, 1), true, false, Wish::Waits(Why::HandOver)),
    ];
    for (stage, kept, has_ended, is_held, expected) in rows {
        assert_eq!(
            wish(Stand { stage, is_missed: false }, kept, has_ended, is_held),
            expected,
            "{stage:?} {kept:?} {has_ended} {is_held}"
        );
    }
    let missed = Stand { stage: Stage::Submitted, is_missed: true };
    assert_eq!(wish(missed, all, true, false), granted(true), "whoever never came waits for nothing");
}
