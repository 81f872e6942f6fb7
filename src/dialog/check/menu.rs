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

/// Types of buttons that this account may use, and the key each needs.
const TYPES: [(&str, &str); 5] = [
    ("click", "key"),
    ("view", "url"),
    ("pic_sysphoto", "key"),
    ("pic_photo_or_album", "key"),
    ("location_select", "key"),
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
        for (key, value) in [("type", &button.kind), ("key", &button.key), ("url", &button.url)] {
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
        let name = self.button_name(file, source, level);
        let Some(kind) = self.required(file, &span, "a button", "type", button.kind.as_ref()) else {
            return Value::Null;
        };
        let Some((kind, needs)) = TYPES.iter().find(|(known, _)| known == kind.get_ref()) else {
            let known = TYPES.iter().map(|(known, _)| (*known).to_owned()).collect();
            let name = kind.get_ref().clone();
            self.note(file, kind.span(), What::UnknownName { noun: Noun::ButtonType, name, known });
            return Value::Null;
        };
        let value = if *needs == "key" { &button.key } else { &button.url };
        let Some(value) = self.required(file, &span, &format!("a `{kind}` button"), needs, value.as_ref())
        else {
            return Value::Null;
        };
        let limit = if *needs == "key" { KEY_BYTES } else { URL_BYTES };
        self.check_bytes(file, value, needs, limit);
        if *kind == "click" && !heard.contains_key(value.get_ref()) {
            let mut known: Vec<String> = heard.keys().cloned().collect();
            known.sort();
            self.note(file, value.span(), What::KeyUnheard { key: value.get_ref().clone(), known });
        }
        let mut body = json!({ "type": kind, "name": name });
        body[*needs] = json!(value.get_ref());
        body
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
