//! What a person may type: one table of text rules.
//!
//! A rule takes the raw text and gives back the form that is stored and compared, with warnings for the reviewer,
//! or an [`Invalid`] whose code a dialog must give words to (`otherwise.<code>`). Which codes a rule can give, and
//! which facts the words may mention, is part of the table, so that `graduation-bot check` can demand them.
//! The order of checks and every pattern follow domain.md §5.2–5.5 and §9; its vectors are the tests.
//! Whether a valid number belongs to this person is not decided here: see [`document_type::same_number`],
//! [`name::same_name`] and [`profile`]. No words for people live here, only codes.

pub mod document;
pub mod document_tail;
pub mod document_type;
pub mod exam_no;
pub mod message;
pub mod name;
pub mod phone;
pub mod phone_tail;
pub mod photo;
pub mod profile;

mod text;

pub use text::number_in;

use jiff::civil::Date;

pub use document_type::DocumentType;

/// One text rule, named by a dialog as `rule = "<name>"`.
#[derive(Debug)]
pub struct Rule {
    /// The name in dialogs.
    pub name: &'static str,
    /// Normalises and checks a text. Total: any text gives an outcome.
    pub check: fn(&str, &Facts) -> Result<Valid, Invalid>,
    /// Every code that `check` can refuse with: a dialog that uses the rule needs words for each, or for all at once.
    pub codes: &'static [&'static str],
}

/// What a rule may know besides the text.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Today on the business clock; births after it are in the future.
    pub today: Date,
}

/// A text that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valid {
    /// The normalised form: store and compare this one, never what was typed.
    pub value: String,
    /// What a reviewer should look at; never a reason to stop the person.
    pub warnings: Vec<Warning>,
}

/// Something unusual about a text that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// The six digits are in no list of regions, old or new (domain.md §5.3).
    UnknownRegion,
    /// The birth date makes an age outside 14–100 (domain.md §5.3).
    Age,
    /// The number of a booklet from before 2008-09-25: good only if it is the recorded one (domain.md §5.4).
    Legacy,
    /// The number has no check digit and no fixed length: only the record can tell (domain.md §5.4, 军官证).
    Unverified,
    /// The first three digits were not given to any network by 2022 (domain.md §5.5).
    UnallocatedPrefix,
    /// The first three digits belong to the internet of things (domain.md §5.5).
    DevicePrefix,
    /// The name has private-use characters, which other systems may show as something else (domain.md §9).
    PrivateUse,
}

/// A text that did not pass, as data: the words are the dialog's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// One of the rule's `codes`.
    pub code: &'static str,
    /// Values that the words may mention, by the names that [`fact_names`] promises for this code.
    pub facts: Vec<(&'static str, String)>,
}

/// The rule of this name.
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// The rule of a text that is taken as it was said: no word of it is listened for but those that lead elsewhere.
pub const ANYTHING: &str = "message";

/// All rules: add a row and a function, name it in a dialog, and that is all.
pub const RULES: &[Rule] = &[
    Rule { name: "exam_no", check: exam_no::check, codes: &["empty", "characters", "length"] },
    Rule { name: ANYTHING, check: message::check, codes: &["empty"] },
    Rule { name: "phone", check: phone::check_mainland, codes: phone::CODES_MAINLAND },
    Rule { name: "phone_any", check: phone::check_any, codes: phone::CODES_ANY },
    Rule { name: "phone_tail", check: phone_tail::check, codes: phone_tail::CODES },
    Rule { name: "name", check: name::check, codes: &["empty", "characters", "length"] },
    Rule { name: "document_no", check: document::check_of_any_type, codes: RESIDENT_ID_CODES },
    Rule {
        name: "resident_id",
        check: |text, facts| document::check(DocumentType::ResidentId, text, facts),
        codes: RESIDENT_ID_CODES,
    },
    Rule {
        name: "hk_macao_permit",
        check: |text, facts| document::check(DocumentType::HkMacaoPermit, text, facts),
        codes: &["empty", "wrong_type", "characters", "length", "prefix"],
    },
    Rule {
        name: "taiwan_permit",
        check: |text, facts| document::check(DocumentType::TaiwanPermit, text, facts),
        codes: &["empty", "wrong_type", "characters", "length"],
    },
    Rule {
        name: "hk_macao_residence",
        check: |text, facts| document::check(DocumentType::HkMacaoResidence, text, facts),
        codes: &["empty", "wrong_type", "characters", "length", "region", "date", "future", "check_digit"],
    },
    Rule {
        name: "taiwan_residence",
        check: |text, facts| document::check(DocumentType::TaiwanResidence, text, facts),
        codes: &["empty", "wrong_type", "characters", "length", "region", "date", "future", "check_digit"],
    },
    Rule {
        name: "passport",
        check: |text, facts| document::check(DocumentType::Passport, text, facts),
        codes: &["empty", "wrong_type", "characters", "length", "no_digit"],
    },
    Rule {
        name: "foreign_permanent_residence",
        check: |text, facts| document::check(DocumentType::ForeignPermanentResidence, text, facts),
        codes: &[
            "empty",
            "wrong_type",
            "characters",
            "length",
            "prefix",
            "region",
            "date",
            "future",
            "check_digit",
        ],
    },
    Rule {
        name: "officer_card",
        check: |text, facts| document::check(DocumentType::OfficerCard, text, facts),
        codes: &["empty", "wrong_type", "characters", "length", "prefix"],
    },
];

const RESIDENT_ID_CODES: &[&str] =
    &["empty", "wrong_type", "old_15", "characters", "length", "region", "date", "future", "check_digit"];

/// The names of the facts that come with a code, the same for every rule: `found` and `expected` with `length`
/// (a count, and the counts that would be right), `found` with `characters` (the first one that cannot stand
/// where it stands), `which` with `wrong_type` (the document it looks like) and with `abroad` (the place).
pub fn fact_names(code: &str) -> &'static [&'static str] {
    match code {
        "length" => &["found", "expected"],
        "characters" => &["found"],
        "wrong_type" | "abroad" => &["which"],
        _ => &[],
    }
}

impl Valid {
    fn plain(value: String) -> Self {
        Self { value, warnings: Vec::new() }
    }
}

impl Invalid {
    fn new(code: &'static str) -> Self {
        Self { code, facts: Vec::new() }
    }

    fn length(found: usize, expected: &str) -> Self {
        Self { code: "length", facts: vec![("found", found.to_string()), ("expected", expected.to_owned())] }
    }

    fn character(found: char) -> Self {
        Self { code: "characters", facts: vec![("found", found.to_string())] }
    }

    fn which(code: &'static str, which: &str) -> Self {
        Self { code, facts: vec![("which", which.to_owned())] }
    }
}

impl Warning {
    /// The name of the warning in stored rows and in the console's texts.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownRegion => "unknown_region",
            Self::Age => "age",
            Self::Legacy => "legacy",
            Self::Unverified => "unverified",
            Self::UnallocatedPrefix => "unallocated_prefix",
            Self::DevicePrefix => "device_prefix",
            Self::PrivateUse => "private_use",
        }
    }
}

#[cfg(test)]
mod tests;
