//! The published and generated test values, read once per test that asks. Only tests see this.

use serde_json::Value;

const VECTORS: &str = include_str!("../../tests/data/wechat-vectors.json");

/// One row of one table.
pub(super) struct Row(Value);

/// All rows of one table, which is never empty.
pub(super) fn rows(table: &str) -> Vec<Row> {
    let mut all: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let Value::Array(rows) = all[table].take() else { panic!("no table {table}") };
    assert!(!rows.is_empty(), "{table} is empty");
    rows.into_iter().map(Row).collect()
}

impl Row {
    pub(super) fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_else(|| panic!("{} has no text {field}", self.0["id"]))
    }
    pub(super) fn optional_text(&self, field: &str) -> Option<&str> {
        self.0[field].as_str()
    }
    pub(super) fn number(&self, field: &str) -> i64 {
        self.0[field].as_i64().unwrap_or_else(|| panic!("{} has no number {field}", self.0["id"]))
    }
    pub(super) fn flag(&self, field: &str) -> bool {
        self.0[field].as_bool().unwrap_or_else(|| panic!("{} has no flag {field}", self.0["id"]))
    }
    pub(super) fn codes(&self) -> Vec<i64> {
        let codes = self.0["vendor_code"].as_array().expect("a list of codes");
        codes.iter().map(|code| code.as_i64().expect("a code")).collect()
    }
    pub(super) fn id(&self) -> &str {
        self.text("id")
    }
}
