//! Sample data: what would be imported, who reviews, and what the neighbouring systems answer.

use std::collections::{BTreeMap, HashMap};

use graduation_bot::{
    clock::Clock,
    ids::Ids,
    store::{Import, ImportNote, StaffRow, Store, hash_password},
    turn::Audit,
    workflow::{batch::Batch, notice, plan},
};
use mock_platform::{Population, Template, Verdict};
use serde_json::Value;

const BATCH: &str = include_str!("../data/batch.json");
const PLANS: &str = include_str!("../data/plans.json");
const SCHEDULE: &str = include_str!("../data/schedule-guangzhou.csv");
const CANDIDATES: &str = include_str!("../data/candidates.json");
/// The one template that all notices share: their fields have the same names.
const TEMPLATE: &str = "TEMPLATE_GRADUATION";

/// Notices that `dialogs/notices.toml` gives no template fields: they can wait.
const WITHOUT_CARD: [&str; 6] = [
    "bundle_submitted",
    "page_opened",
    "people_left",
    "population_unavailable",
    "portrait_finished",
    "portrait_submitted",
];

/// A person to be, and what will happen to them.
pub(crate) struct Person {
    pub(crate) story: String,
    pub(crate) name: String,
    pub(crate) exam_no: String,
    pub(crate) document_type: String,
    pub(crate) document_no: String,
    /// As the registry has it: its last four digits are asked when binding.
    pub(crate) phone: Option<String>,
}

/// A reviewer's account.
pub(crate) struct Login {
    pub(crate) name: &'static str,
    pub(crate) role: &'static str,
    pub(crate) password: String,
}

/// Name, role, scope.
const STAFF: [(&str, &str, &str); 3] =
    [("市考办", "city", "广州市"), ("省考办", "province", ""), ("管理员", "admin", "")];

/// Everybody of the sample file.
pub(crate) fn people() -> anyhow::Result<Vec<Person>> {
    let list: Vec<Value> = serde_json::from_str(CANDIDATES)?;
    let text = |person: &Value, key: &str| person[key].as_str().unwrap_or_default().to_owned();
    let people = list.iter().map(|person| Person {
        story: text(person, "story"),
        name: text(person, "name"),
        exam_no: text(person, "exam_no"),
        document_type: text(person, "document_type"),
        document_no: text(person, "document_no"),
        phone: person["phone"].as_str().map(str::to_owned),
    });
    Ok(people.collect())
}

/// Their records as the registry gives them.
pub(crate) fn candidates() -> anyhow::Result<Vec<Value>> {
    let mut list: Vec<Value> = serde_json::from_str(CANDIDATES)?;
    for record in list.iter_mut().filter_map(Value::as_object_mut) {
        record.remove("story");
    }
    Ok(list)
}

/// What the population file says, by story.
pub(crate) fn population(people: &[Person]) -> Population {
    let of_story = |person: &Person| match person.story.as_str() {
        "id_mismatch" => Some(Verdict::Mismatch),
        "id_unavailable" => Some(Verdict::Unavailable),
        _ => None,
    };
    let numbers: HashMap<String, Verdict> =
        people.iter().filter_map(|person| Some((person.document_no.clone(), of_story(person)?))).collect();
    let mismatches = numbers.iter().filter(|(_, verdict)| **verdict == Verdict::Mismatch);
    let reasons = mismatches.map(|(number, _)| (number.clone(), "姓名不一致".to_owned())).collect();
    Population { default: Some(Verdict::Match), numbers, reasons }
}

/// The template that the account has been granted.
pub(crate) fn template() -> Template {
    Template::new(
        TEMPLATE,
        "毕业申请进度通知",
        "事项：{{thing1.DATA}}\n结果：{{phrase2.DATA}}\n提示：{{thing3.DATA}}",
    )
}

/// Every notice that has fields for it travels by it.
pub(crate) fn template_ids() -> BTreeMap<String, String> {
    let carded = notice::names().filter(|name| !WITHOUT_CARD.contains(name));
    carded.map(|name| (name.to_owned(), TEMPLATE.to_owned())).collect()
}

/// Imports batch, places and plans, and gives every reviewer a new password.
pub(crate) async fn fill(store: &Store, clock: &Clock, ids: &Ids) -> anyhow::Result<Vec<Login>> {
    let batch: Batch = serde_json::from_str(BATCH)?;
    let plans = plan::read_plans(PLANS).map_err(|found| anyhow::anyhow!("{found:?}"))?;
    let rows = plans.iter().map(|plan| Ok((plan.id.clone(), serde_json::to_string(plan)?)));
    let plans = rows.collect::<anyhow::Result<Vec<_>>>()?;
    let batches = [(batch.id.clone(), BATCH.to_owned())];
    for import in [
        Import::Batches(&batches),
        Import::Schedule { batch: &batch.id, csv: SCHEDULE, gone: &[] },
        Import::Plans(&plans),
    ] {
        let note = ImportNote { actor: "operator", detail: "the demo's", now: clock.business(), seen: None };
        store.import(import, &note, &|_| ()).await?;
    }
    let mut logins = Vec::new();
    for (name, role, scope) in STAFF {
        let password = ids.secret();
        let row = StaffRow::new(name, hash_password(password.clone()).await?, role, scope);
        let now = clock.business();
        if !store.add_staff(&row, "operator", now).await?
            && let Some(before) = store.staff(name).await?
        {
            let audit = Audit {
                actor: "operator".to_owned(),
                act: "reset_staff".to_owned(),
                subject: name.to_owned(),
                detail: String::new(),
            };
            store.change_staff(&StaffRow { stamp: before.stamp, ..row }, &audit, now).await?;
        }
        let role = if role == "city" { "city:广州市" } else { role };
        logins.push(Login { name, role, password });
    }
    Ok(logins)
}
