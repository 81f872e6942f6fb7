//! One spelling for many: width, case, script, spaces, punctuation, politeness, numerals.
//!
//! Texts of people and words of dialogs pass the same [`fold`], so that comparing is equality. Numerals follow
//! Chinese usage up to 99. The lists are grammar, not business: what a button is called stays in `dialogs/`.

use unicode_normalization::UnicodeNormalization;

/// Traditional characters of the words used here, each followed by its simplified one: candidates from Hong Kong,
/// Macao and Taiwan type them, and NFKC does not touch them.
const TRADITIONAL: &str = "區区個个號号業业畢毕預预測测請请審审進进幫帮單单認认無无誤误標标準准題题問问時时間间\
    點点辦办遞递選选擇择廣广東东證证碼码電电話话學学歷历報报園园頁页張张壹一贰二貳二叁三參三肆四伍五陆六陸六柒七捌八玖九拾十\
    兩两項项條条種种發发圖图臺台灣湾從从邊边裡里裏里嗎吗麼么甚什沒没別别還还會会後后開开關关結结束束\
    確确資资訊讯錯错對对應应該该須须攝摄鏡镜傳传繼继續续領领聯联絡络縣县鎮镇為为現现與与據据復复覆复";

/// Words before the point, longest first where one begins another.
const POLITE_BEFORE: [&str; 22] = [
    "麻烦您",
    "麻烦你",
    "麻烦",
    "您好",
    "你好",
    "老师",
    "请问",
    "请帮我",
    "请",
    "我想要",
    "我想",
    "我要",
    "帮我",
    "给我",
    "那就",
    "那",
    "就",
    "嗯",
    "好的",
    "想",
    "要",
    "去",
];
/// Words after the point.
const POLITE_AFTER: [&str; 30] = [
    "谢谢您",
    "谢谢你",
    "谢谢",
    "多谢",
    "唔该",
    "一下",
    "可以吗",
    "好吗",
    "行吗",
    "好不好",
    "好了",
    "老师",
    "吧",
    "啊",
    "呀",
    "呢",
    "啦",
    "了",
    "哦",
    "喔",
    "噢",
    "嘛",
    "哈",
    "哟",
    "呗",
    "的",
    "咯",
    "啵",
    "先",
    "喽",
];
/// What makes a text a question about something: where, when, how, how much.
const ASKING: [&str; 40] = [
    "哪",
    "什么",
    "啥",
    "地址",
    "几号",
    "几点",
    "几时",
    "何时",
    "时间",
    "日期",
    "电话",
    "多久",
    "多少",
    "怎么",
    "怎样",
    "如何",
    "为什么",
    "为何",
    "吗",
    "边度",
    "边个",
    "点去",
    "点样",
    "点行",
    "咩",
    "能不能",
    "可不可以",
    "要不要",
    "是不是",
    "有没有",
    "需不需要",
    "多远",
    "在何处",
    "位置",
    "路线",
    "怎么走",
    "几楼",
    "上班",
    "办公",
    "请问",
];
/// What is done in a district: with its name it asks about it, unless the district is to be chosen.
const ACTING: [&str; 3] = ["办理", "去办", "地点"];
/// What turns a word into its opposite.
const NEGATIONS: [char; 6] = ['不', '没', '别', '非', '未', '无'];
/// Words before a number.
const NUMBER_BEFORE: [&str; 12] =
    ["我选择", "我选", "选择", "选", "回复", "回", "按", "数字", "序号", "答案", "输入", "是"];
/// Measure words after a number.
const NUMBER_AFTER: [&str; 11] = ["个区", "个", "项", "条", "号", "种", "位", "步", "张", "行", "选项"];

/// The common spelling: NFKC, lower case, simplified, without spaces, quotes, punctuation and invisible signs.
/// Signs and spaces between two ASCII letters or digits stay (`1.5`, `1 2`), for they change the meaning; of a text
/// that is nothing but signs the first stays (`？` asks for help).
pub(in crate::dialog) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut sign = None;
    for c in text.chars().map(keypad).nfkc().flat_map(char::to_lowercase) {
        if is_invisible(c) {
            continue;
        }
        if !c.is_alphanumeric() {
            sign = sign.or(Some(c));
            continue;
        }
        if let Some(between) = sign.take()
            && c.is_ascii_alphanumeric()
            && folded.ends_with(|before: char| before.is_ascii_alphanumeric())
        {
            folded.push(between);
        }
        folded.push(simplified(c));
    }
    if folded.is_empty() {
        folded.extend(text.nfkc().find(|c| !c.is_whitespace() && !is_invisible(*c)));
    }
    folded
}

