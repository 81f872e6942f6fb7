//! Pushes held against what came to a screen, one to one.
//!
//! Rows may look alike: two rounds are passed on with the same words. So what tells them apart is time: a push that was
//! never in doubt came after its row was written and before the row came to its end.

use graduation_bot::{
    store::{OutboxState, OutboxSummary},
    time::Millis,
    turn::{Notice, NoticeBody},
};
use mock_platform::{Body, Channel, Item};

use crate::support::samples;

/// What a picture is called, whatever it shows.
const PICTURE: &str = "picture";
/// Milliseconds by which the clocks of two processes may disagree.
const SKEW: i64 = 20;

/// A push with its words.
pub(super) struct Push {
    pub(super) row: OutboxSummary,
    /// As on the screen.
    custom: String,
    template: Option<String>,
}

/// Something on a screen, and when it came there.
pub(super) struct Shown<'t> {
    pub(super) item: &'t Item,
    pub(super) at: Millis,
}

/// How many came twice; what is wrong, if something was lost, doubled without a doubt, or planned by nobody.
pub(super) fn match_up(pushes: &[&Push], shown: &[Shown<'_>]) -> Result<usize, String> {
    let delivered: Vec<_> = pushes.iter().filter(|push| push.row.state == OutboxState::Delivered).collect();
    let (_, lost) = pairs(&delivered, shown, |push, shown| push.may_be(shown));
    // Of a push that was in doubt the message may have come once more; a template carries its key and never does.
    let again = pushes.iter().filter(|push| push.row.doubts > 0).map(|push| (push, true));
    let places: Vec<_> = pushes.iter().map(|push| (push, false)).chain(again).collect();
    let (_, unplanned) = pairs(shown, &places, |shown, (push, is_again)| {
        push.may_be(shown) && !(*is_again && shown.is_template())
    });
    if !lost.is_empty() || !unplanned.is_empty() {
        let lost: Vec<_> = lost.iter().map(|push| &push.row).collect();
        let unplanned: Vec<_> = unplanned.iter().map(|shown| (shown.at, shown.item)).collect();
        let rows: Vec<_> = pushes.iter().map(|push| &push.row).collect();
        return Err(format!("lost: {lost:#?}\ndoubled or planned by nobody: {unplanned:#?}\nof {rows:#?}"));
    }
    let (came, _) = pairs(pushes, shown, |push, shown| push.may_be(shown));
    Ok(shown.len() - came)
}

/// As many pairs as there can be of things that fit each other; their number, and the left ones that stay alone.
fn pairs<'l, L, R>(left: &'l [L], right: &[R], fits: impl Fn(&L, &R) -> bool) -> (usize, Vec<&'l L>) {
    let mut partner = vec![None; right.len()];
    let alone: Vec<_> = (0..left.len())
        .filter(|at| {
            let mut seen = vec![false; right.len()];
            !find(*at, &|at, to| fits(&left[at], &right[to]), &mut partner, &mut seen)
        })
        .map(|at| &left[at])
        .collect();
    (left.len() - alone.len(), alone)
}

/// Finds a partner for one more, if need be by giving others another one.
fn find(
    one: usize,
    fits: &impl Fn(usize, usize) -> bool,
    partner: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for to in 0..partner.len() {
        if seen[to] || !fits(one, to) {
            continue;
        }
        seen[to] = true;
        if partner[to].is_none_or(|other| find(other, fits, partner, seen)) {
            partner[to] = Some(one);
            return true;
        }
    }
    false
}

impl Push {
    pub(super) fn new(row: OutboxSummary, notice: &Notice) -> Self {
        let (custom, template) = words(notice);
        Self { row, custom, template }
    }

    /// Whether this may be what was shown. What a killed process has sent may come whenever it likes.
    fn may_be(&self, shown: &Shown<'_>) -> bool {
        let ended = self.row.ended_at.filter(|_| self.row.doubts == 0);
        let in_time = shown.at.0 + SKEW >= self.row.created_at.0
            && ended.is_none_or(|ended| shown.at.0 <= ended.0 + SKEW);
        in_time && self.is(shown.item)
    }

    fn is(&self, item: &Item) -> bool {
        match (&item.body, item.channel) {
            (Body::Image { .. }, _) => self.custom == PICTURE,
            (_, Some(Channel::Template)) => self.template.as_ref() == Some(&item.text()),
            _ => self.custom == item.text(),
        }
    }
}

