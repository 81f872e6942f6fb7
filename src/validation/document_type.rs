//! The eight documents a 考籍 record can name, and when two numbers are one person's (domain.md §5.1, §5.4).

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// The kind of document recorded in the 考籍; read from the record, never from the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DocumentType {
    /// The resident identity card of the mainland.
    #[serde(rename = "居民身份证")]
    ResidentId,
    /// The permit of Hong Kong and Macao residents to enter the mainland.
    #[serde(rename = "港澳居民来往内地通行证")]
    HkMacaoPermit,
    /// The permit of Taiwan residents to enter the mainland.
    #[serde(rename = "台湾居民来往大陆通行证")]
    TaiwanPermit,
    /// The mainland residence card of Hong Kong and Macao residents.
    #[serde(rename = "港澳居民居住证")]
    HkMacaoResidence,
    /// The mainland residence card of Taiwan residents.
    #[serde(rename = "台湾居民居住证")]
    TaiwanResidence,
    /// Any state's passport.
    #[serde(rename = "护照")]
    Passport,
    /// The card of foreigners with permanent residence, old and new.
    #[serde(rename = "外国人永久居留身份证")]
    ForeignPermanentResidence,
    /// The card of officers.
    #[serde(rename = "军官证")]
    OfficerCard,
}

/// Which of the two procedures of procedure.md applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// 身份证类型: police check first (procedure.md §2).
    Id,
    /// 非身份证证件类型: portrait and documents in one bundle (procedure.md §3).
    NonId,
}

impl DocumentType {
    /// All eight, in the order of domain.md §5.1.
    pub const ALL: [Self; 8] = [
        Self::ResidentId,
        Self::HkMacaoPermit,
        Self::TaiwanPermit,
        Self::HkMacaoResidence,
        Self::TaiwanResidence,
        Self::Passport,
        Self::ForeignPermanentResidence,
        Self::OfficerCard,
    ];

    /// The document's own name, as records and people write it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ResidentId => "居民身份证",
            Self::HkMacaoPermit => "港澳居民来往内地通行证",
            Self::TaiwanPermit => "台湾居民来往大陆通行证",
            Self::HkMacaoResidence => "港澳居民居住证",
            Self::TaiwanResidence => "台湾居民居住证",
            Self::Passport => "护照",
            Self::ForeignPermanentResidence => "外国人永久居留身份证",
            Self::OfficerCard => "军官证",
        }
    }

    /// The type with this label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|document| document.label() == label)
    }

    /// The name of its rule in [`super::RULES`].
    pub const fn rule_name(self) -> &'static str {
        match self {
            Self::ResidentId => "resident_id",
            Self::HkMacaoPermit => "hk_macao_permit",
            Self::TaiwanPermit => "taiwan_permit",
            Self::HkMacaoResidence => "hk_macao_residence",
            Self::TaiwanResidence => "taiwan_residence",
            Self::Passport => "passport",
            Self::ForeignPermanentResidence => "foreign_permanent_residence",
            Self::OfficerCard => "officer_card",
        }
    }

    /// The procedure of this type. Set per type, because residence cards also have 18 digits but are not in the
    /// file of the resident population (procedure.md AMB-30): only 居民身份证 is checked there.
    pub const fn track(self) -> Track {
        match self {
            Self::ResidentId => Track::Id,
            Self::HkMacaoPermit
            | Self::TaiwanPermit
            | Self::HkMacaoResidence
            | Self::TaiwanResidence
            | Self::Passport
            | Self::ForeignPermanentResidence
            | Self::OfficerCard => Track::NonId,
        }
    }

    /// Whether only residents of Hong Kong, Macao and Taiwan have it.
    pub const fn is_of_hk_mo_tw(self) -> bool {
        matches!(
            self,
            Self::HkMacaoPermit | Self::TaiwanPermit | Self::HkMacaoResidence | Self::TaiwanResidence
        )
    }

    /// How many leading characters identify the person; `None` for all. The rest of a permit's number counts how
    /// often it was issued.
    const fn identifying_length(self) -> Option<usize> {
        match self {
            Self::HkMacaoPermit => Some(9),
            Self::TaiwanPermit => Some(8),
            _ => None,
        }
    }
}

/// Whether a number that its rule passed and the number of the record are the same person's document. The record's
/// number is normalised here, in case its system keeps it otherwise. How long it takes does not tell how much agrees.
pub fn same_number(document: DocumentType, given: &str, recorded: &str) -> bool {
    let [given_key, recorded_key] = [given, recorded].map(|number| identifying(document, number));
    !given.is_empty() && bool::from(given_key.as_bytes().ct_eq(recorded_key.as_bytes()))
}

/// What of a number identifies its person, normalised.
pub fn identifying(document: DocumentType, number: &str) -> String {
    let whole = super::document::normalise(document, number);
    whole.chars().take(document.identifying_length().unwrap_or(usize::MAX)).collect()
}