/// Negative circled digits, which NFKC leaves alone, as plain circled ones.
fn keypad(c: char) -> char {
    let circled = |first: char| char::from_u32('①' as u32 + (c as u32 - first as u32)).unwrap_or(c);
    match c {
        '❶'..='❿' => circled('❶'),
        '➀'..='➉' => circled('➀'),
        '➊'..='➓' => circled('➊'),
        other => other,
    }
}

/// Zero width, variation selectors, the keycap of 1️⃣.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{feff}')
}

fn simplified(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let mut pairs = TRADITIONAL.chars();
    while let (Some(old), Some(new)) = (pairs.next(), pairs.next()) {
        if old == c {
            return new;
        }
    }
    c
}

/// The text without politeness around it; never empty.
pub(super) fn courteous(folded: &str) -> &str {
    let before =
        |text: &'_ str| POLITE_BEFORE.iter().find(|word| text.starts_with(**word)).map(|word| word.len());
    let after =
        |text: &'_ str| POLITE_AFTER.iter().find(|word| text.ends_with(**word)).map(|word| word.len());
    let mut text = folded;
    loop {
        let shorter = match (before(text), after(text)) {
            (Some(length), _) if length < text.len() => &text[length..],
            (_, Some(length)) if length < text.len() => &text[..text.len() - length],
            _ => return text,
        };
        text = shorter;
    }
}

/// Whether somebody wants to know something.
pub(super) fn is_question(raw: &str, folded: &str) -> bool {
    raw.contains(['?', '？']) || ASKING.iter().any(|word| folded.contains(word))
}

/// 「天河办理」: with a district's name, a wish to know about it.
pub(super) fn asks_to_act(text: &str) -> bool {
    ACTING.iter().any(|word| text.contains(word))
}

/// Whether the text around a word turns it into its opposite.
pub(super) fn is_negated(text: &str, word: &str) -> bool {
    text.replacen(word, "", 1).contains(NEGATIONS)
}

/// A text that is a number and nothing else; `last` is the number of the last choice (「最后一个」).
pub(super) fn number_of(folded: &str, last: usize) -> Option<usize> {
    let text = courteous(folded);
    if last > 0 && (text.starts_with("最后一") || text.starts_with("最后1")) && text.chars().count() <= 4
    {
        return Some(last);
    }
    let text = NUMBER_BEFORE.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
    let text = text.strip_prefix('第').unwrap_or(text);
    let text = NUMBER_AFTER.iter().find_map(|word| text.strip_suffix(word)).unwrap_or(text);
    numeral(text)
}

/// Whether a folded word would be taken for a number.
pub(in crate::dialog) fn is_number(folded: &str) -> bool {
    number_of(folded, 0).is_some()
}

/// A number and what follows it: 「1毕业预测」.
pub(super) fn number_at_start(folded: &str) -> Option<(usize, &str)> {
    let end = folded.find(|c: char| !c.is_ascii_digit()).filter(|end| (1..=2).contains(end))?;
    Some((folded[..end].parse().ok()?, &folded[end..]))
}

/// 0 to 99, in digits or as Chinese writes it.
fn numeral(text: &str) -> Option<usize> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return if text.len() <= 2 { text.parse().ok() } else { None };
    }
    let Some((tens, units)) = text.split_once('十') else { return digit(text) };
    let tens = if tens.is_empty() { 1 } else { digit(tens).filter(|tens| *tens > 0)? };
    let units = if units.is_empty() { 0 } else { digit(units).filter(|units| *units > 0)? };
    Some(tens * 10 + units)
}

fn digit(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return None };
    match c {
        '零' | '〇' => Some(0),
        '两' => Some(2),
        _ => "一二三四五六七八九".chars().position(|known| known == c).map(|index| index + 1),
    }
}
