//! What is denied, and what is wanted instead: 「不要天河，要黄埔」, 「不是1，是3」 says which by name only.

use std::ops::Range;

use super::{
    Courtesy, Ears, Offer, Understood, about_place,
    likeness::resembling,
    mentioned, said_outright,
    speech::{SHORTEST, Said, denies},
};

/// What denies the word that follows it, longest first.
const DENIALS: [&str; 14] = [
    "不想选",
    "不想要",
    "不想去",
    "不要去",
    "不想",
    "不要",
    "不是",
    "不选",
    "不去",
    "不用",
    "别选",
    "别去",
    "不到",
    "不",
];

/// What denies the word before it, longest first; 「不要」 only at the end, for else it denies what follows.
const DENIALS_AFTER: [&str; 6] = ["也不要了", "也不要", "不要了", "太远了", "太远", "不去"];
const DENIAL_LAST: &str = "不要";

/// The offer wanted instead of those that are denied, or, with nothing else said, that they are not wanted.
pub(super) fn instead(said: &Said, offers: &[&Offer], ears: &Ears, places: &[Offer]) -> Option<Understood> {
    if !denies(&said.text) && !DENIALS_AFTER.iter().any(|no| said.text.contains(no)) {
        return None;
    }
    let (rest, denied) = without_denied(&said.text, offers);
    if denied.is_empty() {
        return None;
    }
    let rest = said.part(rest.strip_prefix('而').unwrap_or(&rest));
    let is_said = rest.cores(Courtesy::Easy).any(|core| !core.is_empty() && !is_particle(core));
    if !is_said {
        return (!said.is_question()).then_some(Understood::Declined(denied));
    }
    if said.is_question() {
        return about_place(&rest, offers, ears, places);
    }
    let meant = said_outright(&rest, offers)
        .or_else(|| mentioned(&rest, offers, ears))
        .or_else(|| resembling(&rest, offers, ears))?;
    match meant {
        Understood::Choice(one) if denied.contains(&one) => None,
        // It was said beside a denial: not in so many words.
        Understood::Choice(one) if offers[one].is_strict => Some(Understood::Doubtful(one)),
        Understood::Choice(_) | Understood::Doubtful(_) | Understood::Ambiguous(_) => Some(meant),
        _ => None,
    }
}

/// A text without the offers that it denies, and which those are.
fn without_denied(text: &str, offers: &[&Offer]) -> (String, Vec<usize>) {
    let mut rest = text.to_owned();
    let mut denied = Vec::new();
    for (index, offer) in offers.iter().enumerate() {
        let words = offer.heard.iter().filter(|word| word.chars().count() >= SHORTEST);
        let found = words.filter_map(|word| denial_of(&rest, word)).max_by_key(Range::len);
        if let Some(phrase) = found {
            rest.replace_range(phrase, "");
            denied.push(index);
        }
    }
    (rest, denied)
}

/// Where a text denies a word.
fn denial_of(text: &str, word: &str) -> Option<Range<usize>> {
    text.match_indices(word).find_map(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        let denies_next = DENIALS.iter().find(|no| before.ends_with(**no));
        let last = (after == DENIAL_LAST).then_some(&DENIAL_LAST);
        let denies_last = DENIALS_AFTER.iter().find(|no| after.starts_with(**no)).or(last);
        match (denies_next, denies_last) {
            (Some(no), _) => Some(at - no.len()..at + word.len()),
            (None, Some(no)) => Some(at..at + word.len() + no.len()),
            (None, None) => None,
        }
    })
}

/// What may follow a denial without saying anything.
fn is_particle(core: &str) -> bool {
    ["了", "的", "吧", "啊", "呀", "我", "我们"].contains(&core)
}
