//! Almost the word: typed in pinyin, or with a wrong character in it.
//!
//! Heard last, when nothing else fits. A word that sounds the same and is long enough to be sure is taken; whatever
//! only resembles one is asked back ([`Understood::Doubtful`]), and what resembles several is asked which: a wrong
//! guess is worse than a question. What cannot be taken back is never taken by likeness.

use std::collections::BTreeSet;

use pinyin::{ToPinyin, ToPinyinMulti};

use super::{
    Courtesy, Ears, Offer, Understood,
    speech::{Said, denies},
};

/// Longest word that is compared, in characters: nothing longer is typed by hand.
const LONGEST: usize = 12;
/// From so many characters on a word that sounds the same is beyond doubt.
const SURE: usize = 3;
/// Fewest initials that may stand for a word: 「thq」.
const INITIALS: usize = 3;

/// How much a word resembles what was said; the greater the closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// A character too many, too few, another, or two in the wrong order; or the initials of its pinyin.
    Near,
    /// It sounds the same in a southern accent, or is too short to be sure.
    Alike,
    /// It sounds the same.
    Same,
}

/// The offer or interrupt that a text resembles; nothing for questions and denials.
pub(super) fn resembling(said: &Said, offers: &[&Offer], ears: &Ears) -> Option<Understood> {
    if said.is_question() || denies(&said.text) {
        return None;
    }
    let heard: Vec<Heard> = said.cores(Courtesy::Easy).filter_map(Heard::new).collect();
    if heard.is_empty() {
        return None;
    }
    among_offers(&heard, offers).or_else(|| among_interrupts(&heard, ears))
}

fn among_offers(heard: &[Heard], offers: &[&Offer]) -> Option<Understood> {
    let likeness = |offer: &Offer| {
        let words = || offer.heard.iter();
        heard.iter().flat_map(|heard| words().filter_map(|word| heard.likeness(word))).max()
    };
    let found: Vec<(usize, Likeness)> = offers
        .iter()
        .enumerate()
        .filter_map(|(index, offer)| likeness(offer).map(|likeness| (index, likeness)))
        .collect();
    let best = found.iter().map(|(_, likeness)| *likeness).max()?;
    let best: Vec<(usize, Likeness)> = found.into_iter().filter(|(_, likeness)| *likeness == best).collect();
    match best.as_slice() {
        [(one, Likeness::Same)] if !offers[*one].is_strict => Some(Understood::Choice(*one)),
        [(one, _)] => Some(Understood::Doubtful(*one)),
        _ => Some(Understood::Ambiguous(best.into_iter().map(|(index, _)| index).collect())),
    }
}

/// Only by its very sound, and only what tells something: there is no asking back.
fn among_interrupts(heard: &[Heard], ears: &Ears) -> Option<Understood> {
    let sounds = |word: &str| heard.iter().any(|heard| heard.likeness(word) >= Some(Likeness::Alike));
    let found: BTreeSet<usize> = ears
        .words()
        .filter(|(word, _, courtesy)| *courtesy == Courtesy::Asking && sounds(word))
        .map(|(_, index, _)| index)
        .collect();
    let (Some(one), 1) = (found.first(), found.len()) else { return None };
    Some(ears.understood(super::ears::Heard::Interrupt(*one)))
}

/// What was said, ready to be compared.
enum Heard {
    /// Letters only, without what parts syllables.
    Pinyin(String),
    /// Characters, and the same as text.
    Chars(Vec<char>, String),
}

impl Heard {
    /// `None` when it is too short or too long, or has numbers in it: those are mended by nobody.
    fn new(core: &str) -> Option<Self> {
        let parts = |c: char| matches!(c, ' ' | '\'' | '-');
        if core.chars().all(|c| c.is_ascii_alphabetic() || parts(c)) {
            let letters: String = core.chars().filter(|c| !parts(*c)).collect();
            return (letters.len() >= INITIALS).then_some(Self::Pinyin(letters));
        }
        let chars: Vec<char> = core.chars().collect();
        let fits = (2..=LONGEST).contains(&chars.len()) && !chars.iter().any(|c| c.is_numeric());
        fits.then(|| Self::Chars(chars, core.to_owned()))
    }

    fn likeness(&self, word: &str) -> Option<Likeness> {
        match self {
            Self::Pinyin(letters) => of_pinyin(letters, word),
            Self::Chars(chars, said) => of_chars(chars, said, word),
        }
    }
}

fn of_pinyin(letters: &str, word: &str) -> Option<Likeness> {
    if word.chars().count() < 2 || word.chars().any(|c| c.is_ascii()) {
        return None;
    }
    if spells(letters, word) {
        return Some(Likeness::Same);
    }
    let initials = || word.chars().filter_map(|c| c.to_pinyin()).map(pinyin::Pinyin::first_letter);
    (letters.len() == word.chars().count() && letters == initials().collect::<String>())
        .then_some(Likeness::Near)
}

/// Whether these letters are the pinyin of the word, in any of its characters' readings: 番 is pān in 番禺.
fn spells(letters: &str, word: &str) -> bool {
    let mut rest = vec![letters];
    for c in word.chars() {
        rest = rest.iter().flat_map(|rest| sounds(c).filter_map(|sound| rest.strip_prefix(sound))).collect();
        // So it is with most words after their first character.
        if rest.is_empty() {
            return false;
        }
        rest.sort_unstable();
        rest.dedup();
    }
    rest.contains(&"")
}

fn of_chars(chars: &[char], said: &str, word: &str) -> Option<Likeness> {
    // Three bytes a Chinese character: what is farther off than one is not worth counting.
    if word.len().abs_diff(said.len()) > 3 {
        return None;
    }
    let of_word: Vec<char> = word.chars().collect();
    let least = chars.len().min(of_word.len());
    if chars.len() == of_word.len() {
        let wrong = || chars.iter().zip(&of_word).filter(|(said, meant)| said != meant);
        let count = wrong().count();
        if count < least && wrong().all(|(said, meant)| sound_alike(*said, *meant)) {
            // Up to a third of it may be written otherwise, one character at least.
            let is_sure = least >= SURE && count <= (least / 3).max(1);
            let is_same = is_sure && wrong().all(|(said, meant)| sound_same(*said, *meant));
            return Some(if is_same { Likeness::Same } else { Likeness::Alike });
        }
    }
    (least >= SURE && strsim::osa_distance(said, word) <= 1).then_some(Likeness::Near)
}

/// All readings of a character, without tones.
fn sounds(c: char) -> impl Iterator<Item = &'static str> {
    c.to_pinyin_multi().into_iter().flatten().map(pinyin::Pinyin::plain)
}

fn sound_same(one: char, other: char) -> bool {
    sounds(one).any(|sound| sounds(other).any(|known| known == sound))
}

/// As in the south: no difference between zh and z, n and l, ang and an.
fn sound_alike(one: char, other: char) -> bool {
    sounds(one).any(|sound| sounds(other).any(|known| accented(known) == accented(sound)))
}

fn accented(sound: &str) -> String {
    let flat = match sound.as_bytes() {
        [b'z' | b'c' | b's', b'h', ..] => format!("{}{}", &sound[..1], &sound[2..]),
        [b'l', ..] => format!("n{}", &sound[1..]),
        _ => sound.to_owned(),
    };
    flat.strip_suffix("ng").map(|short| format!("{short}n")).unwrap_or(flat)
}
