//! Numbers of the eight documents: shared order of checks, and the hint at another document.
//!
//! The order is domain.md §5.2: empty, wrong type, old 15 digits, characters, length, prefix or region, date,
//! future, check digit, warnings. A number is called another document's only when its shape is unmistakable: a
//! passport may look like almost anything, so only the Chinese shapes count as a hint.

mod card;
mod foreign;
mod officer;
mod permit;
mod place;

use super::text::{first_refused, fold_number, is_digits};
use super::{DocumentType, Facts, Invalid, Valid};

pub(super) use card::birth_of as card_birth;
pub use card::is_number as is_card_number;
pub(super) use foreign::old_card_birth;

/// Checks a number as the document of this type.
pub fn check(document: DocumentType, text: &str, facts: &Facts) -> Result<Valid, Invalid> {
    let number = normalise(document, text);
    if number.is_empty() {
        return Err(Invalid::new("empty"));
    }
    if let Some(other) = other_document(document, &number) {
        return Err(Invalid::which("wrong_type", other));
    }
    match document {
        DocumentType::ResidentId => card::check_resident(number, facts.today),
        DocumentType::HkMacaoResidence => card::check_residence(number, &["810000", "820000"], facts.today),
        DocumentType::TaiwanResidence => card::check_residence(number, &["830000"], facts.today),
        DocumentType::HkMacaoPermit => permit::check_hk_macao(number),
        DocumentType::TaiwanPermit => permit::check_taiwan(number),
        DocumentType::Passport => check_passport(number),
        DocumentType::ForeignPermanentResidence => foreign::check(number, facts.today),
        DocumentType::OfficerCard => officer::check(number),
    }
}

/// Checks a number whose document is not known yet: what any document's rule accepts is accepted, what none does is
/// explained as the document whose shape it has beyond doubt, else as a 居民身份证, which nearly everybody has. The
/// record decides the type afterwards (procedure.md P2).
pub fn check_of_any_type(text: &str, facts: &Facts) -> Result<Valid, Invalid> {
    let as_resident = check(DocumentType::ResidentId, text, facts);
    let others = || DocumentType::ALL.into_iter().find_map(|document| check(document, text, facts).ok());
    as_resident.or_else(|invalid| others().ok_or_else(|| own_mistake(text, *facts).unwrap_or(invalid)))
}

/// What is wrong with a number of one of the other cards of eighteen digits, where it is wrong as that of a 居民身份证
/// may be: everything else has no words before the document is known.
fn own_mistake(text: &str, facts: Facts) -> Option<Invalid> {
    let mut documents = DocumentType::ALL.into_iter();
    let document = documents.find(|&document| is_shaped(document, &normalise(document, text)))?;
    let own = check(document, text, &facts).err()?;
    matches!(own.code, "check_digit" | "date" | "future").then_some(own)
}

/// The form in which a number of this type is stored and compared; of a text that is no such number, its folded form.
pub(super) fn normalise(document: DocumentType, text: &str) -> String {
    let folded = fold_number(text);
    if document == DocumentType::OfficerCard { officer::complete(folded) } else { folded }
}

/// The document that this number belongs to beyond doubt, when it cannot be the asked one.
fn other_document(asked: DocumentType, number: &str) -> Option<&'static str> {
    if is_shaped(asked, number) || (asked == DocumentType::Passport && is_passport(number)) {
        return None;
    }
    // Two cards that are on no list but are often mistaken for a permit (domain.md §5.4).
    if asked == DocumentType::HkMacaoPermit && is_lettered(number, "C", 8) {
        return Some("往来港澳通行证");
    }
    let taiwan = matches!(asked, DocumentType::TaiwanPermit | DocumentType::TaiwanResidence);
    if taiwan
        && number.len() == 10
        && number.starts_with(|c: char| c.is_ascii_uppercase())
        && is_digits(&number[1..])
    {
        return Some("台湾居民身份证");
    }
    DocumentType::ALL.into_iter().find(|&other| is_shaped(other, number)).map(DocumentType::label)
}

/// Whether the number has the unmistakable shape of this document. Eight digits may be anything, so a Taiwan permit
/// has none.
fn is_shaped(document: DocumentType, number: &str) -> bool {
    match document {
        DocumentType::ResidentId => card::is_shaped(number) && place::is_province(&number[..2]),
        DocumentType::HkMacaoResidence => {
            card::is_shaped(number) && (number.starts_with("810000") || number.starts_with("820000"))
        }
        DocumentType::TaiwanResidence => card::is_shaped(number) && number.starts_with("830000"),
        DocumentType::HkMacaoPermit => permit::is_hk_macao(number),
        DocumentType::TaiwanPermit => false,
        DocumentType::Passport => ["E", "G", "K"].iter().any(|letter| is_lettered(number, letter, 8)),
        DocumentType::ForeignPermanentResidence => foreign::is_shaped(number),
        DocumentType::OfficerCard => number.contains("字第"),
    }
}

fn is_lettered(number: &str, letters: &str, digits: usize) -> bool {
    number.strip_prefix(letters).is_some_and(|rest| rest.len() == digits && is_digits(rest))
}

/// `^[A-Z0-9]{5,9}$` with a digit (ICAO's number field; domain.md §5.4).
fn check_passport(number: String) -> Result<Valid, Invalid> {
    if let Some(found) = first_refused(&number, |_, c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return Err(Invalid::character(found));
    }
    if !(5..=9).contains(&number.len()) {
        return Err(Invalid::length(number.len(), "5–9"));
    }
    if !number.bytes().any(|b| b.is_ascii_digit()) {
        return Err(Invalid::new("no_digit"));
    }
    Ok(Valid::plain(number))
}

fn is_passport(number: &str) -> bool {
    check_passport(number.to_owned()).is_ok()
}
