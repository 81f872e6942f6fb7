//! What looks like somebody's personal data in a text that many will read.
//!
//! Nothing is certain here: a course may look like a passport, and a number of twelve digits may be a date with an hour.
//! The author is shown the place and decides. Numbers are found in groups, too: 「138 0013 8000」.

use std::ops::Range;

use super::Part;
use crate::validation::document::is_card_number;

/// What it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Personal {
    /// An identity card's number: eighteen characters with the check character that belongs to them.
    IdNumber,
    /// A passport's or a permit's number: letters, then seven digits and more.
    Document,
    /// 准考证号: twelve digits.
    ExamNumber,
    /// A mainland mobile number that is no office's.
    Mobile,
    /// A mail address.
    Email,
}

/// Something that looks like personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub part: Part,
    /// Its characters.
    pub at: Range<usize>,
    /// What.
    pub what: Personal,
}

/// Groups of one number at most: an identity card's, typed by fours.
const GROUPS: usize = 5;
/// Characters of a group, but of the last.
const GROUP: usize = 3;

/// Everything in a text, in its order, by characters; none overlap.
pub(super) fn found(text: &str, known_phones: &[String]) -> Vec<(Range<usize>, Personal)> {
    let characters: Vec<char> = text.chars().map(narrow).collect();
    let known: Vec<String> = known_phones.iter().map(|phone| digits(phone)).collect();
    let mails = mails(&characters);
    let runs = runs(&characters);
    let mut found: Vec<(Range<usize>, Personal)> = Vec::new();
    let mut at = 0;
    while at < runs.len() {
        let whole = (1..=GROUPS).find_map(|count| {
            let groups = runs.get(at..at + count)?;
            let (what, is_known) = joined(&characters, groups, &known)?;
            Some((count, groups[0].start..groups[count - 1].end, what, is_known))
        });
        let Some((count, place, what, is_known)) = whole else {
            at += 1;
            continue;
        };
        if !is_known && !mails.iter().any(|mail| mail.contains(&place.start)) {
            found.push((place, what));
        }
        at += count;
    }
    found.extend(mails.into_iter().map(|mail| (mail, Personal::Email)));
    found.sort_by_key(|(place, _)| place.start);
    found
}

/// What these groups are together, and whether it is a telephone of an office.
fn joined(characters: &[char], groups: &[Range<usize>], known: &[String]) -> Option<(Personal, bool)> {
    let (last, before) = groups.split_last()?;
    let follows = |pair: &[Range<usize>]| {
        pair[1].start == pair[0].end + 1 && matches!(characters[pair[0].end], ' ' | '-' | '\u{3000}')
    };
    let is_one = before.iter().all(|group| group.len() >= GROUP) && groups.windows(2).all(follows);
    if !is_one {
        return None;
    }
    let number: String = before.iter().chain([last]).flat_map(|group| &characters[group.clone()]).collect();
    let what = what(&number)?;
    Some((what, what == Personal::Mobile && known.iter().any(|phone| mobile(phone) == mobile(&number))))
}

fn what(number: &str) -> Option<Personal> {
    let number = number.to_ascii_uppercase();
    let letters = number.bytes().take_while(u8::is_ascii_uppercase).count();
    let is_number = number.bytes().skip(letters).all(|b| b.is_ascii_digit());
    match number.len() - letters {
        _ if is_card_number(&number) => Some(Personal::IdNumber),
        7..=10 if (1..=2).contains(&letters) && is_number => Some(Personal::Document),
        12 if letters == 3 && is_number => Some(Personal::Document),
        _ if letters > 0 || !is_number => None,
        12 => Some(Personal::ExamNumber),
        _ => mobile(&number).map(|_| Personal::Mobile),
    }
}

/// A mainland mobile number without its country.
fn mobile(number: &str) -> Option<&str> {
    let own = number.strip_prefix("86").filter(|own| own.len() == 11).unwrap_or(number);
    let is_mobile = own.len() == 11
        && own.bytes().all(|b| b.is_ascii_digit())
        && own.starts_with('1')
        && matches!(own.as_bytes()[1], b'3'..=b'9');
    is_mobile.then_some(own)
}

/// Letters and digits without anything between.
fn runs(characters: &[char]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in characters.iter().enumerate().filter(|(_, c)| c.is_ascii_alphanumeric()) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Something, `@`, something with a dot.
fn mails(characters: &[char]) -> Vec<Range<usize>> {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || "._%+-".contains(*c);
    let is_host = |c: &char| c.is_ascii_alphanumeric() || ".-".contains(*c);
    let ats = characters.iter().enumerate().filter(|(_, c)| **c == '@').map(|(at, _)| at);
    let mails = ats.filter_map(|at| {
        let start = at - characters[..at].iter().rev().take_while(|c| is_name(c)).count();
        let host = characters[at + 1..].iter().take_while(|c| is_host(c)).count();
        let host: String = characters[at + 1..=at + host].iter().collect();
        let host = host.trim_end_matches(['.', '-']);
        (start < at && host.trim_start_matches('.').contains('.')).then(|| start..at + 1 + host.len())
    });
    mails.collect()
}

fn digits(text: &str) -> String {
    text.chars().map(narrow).filter(char::is_ascii_digit).collect()
}

/// A wide letter, digit or sign as a narrow one; each stays one character.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    }
}
