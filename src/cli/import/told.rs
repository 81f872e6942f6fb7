//! An import in the operator's words.

use std::fmt::{Display, Write as _};

use crate::{
    cli::Failure,
    office::{
        imports::{Counts, ImportError, Kind, Preview},
        words,
    },
};

/// 「新增 12，改动 2，没有变化 3；文件里没有的 7，保留不变。」
pub(super) fn counts(counts: &Counts) -> String {
    let Counts { added, changed, unchanged, missing, removed, .. } = counts;
    let mut text = format!("新增 {added}，改动 {changed}，没有变化 {unchanged}");
    if *missing > 0 {
        let _ = write!(text, "；文件里没有的 {missing}，保留不变");
    }
    if *removed > 0 {
        let _ = write!(text, "；文件里没有的 {removed}，去掉");
    }
    text.push('。');
    text
}

/// What an operator should do besides.
pub(super) fn notes(preview: &Preview) -> String {
    let mut text = String::new();
    for key in &preview.unplanned {
        let _ = writeln!(
            text,
            "注意：还没有专业计划 {} {} 课程组 {}，这些考生暂时不能预测（import plans）。",
            key.code, key.building_school, key.course_group
        );
    }
    for (place, people) in &preview.chosen {
        let _ = writeln!(text, "注意：{people} 位考生已选 {place}，这一行有改动，请发公告告知。");
    }
    text
}

/// A preview: counts, then what each row would change.
pub(super) fn page(kind: Kind, preview: &Preview) -> String {
    let mut text = format!("共 {} {}：{}\n", preview.counts.rows, words::rows(kind), counts(&preview.counts));
    list(&mut text, "新增", preview.counts.added, &preview.added);
    let changed = preview.changed.iter().map(|row| {
        let fields = row.fields.iter();
        let fields = fields.map(|field| {
            format!("\n      {}：{} → {}", field.field, or_nothing(&field.old), or_nothing(&field.new))
        });
        format!("{}{}", row.label, fields.collect::<String>())
    });
    list(&mut text, "改动", preview.counts.changed, &changed.collect::<Vec<_>>());
    list(&mut text, "文件里没有，保留不变", preview.counts.missing, &preview.missing);
    list(&mut text, "文件里没有，去掉", preview.counts.removed, &preview.missing);
    text.push_str(&notes(preview));
    text.push_str("这是预览，什么都没有导入。\n");
    text
}

fn or_nothing(value: &str) -> &str {
    if value.is_empty() { "（空）" } else { value }
}

fn list(text: &mut String, title: &str, count: usize, rows: &[String]) {
    if count == 0 || rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}：");
    for row in rows {
        let _ = writeln!(text, "    {row}");
    }
    if count > rows.len() {
        let _ = writeln!(text, "    …… 还有 {}", count - rows.len());
    }
}

/// Why nothing was imported; every mistake with its file and place.
pub(super) fn refusal(file: &dyn Display, error: &ImportError) -> Failure {
    match error {
        ImportError::Mistakes { shown, count } => {
            let mut lines: Vec<String> = shown.iter().map(|mistake| format!("{file}：{mistake}")).collect();
            if *count > shown.len() {
                lines.push(format!("…… 还有 {} 处", count - shown.len()));
            }
            Failure::mistake(format!(
                "{}\n共 {count} 处要改，什么都没有导入。改好后重新运行同一条命令。",
                lines.join("\n")
            ))
        }
        ImportError::Chosen(places) => {
            let told = places.iter().map(|(place, people)| format!("{place}（{people} 位考生）"));
            Failure::mistake(format!(
                "这些地点不能去掉，已有考生选了：{}。什么都没有导入。",
                told.collect::<Vec<_>>().join("、")
            ))
        }
        ImportError::NoBatch => Failure::mistake("没有这个批次。什么都没有导入。"),
        ImportError::Role => Failure::mistake("这个账号不能导入。"),
        ImportError::Changed => {
            Failure::failed("导入的同时有人改了同样的内容。什么都没有导入，请重新运行同一条命令。")
        }
        ImportError::Store(error) => {
            Failure::failed(format!("没有存下来：{error}。什么都没有导入，同一条命令可以直接重新运行。"))
        }
    }
}
