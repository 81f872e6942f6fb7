//! What may become of a batch: they do not overlap, and what has begun only lasts longer.

use jiff::civil::DateTime;

use super::Batch;
use crate::{time::moment_text, workflow::mistake::Mistake};

/// Everything that forbids a batch beside those `known`, or in the place of the one of them that has its id; empty when
/// it may be stored. What is wrong with it by itself is [`Batch::check`]'s.
pub fn check_change(new: &Batch, known: &[Batch], now: DateTime) -> Vec<Mistake> {
    let (own, others): (Vec<&Batch>, Vec<&Batch>) = known.iter().partition(|batch| batch.id == new.id);
    let overlaps = others.into_iter().filter(|other| overlap(new, other)).map(|other| {
        let what = format!(
            "和批次 {} 重叠（{} 至 {}）",
            other.id,
            moment_text(other.opens),
            moment_text(other.portrait_review_ends)
        );
        let remedy = "一个批次的照片审核结束之后，下一个批次才能开始";
        Mistake::new(if new.opens < other.opens { "portrait_review_ends" } else { "opens" }, what, remedy)
    });
    let begun = own.into_iter().filter(|old| old.opens <= now).flat_map(|old| check_begun(old, new));
    overlaps.chain(begun).collect()
}

/// Reviews count: an office acts on the present batch only.
fn overlap(one: &Batch, other: &Batch) -> bool {
    one.opens < other.portrait_review_ends && other.opens < one.portrait_review_ends
}

/// People have read these dates and acted on them.
fn check_begun(old: &Batch, new: &Batch) -> Vec<Mistake> {
    let due = |batch: &Batch| batch.prior_credential_due;
    let rules = [
        (old.opens == new.opens, "opens", format!("批次已于 {} 开始", moment_text(old.opens))),
        (old.closes <= new.closes, "closes", format!("比原来的 {} 早", moment_text(old.closes))),
        (
            old.portrait_review_ends <= new.portrait_review_ends,
            "portrait_review_ends",
            format!("比原来的 {} 早", moment_text(old.portrait_review_ends)),
        ),
        (
            due(old).is_none_or(|old| due(new).is_some_and(|new| old <= new)),
            "prior_credential_due",
            due(old).map(|old| format!("比原来的 {old} 早")).unwrap_or_default(),
        ),
    ];
    let broken = rules.into_iter().filter(|(holds, ..)| !holds);
    broken.map(|(_, field, what)| Mistake::new(field, what, "已经开始的批次只能延后结束时间")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_minute;

    fn summer() -> Batch {
        serde_json::from_str(include_str!("../../../examples/data/batch.json")).unwrap()
    }

    fn at(text: &str) -> DateTime {
        parse_minute(text).unwrap()
    }

    #[test]
    fn batches_do_not_overlap_not_even_in_review() {
        let between = |opens: &str, ends: &str| Batch {
            id: "2026-07".into(),
            opens: at(opens),
            closes: at(ends),
            portrait_review_ends: at(ends),
            ..summer()
        };
        let rows = [
            ("2026-06-18T17:30", "2026-06-30T00:00", None),
            ("2026-06-01T00:00", "2026-06-12T09:30", None),
            ("2026-06-18T17:29", "2026-06-30T00:00", Some("opens")),
            ("2026-06-01T00:00", "2026-06-12T09:31", Some("portrait_review_ends")),
            ("2026-06-13T00:00", "2026-06-14T00:00", Some("opens")),
        ];
        for (opens, ends, expected) in rows {
            let found = check_change(&between(opens, ends), &[summer()], at("2026-01-01T00:00"));
            let fields: Vec<&str> = found.iter().map(|mistake| mistake.field.as_str()).collect();
            assert_eq!(fields, expected.into_iter().collect::<Vec<_>>(), "{opens} {ends}");
        }
    }

    #[test]
    fn what_has_begun_only_lasts_longer() {
        let later = Batch {
            closes: at("2026-06-18T16:00"),
            portrait_review_ends: at("2026-06-19T17:30"),
            prior_credential_due: Some(jiff::civil::date(2026, 7, 10)),
            name: "2026年上半年（延期）".into(),
            ..summer()
        };
        let earlier = Batch {
            opens: at("2026-06-11T09:30"),
            closes: at("2026-06-16T16:00"),
            portrait_review_ends: at("2026-06-17T17:30"),
            prior_credential_due: None,
            ..summer()
        };
        let every = ["opens", "closes", "portrait_review_ends", "prior_credential_due"];
        let rows: [(&Batch, &str, &[&str]); 4] = [
            (&later, "2026-06-12T09:30", &[]),
            (&earlier, "2026-06-12T09:29", &[]),
            (&earlier, "2026-06-12T09:30", &every),
            (&summer(), "2027-01-01T00:00", &[]),
        ];
        for (new, now, expected) in rows {
            let found = check_change(new, &[summer()], at(now));
            let fields: Vec<&str> = found.iter().map(|mistake| mistake.field.as_str()).collect();
            assert_eq!(fields, expected, "{now}");
        }
    }
}
