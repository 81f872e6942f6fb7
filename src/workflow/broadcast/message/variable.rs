//! Names in braces that stand for something of each person: 「{姓名}同学，您好」.
//!
//! Wide braces, as a Chinese keyboard makes them, are braces.

use std::ops::Range;

/// Something of each person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variable {
    /// The candidate's name.
    Name,
    /// The place of the on-site check, with its city.
    Place,
    /// Its address.
    Address,
    /// The next day of the on-site check there.
    Date,
    /// The place's first telephone.
    Phone,
    /// The step where the application stands.
    Step,
    /// The batch.
    Batch,
    /// The application's number.
    Number,
}

impl Variable {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::Place,
        Self::Address,
        Self::Date,
        Self::Phone,
        Self::Step,
        Self::Batch,
        Self::Number,
    ];

    /// What stands in the braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "姓名",
            Self::Place => "地点",
            Self::Address => "地址",
            Self::Date => "日期",
            Self::Phone => "电话",
            Self::Step => "步骤",
            Self::Batch => "批次",
            Self::Number => "申请号",
        }
    }

    /// By its name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variable| variable.name() == name)
    }

    /// The longest that is plausible, in the form in which it is filled in.
    pub fn longest(self) -> &'static str {
        match self {
            Self::Name => "阿卜杜拉·买买提江",
            Self::Place => "广州市南沙经济技术开发区",
            Self::Address => "花都区云山大道53号南华教育城A座3楼306号广州市花都区英朗培训中心",
            Self::Date => "2026年12月28日",
            Self::Phone => "0750-88909771",
            Self::Step => "照片和证件审核不通过",
            Self::Batch => "2026 年下半年",
            Self::Number => "1234-5678",
        }
    }
}

/// A stretch of a text.
pub(super) enum Piece<'t> {
    /// Words.
    Words(&'t str),
    /// A name in braces.
    Variable(Variable),
    /// Braces around anything else, or one alone.
    Unknown {
        /// With its braces.
        said: &'t str,
        /// Its characters.
        at: Range<usize>,
    },
}

const OPEN: [char; 2] = ['{', '｛'];
const CLOSE: [char; 2] = ['}', '｝'];

fn is_brace(c: char) -> bool {
    OPEN.contains(&c) || CLOSE.contains(&c)
}

/// A text taken apart; together the pieces are the text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest, mut at) = (Vec::new(), text, 0);
    while let Some(start) = rest.find(is_brace) {
        let (words, braced) = rest.split_at(start);
        let (said, after) = braced.split_at(length(braced));
        at += words.chars().count();
        let end = at + said.chars().count();
        let named = said.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE));
        found.push(Piece::Words(words));
        found.push(match named.and_then(|name| Variable::of(name.trim())) {
            Some(variable) => Piece::Variable(variable),
            None => Piece::Unknown { said, at: at..end },
        });
        (rest, at) = (after, end);
    }
    found.push(Piece::Words(rest));
    found
}

/// How many bytes from a brace on belong to it: up to its fellow, if that is the next one.
fn length(text: &str) -> usize {
    let mut braces = text.char_indices().filter(|(_, c)| is_brace(*c));
    let alone = text.chars().next().map_or(0, char::len_utf8);
    match (braces.next(), braces.next()) {
        (Some((_, open)), Some((at, close))) if OPEN.contains(&open) && CLOSE.contains(&close) => {
            at + close.len_utf8()
        }
        _ => alone,
    }
}

/// Whether a text names something of each person.
pub(super) fn has_variables(text: &str) -> bool {
    pieces(text).iter().any(|piece| matches!(piece, Piece::Variable(_)))
}

/// A text with what each name stands for; braces that are no name stay.
pub(super) fn filled(text: &str, value: &dyn Fn(Variable) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) | Piece::Unknown { said: words, .. } => filled.push_str(words),
            Piece::Variable(variable) => filled.push_str(&value(variable)),
        }
    }
    filled
}
