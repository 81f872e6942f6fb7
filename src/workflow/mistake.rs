//! A mistake in data that somebody imports: where it is, what is wrong, what to do. All mistakes of a file are
//! collected before anything is refused, so that one look at the report is enough. Whoever imports reads Chinese; the
//! names of fields stay as the file has them.

use std::fmt;

use jiff::civil::Date;
use serde::de::{Deserializer as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;

use crate::validation::{Facts, Invalid, Rule};

/// Where in its file a mistake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// The file as a whole.
    File,
    /// A row of a table as its editor counts: 1 is the header.
    Row(usize),
    /// An object of a list, the first is 1.
    Item(usize),
}

/// One mistake in an imported file or record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub spot: Spot,
    /// Column or path inside the record, like `results[2].score`; empty when the whole row is meant.
    pub field: String,
    /// What was seen.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl Mistake {
    /// A mistake of a record whose place its reader adds with [`Mistake::at`].
    pub fn new(field: impl Into<String>, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { spot: Spot::File, field: field.into(), what: what.into(), remedy: remedy.into() }
    }

    /// The same mistake, placed.
    #[must_use]
    pub fn at(self, spot: Spot) -> Self {
        Self { spot, ..self }
    }

    /// The same mistake in a row of a table.
    #[must_use]
    pub fn at_row(self, row: usize) -> Self {
        self.at(Spot::Row(row))
    }
}

/// Mistakes of one file after which its reader stops looking: who made so many made one of them everywhere, and each takes
/// memory.
pub const ENOUGH: usize = 10_000;

/// Whether a reader may stop.
pub(crate) fn is_enough(found: &[Mistake]) -> bool {
    found.len() >= ENOUGH
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => Ok(()),
            Self::Row(row) => write!(f, "第 {row} 行"),
            Self::Item(item) => write!(f, "第 {item} 条"),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spot = self.spot.to_string();
        let named: Vec<&str> =
            [spot.as_str(), self.field.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
        if !named.is_empty() {
            write!(f, "{}：", named.join(" "))?;
        }
        write!(f, "{}。{}。", self.what, self.remedy)
    }
}

/// Reads each object of a list with `read`; a list of results or of all mistakes, each with its place.
pub(super) fn read_list<T>(
    items: Vec<Value>,
    read: impl FnMut(Value) -> Result<Vec<T>, Vec<Mistake>>,
) -> Result<Vec<T>, Vec<Mistake>> {
    let mut list = List { read, count: 0, good: Vec::new(), mistakes: Vec::new() };
    for item in items {
        if is_enough(&list.mistakes) {
            break;
        }
        list.add(item);
    }
    list.end()
}

/// The same for the text of a JSON list, whose objects are read one by one: as JSON a large file takes many times the
/// memory of what it says.
pub(super) fn read_list_text<T>(
    text: &str,
    read: impl FnMut(Value) -> Result<Vec<T>, Vec<Mistake>>,
) -> Result<Vec<T>, Vec<Mistake>> {
    let mut list = List { read, count: 0, good: Vec::new(), mistakes: Vec::new() };
    let mut parser = serde_json::Deserializer::from_str(text);
    parser.deserialize_seq(&mut list).and_then(|()| parser.end()).map_err(|error| not_json(&error))?;
    list.end()
}

/// What was read of a list so far.
struct List<T, F> {
    read: F,
    count: usize,
    good: Vec<T>,
    mistakes: Vec<Mistake>,
}

impl<T, F: FnMut(Value) -> Result<Vec<T>, Vec<Mistake>>> List<T, F> {
    fn add(&mut self, item: Value) {
        self.count += 1;
        match (self.read)(item) {
            Ok(read) => self.good.extend(read),
            Err(found) => {
                let spot = Spot::Item(self.count);
                self.mistakes.extend(found.into_iter().map(|mistake| mistake.at(spot)));
            }
        }
    }

    fn end(self) -> Result<Vec<T>, Vec<Mistake>> {
        if self.mistakes.is_empty() { Ok(self.good) } else { Err(self.mistakes) }
    }
}

impl<'de, T, F: FnMut(Value) -> Result<Vec<T>, Vec<Mistake>>> Visitor<'de> for &mut List<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while !is_enough(&self.mistakes) {
            let Some(item) = items.next_element()? else { return Ok(()) };
            self.add(item);
        }
        // The rest is only followed to its end.
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

/// A file that is not the expected JSON at all. The parser's message is left out: it may quote what it saw.
pub fn not_json(error: &serde_json::Error) -> Vec<Mistake> {
    let what = if error.is_data() {
        "不是一个由 {…} 组成的列表".to_owned()
    } else {
        format!("不是完整的 JSON，读到第 {} 行第 {} 个字节停下", error.line(), error.column())
    };
    vec![Mistake::new("", what, "请从原来的系统重新导出，或照 examples/data 里的文件改")]
}

/// A text as its rule keeps it. When the rule refuses it, it is personal data all the same and is not repeated.
pub fn read_text(field: &str, rule: &Rule, text: &str, today: Date) -> Result<String, Mistake> {
    let read = (rule.check)(text, &Facts { today });
    read.map(|valid| valid.value).map_err(|invalid| {
        Mistake::new(field, reason(&invalid), "请照证件或原始记录改正，表格里这一列要设成“文本”")
    })
}

/// What the offices call a rule's code.
fn reason(invalid: &Invalid) -> String {
    let fact = |name: &str| {
        let found = invalid.facts.iter().find(|(fact, _)| *fact == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    match invalid.code {
        "empty" => "没有填".to_owned(),
        "characters" => format!("有不该出现的字符“{}”", fact("found")),
        "length" => format!("是 {} 位，应当是 {} 位", fact("found"), fact("expected")),
        "wrong_type" => format!("看起来是{}的号码，和 document_type 不一致", fact("which")),
        "old_15" => "是 15 位的旧号码，要用 18 位的".to_owned(),
        "region" => "前几位不是地区代码".to_owned(),
        "date" => "里面的出生日期不存在".to_owned(),
        "future" => "里面的出生日期还没有到".to_owned(),
        "check_digit" => "校验码不对，多半有一位抄错了".to_owned(),
        "prefix" => "开头的字不对".to_owned(),
        "no_digit" => "里面没有数字".to_owned(),
        "not_mobile" => "不是手机号码".to_owned(),
        "landline" => "是固定电话，要填手机号码".to_owned(),
        "region_needed" => "不像内地的手机号码，港澳台的要带 +852 这样的区号".to_owned(),
        "country" => "是这里收不到的国家或地区的号码".to_owned(),
        "abroad" => format!("是{}的号码，要填内地的", fact("which")),
        other => format!("不符合规则（{other}）"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::RULES;

    #[test]
    fn every_code_of_every_rule_has_words() {
        for rule in RULES {
            for code in rule.codes {
                let invalid = Invalid { code, facts: Vec::new() };
                assert!(!reason(&invalid).contains("不符合规则"), "{}: {code}", rule.name);
            }
        }
    }

    #[test]
    fn a_mistake_says_where_what_and_what_to_do() {
        let mistake = Mistake::new("score", "没有填", "请补上");
        assert_eq!(mistake.to_string(), "score：没有填。请补上。");
        assert_eq!(mistake.clone().at_row(3).to_string(), "第 3 行 score：没有填。请补上。");
        let whole = Mistake { field: String::new(), ..mistake.at(Spot::Item(2)) };
        assert_eq!(whole.to_string(), "第 2 条：没有填。请补上。");
    }
}
