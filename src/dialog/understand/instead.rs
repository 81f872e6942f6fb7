//! Another place instead of the chosen one: 「选错了，应该是番禺区」, 「改到荔湾」.
//!
//! Something must say that it is a change, and the district must be what it leads to: nothing is guessed from a
//! question, a denial, or what somebody else wants.

use super::{
    Offer,
    cantonese::spell,
    phrases::{CHANGING, KEEPING, LEADING, NOT_ONES_OWN},
    speech::{Said, denies, has},
};

/// How much may follow the district's name, in characters: 「区了吧谢谢您」.
const AFTER: usize = 6;

/// The place that a text puts in the chosen one's stead, an index into `places`.
pub fn place_instead(text: &str, places: &[Offer]) -> Option<usize> {
    let clauses: Vec<String> =
        text.split(['，', ',', '。', '；', ';', '！', '!', ' ', '\n']).map(spell).collect();
    let (at, (place, before, after)) =
        clauses.iter().enumerate().rev().find_map(|(at, clause)| Some((at, last_named(clause, places)?)))?;
    let told = clauses[..at].concat() + before;
    let is_change = has(&told, &CHANGING) && !has(&told, &KEEPING) && !has(&told, &NOT_ONES_OWN);
    let leads = leads_to(before) && !denies(&without_mistake(before, places));
    let ends = after.chars().count() <= AFTER && !denies(after) && !has(after, &CHANGING);
    let is_last = clauses[at + 1..].iter().all(|clause| !denies(clause) && !has(clause, &CHANGING));
    (is_change && leads && ends && is_last && !Said::new(text).asks).then_some(place)
}

/// Whether what stands before a district's name leads to it; nothing does after 「选错了，」.
fn leads_to(before: &str) -> bool {
    let before = before.trim_end_matches('市').trim_end_matches("广州");
    before.is_empty() || before.ends_with(LEADING)
}

/// The last district that a clause names, with what stands around its name.
fn last_named<'a>(clause: &'a str, places: &[Offer]) -> Option<(usize, &'a str, &'a str)> {
    let named = places.iter().enumerate().filter_map(|(index, place)| {
        let (at, name) = place.heard.iter().find_map(|name| Some((clause.rfind(name.as_str())?, name)))?;
        Some((index, &clause[..at], &clause[at + name.len()..]))
    });
    named.max_by_key(|(_, before, _)| before.len())
}

/// 「不对」 and 「不是天河」 say what was wrong and deny nothing that follows.
fn without_mistake(before: &str, places: &[Offer]) -> String {
    let wrong = places.iter().flat_map(|place| &place.heard).map(|name| format!("不是{name}"));
    wrong.fold(before.replace("不对", ""), |text, wrong| text.replace(&wrong, ""))
}
