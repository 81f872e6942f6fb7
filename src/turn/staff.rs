//! 「绑定账号 12345678」: whoever works at an office shows which WeChat account is theirs, with a code of the console's.
//!
//! Heard wherever the person is, and nothing of where they are changes by it. It gives them no right in the chat. Other
//! words after 「绑定账号」 are not for here: a candidate may say so with an exam number.

use minijinja::{Value, context};
use unicode_normalization::UnicodeNormalization;

use super::{Lookup, scene::Scene};
use crate::{
    dialog::{Kind, SystemText},
    mask,
    time::{Millis, moment_text},
};

/// As it is asked for, and as it is mistyped or typed in other characters.
const WORDS: [&str; 4] = ["绑定账号", "绑定帐号", "綁定賬號", "綁定帳號"];
/// A code has eight digits; some more or fewer are a code mistyped, twelve an exam number.
const MISTYPED: std::ops::RangeInclusive<usize> = 6..=10;

/// A WeChat account that is an account's own from now on.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffLink {
    /// The account's name.
    pub staff: String,
    /// The digits that were said.
    pub code: String,
}

/// Without the code.
impl std::fmt::Debug for StaffLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffLink").field("staff", &self.staff).finish_non_exhaustive()
    }
}

/// What the store knows of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffLinkFound {
    /// Nobody's, or no longer.
    Unknown,
    /// This account's, which is in use and has no WeChat account yet.
    Account(String),
    /// Good, but the WeChat account is another account's already.
    Taken,
}

/// Takes up a code; `None` when the text is none.
pub(super) fn link(scene: &mut Scene<'_>, text: &str) -> Option<Result<(), Lookup>> {
    let code = code_in(text)?;
    let (words, about) = if let Some(until) = scene.session.failed_links.until(scene.now) {
        // The minute that is told has begun by then.
        let until = moment_text(Millis(until.0 + 59_999).civil(&scene.world.zone));
        (SystemText::StaffLinkPause, context! { until })
    } else {
        match scene.before.found.staff_link.clone() {
            None => return Some(Err(Lookup::StaffLink { code })),
            Some(StaffLinkFound::Unknown) => {
                scene.session.failed_links.add(scene.now);
                (SystemText::StaffCodeWrong, context! {})
            }
            Some(StaffLinkFound::Taken) => (SystemText::StaffLinkTaken, context! {}),
            Some(StaffLinkFound::Account(staff)) => {
                let account = mask::name(&staff);
                scene.audit("link_wechat", &staff, "");
                scene.acted_by(&format!("staff:{staff}"));
                scene.staff_link = Some(StaffLink { staff, code });
                (SystemText::StaffLinked, context! { account })
            }
        }
    };
    say(scene, words, &about);
    Some(Ok(()))
}

/// Says it; whoever was asked something hears the question again.
fn say(scene: &mut Scene<'_>, words: SystemText, about: &Value) {
    let scripts = &scene.world.scripts;
    let said = scripts.render(scripts.system(words), about);
    scene.push(&said);
    let state = scene.state();
    if state.name != scripts.main().name && !matches!(state.kind, Kind::Wait) {
        scene.ask_again();
    }
}

/// The digits after 「绑定账号」, however they were spaced, quoted or typed.
fn code_in(text: &str) -> Option<String> {
    let is_aside = |c: char| c.is_whitespace() || "「」\"'“”:,。.-+".contains(c);
    let plain: String = text.nfkc().filter(|c| !is_aside(*c)).collect();
    let code = WORDS.iter().find_map(|words| plain.strip_prefix(words))?;
    let is_code = MISTYPED.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    is_code.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_heard_however_it_is_typed_and_an_exam_number_is_none() {
        let rows = [
            ("绑定账号 12345678", Some("12345678")),
            ("绑定账号12345678", Some("12345678")),
            ("「绑定账号 １２３４ ５６７８」", Some("12345678")),
            ("绑定账号：1234-5678。", Some("12345678")),
            ("綁定帳號 12345678", Some("12345678")),
            ("绑定账号 1234567", Some("1234567")),
            ("绑定账号", None),
            ("绑定账号 12345", None),
            ("绑定账号 010126000001", None),
            ("我要绑定账号 12345678", None),
            ("绑定账号 1234567x", None),
            ("12345678", None),
        ];
        for (said, expected) in rows {
            assert_eq!(code_in(said).as_deref(), expected, "{said}");
        }
    }
}
