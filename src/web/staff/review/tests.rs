use std::collections::BTreeMap;

use super::{
    asked::Asked,
    case::{CasePage, Held},
    done::Decided,
    ends,
    list::{Choice, Filter, QueuePage, Row, Tab},
    photos, rounds, sheet,
    typed::{self, Typed},
};
use crate::{
    inbound::{
        Conclusion, Decision, Level, Onsite, Part, PhotoSlot, PhotoSource, Precheck, Reason, StoredPhoto,
    },
    store::{CaseFilter, CaseSummary},
    time::{Millis, shanghai},
    web::staff::frame::{Frame, View, render},
    workflow::{
        candidate::Candidate,
        case::{Case, Concluded, Decided as Made, OnsiteRecord, Place, Rejected, Revocable, Round, Stage},
    },
};

const NOW: Millis = Millis(1_781_227_800_000);

fn candidate() -> Candidate {
    let all: Vec<Candidate> =
        serde_json::from_str(include_str!("../../../../examples/data/candidates.json")).unwrap();
    Candidate { name: "<样例>".to_owned(), ..all[0].clone() }
}

fn photo(measures: &str, codes: &[&str]) -> StoredPhoto {
    StoredPhoto {
        name: "0".repeat(64),
        width: 480,
        height: 640,
        source: PhotoSource::PageFile,
        shows: None,
        precheck: Precheck {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
            measures: measures.to_owned(),
        },
    }
}

/// A bundle in its second round; the first one was not approved.
fn case() -> Case {
    let portrait = photo("eye_line=250 face_width=222 off_centre=3 hair_top=82", &["HEAD_TILT"]);
    let photos = BTreeMap::from([
        (PhotoSlot::Portrait, portrait),
        (PhotoSlot::Front, photo("", &[])),
        (PhotoSlot::Handheld, photo("glare=0.1", &["<样例>"])),
    ]);
    let rejected = Made {
        level: Level::City,
        staff: "<样例>".to_owned(),
        at: NOW,
        rejected: Some(Rejected {
            part: Part::Portrait,
            reasons: vec![Reason::P03],
            opinion: "<样例>背景不是白色".to_owned(),
        }),
        revocable: Revocable { id: "1".to_owned(), case: 1, session: 1, until: NOW },
    };
    let round = |number, decisions| Round {
        number,
        part: Part::Both,
        photos: photos.clone(),
        submitted_at: NOW,
        decisions,
        withdrawn: false,
    };
    Case {
        stage: Stage::BundleAtCity,
        place: Some(Place { city: "广州市".to_owned(), district: "天河区".to_owned() }),
        phone: Some("+8613800138000".to_owned()),
        round: 2,
        onsite: vec![OnsiteRecord {
            day: jiff::civil::date(2026, 6, 15),
            is_last: false,
            outcome: Onsite::Papers("<样例>登记表".to_owned()),
            staff: "<样例>".to_owned(),
            at: NOW,
        }],
        concluded: vec![Concluded {
            conclusion: Conclusion::Failed("<样例>学分不够".to_owned()),
            staff: "<样例>".to_owned(),
            at: NOW,
        }],
        rounds: vec![round(1, vec![rejected]), round(2, Vec::new())],
        ..Case::open("1".to_owned(), "12345678".to_owned(), "2026-06", "o1", &candidate())
    }
}

fn case_page(case: &Case, typed: &Typed) -> CasePage {
    let decided = Decided {
        number: "1".into(),
        shown_number: "1".into(),
        is_approved: true,
        version: 3,
        asked: "<样例>".into(),
        seconds: 9,
    };
    CasePage {
        decided: Some(decided),
        number: case.number.clone(),
        shown_number: "1234-5678".to_owned(),
        stage: "<样例>",
        batch: case.batch.clone(),
        awaits: Some("<样例>".to_owned()),
        facts: sheet::facts(case, Some(&candidate()), &BTreeMap::new(), &shanghai()),
        photos: photos::photos(case),
        compared: photos::compared(case),
        rounds: rounds::rounds(case, &shanghai()),
        onsite: ends::onsite(case, &shanghai()),
        concluded: ends::concluded(case, &shanghai()),
        to_decide: typed::to_decide(case, typed),
        is_past: false,
        held: None,
        until: Some(1),
        may_review: true,
        unsent: String::new(),
        asked: "kind=both&district=<样例>".to_owned(),
        back: "/staff/queue".to_owned(),
    }
}

