//! What differs between a record as it is stored and as a file has it, for people to look at.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{mask, validation::DocumentType};

/// One field that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its path, like `major.code`.
    pub field: String,
    /// As stored; personal values masked, empty when there is none.
    pub old: String,
    /// As the file has it.
    pub new: String,
}

/// Every field that differs. `is_personal` masks what tells of a person.
pub(super) fn diff(old: &Value, new: &Value, is_personal: bool) -> Vec<FieldChange> {
    let (before, after) = (flatten(old), flatten(new));
    let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
    fields.sort();
    fields.dedup();
    let differing = fields.into_iter().filter(|field| before.get(*field) != after.get(*field));
    let changes = differing.map(|field| {
        let (from, to) = (before.get(field).copied(), after.get(field).copied());
        let (old, new) = match (list(from), list(to)) {
            (Some(from), Some(to)) => lists(from, to),
            _ => (show(field, from, old, is_personal), show(field, to, new, is_personal)),
        };
        FieldChange { field: field.clone(), old, new }
    });
    changes.collect()
}

/// Values by their paths. Lists are values; what is empty is not there.
fn flatten(record: &Value) -> BTreeMap<String, &Value> {
    let mut fields = BTreeMap::new();
    let mut below = vec![(String::new(), record)];
    while let Some((path, value)) = below.pop() {
        match value {
            Value::Object(object) => below.extend(object.iter().map(|(name, value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                (path, value)
            })),
            Value::Null => {}
            Value::Array(items) if items.is_empty() => {}
            Value::String(text) if text.is_empty() => {}
            value => drop(fields.insert(path, value)),
        }
    }
    fields
}

/// A list of objects is told by how many entries it has. A missing one is an empty one.
fn list(value: Option<&Value>) -> Option<&[Value]> {
    match value {
        None => Some(&[]),
        Some(Value::Array(items)) if items.iter().any(Value::is_object) => Some(items),
        Some(_) => None,
    }
}

fn lists(old: &[Value], new: &[Value]) -> (String, String) {
    let (gone, added) = (beyond(old, new), beyond(new, old));
    (format!("{} 项", old.len()), format!("{} 项（减 {gone}，加 {added}）", new.len()))
}

/// How many entries the other list lacks.
fn beyond(list: &[Value], other: &[Value]) -> usize {
    list.iter().filter(|item| !other.contains(item)).count()
}

fn show(field: &str, value: Option<&Value>, record: &Value, is_personal: bool) -> String {
    let text = match value {
        None => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().unwrap_or_default()).collect::<Vec<_>>().join("；")
        }
        Some(value) => value.to_string(),
    };
    if is_personal { masked(field, &text, record) } else { text }
}

/// Just enough to recognise whom and what is meant (domain.md §8).
fn masked(field: &str, text: &str, record: &Value) -> String {
    let document = record["document_type"].as_str().and_then(DocumentType::from_label);
    match field {
        "name" => mask::name(text),
        "document_no" => mask::document_in_notice(document.unwrap_or(DocumentType::ResidentId), text),
        "phone" => mask::phone(text),
        "gender" => "*".to_owned(),
        "birth" => text.get(..4).map(|year| format!("{year}-**-**")).unwrap_or_default(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_told_by_field_and_persons_are_masked() {
        let old = json!({
            "name": "林样例", "document_type": "居民身份证", "document_no": "44010619920229039X", "gender": "男",
            "birth": "1992-02-29", "phone": null, "major": { "code": "080901", "course_group": "01" },
            "results": [{ "course": "1" }, { "course": "2" }], "issued": [], "candidate_type": "",
        });
        let mut new = old.clone();
        assert_eq!(diff(&old, &new, true), []);
        new["name"] = json!("林样板");
        new["document_no"] = json!("440103199003070037");
        new["birth"] = json!("1992-02-28");
        new["phone"] = json!("13800138000");
        new["major"]["code"] = json!("080902");
        new["results"] = json!([{ "course": "2" }, { "course": "3" }, { "course": "4" }]);
        new["issued"] = json!([{ "major_code": "1" }]);
        new["candidate_type"] = json!(null);
        let told: Vec<String> = diff(&old, &new, true)
            .into_iter()
            .map(|change| format!("{} {} → {}", change.field, change.old, change.new))
            .collect();
        let expected = [
            "birth 1992-**-** → 1992-**-**",
            "document_no 440***********039X → 440***********0037",
            "issued 0 项 → 1 项（减 0，加 1）",
            "major.code 080901 → 080902",
            "name 林** → 林**",
            "phone  → 138****8000",
            "results 2 项 → 3 项（减 1，加 2）",
        ];
        assert_eq!(told, expected);
        let open =
            diff(&json!({ "notes": ["甲", "乙"], "n": 1 }), &json!({ "notes": ["甲"], "n": 2 }), false);
        assert_eq!((open[0].old.as_str(), open[1].old.as_str(), open[1].new.as_str()), ("1", "甲；乙", "甲"));
    }
}
