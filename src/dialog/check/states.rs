//! States: exactly one kind each, its names resolved, its words compiled.

use std::ops::Range;

use toml::Spanned;

use super::{
    super::{
        mistake::{Noun, What, nearest},
        render::{Text, has_tags},
        script::{Choice, GiveUp, Kind, ListInput, PhotoInput, State, StateId, Target, TextInput},
        source::{
            ChoiceSource, DialogFile, GiveUpSource, ListSource, OneOrMore, PhotoSource, StateSource,
            TextSource, Word,
        },
        understand::Offer,
    },
    Checker,
    acts::ActSource,
    interrupts::HeardWords,
    otherwise::{Shared, Uses},
    text::last_block,
};

/// Where the check stands.
#[derive(Clone)]
pub(super) struct Here {
    pub(super) file: usize,
    pub(super) dialog: usize,
    pub(super) id: StateId,
    /// The state's name without its dialog, and where it stands.
    pub(super) name: String,
    pub(super) span: Range<usize>,
}

/// The slot that a state fills.
pub(super) fn saved(state: &StateSource) -> Option<&String> {
    let text = state.text.as_ref().and_then(|text| text.get_ref().save.as_ref());
    let list = state.list.as_ref().and_then(|list| list.get_ref().save.as_ref());
    text.or(list).map(Spanned::get_ref)
}

