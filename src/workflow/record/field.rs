//! What the fields of a record are called, hold and mean: the one list that readers, help and templates share.

use super::column;

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(in crate::workflow) enum Shape {
    Text,
    /// `2026-06-15`.
    Date,
    /// `2026-06-15T09:30`.
    Minute,
    Number,
    /// A whole number, not below 0.
    Count,
    /// `true` or `false`, in a table also 是 or 否.
    Flag,
    /// Several texts, in a table separated by `;`.
    Texts,
    OneOf(&'static [&'static str]),
}

/// One field of a record.
#[derive(Debug, Clone, Copy)]
pub(in crate::workflow) struct Field {
    pub(in crate::workflow) path: &'static str,
    pub(in crate::workflow) shape: Shape,
    /// Must be there wherever the object that it belongs to is.
    pub(in crate::workflow) needed: bool,
    about: &'static str,
    samples: [&'static str; 2],
}

pub(in crate::workflow) const fn needed(path: &'static str, shape: Shape) -> Field {
    Field { path, shape, needed: true, about: "", samples: ["", ""] }
}

pub(in crate::workflow) const fn optional(path: &'static str, shape: Shape) -> Field {
    Field { needed: false, ..needed(path, shape) }
}

impl Field {
    /// The same field of a table: what it means to whoever fills it in, and what the template's two rows show.
    pub(in crate::workflow) const fn about(self, about: &'static str, samples: [&'static str; 2]) -> Self {
        Self { about, samples, ..self }
    }
}

/// A column of a table, as whoever fills it in has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// As the header has it.
    pub name: String,
    /// What it means.
    pub about: &'static str,
    /// What may be written, in words.
    pub holds: String,
    /// All that may be written, when it is a choice.
    pub options: Vec<&'static str>,
    /// Must be filled in, wherever the record has what it belongs to.
    pub needed: bool,
    /// Made-up values for two rows.
    pub samples: [&'static str; 2],
}

/// The columns of a table, in order.
pub(in crate::workflow) fn columns(fields: &[Field]) -> Vec<Column> {
    let read = |field: &Field| Column {
        name: column(field.path),
        about: field.about,
        holds: field.shape.in_words(),
        options: field.shape.options(),
        needed: field.needed,
        samples: field.samples,
    };
    fields.iter().map(read).collect()
}

impl Shape {
    fn in_words(self) -> String {
        match self {
            Self::Text => "文本".to_owned(),
            Self::Date => "日期，写成 2026-06-15".to_owned(),
            Self::Minute => "日期和时间，写成 2026-06-15T09:30".to_owned(),
            Self::Number => "数，如 78 或 78.5".to_owned(),
            Self::Count => "整数".to_owned(),
            Self::Flag => "是 或 否".to_owned(),
            Self::Texts => "文本，几个用 ; 隔开".to_owned(),
            Self::OneOf(known) => known.join("、"),
        }
    }

    fn options(self) -> Vec<&'static str> {
        match self {
            Self::Flag => vec!["是", "否"],
            Self::OneOf(known) => known.to_vec(),
            _ => Vec::new(),
        }
    }
}
