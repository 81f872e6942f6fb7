//! A body as somebody might send it, of what its schema says.

use serde_json::{Map, Value, json};

/// Every field that has to be there, and those that have an example.
pub(super) fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return sample(document, &document["components"]["schemas"][name]);
    }
    let example = [&schema["example"], &schema["examples"][0], &schema["enum"][0]];
    if let Some(example) = example.into_iter().find(|example| !example.is_null()) {
        return example.clone();
    }
    let whole = |part: &Value| part["type"] != "null";
    if let Some(part) = schema["oneOf"].as_array().and_then(|parts| parts.iter().find(|part| whole(part))) {
        return sample(document, part);
    }
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
        Some("object") => object(document, schema),
        Some("array") => json!([sample(document, &schema["items"])]),
        Some("integer" | "number") => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        Some("boolean") => true.into(),
        _ => "…".into(),
    }
}

fn object(document: &Value, schema: &Value) -> Value {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|known| known == name));
    let fields = schema["properties"].as_object().into_iter().flatten();
    let fields = fields
        .filter(|(name, field)| is_required(name) || !field["example"].is_null())
        .map(|(name, field)| (name.clone(), sample(document, field)));
    Value::Object(fields.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_what_it_must_have() {
        let document =
            json!({ "components": { "schemas": { "Part": { "type": "string", "enum": ["a", "b"] } } } });
        let schema = json!({
            "type": "object", "required": ["round", "part", "names"],
            "properties": {
                "round": { "type": "integer", "minimum": 1 },
                "part": { "$ref": "#/components/schemas/Part" },
                "names": { "type": "array", "items": { "oneOf": [{ "type": "null" }, { "type": "string" }] } },
                "day": { "type": "string", "example": "2026-06-15" },
                "more": { "type": "boolean" },
            },
        });
        let expected = json!({ "round": 1, "part": "a", "names": ["…"], "day": "2026-06-15" });
        assert_eq!(sample(&document, &schema), expected);
    }
}
