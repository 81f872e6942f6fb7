//! The questions of `dialogs/questions.toml`: none is missing, each is reached by numbers and in one's own words.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::play::{DIALOGS, Player, WORLD, text};
use crate::{
    dialog::Question,
    turn::{Fresh, Turn, World, questions::OFFER, scene::Scene, writing::written},
};

/// The offices' list: number, `people` where only people may answer, `batch` where the numbers are the batch's.
const FACTS: &str = include_str!("../../../tests/data/questions-facts.tsv");
/// What people say, and the question that it asks.
const SAID: &str = include_str!("../../../tests/data/questions.tsv");

/// At least so many of all that is asked must be answered or offered, in percent …
const UNDERSTOOD: usize = 90;
/// … and at most so many may be answered with something else.
const WRONG: usize = 2;

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn question(id: &str) -> &'static Question {
    WORLD.scripts.questions().find(id).unwrap_or_else(|| panic!("no question {id}"))
}

/// What a person in this place reads.
pub(super) fn answer_of(question: &Question, player: &Player) -> String {
    answer_in(&WORLD, question, player)
}

fn answer_in(world: &Arc<World>, question: &Question, player: &Player) -> String {
    let fresh = Fresh { at: player.now, random: [7; 48] };
    let scene = Scene::new(world, &player.snapshot, player.now, &fresh);
    written(&scene, world.scripts.render(question.answer, &scene.view()).trim().to_owned())
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Right,
    Offered,
    Nothing,
    Wrong,
}

fn outcome(player: &Player, turn: &Turn, expected: Option<&Question>) -> Outcome {
    let said = turn.said();
    let is_open = |state: &str| WORLD.scripts.resolve(&turn.session.state).name == state;
    if is_open(OFFER) {
        let titles = expected.is_some_and(|question| said.contains(&question.offer.label));
        return if titles { Outcome::Offered } else { Outcome::Nothing };
    }
    let mut after = player.clone();
    after.snapshot.session = turn.session.clone(); // who writes Traditional characters reads them
    if expected.is_some_and(|question| said.starts_with(&answer_of(question, &after))) {
        return Outcome::Right;
    }
    let missed = turn.session.misses > 0 || said.is_empty();
    if missed { Outcome::Nothing } else { Outcome::Wrong }
}

#[test]
fn what_people_ask_is_understood() {
    let mut counts = BTreeMap::new();
    let mut misses = Vec::new();
    let mut forbidden = Vec::new();
    for row in rows(SAID) {
        let [said, id] = row[..] else { panic!("{row:?}") };
        let expected = (id != "-").then(|| question(id));
        for state in ["main.menu", "bind.exam_no"] {
            let mut player = Player::new();
            player.snapshot.session.state = state.to_owned();
            let before = player.clone();
            let turn = player.send(&text(said));
            let outcome = outcome(&before, &turn, expected);
            let Some(expected) = expected else {
                let asks_back = turn.session.state == OFFER;
                let answered = WORLD
                    .scripts
                    .questions()
                    .all()
                    .iter()
                    .find(|question| turn.said().starts_with(&answer_of(question, &before)));
                if asks_back || answered.is_some() {
                    misses.push(format!("{state} {said} is no question, but: {}", turn.said()));
                    *counts.entry("taken for a question").or_insert(0) += 1;
                }
                continue;
            };
            let kind = match outcome {
                Outcome::Right => "answered",
                Outcome::Offered => "offered",
                Outcome::Nothing => "not understood",
                Outcome::Wrong => "answered wrongly",
            };
            if outcome == Outcome::Wrong && expected.people {
                forbidden.push(said);
            }
            *counts.entry(kind).or_insert(0_usize) += 1;
            *counts.entry("asked").or_insert(0) += 1;
            if !matches!(outcome, Outcome::Right | Outcome::Offered) {
                let first = turn.said().lines().take(4).collect::<Vec<_>>().join(" / ");
                misses.push(format!("{kind}: {state} {said} → {id}: {first}"));
            }
        }
    }
    println!("{counts:?}\n{}", misses.join("\n"));
    let count = |kind| counts.get(kind).copied().unwrap_or(0);
    let asked = count("asked");
    assert!((count("answered") + count("offered")) * 100 >= asked * UNDERSTOOD, "{counts:?}");
    assert!(count("answered wrongly") * 100 <= asked * WRONG, "{counts:?}");
    assert_eq!(count("taken for a question"), 0);
    assert!(forbidden.is_empty(), "only people may answer: {forbidden:?}");
}

#[test]
fn no_fact_is_missing_and_each_behaves_as_marked() {
    let all = WORLD.scripts.questions().all();
    let mut numbers = BTreeSet::new();
    for row in rows(FACTS) {
        let number: u32 = row[0].parse().unwrap();
        let found: Vec<&Question> = all.iter().filter(|question| question.number == Some(number)).collect();
        let [question] = found[..] else { panic!("{} questions answer fact {number}", found.len()) };
        assert_eq!(question.people, row[1] == "people", "{number}");
        assert_eq!(
            changes_with_the_batch(question),
            row[1] == "batch" || ["1"].contains(&row[0]),
            "{number}"
        );
        numbers.insert(number);
    }
    assert_eq!(numbers, (1..=61).collect());
    assert!(all.iter().filter_map(|question| question.number).all(|number| numbers.contains(&number)));
}

