//! `notices.toml` and `renamed.toml`.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{
    super::{
        mistake::{Noun, What, nearest},
        script::Notice,
        source::{NoticesFile, RenamedFile, Word},
        understand::fold,
    },
    Checker, Sources,
    interrupts::HeardWords,
};

/// How a text asks for a word: 「请回复「继续」」.
const ASKS: &str = "回复「";

/// What is understood wherever somebody is, folded.
pub(super) fn heard_everywhere(sources: &Sources, heard: Option<&HeardWords>) -> BTreeSet<String> {
    let states = sources.dialogs.iter().flat_map(|(_, dialog)| dialog.state.values());
    let homes = states.map(Spanned::get_ref).filter(|state| state.case.is_some());
    let choices = homes.filter_map(|state| state.choice.as_ref()).flat_map(Spanned::get_ref);
    let buttons = choices.filter_map(|choice| choice.get_ref().label.as_ref());
    let words = heard.into_iter().flat_map(|heard| heard.keys().cloned());
    buttons.map(|label| fold(label.get_ref())).chain(words).collect()
}

impl Checker<'_, '_> {
    /// The words of every event.
    pub(super) fn notices(
        &mut self,
        file: usize,
        source: &NoticesFile,
        heard: &BTreeSet<String>,
    ) -> BTreeMap<&'static str, Notice> {
        let mut notices = BTreeMap::new();
        for (name, notice) in source {
            let event = self.term(file, Noun::Event, name);
            let notice = notice.get_ref();
            let scope = event.map(|event| self.scope(&[&event.variables]));
            let text = self.required(file, &name.span(), "a notice", "text", notice.text.as_ref());
            for words in text.into_iter().chain(notice.template.values()) {
                self.check_asked_for(file, words, heard);
            }
            let (Some(event), Some(scope), Some(text)) = (event, scope, text) else { continue };
            let text = self.text(file, text, &scope);
            let template = notice
                .template
                .iter()
                .filter_map(|(field, words)| Some((field.get_ref().clone(), self.text(file, words, &scope)?)))
                .collect();
            if let Some(text) = text {
                notices.insert(event.name, Notice { text, template, important: notice.important });
            }
        }
        let named: BTreeSet<&str> = source.keys().map(|name| name.get_ref().as_str()).collect();
        for event in &self.known.events {
            let is_meant = |name: &&str| nearest(name, &[event.name.to_owned()]).is_some();
            if !named.contains(event.name) && !named.iter().any(|name| !self.is_event(name) && is_meant(name))
            {
                self.note(file, 0..0, What::NoticeMissing { event: event.name.to_owned() });
            }
        }
        notices
    }

    /// A notice reaches people wherever they are: what it asks for must be understood there.
    fn check_asked_for(&mut self, file: usize, text: &Word, heard: &BTreeSet<String>) {
        let asked = text.get_ref().split(ASKS).skip(1).filter_map(|rest| rest.split('」').next());
        for word in asked.filter(|word| !heard.contains(&fold(word))) {
            self.note(file, text.span(), What::NoticeUnheard { word: word.to_owned() });
        }
    }

    fn is_event(&self, name: &str) -> bool {
        self.known.events.iter().any(|event| event.name == name)
    }

    /// Old state → new state, both in full.
    pub(super) fn renamed(&mut self, file: usize, source: &RenamedFile) -> BTreeMap<String, String> {
        for (old, new) in source {
            if self.by_name.contains_key(old.get_ref()) {
                let what = What::RenamedStillThere { state: old.get_ref().clone() };
                self.note(file, old.span(), what);
            } else if !source.contains_key(new.get_ref().as_str()) {
                self.check_renamed(file, new);
            } else if is_circle(source, new.get_ref()) {
                self.note(file, old.span(), What::RenamedCircle { state: old.get_ref().clone() });
            }
        }
        source.iter().map(|(old, new)| (old.get_ref().clone(), new.get_ref().clone())).collect()
    }

    fn check_renamed(&mut self, file: usize, new: &Spanned<String>) {
        let name = new.get_ref();
        if self.by_name.contains_key(name) {
            return;
        }
        let (dialog, state) = name.split_once('.').unwrap_or((super::MAIN, name));
        let outline = self.outlines.iter().find(|outline| outline.id == dialog);
        let what = if let Some(outline) = outline {
            let (dialog, name, known) = (dialog.to_owned(), state.to_owned(), outline.states.clone());
            What::UnknownState { dialog, name, known }
        } else {
            let known = self.outlines.iter().map(|outline| outline.id.clone()).collect();
            What::UnknownDialog { name: dialog.to_owned(), known }
        };
        self.note(file, new.span(), what);
    }
}

fn is_circle(rows: &RenamedFile, start: &str) -> bool {
    let mut name = start;
    for _ in 0..=rows.len() {
        match rows.get(name) {
            Some(newer) => name = newer.get_ref(),
            None => return false,
        }
    }
    true
}
