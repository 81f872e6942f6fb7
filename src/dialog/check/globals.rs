//! The texts of `_global.toml`: fallbacks, shared words, fragments, the system's own.

use std::collections::HashMap;

use toml::Spanned;

use super::{
    super::{
        mistake::{Noun, What},
        render::Text,
        script::{Fallback, Purpose},
        source::{ConsentSource, FallbackSource, GlobalFile, Word},
        system::SystemText,
    },
    Checker, Words,
};

/// All texts of `_global.toml`.
pub(super) struct Said {
    pub(super) consents: [String; Purpose::ALL.len()],
    pub(super) unknown: [Text; 3],
    pub(super) fallbacks: [Text; Fallback::ALL.len()],
    pub(super) system: [Text; SystemText::ALL.len()],
    pub(super) refusals: Words,
    pub(super) checks: Words,
    pub(super) fragments: Words,
}

impl Checker<'_, '_> {
    pub(super) fn global_texts(&mut self, file: usize, source: &GlobalFile) -> Option<Said> {
        let refusals = self.known.commands.iter().flat_map(|command| &command.codes).collect::<Vec<_>>();
        let refusals = self.words_by_code(file, &source.refusals, &refusals, &[]);
        let found = self.known.checks.iter().chain(&self.known.photo_slots);
        let checks = found.flat_map(|term| &term.codes).collect::<Vec<_>>();
        let checks = self.words_by_code(file, &source.checks, &checks, &[]);
        let fragments = self.fragments(file, source);
        for name in &self.known.fragments {
            let span =
                source.fragments.keys().map(Spanned::span).min_by_key(|span| span.start).unwrap_or(0..0);
            self.required(file, &span, "`[fragments]`", name, source.fragments.get(*name));
        }
        let system = self.system_texts(file, source);
        let consents = self.consents(file, source);
        let fallback = source.fallback.as_ref();
        let span = fallback.map_or(0..0, Spanned::span);
        let fallback = self.required(file, &span, "`_global.toml`", "fallback", fallback)?.get_ref();
        let unknown = self.unknown_texts(file, &span, fallback);
        let mut fallbacks = Vec::new();
        for kind in Fallback::ALL {
            let words = self.required(file, &span, "`[fallback]`", kind.name(), fallback_of(fallback, kind));
            let scope = self.scope(&[kind.variables()]);
            fallbacks.extend(words.and_then(|words| self.text(file, words, &scope)));
        }
        Some(Said {
            consents: consents?,
            unknown: unknown?,
            fallbacks: fallbacks.try_into().ok()?,
            system: system?,
            refusals,
            checks,
            fragments,
        })
    }

    /// The version of each consent's words: something short that changes with them.
    fn consents(&mut self, file: usize, source: &GlobalFile) -> Option<[String; Purpose::ALL.len()]> {
        let consent = self.required(file, &(0..0), "`_global.toml`", "consent", source.consent.as_ref())?;
        let (span, consent) = (consent.span(), consent.get_ref());
        let mut versions = Vec::new();
        for purpose in Purpose::ALL {
            let version = version_of(consent, purpose);
            let Some(version) = self.required(file, &span, "`[consent]`", purpose.key(), version) else {
                continue;
            };
            let length = version.get_ref().chars().count();
            if version.get_ref().trim().is_empty() {
                self.note(file, version.span(), What::EmptyText);
            } else if length > LONGEST_VERSION {
                self.note(file, version.span(), What::VersionTooLong { length, limit: LONGEST_VERSION });
            }
            versions.push(version.get_ref().trim().to_owned());
        }
        versions.try_into().ok()
    }

