//! Numbers as people write them in answer to a list: `1`, 「第1个」, 「十一」, 「最后一个」.
//!
//! Width, circles and brackets are folded away before (see `fold`), politeness is taken off by `speech`.

/// What people write before a number besides politeness.
const BEFORE: [&str; 9] = ["数字", "序号", "编号", "答案", "输入", "是", "回", "打", "发"];
/// Measure words that only name the number: 「1号」.
const AFTER: [&str; 2] = ["号", "选项"];
/// Measure words that count things unless 第 stands before: 「一张」 is no answer, 「第一张」 is.
const AFTER_ORDINAL: [&str; 9] = ["个区", "个", "项", "条", "种", "位", "步", "张", "行"];

/// A text that is a number and nothing else; `last` is the number of the last choice (「最后一个」, 「倒数第二个」).
pub(super) fn number_of(core: &str, last: usize) -> Option<usize> {
    if last > 0 && (core.starts_with("最后一") || core.starts_with("最后1")) && core.chars().count() <= 4
    {
        return Some(last);
    }
    if let Some(from_the_end) = core.strip_prefix("倒数第") {
        let counted = AFTER_ORDINAL.iter().find_map(|word| from_the_end.strip_suffix(word));
        let counted = numeral(counted.unwrap_or(from_the_end)).filter(|number| (1..=last).contains(number));
        return counted.map(|number| last + 1 - number);
    }
    let text = BEFORE.iter().find_map(|word| core.strip_prefix(word)).unwrap_or(core);
    let ordinal = text.strip_prefix('第');
    let text = ordinal.unwrap_or(text);
    let mut measures = AFTER_ORDINAL.iter().filter(|_| ordinal.is_some()).chain(&AFTER);
    numeral(measures.find_map(|word| text.strip_suffix(word)).unwrap_or(text))
}

/// Whether a folded word would be taken for a number.
pub(in crate::dialog) fn is_number(folded: &str) -> bool {
    number_of(folded, 0).is_some()
}

/// A number and what follows it: 「1毕业预测」, 「4号天河区」.
pub(super) fn number_at_start(core: &str) -> Option<(usize, &str)> {
    let end = core.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=2).contains(end))?;
    let rest = &core[end..];
    let rest = AFTER.iter().find_map(|measure| rest.strip_prefix(measure)).unwrap_or(rest);
    Some((core[..end].parse().ok()?, rest))
}

/// 0 to 99, in digits or as Chinese writes it.
fn numeral(text: &str) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return if text.len() <= 2 { text.parse().ok() } else { None };
    }
    let Some((tens, units)) = text.split_once(['十', '拾']) else { return digit(text) };
    let tens = if tens.is_empty() { 1 } else { digit(tens).filter(|tens| *tens > 0)? };
    let units = if units.is_empty() { 0 } else { digit(units).filter(|units| *units > 0)? };
    Some(tens * 10 + units)
}

/// Ordinary and financial digits; 参 and 陆 stand for 參 and 陸, which are folded before.
fn digit(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return None };
    let of = |digits: &str| digits.chars().position(|known| known == c).map(|index| index + 1);
    match c {
        '零' | '〇' => Some(0),
        '两' => Some(2),
        '参' => Some(3),
        _ => of("一二三四五六七八九").or_else(|| of("壹贰叁肆伍陆柒捌玖")),
    }
}