impl<'k> Checker<'k, '_> {
    /// The states of one dialog, in the order of its file.
    pub(super) fn states(
        &mut self,
        dialog: usize,
        source: &DialogFile,
        shared: &Shared<'_>,
        heard: Option<&HeardWords>,
    ) -> Vec<Option<State>> {
        let (file, first) = (self.outlines[dialog].file, self.outlines[dialog].first);
        let mut sources: Vec<(&Word, &StateSource)> =
            source.state.iter().map(|(name, state)| (name, state.get_ref())).collect();
        sources.sort_by_key(|(name, _)| name.span().start);
        let here = |offset: usize, name: &Word| Here {
            file,
            dialog,
            id: StateId(first + offset),
            name: name.get_ref().clone(),
            span: name.span(),
        };
        let sources = sources.into_iter().enumerate();
        sources.map(|(offset, (name, state))| self.state(&here(offset, name), state, shared, heard)).collect()
    }

    fn state(
        &mut self,
        here: &Here,
        source: &StateSource,
        shared: &Shared<'_>,
        heard: Option<&HeardWords>,
    ) -> Option<State> {
        let mut uses = Uses::default();
        let enter =
            self.command(here.file, here.dialog, Some(here.id), source.enter.as_ref(), &source.on, &mut uses);
        let entered = uses.variables_of_last();
        let (kind, also) = self.kinds(here, source, &mut uses);
        if let Some(Kind::Choice(choices)) = &kind {
            self.check_words(here, source, heard);
            self.check_screen(here, source, choices);
        }
        let (say, again) = self.say(here, source, entered);
        let resume = source.resume.as_ref().and_then(|words| self.text(here.file, words, &self.scope(&[])));
        let tail = source.tail.as_ref().and_then(|words| self.text(here.file, words, &self.scope(&[])));
        let stages = self.stages(here, source);
        let give_up = source.give_up.as_ref().and_then(|give_up| self.give_up(here, give_up));
        let otherwise = self.otherwise(here, source, &uses, shared);
        Some(State {
            name: format!("{}.{}", self.outlines[here.dialog].id, here.name),
            dialog: here.dialog,
            say,
            again,
            resume,
            tail,
            stages,
            enter,
            kind: kind?,
            also,
            otherwise,
            give_up,
        })
    }

    /// What the state asks for, and what it takes beside choices.
    fn kinds(
        &mut self,
        here: &Here,
        source: &StateSource,
        uses: &mut Uses<'k>,
    ) -> (Option<Kind>, Option<Kind>) {
        let kinds = kinds_of(source);
        let state = here.name.clone();
        match kinds.as_slice() {
            [] => {
                if !self.files[here.file].removed.iter().any(|key| KINDS.contains(&key.as_str())) {
                    self.note(here.file, here.span.clone(), What::KindMissing { state });
                }
                (None, None)
            }
            [one] => (self.kind(here, source, one, uses), None),
            ["choice", also @ ("text" | "list" | "photo")] => {
                (self.kind(here, source, "choice", uses), self.kind(here, source, also, uses))
            }
            _ => {
                self.note(here.file, here.span.clone(), What::KindTwice { state, kinds: kinds.clone() });
                for kind in kinds {
                    self.kind(here, source, kind, uses);
                }
                (None, None)
            }
        }
    }

    fn kind(&mut self, here: &Here, source: &StateSource, kind: &str, uses: &mut Uses<'k>) -> Option<Kind> {
        match kind {
            "choice" => {
                let choices = source.choice.as_ref().map_or(&[][..], |choices| choices.get_ref()).iter();
                let choices: Vec<_> = choices
                    .enumerate()
                    .map(|(index, choice)| self.choice(here, index, choice, uses))
                    .collect();
                choices.into_iter().collect::<Option<_>>().map(Kind::Choice)
            }
            "text" => self.text_input(here, source.text.as_ref()?, uses),
            "list" => self.list_input(here, source.list.as_ref()?, uses),
            "photo" => self.photo_input(here, source.photo.as_ref()?, uses),
            "goto" => {
                self.target(here.file, here.dialog, Some(here.id), source.goto.as_ref()?).map(Kind::Goto)
            }
            "end" => Some(Kind::End),
            _ => Some(Kind::Wait),
        }
    }

    fn text_input(&mut self, here: &Here, source: &Spanned<TextSource>, uses: &mut Uses<'k>) -> Option<Kind> {
        let (span, text) = (source.span(), source.get_ref());
        let rule = self.required(here.file, &span, "a text", "rule", text.rule.as_ref());
        let rule =
            rule.and_then(|name| self.term(here.file, Noun::Rule, name).map(|term| (term, name.span())));
        uses.is_broken |= rule.is_none();
        uses.rule = rule.clone();
        let save = self.slot(here, &span, "a text", text.save.as_ref());
        let act = ActSource {
            owner: "a text",
            span,
            command: text.command.as_ref(),
            on: &text.on,
            say: text.say.as_ref(),
            goto: text.goto.as_ref(),
        };
        let act = self.act(here, &act, uses);
        Some(Kind::Text(TextInput { rule: rule?.0.name, save: save?, act: act? }))
    }

    fn choice(
        &mut self,
        here: &Here,
        index: usize,
        source: &Spanned<ChoiceSource>,
        uses: &mut Uses<'k>,
    ) -> Option<Choice> {
        let (span, choice) = (source.span(), source.get_ref());
        let label = self.required(here.file, &span, "a choice", "label", choice.label.as_ref());
        let when = choice.when.as_ref().and_then(|guard| self.term(here.file, Noun::Guard, guard));
        let act = ActSource {
            owner: "a choice",
            span,
            command: choice.command.as_ref(),
            on: &choice.on,
            say: choice.say.as_ref(),
            goto: choice.goto.as_ref(),
        };
        let act = self.act(here, &act, uses);
        let label = label?;
        let words: Vec<String> = choice.words.iter().map(|word| word.get_ref().clone()).collect();
        let offer = Offer::new(&(index + 1).to_string(), label.get_ref(), words.iter().map(String::as_str))
            .strict(self.is_strict(choice.command.as_ref()));
        let template = has_tags(label.get_ref()).then(|| self.text(here.file, label, &self.scope(&[])));
        let label = template.flatten();
        Some(Choice { offer, label, words, when: when.map(|guard| guard.name), act: act? })
    }

    fn list_input(&mut self, here: &Here, source: &Spanned<ListSource>, uses: &mut Uses<'k>) -> Option<Kind> {
        let (span, list) = (source.span(), source.get_ref());
        let from = self.required(here.file, &span, "a list", "from", list.from.as_ref());
        let from =
            from.and_then(|name| self.term(here.file, Noun::List, name).map(|term| (term, name.span())));
        uses.is_broken |= from.is_none();
        uses.list = from.clone();
        let save = self.slot(here, &span, "a list", list.save.as_ref());
        let act = ActSource {
            owner: "a list",
            span,
            command: list.command.as_ref(),
            on: &list.on,
            say: list.say.as_ref(),
            goto: list.goto.as_ref(),
        };
        let act = self.act(here, &act, uses);
        Some(Kind::List(ListInput { from: from?.0.name, save: save?, act: act? }))
    }

    fn photo_input(
        &mut self,
        here: &Here,
        source: &Spanned<PhotoSource>,
        uses: &mut Uses<'k>,
    ) -> Option<Kind> {
        let (span, photo) = (source.span(), source.get_ref());
        let slot = self.required(here.file, &span, "a photo", "slot", photo.slot.as_ref());
        let slot =
            slot.and_then(|name| self.term(here.file, Noun::PhotoSlot, name).map(|slot| (slot, name.span())));
        let checks: Vec<_> = photo
            .checks
            .iter()
            .map(|name| self.term(here.file, Noun::Check, name).map(|check| (check, name.span())))
            .collect();
        uses.is_broken |= slot.is_none() || checks.iter().any(Option::is_none);
        uses.checks = slot.iter().chain(checks.iter().flatten()).cloned().collect();
        uses.is_photo = true;
        let act = ActSource {
            owner: "a photo",
            span,
            command: photo.command.as_ref(),
            on: &photo.on,
            say: photo.say.as_ref(),
            goto: photo.goto.as_ref(),
        };
        let act = self.act(here, &act, uses);
        let checks =
            checks.into_iter().map(|check| check.map(|(check, _)| check.name)).collect::<Option<_>>();
        Some(Kind::Photo(PhotoInput { slot: slot?.0.name, checks: checks?, act: act? }))
    }

    fn slot(&mut self, here: &Here, span: &Range<usize>, owner: &str, save: Option<&Word>) -> Option<String> {
        let save = self.required(here.file, span, owner, "save", save)?;
        self.check_name(here.file, save);
        Some(save.get_ref().clone())
    }

    fn say(
        &mut self,
        here: &Here,
        source: &StateSource,
        entered: &[&'static str],
    ) -> (Option<Text>, Option<Text>) {
        let asks_nothing = source.goto.is_some() || source.end.is_some();
        let Some(say) = &source.say else {
            if !asks_nothing {
                self.note_missing(here.file, here.span.clone(), &format!("`{}`", here.name), "say");
            }
            return (None, None);
        };
        let before = self.mistakes.len();
        let said = self.text(here.file, say, &self.scope(&[entered]));
        // Nothing is run before the question is asked again: the short form knows less.
        let later = self.scope(&[]);
        let again = match &source.again {
            Some(again) => self.text(here.file, again, &later),
            None if self.mistakes.len() > before || asks_nothing => None,
            None => self.template_of_last_block(here, say),
        };
        (said, again)
    }

    /// The last block of `say`, or all of it when the block is cut out of a branch.
    fn template_of_last_block(&mut self, here: &Here, say: &Word) -> Option<Text> {
        let block = last_block(say.get_ref());
        let words = if self.texts.add(block).is_ok() { block } else { say.get_ref() };
        let before = self.mistakes.len();
        let again = self.template(here.file, say, words, &self.scope(&[]));
        for mistake in &mut self.mistakes[before..] {
            if let What::UnknownVariable { name, .. } = &mistake.what {
                mistake.what = What::UnsetAgain { name: name.clone() };
            }
        }
        again
    }

    fn stages(&mut self, here: &Here, source: &StateSource) -> Vec<&'static str> {
        let Some(case) = &source.case else { return Vec::new() };
        let words: Vec<Word> = match case.get_ref() {
            OneOrMore::One(word) => vec![Spanned::new(case.span(), word.clone())],
            OneOrMore::More(words) => words.clone(),
        };
        let mut stages = Vec::new();
        for word in words {
            let Some(stage) = self.term(here.file, Noun::Stage, &word) else {
                let names: Vec<String> =
                    self.known.stages.iter().map(|stage| stage.name.to_owned()).collect();
                let meant = nearest(word.get_ref(), &names);
                let meant = self.known.stages.iter().find(|stage| Some(stage.name) == meant);
                self.meant_homes.extend(meant.map(|stage| (stage.name, here.id)));
                continue;
            };
            if let Some(first) = self.homes.insert(stage.name, here.id) {
                let first = self.name_of(first);
                self.note(here.file, word.span(), What::HomeTwice { stage: stage.name.to_owned(), first });
            }
            stages.push(stage.name);
        }
        stages
    }

    fn give_up(&mut self, here: &Here, source: &Spanned<GiveUpSource>) -> Option<GiveUp> {
        let (span, give_up) = (source.span(), source.get_ref());
        let after = self.required(here.file, &span, "`give_up`", "after", give_up.after.as_ref());
        if let Some(after) = after.filter(|after| *after.get_ref() == 0) {
            self.note(here.file, after.span(), What::GiveUpAtOnce);
        }
        let say = self.required(here.file, &span, "`give_up`", "say", give_up.say.as_ref());
        let say = say.and_then(|say| self.text(here.file, say, &self.scope(&[&["input"]])));
        let goto = self.required(here.file, &span, "`give_up`", "goto", give_up.goto.as_ref());
        let goto: Option<Target> =
            goto.and_then(|goto| self.target(here.file, here.dialog, Some(here.id), goto));
        Some(GiveUp { after: *after?.get_ref(), say: say?, goto: goto? })
    }
}

/// The keys of the kinds, `choice` first: others may stand beside it.
const KINDS: [&str; 7] = ["choice", "text", "list", "photo", "goto", "end", "wait"];

/// The kinds a state has, in the order of [`KINDS`].
fn kinds_of(source: &StateSource) -> Vec<&'static str> {
    let is_true = |flag: &Option<Spanned<bool>>| flag.as_ref().is_some_and(|flag| *flag.get_ref());
    let is_there = [
        source.choice.as_ref().is_some_and(|choices| !choices.get_ref().is_empty()),
        source.text.is_some(),
        source.list.is_some(),
        source.photo.is_some(),
        source.goto.is_some(),
        is_true(&source.end),
        is_true(&source.wait),
    ];
    KINDS.into_iter().zip(is_there).filter_map(|(kind, is_there)| is_there.then_some(kind)).collect()
}
