//! What is said: texts in the order in which they are to be read, and the questions.

use minijinja::{Value, context};

use super::Scene;
use crate::{
    dialog::{self, Kind, Scripts, State, SystemText, Text},
    inbound::PhotoSlot,
    turn::view,
};

/// How a turn came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::turn) enum Came {
    /// By news that no person sent.
    Inside,
    /// By a tap or a scan, without words.
    Tapped,
    /// By a message.
    Written,
    /// By a message after so long a while that the question before it is no longer in anybody's mind.
    WrittenLate,
}

impl<'a> Scene<'a> {
    /// Says a state's words and its question.
    pub(in crate::turn) fn ask(&mut self, state: &'a State) {
        let view = self.view();
        let offers = self.offers_seen(state, &view);
        let text = self.world.scripts.ask(state, &view, &offers);
        self.push(&text);
    }

    /// The numbered offers alone, joined to what was said just before.
    pub(in crate::turn) fn show_offers(&mut self, state: &'a State) {
        let offers = self.offers(state);
        let list = dialog::number(&offers);
        match self.said.last_mut() {
            Some(said) if !list.is_empty() => *said = format!("{said}\n{list}"),
            _ => self.push(&list),
        }
    }

    /// After something in between: one line of where we were, then the question.
    pub(in crate::turn) fn ask_again(&mut self) {
        let state = self.state();
        let view = self.view();
        let offers = self.offers_seen(state, &view);
        let text = self.world.scripts.ask_again(state, &view, &offers);
        self.push(&text);
    }

    /// The question once more after something that could not be used.
    pub(in crate::turn) fn ask_once_more(&mut self) {
        let state = self.state();
        let view = self.view();
        let offers = self.offers_seen(state, &view);
        let text = self.world.scripts.repeat(state, &view, &offers);
        self.push(&text);
    }

    /// Says a text.
    pub(in crate::turn) fn say(&mut self, text: Text) {
        let said = self.world.scripts.render(text, &self.view());
        self.push(&said);
    }

    /// Says a text in one block with what was said just before.
    pub(in crate::turn) fn add(&mut self, text: Text) {
        let more = self.world.scripts.render(text, &self.view());
        self.append(&more);
    }

    /// The same of words.
    pub(in crate::turn) fn append(&mut self, more: &str) {
        match self.said.last_mut() {
            Some(said) if !more.trim().is_empty() => *said = format!("{said}\n{}", more.trim()),
            _ => self.push(more),
        }
    }

    /// Says what is wrong with a picture, a line for each code, between the words of a system text.
    pub(in crate::turn) fn list_faults(
        &mut self,
        state: &State,
        slot: PhotoSlot,
        codes: &[impl AsRef<str>],
        heading: SystemText,
    ) {
        self.facts.push(("photo_slot", slot.name().to_owned()));
        let said = faults(&self.world.scripts, state, codes, heading, &self.view());
        self.push(&said);
    }

    pub(in crate::turn) fn push(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.said.push(text.to_owned());
        }
    }

    /// Whoever comes back to a question after a long while hears where they were, unless they have gone elsewhere.
    pub(super) fn welcome_back(&mut self) {
        let scripts = &self.world.scripts;
        let (before, now) = (scripts.resolve(&self.before.session.state), self.state());
        let is_question = before.name != scripts.main().name && !matches!(before.kind, Kind::Wait);
        let dialog = scripts.dialog(before);
        if self.came != Came::WrittenLate
            || !is_question
            || self.said.is_empty()
            || scripts.dialog(now).id != dialog.id
        {
            return;
        }
        if let Some(title) = &dialog.title {
            let words = scripts.render(scripts.system(SystemText::Back), &context! { title });
            self.said.insert(0, words.trim().to_owned());
        }
    }

    /// What texts see.
    pub(in crate::turn) fn view(&self) -> Value {
        view::of(self)
    }
}

/// All that was found of a picture, numbered where it is more than one thing.
pub(in crate::turn) fn faults(
    scripts: &Scripts,
    state: &State,
    codes: &[impl AsRef<str>],
    heading: SystemText,
    view: &Value,
) -> String {
    let words = |code: &str| scripts.render(scripts.check_words(state, code), view).trim().to_owned();
    let mut lines: Vec<String> = codes.iter().map(|code| words(code.as_ref())).collect();
    if lines.len() > 1 {
        for (at, line) in lines.iter_mut().enumerate() {
            *line = format!("{}. {line}", at + 1);
        }
    }
    let faults = lines.join("\n");
    scripts.render(scripts.system(heading), &context! { faults })
}
