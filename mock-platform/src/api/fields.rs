//! The values of template fields: the key's letters name the type, the type has a limit (protocol §7).
//!
//! Keys of the old families (`first`, `keyword1`, `remark`) have none. A value that does not fit is 47003.

use serde_json::Value;

use super::error::ApiError;
use crate::model::library::example;

/// Puts the values in their places; each place needs a value that fits its type, or the answer is 47003.
pub(crate) fn fill(content: &str, data: &Value) -> Result<String, ApiError> {
    let mut pieces = content.split("{{");
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let Some((key, rest)) = piece.split_once(".DATA}}") else {
            filled.push_str(piece);
            continue;
        };
        let value = data[key]["value"].as_str().unwrap_or_default();
        if !fits(key, value) {
            let what = if value.is_empty() { "is empty" } else { "invalid" };
            return Err(ApiError::with(47003, format!("argument invalid! data.{key}.value {what}")));
        }
        filled.push_str(value);
        filled.push_str(rest);
    }
    Ok(filled)
}

/// The lines with an example in each place.
pub(crate) fn exemplify(content: &str) -> String {
    let keys = content.split("{{").skip(1).filter_map(|piece| Some(piece.split_once(".DATA}}")?.0));
    keys.fold(content.to_owned(), |lines, key| lines.replace(&format!("{{{{{key}.DATA}}}}"), example(key)))
}

/// Says whether a value fits the type that its key names.
pub(crate) fn fits(key: &str, value: &str) -> bool {
    let length = value.chars().count();
    if length == 0 {
        return false;
    }
    let plain = |c: char| c.is_ascii() && !c.is_ascii_control();
    match key.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "thing" | "const" => length <= 20,
        "number" => length <= 32 && value.parse::<f64>().is_ok() && value.bytes().all(is_numeric),
        "letter" => length <= 32 && value.bytes().all(|byte| byte.is_ascii_alphabetic()),
        "symbol" => length <= 5 && !value.chars().any(char::is_alphanumeric),
        "character_string" => length <= 32 && value.chars().all(plain),
        "time" | "date" => is_time(value),
        "amount" => is_amount(value),
        "phone_number" => {
            length <= 17 && value.bytes().all(|byte| byte.is_ascii_digit() || b"+-() ".contains(&byte))
        }
        "car_number" => length <= 8,
        "name" if value.is_ascii() => length <= 20,
        "name" => length <= 10 && !value.bytes().any(|byte| byte.is_ascii_digit()),
        "phrase" => length <= 5 && value.chars().all(is_han),
        _ => true,
    }
}

fn is_numeric(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'.' || byte == b'-'
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3134f}')
}

/// One currency sign and at most ten digits, with 元 at the end if wished.
fn is_amount(value: &str) -> bool {
    let value = value.strip_suffix('元').unwrap_or(value);
    let value = value.strip_prefix(['¥', '￥', '$', '€', '£']).unwrap_or(value);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (1..=10).contains(&digits) && value.parse::<f64>().is_ok()
}

/// `15:01`, `2019年10月1日`, `2019-10-01`, `2019年10月1日 15:01`, and two of them joined by `~`.
fn is_time(value: &str) -> bool {
    value.split('~').all(|one| {
        let mut words = one.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(word), None, None) => is_day(word) || is_hour(word),
            (Some(day), Some(hour), None) => is_day(day) && is_hour(hour),
            _ => false,
        }
    })
}

fn is_day(word: &str) -> bool {
    let parts: Vec<&str> = word.trim_end_matches('日').split(['年', '月', '-', '/', '.']).collect();
    let [year, month, day] = parts[..] else { return false };
    between(year, 1900, 2999) && between(month, 1, 12) && between(day, 1, 31)
}

fn is_hour(word: &str) -> bool {
    let parts: Vec<&str> = word.split(':').collect();
    match parts[..] {
        [hour, minute] => between(hour, 0, 24) && between(minute, 0, 59),
        [hour, minute, second] => between(hour, 0, 24) && between(minute, 0, 59) && between(second, 0, 59),
        _ => false,
    }
}

fn between(digits: &str, low: u32, high: u32) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse().is_ok_and(|n| (low..=high).contains(&n))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fills_every_place_or_names_the_one_that_does_not_fit() {
        let content = "结果：{{phrase1.DATA}}\n说明：{{thing2.DATA}}";
        let filled = |phrase: &str, thing: &str| {
            let data = json!({ "phrase1": { "value": phrase }, "thing2": { "value": thing } });
            fill(content, &data).map_err(|error| error.body()["errmsg"].as_str().unwrap().to_owned())
        };
        assert_eq!(filled("通过", "请查看"), Ok("结果：通过\n说明：请查看".to_owned()));
        let error = filled("审核没有通过", "请查看").unwrap_err();
        assert!(error.starts_with("argument invalid! data.phrase1.value invalid"), "{error}");
        let error = filled("通过", "").unwrap_err();
        assert!(error.starts_with("argument invalid! data.thing2.value is empty"), "{error}");
        assert_eq!(fill(content, &Value::Null).unwrap_err().code, 47003);
    }

    #[test]
    fn examples_fit_their_types() {
        let lines = "{{phrase1.DATA}} {{time2.DATA}} {{thing3.DATA}}";
        assert_eq!(exemplify(lines), "审核通过 2026年6月15日 09:00 毕业申请");
        let types = ["thing", "number", "character_string", "time", "date", "amount", "phone_number", "name"];
        for kind in types.iter().chain(&["phrase"]) {
            assert!(fits(kind, example(kind)), "{kind}");
        }
    }

    #[test]
    fn each_type_has_its_limit() {
        for (key, value, expected) in [
            ("thing1", "一二三四五六七八九十一二三四五六七八九十", true),
            ("thing1", "一二三四五六七八九十一二三四五六七八九十多", false),
            ("thing1", "", false),
            ("number2", "12.50", true),
            ("number2", "12a", false),
            ("number2", "inf", false),
            ("letter3", "ABC", true),
            ("letter3", "AB1", false),
            ("symbol4", "!!!", true),
            ("symbol4", "a", false),
            ("character_string5", "A-20260615-01", true),
            ("character_string5", "A编号", false),
            ("character_string5", "123456789012345678901234567890123", false),
            ("time6", "15:01", true),
            ("time6", "2019年10月1日 15:01", true),
            ("time6", "2026年6月15日", true),
            ("date6", "2026-06-15", true),
            ("time6", "2026年6月15日 9:15~2026年6月15日 11:30", true),
            ("time6", "明天上午", false),
            ("time6", "2026年13月1日", false),
            ("time6", "25:00", false),
            ("amount7", "¥100.00", true),
            ("amount7", "100元", true),
            ("amount7", "12345678901", false),
            ("phone_number8", "+86-020-88909771", true),
            ("phone_number8", "020-8890977112345678", false),
            ("car_number9", "粤A8Z888挂", true),
            ("car_number9", "粤A8Z8888挂", false),
            ("name10", "陈样例", true),
            ("name10", "一二三四五六七八九十一", false),
            ("name10", "Alexander Hamilton", true),
            ("phrase11", "审核通过", true),
            ("phrase11", "审核未通过了", false),
            ("phrase11", "OK", false),
            ("keyword1", "任何内容都可以，旧模板没有限制，长一些也可以。", true),
        ] {
            assert_eq!(fits(key, value), expected, "{key} = {value}");
        }
    }
}
