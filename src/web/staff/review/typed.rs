//! What is being decided: the reasons with their keys, the opinion, the part; and a decision out of them.
//!
//! Each reason has one key: those for the portrait the upper row, 1 to =, in the order of their codes, those for the document
//! photos the lower row, z to b.

use serde::{Deserialize, Serialize};

use crate::{
    inbound::{Decision, Part, Reason},
    office::words,
    workflow::case::Case,
};

/// Keys of the reasons, in the order of [`Reason::ALL`].
const KEYS: [&str; 17] =
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-", "=", "z", "x", "c", "v", "b"];

/// A decision as a form brings it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// `approve` or `reject`.
    pub(super) verdict: String,
    /// The round that was looked at.
    pub(super) round: u32,
    /// Which part of a bundle; empty for what the reasons say.
    pub(super) part: String,
    /// Codes.
    pub(super) reason: Vec<String>,
    pub(super) opinion: String,
    /// The list's question and the case's place in it.
    pub(super) asked: String,
}

impl Typed {
    fn reasons(&self) -> Vec<Reason> {
        self.reason.iter().filter_map(|code| Reason::parse(code)).collect()
    }

    /// Whether anything was picked or written.
    pub(super) fn is_something(&self) -> bool {
        !self.reason.is_empty() || !self.opinion.trim().is_empty()
    }

    /// The decision; otherwise why it is none yet.
    pub(super) fn decision(&self, case: &Case) -> Result<Decision, &'static str> {
        match self.verdict.as_str() {
            "approve" if self.is_something() => {
                Err("选了原因或写了意见，却按了“通过”，没有提交。要通过就把它们去掉；不通过请按“不通过”。")
            }
            "approve" => Ok(Decision::Approve),
            "reject" if !self.is_something() => {
                Err("不通过要有原因：选一个或几个，或者写审核意见，至少 4 个字。考生会看到。")
            }
            "reject" => {
                let reasons = self.reasons();
                let part = self.part(case, &reasons).ok_or(WHICH_PART)?;
                Ok(Decision::Reject { part, reasons, opinion: self.opinion.clone() })
            }
            _ => Err("没有选通过还是不通过，什么都没有提交。"),
        }
    }

    /// Which part is not right: what was chosen, else what all reasons are about, else all that was submitted unless that
    /// is a bundle.
    fn part(&self, case: &Case, reasons: &[Reason]) -> Option<Part> {
        let chosen =
            [Part::Portrait, Part::Documents, Part::Both].into_iter().find(|part| part.name() == self.part);
        let submitted = case.rounds.last().map_or(Part::Both, |round| round.part);
        if chosen.is_some() || submitted != Part::Both {
            return Some(chosen.unwrap_or(submitted));
        }
        let of = |part: Part| reasons.iter().any(|reason| reason.part() == part);
        match (of(Part::Portrait), of(Part::Documents)) {
            (true, true) => Some(Part::Both),
            (true, false) => Some(Part::Portrait),
            (false, true) => Some(Part::Documents),
            (false, false) => None,
        }
    }
}

const WHICH_PART: &str = "这一轮是毕业证照片和证件照片一起提交的：请选择哪部分不通过，考生只用重做那一部分。";

/// What there is to decide, with what was typed so far.
#[derive(Serialize)]
pub(super) struct ToDecide {
    round: u32,
    part: &'static str,
    /// Parts may have different verdicts.
    is_bundle: bool,
    parts: Vec<PartChoice>,
    reasons: Vec<ReasonChoice>,
    opinion: String,
}

#[derive(Serialize)]
struct PartChoice {
    value: &'static str,
    words: &'static str,
    key: &'static str,
    is_chosen: bool,
}

#[derive(Serialize)]
struct ReasonChoice {
    code: &'static str,
    words: &'static str,
    key: &'static str,
    /// `portrait` or `documents`.
    part: &'static str,
    is_chosen: bool,
}

/// The form for a case's last round.
pub(super) fn to_decide(case: &Case, typed: &Typed) -> Option<ToDecide> {
    let round = case.rounds.last()?;
    let picked = typed.reasons();
    let choices = Reason::ALL.into_iter().zip(KEYS).filter(|(reason, _)| round.part.includes(reason.part()));
    let reasons = choices.map(|(reason, key)| ReasonChoice {
        code: reason.code(),
        words: reason.wording(),
        key,
        part: reason.part().name(),
        is_chosen: picked.contains(&reason),
    });
    let parts = [
        ("", "按原因定", "i"),
        ("portrait", "只毕业证照片", "p"),
        ("documents", "只证件照片", "d"),
        ("both", "两部分都", "o"),
    ];
    let parts =
        parts.map(|(value, words, key)| PartChoice { value, words, key, is_chosen: value == typed.part });
    Some(ToDecide {
        round: round.number,
        part: words::part(round.part),
        is_bundle: round.part == Part::Both,
        parts: parts.into(),
        reasons: reasons.collect(),
        opinion: typed.opinion.clone(),
    })
}
