//! `notices.toml`, with the menus below its texts, and `renamed.toml`.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;
use unicode_width::UnicodeWidthStr;

use super::{
    super::{
        known::Term,
        mistake::{Noun, What, nearest},
        script::{Notice, State},
        source::{NoticeSource, NoticesFile, RenamedFile, Word},
        understand::{Ears, Offer, Understood, fold, is_number, understand},
    },
    Checker,
    interrupts::Heard,
    text::LONGEST,
};

/// Longest item of a menu, in 汉字: a line of a phone at a large font (voice.md, rule 2). The platform names no limit.
const ITEM_LINE: usize = 20;
/// How a text asks for a word: 「请回复「继续」」.
const ASKS: &str = "回复「";

/// What is understood wherever somebody is, folded: words of interrupts, and the buttons of a case's homes.
fn heard_everywhere(states: &[Option<State>], heard: Option<&Heard>) -> BTreeSet<String> {
    let homes = states.iter().flatten().filter(|state| !state.stages.is_empty());
    let buttons = homes.flat_map(|home| home.choices(|_| true)).map(|choice| fold(&choice.offer.label));
    buttons.chain(heard.into_iter().flat_map(|heard| heard.words.keys().cloned())).collect()
}

impl Checker<'_, '_> {
    /// The words of every event.
    pub(super) fn notices(
        &mut self,
        file: usize,
        source: &NoticesFile,
        states: &[Option<State>],
        heard: Option<&Heard>,
    ) -> BTreeMap<&'static str, Notice> {
        let everywhere = heard_everywhere(states, heard);
        let mut notices = BTreeMap::new();
        for (name, notice) in source {
            let event = self.term(file, Noun::Event, name);
            let notice = notice.get_ref();
            let scope = event.map(|event| self.scope(&[&event.variables]));
            let text = self.required(file, &name.span(), "a notice", "text", notice.text.as_ref());
            for words in text.into_iter().chain(notice.template.values()) {
                self.check_asked_for(file, notice, words, &everywhere);
            }
            let (Some(event), Some(scope), Some(text)) = (event, scope, text) else { continue };
            let text = self.text(file, text, &scope);
            let template = notice
                .template
                .iter()
                .filter_map(|(field, words)| Some((field.get_ref().clone(), self.text(file, words, &scope)?)))
                .collect();
            let menu = self.notice_menu(file, event, notice, states, heard);
            if let Some(text) = text {
                let (important, then_text) = (notice.important, notice.then_text);
                notices.insert(event.name, Notice { text, menu, template, important, then_text });
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
    fn check_asked_for(&mut self, file: usize, notice: &NoticeSource, text: &Word, heard: &BTreeSet<String>) {
        // What cannot be an item at all is said of the item.
        let items = notice.menu.as_ref().map_or(&[][..], |menu| menu.get_ref());
        let misshapen: Vec<&String> = items
            .iter()
            .filter(|item| misshapen(item, &fold(item.get_ref()), text.get_ref()).is_some())
            .map(Spanned::get_ref)
            .collect();
        let asked = text.get_ref().split(ASKS).skip(1).filter_map(|rest| rest.split('」').next());
        let unheard = asked.filter(|word| !heard.contains(&fold(word)));
        for word in unheard.filter(|word| !misshapen.iter().any(|item| item == word)) {
            self.note(file, text.span(), What::NoticeUnheard { word: word.to_owned() });
        }
    }

    /// The words to tap below a notice: each is asked for in its text and understood where the notice leads.
    fn notice_menu(
        &mut self,
        file: usize,
        event: &Term,
        notice: &NoticeSource,
        states: &[Option<State>],
        heard: Option<&Heard>,
    ) -> Vec<String> {
        let Some(menu) = &notice.menu else { return Vec::new() };
        let (span, items) = (menu.span(), menu.get_ref());
        if items.is_empty() {
            self.note(file, span.clone(), What::MenuEmpty);
        }
        let text = notice.text.as_ref().map_or("", |text| text.get_ref().as_str());
        let mut offered = BTreeSet::new();
        for item in items {
            let folded = fold(item.get_ref());
            if !offered.insert(folded.clone()) {
                let (word, first) = (item.get_ref().clone(), "an item before".to_owned());
                self.note(file, item.span(), What::WordClash { word, first });
                continue;
            }
            if let Some(what) = misshapen(item, &folded, text) {
                self.note(file, item.span(), what);
            } else if let Some(heard) = heard {
                self.check_item(file, event, item, states, heard);
            }
        }
        let bytes = text.len() + items.iter().map(|item| item.get_ref().len()).sum::<usize>();
        if bytes > LONGEST && text.len() <= LONGEST {
            self.note(file, span, What::TooLong { bytes, limit: LONGEST });
        }
        items.iter().map(|item| item.get_ref().clone()).collect()
    }

    /// A tapped word is heard at the home of each stage that the notice leads to, or everywhere.
    fn check_item(
        &mut self,
        file: usize,
        event: &Term,
        item: &Word,
        states: &[Option<State>],
        heard: &Heard,
    ) {
        let is_heard = |offers: &[&Offer], ears: &Ears| {
            let meant = understand(item.get_ref(), offers, ears, &[]);
            matches!(meant, Understood::Choice(_) | Understood::Interrupt(_))
        };
        if is_heard(&[], &heard.ears) {
            return;
        }
        let unheard = |stage: Option<&str>, offers: &[&Offer]| What::ItemUnheard {
            item: item.get_ref().clone(),
            stage: stage.map(str::to_owned),
            known: offers.iter().map(|offer| offer.label.clone()).collect(),
        };
        if event.stages.is_empty() {
            self.note(file, item.span(), unheard(None, &[]));
        }
        for stage in &event.stages {
            // A stage without a home, or with a broken one, has been reported.
            let Some(home) = self.homes.get(stage).and_then(|id| states[id.0].as_ref()) else { continue };
            let offers: Vec<&Offer> = home.choices(|_| true).iter().map(|choice| &choice.offer).collect();
            if !is_heard(&offers, &Ears::default()) {
                self.note(file, item.span(), unheard(Some(stage), &offers));
            }
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

/// What is wrong with an item by itself, or beside its text.
fn misshapen(item: &Word, folded: &str, text: &str) -> Option<What> {
    let spelt = item.get_ref().clone();
    if folded.is_empty() {
        Some(What::EmptyText)
    } else if is_number(folded) {
        Some(What::NumberAsWord { word: spelt })
    } else if spelt.width() > 2 * ITEM_LINE {
        Some(What::ItemTooLong { item: spelt, limit: ITEM_LINE })
    } else if !text.contains(&format!("「{spelt}」")) {
        Some(What::ItemUnsaid { item: spelt })
    } else {
        None
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
