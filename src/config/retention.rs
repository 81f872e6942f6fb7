//! `retention.*`: how long things are kept.

use serde::Deserialize;

use crate::workflow::retention::Terms;

/// How long things are kept, in days (domain.md §8.3).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Document photos, from the batch's final decision on.
    pub documents_days: u16,
    /// A batch waits for so long for cases without an office's last word.
    pub undecided_days: u16,
    /// Lines of the audit.
    pub audit_days: u16,
}

impl Default for Retention {
    fn default() -> Self {
        let Terms { documents, undecided, audit } = Terms::default();
        Self { documents_days: documents, undecided_days: undecided, audit_days: audit }
    }
}

impl Retention {
    /// The same for the rules.
    pub fn terms(&self) -> Terms {
        Terms { documents: self.documents_days, undecided: self.undecided_days, audit: self.audit_days }
    }

    /// What candidates were promised is the longest; six months of the audit are the shortest that the law asks for
    /// (网络安全法, art. 21).
    pub(super) fn wrong(&self) -> impl Iterator<Item = String> {
        let Terms { documents, undecided, audit } = Terms::default();
        let rows = [
            ("documents_days", self.documents_days, 1, documents),
            ("undecided_days", self.undecided_days, 1, undecided),
            ("audit_days", self.audit_days, 183, audit),
        ];
        let wrong = rows.into_iter().filter(|(_, days, least, most)| !(least..=most).contains(&days));
        wrong.map(|(key, days, least, most)| {
            format!("retention.{key} = {days}：要在 {least} 到 {most} 之间，更长就违背对考生说过的期限。")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_longer_than_was_promised() {
        let usual = Retention::default;
        assert_eq!((usual().terms(), usual().wrong().count()), (Terms::default(), 0));
        let rows = [
            (Retention { documents_days: 31, ..usual() }, "retention.documents_days = 31：要在 1 到 30 之间"),
            (Retention { documents_days: 0, ..usual() }, "retention.documents_days = 0：要在 1 到 30 之间"),
            (
                Retention { undecided_days: 365, ..usual() },
                "retention.undecided_days = 365：要在 1 到 180 之间",
            ),
            (Retention { audit_days: 30, ..usual() }, "retention.audit_days = 30：要在 183 到 1095 之间"),
        ];
        for (given, expected) in rows {
            let wrong: Vec<String> = given.wrong().collect();
            assert!(wrong.len() == 1 && wrong[0].starts_with(expected), "{wrong:?}");
        }
        let shorter = Retention { documents_days: 7, undecided_days: 60, audit_days: 183 };
        assert_eq!(shorter.wrong().count(), 0);
    }
}