/// Whether an answer has other dates in another batch.
fn changes_with_the_batch(question: &Question) -> bool {
    let mut batch = WORLD.batch.clone();
    let later = jiff::ToSpan::days(1);
    batch.opens += later;
    batch.closes += later;
    batch.portrait_review_ends += later;
    batch.prior_credential_due = batch.prior_credential_due.map(|due| due + later);
    let scripts = crate::dialog::load(&DIALOGS, &crate::turn::known()).unwrap();
    let plans = WORLD.plans.values().cloned();
    let world = World::new(scripts, batch, WORLD.schedule.clone(), plans, WORLD.zone.clone(), "");
    answer_in(&Arc::new(world), question, &Player::new()) != answer_of(question, &Player::new())
}

#[test]
fn what_only_people_may_answer_is_never_answered() {
    let people = WORLD.scripts.questions().all().iter().filter(|question| question.people);
    for question in people {
        for said in said_for(question) {
            let told = Player::new().send(&text(&said)).said();
            assert!(told.starts_with("这个问题要请办理地点的老师确认。"), "{said}: {told}");
            let answer = told.split("\n\n").next().unwrap_or_default();
            let figures = answer.replace("9:15–11:30，14:30–17:30", "");
            assert!(!figures.contains(|c: char| c.is_ascii_digit()), "{said}: {told}");
        }
    }
}

/// The ways to ask a question that its file has.
fn said_for(question: &Question) -> Vec<String> {
    let (_, toml) = DIALOGS.iter().find(|(name, _)| name.ends_with("questions.toml")).unwrap();
    let file: toml::Table = toml.parse().unwrap();
    let all = file["question"].as_array().unwrap();
    let own = all.iter().find(|row| row["id"].as_str() == Some(&question.offer.key)).unwrap();
    own["asks"].as_array().unwrap().iter().map(|ask| ask.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_question_is_known_by_the_ways_to_ask_it() {
    let mut wrong = Vec::new();
    for question in WORLD.scripts.questions().all() {
        assert!(said_for(question).len() >= 3, "{}", question.offer.key);
        for said in said_for(question) {
            let player = Player::new();
            let turn = player.clone().send(&text(&said));
            if !matches!(outcome(&player, &turn, Some(question)), Outcome::Right | Outcome::Offered) {
                wrong.push(format!("{said} → {}: {}", question.offer.key, turn.said()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_question_is_reached_by_numbers_and_leads_back_to_its_group() {
    let questions = WORLD.scripts.questions();
    for (at, group) in questions.groups().iter().enumerate() {
        for (below, index) in group.questions.iter().enumerate() {
            let mut player = Player::new();
            let asked = &questions.all()[*index];
            for said in ["常见问题".to_owned(), (at + 1).to_string()] {
                player.send(&text(&said));
            }
            let told = player.send(&text(&(below + 1).to_string())).said();
            assert!(told.starts_with(&answer_of(asked, &player)), "{}: {told}", asked.offer.label);
            let titles = group.questions.iter().map(|index| &questions.all()[*index].offer.label);
            assert!(titles.clone().all(|title| told.contains(title.as_str())), "{told}");
            assert!(told.lines().count() <= 22, "too long for a phone: {told}");
            let back = player.send(&text("返回")).said();
            assert!(back.contains(&questions.groups()[0].offer.label), "{back}");
        }
    }
    let reached: usize = questions.groups().iter().map(|group| group.questions.len()).sum();
    assert_eq!(reached, questions.all().len());
}

#[test]
fn whoever_takes_none_of_the_nearest_goes_on_where_they_were() {
    let mut player = Player::new();
    for said in ["绑定", "那个登记彪可以用喷墨打印吗"] {
        player.send(&text(said));
    }
    assert_eq!(player.snapshot.session.state, OFFER);
    let offered = player.clone();
    assert!(player.send(&text("010112345678")).said().contains("证件号码"), "the number is taken");
    assert_eq!(player.snapshot.session.state, "bind.consent");
    for (said, told) in [
        ("返回", "请输入 12 位准考证号："),
        ("1", "80 克以上"),
        ("帮助", "回到绑定："),
        ("7", "您是不是想问"),
    ] {
        let mut player = offered.clone();
        let answer = player.send(&text(said)).said();
        assert!(answer.contains(told), "{said}: {answer}");
        let state = if said == "7" { OFFER } else { "bind.exam_no" };
        assert_eq!(player.snapshot.session.state, state, "{said}: {answer}");
    }
}

#[test]
fn each_fact_is_asked_in_words_that_the_file_does_not_have() {
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows(SAID).filter(|row| row[1] != "-") {
        *asked.entry(row[1]).or_default() += 1;
        assert!(!said_for(question(row[1])).iter().any(|ask| ask == row[0]), "{row:?} is in the file");
    }
    for question in WORLD.scripts.questions().all().iter().filter(|question| question.number.is_some()) {
        let count = asked.get(question.offer.key.as_str()).copied().unwrap_or_default();
        assert!(count >= 2, "{} is asked {count} times", question.offer.key);
    }
}