fn queue_page() -> QueuePage {
    let text = || "<样例>".to_owned();
    let choices = vec![Choice { value: text(), words: text(), is_chosen: true }];
    let row = |held_by: Option<String>, is_late| Row {
        shown_number: text(),
        path: text(),
        name: text(),
        stage: "<样例>",
        place: text(),
        round: 1,
        since: text(),
        age: text(),
        is_late,
        is_mine: held_by.is_none(),
        held_by,
    };
    QueuePage {
        decided: None,
        may_review: true,
        tabs: vec![Tab { words: "全部待审", count: Some(3), path: text(), is_here: true }],
        kind: text(),
        query: text(),
        filters: vec![Filter { name: "stage", words: "状态", choices }],
        rows: vec![row(Some(text()), true), row(None, false)],
        promise: Some(5),
        first: Some(text()),
        next: Some(text()),
    }
}

/// Every page in every form, for the console's own test of all pages.
pub(in crate::web::staff) fn samples() -> Vec<(&'static str, String)> {
    let typed = Typed { opinion: "<样例>".to_owned(), reason: vec!["P03".to_owned()], ..Typed::default() };
    let open = case_page(&case(), &typed);
    let held = Held { staff: "<样例>".to_owned(), until: "9:40".to_owned() };
    let closed = CasePage {
        to_decide: None,
        held: Some(held),
        unsent: "<样例>".to_owned(),
        may_review: false,
        decided: None,
        photos: Vec::new(),
        rounds: Vec::new(),
        ..case_page(&case(), &typed)
    };
    let nothing = CasePage { held: None, is_past: true, ..case_page(&case(), &Typed::default()) };
    let empty = QueuePage { kind: String::new(), rows: Vec::new(), first: None, next: None, ..queue_page() };
    vec![rendered(&open), rendered(&closed), rendered(&nothing), rendered(&queue_page()), rendered(&empty)]
}

fn rendered<V: View>(view: &V) -> (&'static str, String) {
    (V::TEMPLATE, render(Frame::sample(), view).unwrap_or_else(|error| panic!("{}: {error:#}", V::TEMPLATE)))
}

#[test]
fn a_case_shows_what_is_compared_whole_and_the_rest_masked() {
    let html = rendered(&case_page(&case(), &Typed::default())).1;
    let number = candidate().document_no;
    assert!(html.contains(&format!("{} {} {}", &number[..6], &number[6..14], &number[14..])));
    assert!(!html.contains(&case().exam_no) && !html.contains("13800138000"));
    // Upper row for the portrait, lower row for the documents, each once.
    for (key, code) in [("1", "P01"), ("=", "P12"), ("z", "D01"), ("b", "D05")] {
        assert_eq!(html.matches(&format!("value=\"{code}\" data-key=\"{key}\"")).count(), 1, "{code}");
    }
    assert!(html.contains("<line x1=\"132.0\" x2=\"354.0\" y1=\"250.0\" y2=\"250.0\">"), "{html}");
}

