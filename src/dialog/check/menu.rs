//! `menu.toml`: the account's menu within the platform's limits (protocol §11), as the body of `menu/create`.

use std::collections::HashMap;

use serde_json::{Value, json};
use toml::Spanned;
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        mistake::{Noun, What},
        source::{ButtonSource, MenuFile, Word},
    },
    Checker,
};

/// Buttons side by side, and entries above each.
const BUTTONS: usize = 3;
const ENTRIES: usize = 5;
/// Bytes of a key and of an address.
const KEY_BYTES: usize = 128;
const URL_BYTES: usize = 1024;

/// What differs between the two levels.
#[derive(Clone, Copy)]
struct Level {
    name_bytes: usize,
    /// 汉字 that clients show.
    shown: usize,
}

const TOP: Level = Level { name_bytes: 16, shown: 4 };
const SUB: Level = Level { name_bytes: 60, shown: 8 };

/// All types of buttons (protocol §11), and the fields that each needs. An old client that knows no mini programs opens
/// the `url` instead.
const TYPES: [(&str, &[&str]); 13] = [
    ("click", &["key"]),
    ("view", &["url"]),
    ("miniprogram", &["appid", "pagepath", "url"]),
    ("pic_sysphoto", &["key"]),
    ("pic_photo_or_album", &["key"]),
    ("pic_weixin", &["key"]),
    ("location_select", &["key"]),
    ("scancode_push", &["key"]),
    ("scancode_waitmsg", &["key"]),
    ("media_id", &["media_id"]),
    ("view_limited", &["media_id"]),
    ("article_id", &["article_id"]),
    ("article_view_limited", &["article_id"]),
];

impl Checker<'_, '_> {
    pub(super) fn menu(&mut self, file: usize, source: &MenuFile, heard: &HashMap<String, usize>) -> Value {
        let found = source.button.len();
        if found == 0 && self.files[file].removed.is_empty() {
            self.note_missing(file, 0..0, "a menu", "button");
        }
        if let Some(extra) = source.button.get(BUTTONS) {
            let what = What::TooManyButtons { what: "buttons", limit: BUTTONS, found };
            self.note(file, extra.span(), what);
        }
        let buttons: Vec<Value> = source.button.iter().map(|button| self.top(file, button, heard)).collect();
        json!({ "button": buttons })
    }

    fn top(&mut self, file: usize, source: &Spanned<ButtonSource>, heard: &HashMap<String, usize>) -> Value {
        let button = source.get_ref();
        if button.sub_button.is_empty() {
            return self.button(file, source, TOP, heard);
        }
        let name = self.button_name(file, source, TOP);
        for (key, value) in [("type", &button.kind)].into_iter().chain(fields(button)) {
            if let Some(value) = value {
                self.note(file, value.span(), What::ButtonOpensOnly { key });
            }
        }
        let found = button.sub_button.len();
        if let Some(extra) = button.sub_button.get(ENTRIES) {
            let what = What::TooManyButtons { what: "entries above a button", limit: ENTRIES, found };
            self.note(file, extra.span(), what);
        }
        let entries: Vec<Value> =
            button.sub_button.iter().map(|entry| self.button(file, entry, SUB, heard)).collect();
        json!({ "name": name, "sub_button": entries })
    }

    fn button(
        &mut self,
        file: usize,
        source: &Spanned<ButtonSource>,
        level: Level,
        heard: &HashMap<String, usize>,
    ) -> Value {
        let (span, button) = (source.span(), source.get_ref());
        if let Some(below) = button.sub_button.first() {
            self.note(file, below.span(), What::ButtonTooDeep);
            return Value::Null;
        }
        let name = self.button_name(file, source, level);
        let Some(kind) = self.required(file, &span, "a button", "type", button.kind.as_ref()) else {
            return Value::Null;
        };
        let Some(&(kind, needs)) = TYPES.iter().find(|(known, _)| known == kind.get_ref()) else {
            let known = TYPES.iter().map(|(known, _)| (*known).to_owned()).collect();
            let name = kind.get_ref().clone();
            self.note(file, kind.span(), What::UnknownName { noun: Noun::ButtonType, name, known });
            return Value::Null;
        };
        let mut body = json!({ "type": kind, "name": name });
        for (field, value) in fields(button) {
            if !needs.contains(&field) {
                if let Some(value) = value {
                    self.note(file, value.span(), What::ButtonFieldUnused { kind, field });
                }
            } else if let Some(value) =
                self.required(file, &span, &format!("a `{kind}` button"), field, value.as_ref())
            {
                self.check_field(file, field, value);
                if kind == "click" && !heard.contains_key(value.get_ref()) {
                    let mut known: Vec<String> = heard.keys().cloned().collect();
                    known.sort();
                    self.note(file, value.span(), What::KeyUnheard { key: value.get_ref().clone(), known });
                }
                body[field] = json!(value.get_ref());
            }
        }
        body
    }

    fn check_field(&mut self, file: usize, field: &'static str, value: &Word) {
        self.check_bytes(file, value, field, if field == "key" { KEY_BYTES } else { URL_BYTES });
        let is_address = |text: &str| {
            ["https://", "http://"].iter().any(|scheme| {
                text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
            }) && !text.contains(char::is_whitespace)
        };
        if field == "url" && !value.get_ref().is_empty() && !is_address(value.get_ref()) {
            self.note(file, value.span(), What::ButtonNoAddress);
        }
    }

    fn button_name(&mut self, file: usize, source: &Spanned<ButtonSource>, level: Level) -> String {
        let name = source.get_ref().name.as_ref();
        let Some(name) = self.required(file, &source.span(), "a button", "name", name) else {
            return String::new();
        };
        self.check_bytes(file, name, "name", level.name_bytes);
        let is_short = name.get_ref().len() <= level.name_bytes;
        if is_short && name.get_ref().width() > 2 * level.shown {
            let what = What::ButtonTooWide { name: name.get_ref().clone(), limit: level.shown };
            self.note(file, name.span(), what);
        }
        name.get_ref().clone()
    }

    fn check_bytes(&mut self, file: usize, word: &Word, what: &'static str, limit: usize) {
        let bytes = word.get_ref().len();
        if bytes == 0 {
            self.note(file, word.span(), What::EmptyText);
        } else if bytes > limit {
            self.note(file, word.span(), What::ButtonTooLong { what, bytes, limit });
        }
    }
}

/// What a button may carry beside its name and type.
fn fields(button: &ButtonSource) -> [(&'static str, &Option<Word>); 6] {
    [
        ("key", &button.key),
        ("url", &button.url),
        ("appid", &button.appid),
        ("pagepath", &button.pagepath),
        ("media_id", &button.media_id),
        ("article_id", &button.article_id),
    ]
}
