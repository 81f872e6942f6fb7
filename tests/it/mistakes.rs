//! Every mistake a dialog can have: the input in `tests/mistakes/NAME.toml`, the exact report in `NAME.stderr`.
//!
//! A case replaces one file of `tests/mistakes/_base`, named in its first line (`# bind.toml`), or leaves one out
//! (`# without notices.toml`); a folder replaces all of them. `BLESS=1` rewrites the reports: read the diff. The
//! names are those of the variants of `What`, and each variant must have a case.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use graduation_bot::dialog::{self, Known, Mistake, Term};

/// Variants are read from here, so that a new one without a case is noticed.
const VARIANTS: &str = include_str!("../../src/dialog/mistake.rs");

type Files = BTreeMap<String, String>;

#[test]
fn the_base_has_no_mistake() {
    assert_eq!(report(&read_folder(&folder().join("_base"))), "");
}

#[test]
fn each_mistake_is_reported_at_its_place() {
    let mut wrong = String::new();
    for case in cases() {
        let files = if case.is_dir() { read_folder(&case) } else { replaced(&case) };
        let (found, path) = (report(&files), case.with_extension("stderr"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &found).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found != expected || found.is_empty() {
            writeln!(wrong, "--- {}\n{found}", path.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "reports differ:\n{wrong}");
}

#[test]
fn ten_different_mistakes_are_reported_at_once() {
    let Err(mistakes) = load(&read_folder(&folder().join("ten_at_once"))) else {
        panic!("there are ten mistakes");
    };
    let kinds: Vec<String> = mistakes.iter().map(variant).collect();
    assert_eq!(mistakes.len(), 10, "{kinds:?}");
    assert_eq!(kinds.iter().collect::<BTreeSet<_>>().len(), 10, "all different: {kinds:?}");
    let places: Vec<_> = mistakes.iter().map(|mistake| mistake.place.clone()).collect();
    assert!(places.is_sorted(), "sorted by place");
    assert!(places.iter().all(Option::is_some), "each has a place");
}

#[test]
fn each_kind_of_mistake_has_its_case() {
    let mut shown: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in cases().iter().filter(|case| case.is_file()) {
        let name = case.file_stem().unwrap().to_str().unwrap().to_owned();
        let Err(mistakes) = load(&replaced(case)) else { panic!("{name} has no mistake") };
        shown.insert(name, mistakes.iter().map(variant).collect());
    }
    for wanted in variants() {
        let is_case =
            |(name, kinds): (&String, &Vec<String>)| name.starts_with(&wanted) && kinds.contains(&wanted);
        assert!(shown.iter().any(is_case), "no case shows `{wanted}`");
    }
    for (name, kinds) in shown {
        assert!(kinds.iter().any(|kind| name.starts_with(kind.as_str())), "{name} shows only {kinds:?}");
    }
}

#[test]
fn a_broken_file_hides_what_only_follows_from_it() {
    let mut files = read_folder(&folder().join("_base"));
    files.insert("dialogs/bind.toml".to_owned(), "[dialog\n".to_owned());
    let Err(mistakes) = load(&files) else { panic!("a bracket is missing") };
    let kinds: Vec<String> = mistakes.iter().map(variant).collect();
    assert_eq!(kinds, ["syntax"]);
}

#[test]
fn nothing_at_all_is_a_mistake_too() {
    let Err(mistakes) = load(&Files::new()) else { panic!("files are missing") };
    let kinds: Vec<String> = mistakes.iter().map(variant).collect();
    assert!(
        kinds.contains(&"missing_file".to_owned()) && kinds.contains(&"missing_main".to_owned()),
        "{kinds:?}"
    );
    let mut files = read_folder(&folder().join("_base"));
    files.retain(|name, _| name.contains("_global") || name.contains("notices"));
    assert!(load(&files).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is cut out of or put into a file, the check ends and every report has its caret.
    #[test]
    fn a_damaged_file_is_reported_and_never_panics(
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        length in 0_usize..40,
        put in "[\\[\\]{}%\"'=.\n a-z审0-9]{0,6}",
    ) {
        let mut files = read_folder(&folder().join("_base"));
        let name = files.keys().nth(file.index(files.len())).unwrap().clone();
        let mut chars: Vec<char> = files[&name].chars().collect();
        let at = at.index(chars.len());
        let end = (at + length).min(chars.len());
        chars.splice(at..end, put.chars());
        files.insert(name, chars.into_iter().collect());
        for mistake in load(&files).err().unwrap_or_default() {
            let carets = mistake.to_string().matches('^').count();
            prop_assert!(mistake.place.is_none() || carets > 0);
        }
    }
}

/// What the fixtures may name.
fn known() -> Known {
    let codes = |names: &[&'static str]| names.iter().map(|name| Term::new(name)).collect::<Vec<_>>();
    Known {
        variables: vec!["person.name", "office", "card"],
        rules: vec![
            Term::new("exam_no")
                .with_codes([Term::new("length").with_variables(&["given"]), Term::new("characters")]),
        ],
        guards: codes(&["unbound", "has_tries_left"]),
        commands: vec![
            Term::new("bind_account")
                .with_variables(&["account"])
                .with_codes(codes(&["already_bound", "not_found"])),
            Term::new("call_staff"),
        ],
        lists: vec![Term::new("districts").with_codes(codes(&["city_core"]))],
        checks: vec![
            Term::new("readable").with_codes(codes(&["unreadable"])),
            Term::new("sharp").with_codes([Term::new("blurry").with_variables(&["score"])]),
        ],
        photo_slots: vec![
            Term::new("id_front"),
            Term::new("id_back"),
            Term::new("next_empty").with_codes(codes(&["which_photo"])),
        ],
        slots: vec!["exam_year"],
        topics: codes(&["district", "dates"]),
        stages: codes(&["entered", "in_review"]),
        events: vec![Term::new("approved").with_variables(&["level"]).leading_to(["in_review"])],
        fragments: vec!["help"],
        entries: vec!["extra.first"],
    }
}

fn load(files: &Files) -> Result<dialog::Scripts, Vec<Mistake>> {
    let files: Vec<(&String, &String)> = files.iter().collect();
    dialog::load(&files, &known())
}

fn report(files: &Files) -> String {
    load(files).map_or_else(|mistakes| dialog::report(&mistakes), |_| String::new())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes")
}

/// Every case, sorted: files but for reports, folders but for the base.
fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let is_case = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "toml")
            || path.is_dir() && !path.ends_with("_base")
    };
    let mut cases: Vec<PathBuf> = entries.filter(is_case).collect();
    cases.sort();
    cases
}

fn read_folder(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        (format!("dialogs/{name}"), fs::read_to_string(&path).unwrap())
    };
    entries.map(file).collect()
}

/// The base with one file replaced or left out, as the case's first line says.
fn replaced(case: &Path) -> Files {
    let mut files = read_folder(&folder().join("_base"));
    let text = fs::read_to_string(case).unwrap();
    let first = text.lines().next().unwrap().trim_start_matches("# ");
    match first.strip_prefix("without ") {
        Some(name) => {
            let left_out = files.remove(&format!("dialogs/{name}"));
            assert!(left_out.is_some(), "{} leaves out {name}", case.display());
        }
        None => drop(files.insert(format!("dialogs/{first}"), text)),
    }
    files
}

/// `UnknownKey { … }` → `unknown_key`
fn variant(mistake: &Mistake) -> String {
    let what = format!("{:?}", mistake.what);
    let name: String = what.chars().take_while(char::is_ascii_alphanumeric).collect();
    snake(&name)
}

/// The variants of `enum What`, in snake case.
fn variants() -> Vec<String> {
    let start = VARIANTS.find("pub enum What {").unwrap();
    let end = start + VARIANTS[start..].find("\n}").unwrap();
    let lines = VARIANTS[start..end].lines().skip(1).map(str::trim);
    let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    names.map(|line| snake(line.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap())).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}
