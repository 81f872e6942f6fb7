//! Every page of batches, imports and exports with everything that it can show.

use super::{
    batch::{BatchPage, PlaceLine},
    batches::{BatchesPage, KindLine, Line},
    export::{self, ExportPage},
    fields::Field,
    place::{PlacePage, Trial},
    preview::{ChangedRow, Changes, List, LookPage, Now},
    upload::{Choice, ColumnLine, ImportPage},
    words::Difference,
};
use crate::{web::staff::tests::rendered, workflow::mistake::Mistake};

/// Template and HTML.
pub(in crate::web::staff) fn pages() -> Vec<(&'static str, String)> {
    let mut pages = vec![batches(true), batches(false), import(true), import(false)];
    pages.extend([batch("2026-06"), batch(""), place(true), place(false), export()]);
    let nows = [
        Now::Looking,
        Now::Looked { preview: changes(3) },
        Now::Looked { preview: changes(0) },
        Now::mistaken(&[Mistake::new("<样例>", "<样例>", "请改").at_row(3), Mistake::new("", "空", "改")], 9),
        Now::Storing { written: 1, total: 3 },
        Now::Storing { written: 0, total: 0 },
        Now::Stored { preview: changes(3) },
        Now::Refused { words: "<样例>".into(), again: true },
        Now::Refused { words: "<样例>".into(), again: false },
    ];
    pages.extend(nows.map(look));
    pages
}

fn batches(is_full: bool) -> (&'static str, String) {
    let line = Line {
        id: "2026-06".into(),
        name: "<样例>".into(),
        opens: "6月12日 9:30".into(),
        closes: "6月17日 16:00".into(),
        portrait_review_ends: "6月18日 17:30".into(),
        window: "正在申请",
        is_present: true,
        places: 11,
    };
    let kind = KindLine { kind: "plans", title: "专业计划", about: "毕业要哪些课程" };
    rendered(&BatchesPage {
        batches: if is_full { vec![line] } else { Vec::new() },
        kinds: vec![kind],
        may_export: is_full,
    })
}

fn field() -> Field {
    Field {
        name: "opens".into(),
        label: "申请开始",
        about: "从哪一分钟起可以申请",
        kind: "datetime-local",
        is_needed: true,
        value: "<样例>".into(),
        wrong: "没有填：请补上。".into(),
        stored: "2026-06-12T09:30".into(),
    }
}

fn batch(id: &str) -> (&'static str, String) {
    let place = PlaceLine {
        city: "广州市".into(),
        district: "<样例>".into(),
        href: "/staff/data/batches/2026-06/place?city=x".into(),
        days: "6月15日（周一）".into(),
        hours: "9:15–11:30".into(),
        address: "<样例>".into(),
        phones: "020-88909771".into(),
        chosen: 3,
    };
    rendered(&BatchPage {
        id: id.to_owned(),
        name: "<样例>".into(),
        window: "正在申请",
        is_present: true,
        fields: vec![field()],
        wrong: vec!["<样例>".into()],
        seen: 1,
        places: if id.is_empty() { Vec::new() } else { vec![place] },
    })
}

fn difference() -> Difference {
    Difference { label: "地址", field: "address".into(), old: String::new(), new: "<样例>".into() }
}

fn place(is_trial: bool) -> (&'static str, String) {
    rendered(&PlacePage {
        batch: "2026-06".into(),
        city: "广州市".into(),
        district: "<样例>".into(),
        href: "/staff/data/batches/2026-06/place?city=x".into(),
        fields: vec![field()],
        wrong: vec!["<样例>".into()],
        seen: 1,
        chosen: i64::from(is_trial),
        trial: is_trial.then(|| Trial { changes: vec![difference()], is_moved: true }),
    })
}

fn import(needs_batch: bool) -> (&'static str, String) {
    let batch = Choice { id: "2026-06".into(), name: "<样例>".into(), is_chosen: true };
    let column =
        ColumnLine {
            name: "id".into(), about: "批次编号", holds: "文本".into(), is_needed: needs_batch
        };
    rendered(&ImportPage {
        kind: "schedule",
        title: "办理地点",
        about: "每行一个地点",
        batches: vec![batch],
        needs_batch,
        max_mb: 192,
        minutes: 30,
        columns: vec![column],
    })
}

fn changes(count: usize) -> Changes {
    Changes {
        rows: 9,
        added: count,
        changed: count,
        unchanged: 1,
        missing: count,
        removed: 0,
        changed_rows: vec![ChangedRow { label: "<样例>".into(), fields: vec![difference()] }],
        lists: vec![List { title: "新增", count: 3, rows: vec!["<样例>".into()] }],
        unplanned: vec!["080901 样例大学 课程组 01".into()],
        chosen: vec![("广州市/<样例>".into(), 2)],
        seen: "00".into(),
    }
}

fn look(now: Now) -> (&'static str, String) {
    rendered(&LookPage {
        id: "AAECAwQFBgcICQoLDA0ODw".into(),
        kind: "schedule",
        title: "办理地点",
        noun: "个办理地点",
        name: "<样例>.csv".into(),
        batch: "2026-06".into(),
        remove_missing: true,
        now,
    })
}

fn export() -> (&'static str, String) {
    let choice = || export::Choice { value: "2026-06".into(), words: "<样例>".into(), is_chosen: true };
    rendered(&ExportPage { batches: vec![choice()], places: vec![choice()], stages: vec![choice()] })
}
