//! Fields of a form as its page shows them: what was typed, and what is wrong with it beside it.

use serde::Serialize;

use super::words;
use crate::workflow::{mistake::Mistake, record::Column};

/// One field.
#[derive(Serialize)]
pub(super) struct Field {
    pub(super) name: String,
    /// What it is called; the name stands beside it, because mistakes name other fields.
    pub(super) label: &'static str,
    pub(super) about: &'static str,
    /// As HTML names it.
    pub(super) kind: &'static str,
    pub(super) is_needed: bool,
    pub(super) value: String,
    /// What is wrong with it; empty.
    pub(super) wrong: String,
    /// What is stored by now, where somebody else has changed it meanwhile.
    pub(super) stored: String,
}

/// What fields are called and what is typed into them.
pub(super) type Labels = &'static [(&'static str, &'static str, &'static str)];

/// The fields of a table's columns, in their order; those without a label are no field of the form.
pub(super) fn of(
    columns: &[Column],
    labels: Labels,
    typed: &[(String, String)],
    mistakes: &[Mistake],
) -> Vec<Field> {
    let field = |column: &Column| {
        let (_, label, kind) = labels.iter().find(|(name, ..)| *name == column.name)?;
        Some(Field {
            name: column.name.clone(),
            label,
            about: column.about,
            kind,
            is_needed: column.needed,
            value: value(typed, &column.name).to_owned(),
            wrong: words::beside(mistakes, &column.name),
            stored: String::new(),
        })
    };
    columns.iter().filter_map(field).collect()
}

/// Mistakes that stand beside no field.
pub(super) fn elsewhere(fields: &[Field], mistakes: &[Mistake]) -> Vec<String> {
    let has_none = |mistake: &&Mistake| fields.iter().all(|field| field.name != mistake.field);
    mistakes.iter().filter(has_none).map(ToString::to_string).collect()
}

/// What was typed, without the blanks around it.
pub(super) fn value<'t>(typed: &'t [(String, String)], name: &str) -> &'t str {
    typed.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
}

/// Tells what is stored of the fields that differ from what was typed.
pub(super) fn tell_stored(fields: &mut [Field], stored: &[(String, String)]) {
    for field in fields {
        let kept = value(stored, &field.name);
        if kept != field.value {
            field.stored = if kept.is_empty() { "（空）".to_owned() } else { kept.to_owned() };
        }
    }
}