#[test]
fn no_two_things_of_a_page_have_one_key() {
    for (template, html) in samples() {
        // What lies in a dialog has its keys while that is open.
        let outside = html.split("<dialog").map(|part| part.split("</dialog>").last().unwrap());
        let outside = outside.collect::<Vec<_>>().concat();
        let mut keys: Vec<&str> =
            outside.split("data-key=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all, "{template}: {keys:?}");
    }
}

#[test]
fn a_decision_is_what_was_typed_or_says_what_is_missing() {
    let typed = |verdict: &str, reasons: &[&str], part: &str, opinion: &str| Typed {
        verdict: verdict.to_owned(),
        reason: reasons.iter().map(|code| (*code).to_owned()).collect(),
        part: part.to_owned(),
        opinion: opinion.to_owned(),
        ..Typed::default()
    };
    let part = |typed: Typed| match typed.decision(&case()) {
        Ok(Decision::Approve) => "approved".to_owned(),
        Ok(Decision::Reject { part, opinion, .. }) => format!("{} {}", part.name(), opinion.chars().count()),
        Err(words) => words.chars().take(4).collect(),
    };
    let rows = [
        (typed("approve", &[], "", ""), "approved"),
        (typed("approve", &["P03"], "", ""), "选了原因"),
        (typed("approve", &[], "", "背景"), "选了原因"),
        (typed("reject", &[], "", " "), "不通过要"),
        (typed("reject", &["P07"], "", ""), "portrait 0"),
        (typed("reject", &["D04"], "", ""), "documents 0"),
        (typed("reject", &["P07", "D04"], "", ""), "both 0"),
        (typed("reject", &["P07"], "both", "请摘帽子"), "both 4"),
        (typed("reject", &[], "", "请重新拍照"), "这一轮是"),
        (typed("reject", &[], "documents", "请重新拍照"), "documents 5"),
        (typed("", &["P07"], "", ""), "没有选通"),
    ];
    for (given, expected) in rows {
        assert_eq!(part(given.clone()), expected, "{given:?}");
    }
}

#[test]
fn a_question_goes_from_page_to_page() {
    let asked: Asked =
        Asked::read("kind=portrait&district=天河区&days=3&rounds=repeated&at=5-c1&did=1&junk=2");
    assert_eq!(Asked::read(&asked.query_at(&asked.at)), Asked { did: String::new(), ..asked.clone() });
    let path = asked.queue_path("12345678", "empty");
    assert!(path.starts_with("/staff/queue?kind=portrait&district=%E5%A4%A9"), "{path}");
    assert!(path.ends_with("&did=12345678&was=5-c1&said=empty"), "{path}");
    let summary = CaseSummary {
        id: "c2".into(),
        number: "87654321".into(),
        version: 1,
        open_id: String::new(),
        batch: String::new(),
        city: None,
        district: None,
        stage: Stage::PortraitAtCity,
        round: 1,
        entered_at: Millis(7),
        name: None,
        held_by: None,
    };
    assert_eq!(Asked::default().case_path(&summary, ""), "/staff/cases/87654321?at=7-c2");
    assert_eq!(Asked::default().queue_path("", ""), "/staff/queue");
}

#[test]
fn a_question_is_a_filter_of_what_the_account_decides() {
    use crate::office::Role;
    let city = Role::City("广州市".into());
    let filter = |query: &str| Asked::read(query).filter(&city, "2026-06", NOW, "王老师");
    assert_eq!(filter("").stages, [Stage::DocumentsAtCity, Stage::PortraitAtCity, Stage::BundleAtCity]);
    assert_eq!(filter("kind=portrait").stages, [Stage::PortraitAtCity]);
    assert_eq!(filter("stage=approved").stages, [Stage::Approved]);
    assert_eq!(filter("stage=all").stages, []);
    assert_eq!(filter("days=2").entered_before, Some(NOW.minus_seconds(172_800)));
    assert_eq!((filter("days=x").entered_before, filter("after=x").after), (None, None));
    let next = Asked::read("stage=approved&kind=both&after=1-a&at=2-b");
    let CaseFilter { stages, after, .. } = next.next_filter(&city, "2026-06", NOW, "王老师");
    assert_eq!((stages, after.map(|after| after.id)), (vec![Stage::BundleAtCity], Some("b".to_owned())));
}
