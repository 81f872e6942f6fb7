//! The description as a page for people: made once, of the same document that programs read.

mod sample;

use std::sync::Arc;

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use super::words::PROBLEMS;
use crate::{
    office::keys::SCOPES,
    web::{WebError, staff},
};
use sample::sample;

/// The page, rendered.
#[derive(Clone)]
pub(super) struct Reader(Arc<Result<String, WebError>>);

impl Reader {
    /// Of a description.
    pub(super) fn of(document: &OpenApi) -> Self {
        let document = serde_json::to_value(document).expect("a description of text keys");
        Self(Arc::new(staff::reader(&ReaderPage::of(&document))))
    }

    pub(super) fn answer(&self) -> Response {
        match &*self.0 {
            Ok(html) => (StatusCode::OK, Html(html.clone())).into_response(),
            Err(error) => error.answer(false),
        }
    }
}

/// What the page says.
#[derive(Debug, Serialize)]
pub(in crate::web) struct ReaderPage {
    intro: Vec<String>,
    scopes: Vec<ScopeLine>,
    groups: Vec<Group>,
    schemas: Vec<SchemaSaid>,
    problems: Vec<ProblemLine>,
}

#[derive(Debug, Serialize)]
struct ScopeLine {
    name: &'static str,
    words: &'static str,
}

#[derive(Debug, Serialize)]
struct ProblemLine {
    name: &'static str,
    status: u16,
    title: &'static str,
    about: &'static str,
}

/// Operations that belong together.
#[derive(Debug, Serialize)]
struct Group {
    name: String,
    operations: Vec<OperationSaid>,
}

#[derive(Debug, Serialize)]
struct OperationSaid {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: String,
    scope: String,
    parameters: Vec<Field>,
    bodies: Vec<Media>,
    answers: Vec<AnswerSaid>,
    curl: String,
}

/// A parameter, or a field of an object.
#[derive(Debug, Serialize)]
struct Field {
    name: String,
    /// Of a parameter: `query`, `path` or `header`.
    place: String,
    kind: Kind,
    required: bool,
    about: String,
}

/// What a value is: words, and the object they lead to.
#[derive(Debug, Serialize)]
struct Kind {
    words: String,
    link: Option<String>,
}

#[derive(Debug, Serialize)]
struct Media {
    media: String,
    kind: Kind,
}

#[derive(Debug, Serialize)]
struct AnswerSaid {
    status: String,
    about: String,
    media: Vec<Media>,
}

#[derive(Debug, Serialize)]
struct SchemaSaid {
    name: String,
    about: String,
    fields: Vec<Field>,
}

const METHODS: [&str; 3] = ["get", "post", "patch"];

impl ReaderPage {
    pub(super) fn of(document: &Value) -> Self {
        let said = text(&document["info"]["description"]);
        let scopes = SCOPES.map(|(_, name, _, words)| ScopeLine { name, words });
        let problems = PROBLEMS.iter().map(|words| ProblemLine {
            name: words.name,
            status: words.status,
            title: words.title,
            about: words.about,
        });
        Self {
            intro: said.split("\n\n").map(str::to_owned).collect(),
            scopes: scopes.into(),
            groups: groups(document),
            schemas: entries(&document["components"]["schemas"]).map(SchemaSaid::of).collect(),
            problems: problems.collect(),
        }
    }
}

/// In the order in which somebody needs them.
const TAGS: [&str; 10] = ["密钥", "总览", "申请", "审核", "现场", "考生", "留言", "通知", "数据", "审计"];

fn groups(document: &Value) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (path, item) in entries(&document["paths"]) {
        for method in METHODS.into_iter().filter(|method| item.get(method).is_some()) {
            let operation = OperationSaid::of(document, method, path, &item[method]);
            let tag = text(&item[method]["tags"][0]);
            match groups.iter_mut().find(|group| group.name == tag) {
                Some(group) => group.operations.push(operation),
                None => groups.push(Group { name: tag, operations: vec![operation] }),
            }
        }
    }
    groups.sort_by_key(|group| TAGS.iter().position(|tag| *tag == group.name));
    groups
}