impl Shown<'_> {
    fn is_template(&self) -> bool {
        self.item.channel == Some(Channel::Template)
    }
}

/// What a push looks like on the screen, as a customer message and as a template.
fn words(notice: &Notice) -> (String, Option<String>) {
    match &notice.body {
        NoticeBody::Text { text, menu, template } => {
            let lines = std::iter::once(text).chain(menu).map(String::as_str).collect::<Vec<_>>();
            let card = samples::template();
            let fill = |text: String, (key, value): (&String, &String)| {
                text.replace(&format!("{{{{{key}.DATA}}}}"), value)
            };
            let content = template.iter().fold(card.content, fill);
            (lines.join("\n"), (!template.is_empty()).then(|| format!("{}\n{content}", card.title)))
        }
        NoticeBody::Rest { text, .. } => (text.clone(), None),
        NoticeBody::QrCode { .. } | NoticeBody::Photo { .. } => (PICTURE.to_owned(), None),
        NoticeBody::Announcement(_) => unreachable!("nobody announces anything in a storm"),
    }
}

#[cfg(test)]
mod tests {
    use graduation_bot::store::Channel as Way;
    use mock_platform::From;

    use super::*;

    /// A row of these words, written and ended at these seconds.
    fn push(state: OutboxState, doubts: i64, created: i64, ended: i64) -> Push {
        let row = OutboxSummary {
            id: format!("01{created:04}"),
            position: format!("01{created:04}"),
            open_id: "o1".to_owned(),
            case_id: None,
            case_number: None,
            event: "documents_passed_city".to_owned(),
            state,
            attempts: 1 + doubts,
            doubts,
            due_at: None,
            channel: Some(Way::Custom),
            reason: None,
            created_at: Millis(created * 1_000),
            ended_at: Some(Millis(ended * 1_000)),
        };
        Push { row, custom: "已通过市考办审核".to_owned(), template: Some("市级通过".to_owned()) }
    }

    fn item(channel: Channel) -> Item {
        let words = if channel == Channel::Template { "市级通过" } else { "已通过市考办审核" };
        let body = Body::Text { content: words.to_owned(), menu_id: None };
        Item { seq: 1, at: 0, wire_ms: 0, from: From::Bot, channel: Some(channel), body }
    }

    /// What comes of two rounds' rows when pushes were shown at these seconds.
    fn outcome(pushes: &[Push], shown: &[(Channel, i64)]) -> Option<usize> {
        let items: Vec<_> = shown.iter().map(|(channel, at)| (item(*channel), *at)).collect();
        let shown: Vec<_> = items.iter().map(|(item, at)| Shown { item, at: Millis(at * 1_000) }).collect();
        match_up(&pushes.iter().collect::<Vec<_>>(), &shown).ok()
    }

    #[test]
    fn rows_that_look_alike_are_told_apart() {
        use Channel::{Custom, Template};
        use OutboxState::{Delivered, InDoubt};
        let sure = [push(Delivered, 0, 10, 12), push(Delivered, 0, 20, 22)];
        let doubtful = [push(Delivered, 0, 10, 12), push(Delivered, 1, 20, 25)];
        let unknown = [push(Delivered, 0, 10, 12), push(InDoubt, 2, 20, 25)];
        for (name, pushes, shown, wanted) in [
            ("each once", &sure, vec![(Custom, 11), (Custom, 21)], Some(0)),
            ("one of them by template", &sure, vec![(Custom, 11), (Template, 21)], Some(0)),
            ("the first lost, the second doubled", &sure, vec![(Custom, 21), (Custom, 22)], None),
            ("the same, the second in doubt", &doubtful, vec![(Custom, 21), (Custom, 24)], None),
            (
                "the second doubled in doubt",
                &doubtful,
                vec![(Custom, 11), (Custom, 21), (Custom, 24)],
                Some(1),
            ),
            ("late, after a kill", &doubtful, vec![(Custom, 11), (Custom, 30)], Some(0)),
            ("a template doubled", &doubtful, vec![(Custom, 11), (Template, 21), (Template, 24)], None),
            ("the second never came", &unknown, vec![(Custom, 11)], Some(0)),
            ("the first never came", &unknown, vec![(Custom, 21)], None),
            ("before it was written", &sure, vec![(Custom, 9), (Custom, 21)], None),
            ("planned by nobody", &sure, vec![(Custom, 11), (Custom, 16), (Custom, 21)], None),
        ] {
            assert_eq!(outcome(pushes, &shown), wanted, "{name}");
        }
    }
}
