//! What is wrong with an announcement, and what is to be looked at once more, in the offices' words.

use crate::workflow::broadcast::message::{
    FieldKind, FieldMistake, Mistake, Part, Personal, Room, Unit, Variable, Warning,
};

/// What a part is called, as the page heads it.
pub fn part(part: Part) -> String {
    match part {
        Part::Text => "正文".to_owned(),
        Part::Title => "标题".to_owned(),
        Part::Author => "作者".to_owned(),
        Part::Digest => "摘要".to_owned(),
        Part::Content => "文章内容".to_owned(),
        Part::Source => "阅读原文的网址".to_owned(),
        Part::Template => "模板".to_owned(),
        Part::Fields => "模板内容".to_owned(),
        Part::Key(at) => format!("第 {} 项的名称", at + 1),
        Part::Value(at) => format!("第 {} 项的内容", at + 1),
        Part::Url => "点开的网址".to_owned(),
    }
}

/// A mistake, with what to do; the part it is in is named before it.
pub fn mistake(mistake: &Mistake) -> String {
    format!("{}：{}", part(mistake.part()), why(mistake))
}

fn why(mistake: &Mistake) -> String {
    match mistake {
        Mistake::Empty(Part::Template) => "还没有选模板。".to_owned(),
        Mistake::Empty(Part::Fields) => "一项内容都没有，请照模板填写。".to_owned(),
        Mistake::Empty(_) => "还没有写。".to_owned(),
        Mistake::TooLong(room) => format!("{}。", left(room)),
        Mistake::Address(_) => "要写完整的网址，以 https:// 或 http:// 开头，不能有汉字和空格。".to_owned(),
        Mistake::Braces { said, .. } => {
            format!("“{said}”不是能代入的内容。能用的有 {}；不代入就不要用花括号。", variables())
        }
        Mistake::Key(_) => "只能是字母、数字和下划线，照模板写，例如 thing1。".to_owned(),
        Mistake::Repeated(_) => "和前面一项重名了。".to_owned(),
        Mistake::Field { kind, why, .. } => value(*kind, *why),
    }
}

/// 「还能写约 12 个字」, 「超出约 3 个字，最多 682 个字」. A 汉字 has three bytes.
pub fn left(room: &Room) -> String {
    let (each, about) = match room.unit {
        Unit::Bytes => (3, "约 "),
        Unit::Characters => (1, " "),
    };
    match room.used.checked_sub(room.limit) {
        None | Some(0) => format!("还能写{about}{} 个字", (room.limit - room.used) / each),
        Some(over) => {
            format!("超出{about}{} 个字，最多{about}{} 个字", over.div_ceil(each), room.limit / each)
        }
    }
}

fn value(kind: FieldKind, why: FieldMistake) -> String {
    match why {
        FieldMistake::Lines => "不能换行，请写成一行。".to_owned(),
        FieldMistake::TooLong { found, limit } => {
            format!("有 {found} 个字符，这一项最多 {limit} 个（代入的内容按最长的算）。")
        }
        FieldMistake::Form => match kind {
            FieldKind::CharacterString => "不能有汉字，只能是数字、字母和符号。",
            FieldKind::Time => "要写时间，例如 15:01，或者 2026年6月15日 15:01。",
            FieldKind::Date => "要写日期，例如 2026年6月15日，或者 2026年6月15日 15:01。",
            FieldKind::Phrase => "只能是汉字，最多 5 个。",
            FieldKind::Number => "只能是数字，可以有小数。",
            FieldKind::Amount => "要写金额，例如 ¥12.50，或者 12元。",
            FieldKind::PhoneNumber => "要写电话号码，只能是数字和符号。",
            FieldKind::CarNumber => "要写车牌号，例如 粤A8Z888。",
            FieldKind::Letter => "只能是字母。",
            FieldKind::Symbol => "只能是符号。",
            FieldKind::Thing | FieldKind::Name | FieldKind::Other => "写法不合模板的要求。",
        }
        .to_owned(),
    }
}

/// What looks like personal data; the page marks the place.
pub fn warning(warning: &Warning) -> String {
    let what = match warning.what {
        Personal::IdNumber => "像是身份证号码",
        Personal::Document => "像是护照或者通行证号码",
        Personal::ExamNumber => "像是准考证号",
        Personal::Mobile => "像是个人的手机号，不在办理地点的电话里",
        Personal::Email => "有邮箱地址",
    };
    format!("{}{what}。收到公告的人都会看到，请确认可以公开。", part(warning.part))
}

/// 「{姓名} {地点} …」.
pub fn variables() -> String {
    Variable::ALL.map(|variable| format!("{{{}}}", variable.name())).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::broadcast::message::Message;

    fn said(text: &str) -> Vec<String> {
        let message = Message::Text { text: text.into() };
        let warned = message.warnings(&[]);
        message.check().iter().map(mistake).chain(warned.iter().map(warning)).collect()
    }

    #[test]
    fn what_is_wrong_says_where_and_what_to_do() {
        assert_eq!(said(""), ["正文：还没有写。"]);
        assert_eq!(said(&"字".repeat(683)), ["正文：超出约 1 个字，最多约 682 个字。"]);
        let names = "{姓名} {地点} {地址} {日期} {电话} {步骤} {批次} {申请号}";
        assert_eq!(
            said("{姓各}"),
            [format!("正文：“{{姓各}}”不是能代入的内容。能用的有 {names}；不代入就不要用花括号。")]
        );
        assert_eq!(
            said("找 13800138000"),
            ["正文像是个人的手机号，不在办理地点的电话里。收到公告的人都会看到，请确认可以公开。"]
        );
    }

    #[test]
    fn room_is_said_in_characters() {
        let rows = [
            (0, 2047, Unit::Bytes, "还能写约 682 个字"),
            (2047, 2047, Unit::Bytes, "还能写约 0 个字"),
            (2051, 2047, Unit::Bytes, "超出约 2 个字，最多约 682 个字"),
            (60, 64, Unit::Characters, "还能写 4 个字"),
            (65, 64, Unit::Characters, "超出 1 个字，最多 64 个字"),
        ];
        for (used, limit, unit, expected) in rows {
            assert_eq!(left(&Room { part: Part::Text, used, limit, unit }), expected);
        }
    }
}
