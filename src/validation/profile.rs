//! What a document number says about its owner, to hold against the 考籍 record (domain.md §5.3, "profile checks").
//!
//! A disagreement is no typing mistake: the record itself is in doubt, so the answer is 信息有误 and 考籍信息更正
//! (procedure.md AMB-12), never another try at the number.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::DocumentType;
use super::document::{card_birth, old_card_birth};

/// 男 or 女, as records write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gender {
    /// 男
    #[serde(rename = "男")]
    Male,
    /// 女
    #[serde(rename = "女")]
    Female,
}

/// What a number tells; nothing for permits, passports and officers' cards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// From the parity of the sequence.
    pub gender: Option<Gender>,
    /// The possible births: two where the card leaves out the century, none where it says nothing.
    pub births: Vec<Date>,
}

/// Reads a number that its rule passed.
pub fn read(document: DocumentType, number: &str) -> Profile {
    match document {
        DocumentType::ResidentId | DocumentType::HkMacaoResidence | DocumentType::TaiwanResidence => {
            read_card(number)
        }
        DocumentType::ForeignPermanentResidence if number.len() == 18 => read_card(number),
        DocumentType::ForeignPermanentResidence => Profile {
            gender: gender_at(number, 13),
            births: number.get(7..13).map(old_card_birth).into_iter().flatten().flatten().collect(),
        },
        DocumentType::HkMacaoPermit
        | DocumentType::TaiwanPermit
        | DocumentType::Passport
        | DocumentType::OfficerCard => Profile::default(),
    }
}

/// What a number and a record tell differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disagreement {
    /// 性别
    Gender,
    /// 出生日期
    Birth,
    /// Both.
    Both,
}

impl Profile {
    /// What of the record the number contradicts; where the number says nothing, nothing is contradicted.
    pub fn disagreement(&self, gender: Gender, birth: Date) -> Option<Disagreement> {
        let other_gender = self.gender.is_some_and(|told| told != gender);
        let other_birth = !self.births.is_empty() && !self.births.contains(&birth);
        match (other_gender, other_birth) {
            (true, true) => Some(Disagreement::Both),
            (true, false) => Some(Disagreement::Gender),
            (false, true) => Some(Disagreement::Birth),
            (false, false) => None,
        }
    }
}

fn read_card(number: &str) -> Profile {
    let births = number.get(6..14).and_then(card_birth).into_iter().collect();
    Profile { gender: gender_at(number, 16), births }
}

/// Odd is 男, even (0 too) is 女.
fn gender_at(number: &str, at: usize) -> Option<Gender> {
    let digit = number.as_bytes().get(at).filter(|b| b.is_ascii_digit())?;
    Some(if digit % 2 == 1 { Gender::Male } else { Gender::Female })
}

impl Gender {
    /// 「男」 or 「女」.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}