    /// Texts that others use by name; none needs itself.
    fn fragments(&mut self, file: usize, source: &GlobalFile) -> Words {
        let mut fragments = Words::new();
        let mut needs: HashMap<&str, Vec<String>> = HashMap::new();
        for (name, words) in &source.fragments {
            self.check_name(file, name);
            let first = |variable: &str| variable.split('.').next() == Some(name.get_ref().as_str());
            if self.known.variables.iter().any(|variable| first(variable)) {
                let what = What::FragmentHides { name: name.get_ref().clone() };
                self.note(file, name.span(), what);
            }
            let scope = self.scope(&[]);
            if let Some(text) = self.text(file, words, &scope) {
                needs.insert(name.get_ref(), self.texts.variables(text));
                fragments.insert(name.get_ref().clone(), text);
            }
        }
        for name in source.fragments.keys() {
            let mut seen = vec![name.get_ref().as_str()];
            let mut index = 0;
            while let Some(needed) = seen.get(index).and_then(|name| needs.get(name)) {
                index += 1;
                if needed.contains(name.get_ref()) {
                    let what = What::FragmentCircle { name: name.get_ref().clone() };
                    self.note(file, name.span(), what);
                    break;
                }
                let more: Vec<&str> =
                    needed.iter().map(String::as_str).filter(|more| needs.contains_key(more)).collect();
                seen.extend(more.into_iter().filter(|more| !seen.contains(more)).collect::<Vec<_>>());
            }
        }
        fragments
    }

    fn unknown_texts(
        &mut self,
        file: usize,
        span: &std::ops::Range<usize>,
        source: &FallbackSource,
    ) -> Option<[Text; 3]> {
        let unknown = self.required(file, span, "`[fallback]`", "unknown", source.unknown.as_ref())?;
        let found = unknown.get_ref().len();
        if found != 3 {
            self.note(file, unknown.span(), What::UnknownTexts { found });
        }
        let scope = self.scope(&[&["input", "choice"]]);
        let texts = unknown.get_ref().iter().map(|words| self.text(file, words, &scope));
        texts.collect::<Option<Vec<_>>>()?.try_into().ok()
    }

    fn system_texts(&mut self, file: usize, source: &GlobalFile) -> Option<[Text; SystemText::ALL.len()]> {
        let known: Vec<String> = SystemText::ALL.iter().map(|text| text.name().to_owned()).collect();
        for name in source.system.keys().filter(|name| !known.contains(name.get_ref())) {
            let what = What::UnknownName {
                noun: Noun::SystemText,
                name: name.get_ref().clone(),
                known: known.clone(),
            };
            self.note(file, name.span(), what);
        }
        let span = source.system.keys().map(Spanned::span).min_by_key(|span| span.start).unwrap_or(0..0);
        let mut texts = Vec::new();
        for text in SystemText::ALL {
            let words = self.required(file, &span, "`[system]`", text.name(), source.system.get(text.name()));
            texts.extend(words.and_then(|words| {
                self.text(file, words, &text.variables().iter().map(|name| (*name).to_owned()).collect())
            }));
        }
        texts.try_into().ok()
    }
}

/// Longest version of a consent's words, in characters.
const LONGEST_VERSION: usize = 20;

fn version_of(source: &ConsentSource, purpose: Purpose) -> Option<&Word> {
    match purpose {
        Purpose::Identity => source.identity.as_ref(),
        Purpose::Portrait => source.portrait.as_ref(),
    }
}

fn fallback_of(source: &FallbackSource, kind: Fallback) -> Option<&Word> {
    match kind {
        Fallback::Ambiguous => source.ambiguous.as_ref(),
        Fallback::Doubtful => source.doubtful.as_ref(),
        Fallback::Declined => source.declined.as_ref(),
        Fallback::Sticker => source.sticker.as_ref(),
        Fallback::Photo => source.photo.as_ref(),
        Fallback::Voice => source.voice.as_ref(),
        Fallback::Video => source.video.as_ref(),
        Fallback::Location => source.location.as_ref(),
        Fallback::Link => source.link.as_ref(),
        Fallback::Unsupported => source.unsupported.as_ref(),
    }
}
