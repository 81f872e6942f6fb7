//! The data of record beside the pictures. What is printed on a document stands here whole, because it is compared letter by
//! letter, and that somebody saw it is in the audit; what is on no picture, exam number and phone, shows its ends; the phone is
//! shown whole to whoever asks, because candidates are called.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    mask,
    office::words,
    validation::{DocumentType, document_type::Track, profile::Gender},
    workflow::{
        candidate::Candidate,
        case::Case,
        plan::{Plan, PlanKey},
    },
};

/// A line of it.
#[derive(Serialize)]
pub(super) struct Fact {
    label: &'static str,
    value: String,
    /// Digits to compare.
    is_number: bool,
    /// To be looked at.
    is_warning: bool,
    /// `masked` or `whole`: the phone is shown whole when asked for. Empty of anything else.
    phone: &'static str,
}

/// The phone as somebody dials it, in place of the masked one.
pub(super) fn show_phone(facts: &mut [Fact], case: &Case) {
    let whole = case.phone.as_deref().map(dialled);
    if let (Some(fact), Some(whole)) = (facts.iter_mut().find(|fact| !fact.phone.is_empty()), whole) {
        (fact.value, fact.phone) = (whole, "whole");
    }
}

/// 「138 0013 8000」; numbers of elsewhere as they are.
fn dialled(phone: &str) -> String {
    match phone.strip_prefix("+86") {
        Some(own) if own.len() == 11 && own.is_ascii() => {
            format!("{} {} {}", &own[..3], &own[3..7], &own[7..])
        }
        _ => phone.to_owned(),
    }
}

/// The lines, those that a document shows first.
pub(super) fn facts(
    case: &Case,
    candidate: Option<&Candidate>,
    plans: &BTreeMap<PlanKey, Plan>,
    zone: &TimeZone,
) -> Vec<Fact> {
    let plain = |label, value: String| Fact { label, value, is_number: false, is_warning: false, phone: "" };
    let nobody = || {
        let value = "目前没有绑定微信，也没有导入的考籍记录".to_owned();
        vec![Fact { is_warning: true, ..plain("考生", value) }]
    };
    let mut facts = candidate.map_or_else(nobody, of_document);
    facts.push(plain("准考证号", mask::exam_no(&case.exam_no)));
    facts.extend(candidate.map(|candidate| plain("专业", major(candidate, plans))));
    facts.extend(candidate.map(|candidate| plain("主考学校", candidate.major.host_school().to_owned())));
    facts.push(plain("办理地点", words::place(case.place.as_ref())));
    let phone = case.phone.as_deref().map_or_else(|| "未填".to_owned(), mask::phone);
    facts.push(Fact { phone: if case.phone.is_some() { "masked" } else { "" }, ..plain("电话", phone) });
    let track = match case.track {
        Track::Id => "身份证",
        Track::NonId => "其他证件",
    };
    facts.push(plain("流程", track.to_owned()));
    facts.extend(case.population.as_ref().map(|found| {
        let said = if found.matched { "一致".to_owned() } else { format!("不一致：{}", found.reason) };
        let value = format!("{said}（{}）", words::moment(found.at, zone));
        Fact { is_warning: !found.matched, ..plain("人口库", value) }
    }));
    facts
}

/// Its code, and its name where the plan is known.
fn major(candidate: &Candidate, plans: &BTreeMap<PlanKey, Plan>) -> String {
    let code = &candidate.major.code;
    plans.get(&candidate.plan_key()).map_or_else(|| code.clone(), |plan| format!("{code} {}", plan.name))
}

fn of_document(candidate: &Candidate) -> Vec<Fact> {
    let gender = match candidate.gender {
        Gender::Male => "男",
        Gender::Female => "女",
    };
    let plain = |label, value: String| Fact { label, value, is_number: false, is_warning: false, phone: "" };
    vec![
        plain("姓名", candidate.name.clone()),
        plain("性别", gender.to_owned()),
        plain("出生", candidate.birth.to_string()),
        plain("证件", candidate.document_type.label().to_owned()),
        Fact { is_number: true, ..plain("号码", grouped(candidate.document_type, &candidate.document_no)) },
    ]
}

/// A card's eighteen digits as place, birth and rest, which are easier to hold against the picture; others as they are.
fn grouped(document: DocumentType, number: &str) -> String {
    let is_card = matches!(
        document,
        DocumentType::ResidentId | DocumentType::HkMacaoResidence | DocumentType::TaiwanResidence
    );
    match (is_card && number.is_ascii(), number.len()) {
        (true, 18) => format!("{} {} {}", &number[..6], &number[6..14], &number[14..]),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_shown_as_it_is_dialled() {
        let rows = [("+8613800138001", "138 0013 8001"), ("+85261234567", "+85261234567"), ("+861", "+861")];
        for (phone, expected) in rows {
            assert_eq!(dialled(phone), expected);
        }
    }

    #[test]
    fn a_card_s_number_stands_in_its_three_parts() {
        let rows = [
            (DocumentType::ResidentId, "440103199003070037", "440103 19900307 0037"),
            (DocumentType::ResidentId, "4401", "4401"),
            (DocumentType::Passport, "A12345678", "A12345678"),
            (DocumentType::OfficerCard, "军字第1234567号", "军字第1234567号"),
        ];
        for (document, number, expected) in rows {
            assert_eq!(grouped(document, number), expected);
        }
    }
}
