//! The pages with everything that they can show, and with little.

use super::{
    choices::{BatchChoice, Choice, Choices, City, Group},
    edit,
    list::{BroadcastsPage, Row},
    page::{Acts, BroadcastPage, Facts, Line},
    parts::{PlanRow, Reach},
    progress::{Count, Doubt, Fragment, List, ProgressView},
    shown, steps,
    typed::{Typed, Wrong},
    words::{self, Tag},
};
use crate::{
    store::{Broadcast, Marks},
    time::{Millis, shanghai},
    web::staff::tests::rendered,
    workflow::broadcast::{
        Content, State,
        audience::{Audience, Condition},
        message::{Field, Message, TemplateCard},
        plan::Route,
    },
};

fn name() -> String {
    "<样例>".to_owned()
}

/// Template and HTML.
pub(in crate::web::staff) fn pages() -> Vec<(&'static str, String)> {
    let mut shown = vec![
        rendered(&list(true)),
        rendered(&list(false)),
        rendered(&form(None, Vec::new())),
        rendered(&form(
            Some(&broadcast(text())),
            vec![Wrong::new("title", name()), Wrong::new("picture", name())],
        )),
        rendered(&form(Some(&broadcast(Message::Template(card()))), vec![Wrong::new("audience", name())])),
    ];
    let messages = [
        text(),
        Message::Picture { file: name() },
        Message::Picture { file: String::new() },
        article(Some(name())),
        Message::Template(card()),
    ];
    shown.extend(messages.map(|message| rendered(&page(&broadcast(message), true))));
    shown.push(rendered(&page(&broadcast(text()), false)));
    shown
}

/// The part that is asked for again, which is no page.
#[test]
fn progress_is_a_part_of_a_page() {
    let (_, html) = rendered(&Fragment { number: 12, progress: progress() });
    assert!(html.contains("data-live") && !html.contains("<html") && !html.contains("<样例>"), "{html}");
}

fn text() -> Message {
    Message::Text { text: format!("{}\n第二行", name()) }
}

fn article(cover: Option<String>) -> Message {
    Message::Article {
        title: name(),
        author: name(),
        digest: name(),
        content: name(),
        source_url: name(),
        cover,
    }
}

fn card() -> TemplateCard {
    let fields = vec![Field { key: "thing1".into(), value: name() }];
    TemplateCard { template_id: name(), title: name(), fields, url: Some(name()) }
}

fn broadcast(message: Message) -> Broadcast {
    Broadcast {
        id: "01A".into(),
        number: 12,
        title: name(),
        state: State::Approved,
        version: 3,
        content: Content {
            audience: Audience { batch: name(), who: Condition::Everyone },
            message,
            card: Some(card()),
            route: Route::Both,
            urgent: Some(name()),
        },
        author: name(),
        edited_by: name(),
        edited_at: Millis(0),
        approved_by: Some(name()),
        approved_at: Some(Millis(0)),
        starts_at: Some(Millis(0)),
        lapses_at: Millis(0),
        rate: 500,
        created_at: Millis(0),
        started_at: None,
        ended_at: None,
        pause: None,
        resumes_at: None,
        marks: Marks::default(),
    }
}

fn list(full: bool) -> BroadcastsPage {
    let row = |progress| Row {
        number: 12,
        href: "/staff/broadcasts/12".into(),
        title: if full { name() } else { String::new() },
        state: words::state(State::Proposed),
        kind: "文字",
        by: name(),
        approved: full.then(name),
        audience: name(),
        when: name(),
        progress,
    };
    let link = || full.then(|| "/staff/broadcasts?before=12".to_owned());
    BroadcastsPage {
        mine: if full { vec![row(None)] } else { Vec::new() },
        others: usize::from(full),
        rows: if full { vec![row(Some((1, 2))), row(None)] } else { Vec::new() },
        next: link(),
        first: link(),
    }
}

fn form(broadcast: Option<&Broadcast>, wrong: Vec<Wrong>) -> edit::EditPage {
    let typed = match broadcast {
        Some(broadcast) => Typed::of(broadcast, &shanghai()),
        None => Typed::fresh("2026-06", Millis(0), &shanghai()),
    };
    let choice = |is_with| Choice { value: name(), words: name(), is_with, is_without: !is_with };
    let choices = Choices {
        batches: vec![BatchChoice { id: name(), words: name(), is_chosen: true }],
        cities: vec![City { city: choice(true), districts: vec![choice(false)] }],
        groups: vec![Group { legend: "证件类型", choices: vec![choice(true)] }],
        with: 2,
        without: 1,
    };
    let is_newer = !wrong.is_empty();
    edit::view(broadcast, typed, choices, wrong, is_newer)
}

fn page(broadcast: &Broadcast, full: bool) -> BroadcastPage {
    let some = |text: fn() -> String| full.then(text);
    let plan =
        |is_chosen| PlanRow {
            words: "单发", is_chosen, reach: 1, cost: vec![name()], why_not: vec![name()]
        };
    BroadcastPage {
        number: broadcast.number,
        title: broadcast.title.clone(),
        state: words::state(broadcast.state),
        version: broadcast.version,
        bubble: shown::of(broadcast, full),
        audience: name(),
        reach: Reach {
            people: full.then_some(1),
            left_out: some(name).map(|words| (words, 1)).into_iter().collect(),
            sample: some(name).into_iter().collect(),
        },
        route: "单发",
        plans: if full { vec![plan(true), plan(false)] } else { Vec::new() },
        mistakes: some(name).map(|words| Wrong::new("title", words)).into_iter().collect(),
        warnings: some(name).into_iter().collect(),
        facts: Facts {
            author: name(),
            edited: name(),
            approved: some(name),
            starts: some(name),
            started: some(name),
            ended: some(name),
            lapses: name(),
            rate: full.then_some(500),
            urgent: some(name),
        },
        acts: Acts {
            edit: full,
            propose: full,
            approve: full,
            own: full,
            is_own: full,
            send_back: full,
            start: full,
            pause: full,
            resume: full,
            cancel: full,
            preview: full,
            is_linked: broadcast.content.card.is_some(),
            take_back: full,
        },
        history: some(name)
            .map(|detail| Line { at: name(), actor: name(), act: name(), detail })
            .into_iter()
            .collect(),
        progress: full.then(progress),
        typed: if full { steps::Typed::sample("cancel") } else { steps::Typed::default() },
        reason_min: 4,
        reason_max: 200,
    }
}

fn progress() -> ProgressView {
    let counts = || vec![Count { words: name(), count: 1 }];
    ProgressView {
        name: "running",
        state: Tag { words: "正在发送", class: "well" },
        is_live: true,
        at: name(),
        is_gathering: false,
        total: 10,
        done: 5,
        percent: 50,
        bar: Vec::new(),
        pause: Some(name()),
        pace: Some(500),
        left: Some(name()),
        to_come: 1,
        queued: 1,
        set_aside: 1,
        held: 1,
        held_until: name(),
        delivered: counts(),
        failed: counts(),
        left_out: counts(),
        lists: vec![List {
            nth: 1,
            people: 10_000,
            state: "平台已收下",
            class: "well",
            at: Some(name()),
            why: Some(name()),
        }],
        doubts: vec![Doubt { tail: name(), name: name(), state: "已送达" }],
        more_doubts: true,
        can_take_back: true,
    }
}
