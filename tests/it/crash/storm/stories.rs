//! Who walks through the storm: candidates of the three ways to the end, their pictures and their questions.

use std::{collections::HashMap, sync::LazyLock};

use serde_json::Value;

use super::super::{document_no, of_story};
use crate::chats::picture;

/// Pictures of one slot that nobody needs more of.
const COPIES: usize = 8;
/// What people ask in between, and what the answer names.
pub(super) const QUESTIONS: [(&str, &str); 4] = [
    ("什么时候截止", "6月17日"),
    ("照片背景要什么颜色", "浅灰"),
    ("现在到哪一步了", "进度："),
    ("黄埔区电话多少", "020-82112605"),
];

/// Encoded once: all people send the same ones, which are other pictures to each case.
static PICTURES: LazyLock<HashMap<String, Vec<u8>>> = LazyLock::new(|| {
    let names = ["正面", "反面", "手持", "人像"]
        .into_iter()
        .flat_map(|slot| (0..COPIES).map(move |n| format!("{slot}{n}")));
    names.map(|name| (name.clone(), picture(&name))).collect()
});

/// The `n`th picture of a slot.
pub(super) fn picture_of(slot: &str, n: usize) -> Vec<u8> {
    PICTURES[&format!("{slot}{}", n % COPIES)].clone()
}

/// A candidate of one of the three ways to the end.
pub(super) struct Story {
    pub(super) candidate: Value,
    kind: &'static str,
}

impl Story {
    pub(super) fn is_mismatched(&self) -> bool {
        self.kind == "id_mismatch"
    }

    /// How many decisions lead to the end, if all say yes.
    pub(super) fn decisions(&self) -> usize {
        match self.kind {
            "id_pass" => 1,
            "non_id" => 2,
            _ => 3,
        }
    }

    pub(super) fn document_no(&self) -> String {
        self.candidate["document_no"].as_str().unwrap().to_owned()
    }
}

/// So many candidates, of each way in turn, who differ from the samples in their numbers only.
pub(super) fn stories(count: usize) -> Vec<Story> {
    let samples = ["id_pass", "non_id", "id_mismatch"].map(|kind| (kind, of_story(kind).remove(0)));
    let story = |n: usize| {
        let (kind, mut candidate) = samples[n % samples.len()].clone();
        let number = match kind {
            "non_id" => format!("H{n:08}"),
            "id_mismatch" => document_no(&format!("44010319900307{:03}", 2 * n + 1)),
            _ => document_no(&format!("44010619920229{:03}", 2 * n + 1)),
        };
        candidate["exam_no"] = format!("0101280{n:05}").into();
        candidate["document_no"] = number.into();
        candidate["phone"] = format!("1390013{n:04}").into();
        Story { candidate, kind }
    };
    (0..count).map(story).collect()
}
