//! What is wrong with the text of an audience, where, and which known name is near.

use std::fmt;

use super::super::{DEPTH_MAX, LEAVES_MAX, TooLarge};

/// What is wrong with the text of an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Where: the character, from 1.
    pub at: usize,
    /// What.
    pub what: Wrong,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was written, and there is no batch.
    Empty,
    /// No such condition.
    Word {
        /// As written.
        word: String,
        /// The nearest that there is.
        near: Option<String>,
    },
    /// No such batch, place, document, step, tag or list.
    Name {
        /// What it should name.
        key: &'static str,
        /// As written.
        name: String,
        /// The nearest that there is.
        near: Option<String>,
    },
    /// Several are called so: these have to be told apart.
    Ambiguous {
        /// What it should name.
        key: &'static str,
        /// How each is written.
        choices: Vec<String>,
    },
    /// A condition should stand here.
    ConditionWanted,
    /// 且 or 或 should stand here.
    JoinWanted,
    /// A bracket or a quotation is not closed.
    Unclosed(char),
    /// A bracket is closed that was not opened.
    Unopened,
    /// The batch comes first, once.
    BatchInside,
    /// More than may be asked.
    TooLarge(TooLarge),
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let near =
            |near: &Option<String>| near.as_ref().map(|near| format!("是不是“{near}”？")).unwrap_or_default();
        write!(f, "第 {} 个字：", self.at)?;
        match &self.what {
            Wrong::Empty => f.write_str("没有写对象。"),
            Wrong::Word { word, near: known } => write!(f, "没有“{word}”这种条件。{}", near(known)),
            Wrong::Name { key, name, near: known } => write!(f, "没有叫“{name}”的{key}。{}", near(known)),
            Wrong::Ambiguous { key, choices } => {
                write!(f, "有几个同名的{key}，请写成：{}。", choices.join("、"))
            }
            Wrong::ConditionWanted => f.write_str("这里少一个条件。"),
            Wrong::JoinWanted => f.write_str("条件之间请写“且”或者“或”。"),
            Wrong::Unclosed(bracket) => write!(f, "这个“{bracket}”没有配上另一半。"),
            Wrong::Unopened => f.write_str("这个“)”前面没有“(”。"),
            Wrong::BatchInside => f.write_str("批次只写一次，写在最前面。"),
            Wrong::TooLarge(TooLarge::Deep) => write!(f, "括号套得太深，最多 {DEPTH_MAX} 层。"),
            Wrong::TooLarge(TooLarge::Wide) => write!(f, "条件太多，最多 {LEAVES_MAX} 个。"),
        }
    }
}
