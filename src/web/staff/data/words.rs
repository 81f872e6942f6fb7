//! Imports, mistakes and changes in the offices' words.

use serde::Serialize;

use super::fields::Labels;
use crate::{
    office::{
        imports::{FieldChange, ImportError, Kind},
        words as office,
    },
    workflow::mistake::Mistake,
};

/// What a kind is called, and what its file holds.
pub(super) fn kind(kind: Kind) -> (&'static str, &'static str) {
    let about = match kind {
        Kind::Batches => "申请从何时到何时、照片审核到何时；每行一个批次",
        Kind::Schedule => "一个批次的初审日子、地址、电话；每行一个地点",
        Kind::Plans => "毕业要哪些课程和学分；每行一门课，计划自己的列写在第一行",
        Kind::Candidates => "不用考籍系统接口时：考生、成绩、顶替、免考；一名考生占一行或几行",
        Kind::Population => "不用人口库接口时：每行一个证件号码的核验答案",
    };
    (office::import(kind), about)
}

/// A mistake by its parts.
#[derive(Serialize)]
pub(super) struct Wrong {
    /// 「第 3 行」; empty of the whole file.
    pub(super) spot: String,
    /// Column; empty of the whole row.
    pub(super) field: String,
    pub(super) what: String,
    pub(super) remedy: String,
}

impl Wrong {
    pub(super) fn of(mistake: &Mistake) -> Self {
        let Mistake { spot, field, what, remedy } = mistake.clone();
        Self { spot: spot.to_string(), field, what, remedy }
    }
}

/// What the mistakes say of one field, 「没有填，请补上。」.
pub(super) fn beside(mistakes: &[Mistake], field: &str) -> String {
    let own = mistakes.iter().filter(|mistake| mistake.field == field);
    own.map(|mistake| format!("{}：{}。", mistake.what, mistake.remedy)).collect::<Vec<_>>().concat()
}

/// A field that would change.
#[derive(Serialize)]
pub(super) struct Difference {
    /// What forms call it; empty of what is in no form.
    pub(super) label: &'static str,
    pub(super) field: String,
    pub(super) old: String,
    pub(super) new: String,
}

impl Difference {
    pub(super) fn of(change: &FieldChange, labels: Labels) -> Self {
        let FieldChange { field, old, new } = change.clone();
        let label = labels.iter().find(|(name, ..)| *name == field).map_or("", |(_, label, _)| label);
        Self { label, field, old, new }
    }
}

/// Why nothing was imported, of what is no mistake in a file.
pub(super) fn refusal(error: &ImportError) -> String {
    match error {
        ImportError::Role => "您的账号不能导入，什么都没有改。".to_owned(),
        ImportError::NoBatch => "没有这个批次，什么都没有改。".to_owned(),
        ImportError::Changed => {
            "您看过以后，有人改了同样的内容，什么都没有存。请按现在的内容再看一次，再决定。".to_owned()
        }
        ImportError::Chosen(places) => {
            let told = places.iter().map(|(place, people)| format!("{place}（{people} 位考生）"));
            let told = told.collect::<Vec<_>>().join("、");
            format!("这些地点不能去掉，已有考生选了：{told}。什么都没有导入。请留着它们的行，或不勾“去掉”。")
        }
        ImportError::Mistakes { count, .. } => format!("有 {count} 处要改，什么都没有存。"),
        ImportError::Store(_) => "没有保存，什么都没有改。请稍后再试一次。".to_owned(),
    }
}