impl OperationSaid {
    fn of(document: &Value, method: &str, path: &str, operation: &Value) -> Self {
        let bodies = media(&operation["requestBody"]["content"]);
        let answers = entries(&operation["responses"]).map(|(status, answer)| AnswerSaid {
            status: status.clone(),
            about: text(&answer["description"]),
            media: media(&answer["content"]),
        });
        let parameters = list(&operation["parameters"]).map(|parameter| Field {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            kind: Kind::of(&parameter["schema"]),
            required: parameter["required"] == true,
            about: text(&parameter["description"]),
        });
        Self {
            id: text(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            about: text(&operation["description"]),
            scope: text(&operation["security"][0]["key"][0]),
            parameters: parameters.collect(),
            answers: answers.collect(),
            curl: curl(document, method, path, operation),
            bodies,
        }
    }
}

/// How a shell asks for it. `$BOT` and `$KEY` are the reader's.
fn curl(document: &Value, method: &str, path: &str, operation: &Value) -> String {
    let mut lines = vec![r#"curl -H "Authorization: Bearer $KEY""#.to_owned()];
    let has_header = list(&operation["parameters"]).any(|parameter| parameter["in"] == "header");
    if has_header {
        lines.push(r#"-H "Idempotency-Key: $(uuidgen)""#.to_owned());
    }
    if let Some((media, content)) = entries(&operation["requestBody"]["content"]).next() {
        lines.push(format!(r#"-H "Content-Type: {media}""#));
        if media == "application/json" {
            lines.push(format!("-d '{}'", sample(document, &content["schema"])));
        } else {
            lines.push("--data-binary @文件".to_owned());
        }
    } else if method != "get" {
        lines.push(format!("-X {}", method.to_uppercase()));
    }
    if method == "patch" {
        lines.push("-X PATCH".to_owned());
    }
    lines.push(format!("\"$BOT{}\"", filled(path, operation)));
    lines.dedup();
    lines.join(" \\\n  ")
}

/// The path with examples in its parameters' places, and what a query cannot do without.
fn filled(path: &str, operation: &Value) -> String {
    let mut filled = path.to_owned();
    let mut query = Vec::new();
    for parameter in list(&operation["parameters"]) {
        let name = text(&parameter["name"]);
        let example = parameter["example"].as_str().unwrap_or("…");
        match parameter["in"].as_str() {
            Some("path") => filled = filled.replace(&format!("{{{name}}}"), example),
            Some("query") if parameter["required"] == true => query.push(format!("{name}={example}")),
            _ => {}
        }
    }
    if query.is_empty() { filled } else { format!("{filled}?{}", query.join("&")) }
}

impl SchemaSaid {
    fn of((name, schema): (&String, &Value)) -> Self {
        let required: Vec<&str> = list(&schema["required"]).filter_map(Value::as_str).collect();
        let fields = entries(&schema["properties"]).map(|(name, field)| Field {
            name: name.clone(),
            place: String::new(),
            kind: Kind::of(field),
            required: required.contains(&name.as_str()),
            about: text(&field["description"]),
        });
        Self { name: name.clone(), about: text(&schema["description"]), fields: fields.collect() }
    }
}

impl Kind {
    fn of(schema: &Value) -> Self {
        if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
            return Self { words: name.to_owned(), link: Some(name.to_owned()) };
        }
        for choice in ["oneOf", "anyOf", "allOf"] {
            if let Some(part) = list(&schema[choice]).find(|part| part["type"] != "null") {
                let kind = Self::of(part);
                let or_null = list(&schema[choice]).any(|part| part["type"] == "null");
                return if or_null { kind.or_null() } else { kind };
            }
        }
        if !schema["enum"].is_null() {
            let names: Vec<String> = list(&schema["enum"]).map(text).collect();
            return Self { words: names.join("、"), link: None };
        }
        match schema["type"].as_str() {
            Some("array") => {
                let kind = Self::of(&schema["items"]);
                Self { words: format!("列表：{}", kind.words), link: kind.link }
            }
            Some(kind) => Self { words: bounded(kind, schema), link: None },
            None => match list(&schema["type"]).find(|kind| *kind != "null") {
                Some(kind) => Self { words: bounded(&text(kind), schema), link: None }.or_null(),
                None => Self { words: "任意".to_owned(), link: None },
            },
        }
    }

    fn or_null(self) -> Self {
        Self { words: format!("{}，或 null", self.words), ..self }
    }
}

/// A type in words, with its bounds.
fn bounded(kind: &str, schema: &Value) -> String {
    let words = match (kind, schema["format"].as_str()) {
        ("string", Some("date")) => "日期",
        ("string", Some("date-time")) => "时间",
        ("string", Some("binary")) => "文件",
        ("string", _) => "文字",
        ("integer", _) => "整数",
        ("boolean", _) => "true、false",
        ("object", _) => "对象",
        (other, _) => other,
    };
    let bounds = match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(from), Some(to)) => format!(" {from} 到 {to}"),
        (Some(from), None) if from > 0 => format!("，从 {from} 起"),
        _ => String::new(),
    };
    format!("{words}{bounds}")
}

fn media(content: &Value) -> Vec<Media> {
    entries(content)
        .map(|(media, content)| Media { media: media.clone(), kind: Kind::of(&content["schema"]) })
        .collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Without the marks of Markdown, which the page does not render.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}
