//! What admins and the province look after, with everything that can stand on a page and with nothing.

use super::{
    super::{accounts::*, audit::*, deletions::RequestView, retention::*},
    rendered,
};

pub(super) fn shown() -> Vec<(&'static str, String)> {
    let pages = [true, false]
        .map(|full| [rendered(&accounts(full)), rendered(&audit(full)), rendered(&retention(full))]);
    pages.into_iter().flatten().chain([rendered(&sure())]).collect()
}

fn accounts(full: bool) -> AccountsPage {
    let name = || "<样例>".to_owned();
    let account = |active, link: Option<&str>| AccountView {
        name: name(),
        role: name(),
        active,
        must_change: active,
        has_codes: active,
        last: active.then(name),
        link: link.map(str::to_owned),
    };
    let open = OpenView { name: name(), active: true, has_codes: true, role: name(), role_words: name() };
    AccountsPage {
        accounts: vec![account(true, Some("/staff/accounts?of=a")), account(false, None)],
        open: full.then_some(open),
        first: full.then(|| FirstView { name: name(), password: name() }),
        roles: vec![RoleGroup { label: "全省", roles: vec![(name(), name())] }],
        given: Add { name: name(), role: name() },
        name_max: 32,
    }
}

fn audit(full: bool) -> AuditPage {
    let name = || "<样例>".to_owned();
    let line = |link: Option<String>| LineView {
        at: name(),
        actor: name(),
        act: name(),
        subject: name(),
        link,
        detail: name(),
    };
    AuditPage {
        lines: if full { vec![line(None), line(Some("/staff/audit?of=1".to_owned()))] } else { Vec::new() },
        asked: Asked { who: name(), of: name(), ..Asked::default() },
        acts: crate::office::acts::ACTS,
        next: full.then(|| "/staff/audit?before=1".to_owned()),
        first: full.then(|| "/staff/audit".to_owned()),
        days: full.then_some(31),
        is_verifying: !full,
        verified: full.then(|| VerifiedView { at: name(), by: name(), is_sound: false, numbers: (1, 2) }),
    }
}

fn sure() -> SurePage {
    let name = || "<样例>".to_owned();
    SurePage {
        title: "确定？",
        facts: vec![("考生", name())],
        notes: vec!["不能恢复。"],
        action: "/staff/retention/delete".to_owned(),
        fields: vec![("reason", name())],
    }
}

fn retention(full: bool) -> RetentionPage {
    let name = || "<样例>".to_owned();
    let line = |is_due| GoingView {
        what: "证件照片",
        pictures: 3,
        on: name(),
        at_the_latest: true,
        is_due,
        is_soon: true,
    };
    let batch = |is_held| BatchView {
        name: name(),
        id: name(),
        ends: name(),
        has_ended: true,
        waiting: 1,
        is_held,
        lines: vec![line(true), line(false)],
        held: 1,
        to_hand_over: 1,
        written_out: 1,
    };
    let hold = |case| HoldView { id: name(), batch: name(), case, reason: name(), until: name(), by: name() };
    let handover = |confirmed| HandoverView {
        id: name(),
        batch: name(),
        by: name(),
        at: name(),
        left: 1,
        fits: true,
        confirmed,
    };
    let deleted = DeletedView { at: name(), batch: name(), what: "证件照片", cases: 1, pictures: 3 };
    let request = RequestView {
        id: name(),
        number: name(),
        batch: name(),
        since: name(),
        stage: "已提交",
        pictures: 3,
        why: "暂缓删除",
    };
    let some = usize::from(full);
    RetentionPage {
        requests: [request].into_iter().take(some).collect(),
        batches: [true, false].into_iter().take(2 * some).map(batch).collect(),
        holds: [None, Some(name())].into_iter().take(2 * some).map(hold).collect(),
        handovers: [None, Some((name(), name()))].into_iter().take(2 * some).map(handover).collect(),
        deleted: [deleted].into_iter().take(some).collect(),
        may_confirm: full,
        archive: 1000,
        choices: [(name(), name())].into_iter().take(some).collect(),
        given: Lay { batch: name(), case: name(), until: name(), reason: name() },
        first_day: name(),
        last_day: name(),
        reason_max: 500,
        documents_days: 30,
        undecided_days: 180,
        audit_days: 1095,
    }
}
