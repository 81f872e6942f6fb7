//! An uploaded file as rows, within bounds: CSV in UTF-8 or in the GB18030 of spreadsheet programs in China, the first
//! sheet of an XLSX workbook, or a JSON list of objects.
//!
//! Whatever is sent, memory stays within a few times [`MAX_BYTES`].

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::xlsx::{self, Dates};
use crate::workflow::{
    mistake::{Mistake, is_enough, not_json},
    record,
    rows::{CsvRows, Row, Source, read_from},
    schedule::COORDINATES,
};

/// The largest file: a hundred thousand candidates with twenty results each are 170 MB of CSV.
pub const MAX_BYTES: usize = 192 << 20;
/// The most rows.
const MAX_ROWS: usize = 3_000_000;
/// The most columns: more than any kind has, and room for an office's own.
pub(super) const MAX_COLUMNS: usize = 256;
/// All cells together, in bytes: a workbook says a text once and repeats it by number.
const MAX_TEXT: usize = 256 << 20;

/// The largest object of a list: as JSON it takes many times the memory.
const MAX_ITEM: usize = 1 << 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table as text.
    Csv,
    /// A list of objects.
    Json,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// By the end of a file's name.
    pub fn of(name: &str) -> Option<Self> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// A whole file is refused before it is looked into.
pub(super) fn check_size(bytes: &[u8]) -> Result<(), Vec<Mistake>> {
    if bytes.len() <= MAX_BYTES {
        return Ok(());
    }
    let what = format!("超过 {} MB", MAX_BYTES >> 20);
    Err(vec![Mistake::new("", what, "请分成几个文件，分别导入")])
}

/// Reads the rows of a CSV file or a workbook.
pub(super) fn read_table<T>(
    format: Format,
    bytes: Vec<u8>,
    dates: Dates,
    read: impl FnOnce(&mut dyn Iterator<Item = Row>) -> Result<T, Vec<Mistake>>,
) -> Result<T, Vec<Mistake>> {
    if format == Format::Xlsx {
        let mut book = xlsx::open(&bytes)?;
        return read_from(Bounded::new(xlsx::rows(&mut book, dates)?), |rows| read(rows));
    }
    let text = read_text(bytes)?;
    read_from(Bounded::new(CsvRows::new(&text)), |rows| read(rows))
}

/// The same, or a JSON list of objects with these fields.
pub(super) fn read_table_or_list<T>(
    format: Format,
    bytes: Vec<u8>,
    dates: Dates,
    columns: &[&str],
    read: impl FnOnce(&mut dyn Iterator<Item = Row>) -> Result<T, Vec<Mistake>>,
) -> Result<T, Vec<Mistake>> {
    if format != Format::Json {
        return read_table(format, bytes, dates, read);
    }
    let text = read_text(bytes)?;
    read_from(Bounded::new(JsonRows::new(&text, columns)), |rows| read(rows))
}

/// The text of a file. Spreadsheet programs in China write CSV in GB18030 unless told otherwise. Damaged UTF-8 is not
/// taken for that: it would come out as other characters.
pub(super) fn read_text(bytes: Vec<u8>) -> Result<String, Vec<Mistake>> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(without_mark(text)),
        Err(error) => error.into_bytes(),
    };
    let at = std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
    if is_damaged_utf8(&bytes) {
        let line = bytes[..at].split(|b| *b == b'\n').count();
        let what = format!("不是完整的 UTF-8，第 {line} 行有坏的字节");
        return Err(vec![Mistake::new("", what, "请重新导出，或直接导入 .xlsx")]);
    }
    let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(&bytes);
    text.map(std::borrow::Cow::into_owned).ok_or_else(|| {
        let remedy = "用 Excel 打开，另存为“CSV UTF-8（逗号分隔）”，或直接导入 .xlsx";
        vec![Mistake::new("", "不是 UTF-8，也不是 GB18030 编码", remedy)]
    })
}

fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// Whether most of what is not ASCII is UTF-8 all the same. Han characters are three bytes there, which those of
/// GB18030 hardly ever look like.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad
}

/// The rows of a JSON list of objects, whose fields are texts or lists of texts, read one by one: as JSON a large file
/// takes many times the memory of what it says. An object's number is its row's.
struct JsonRows<'t> {
    text: &'t str,
    columns: &'t [&'t str],
    /// Where the next object is looked for; `None` before the list and behind it.
    at: Option<usize>,
    /// Rows given out, the header counted.
    rows: usize,
    mistakes: Vec<Mistake>,
}

/// An object of which nothing is kept.
struct Object;

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Object, A::Error> {
                while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Object)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

impl<'t> JsonRows<'t> {
    fn new(text: &'t str, columns: &'t [&'t str]) -> Self {
        Self { text, columns, at: None, rows: 0, mistakes: Vec::new() }
    }

    /// The next object's text, if there is one.
    fn item(&mut self) -> Option<&'t str> {
        let at = self.at.take()?;
        let begin = at + self.text[at..].find(|c: char| !c.is_ascii_whitespace())?;
        let mut items = serde_json::Deserializer::from_str(&self.text[begin..]).into_iter::<Object>();
        items.next()?.ok()?;
        let end = begin + items.byte_offset();
        let comma = end + self.text[end..].find(|c: char| !c.is_ascii_whitespace())?;
        if self.text[comma..].starts_with(',') {
            self.at = Some(comma + 1);
        }
        Some(&self.text[begin..end])
    }

    fn row(&mut self, item: &str) -> Option<Row> {
        let number = self.rows;
        let mut report = |mistake: Mistake| self.mistakes.push(mistake.at_row(number));
        if item.len() > MAX_ITEM {
            report(Mistake::new("", format!("超过 {} KB", MAX_ITEM >> 10), "请核对这一条的内容"));
            return None;
        }
        let Ok(item) = serde_json::from_str::<Map<String, Value>>(item) else {
            report(Mistake::new("", "有读不出来的数", "请照 examples/data 里的文件改"));
            return None;
        };
        let named =
            item.keys().filter_map(|name| record::misspelt(name, self.columns, "没有叫这个名字的字段"));
        named.take(self.columns.len()).for_each(&mut report);
        let fields = self.columns.iter().map(|&column| {
            read_field(column, item.get(column)).unwrap_or_else(|| {
                report(Mistake::new(column, "不是文本", "请加上引号"));
                String::new()
            })
        });
        Some((number, fields.collect()))
    }
}

impl Iterator for JsonRows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.rows == 0 {
            self.rows = 1;
            // Followed once without keeping anything: from here on it is a list of objects.
            if let Err(error) = serde_json::from_str::<Vec<Object>>(self.text) {
                self.mistakes = not_json(&error);
                return None;
            }
            self.at = self.text.find('[').map(|at| at + 1);
            return Some((0, self.columns.iter().map(|&column| column.to_owned()).collect()));
        }
        if is_enough(&self.mistakes) {
            return None;
        }
        let item = self.item()?;
        let row = self.row(item)?;
        self.rows += 1;
        Some(row)
    }
}

impl Source for JsonRows<'_> {
    fn mistakes(&mut self) -> Vec<Mistake> {
        std::mem::take(&mut self.mistakes)
    }
}

/// A list of texts as a cell has it; coordinates are numbers.
fn read_field(column: &str, value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Number(number)) if COORDINATES.contains(&column) => Some(number.to_string()),
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Array(parts)) => {
            let parts: Option<Vec<&str>> = parts.iter().map(Value::as_str).collect();
            parts.map(|parts| parts.join(";"))
        }
        Some(_) => None,
    }
}

/// A source that ends at the bounds.
struct Bounded<S> {
    inner: S,
    rows: usize,
    text: usize,
    over: Option<Mistake>,
}

impl<S: Source> Bounded<S> {
    fn new(inner: S) -> Self {
        Self { inner, rows: 0, text: 0, over: None }
    }
}

impl<S: Source> Iterator for Bounded<S> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.over.is_some() {
            return None;
        }
        let (number, cells) = self.inner.next()?;
        self.rows += 1;
        self.text += cells.iter().map(String::len).sum::<usize>();
        let (what, remedy) = if cells.len() > MAX_COLUMNS {
            (format!("超过 {MAX_COLUMNS} 列"), "请去掉用不着的列")
        } else if self.rows > MAX_ROWS {
            (format!("超过 {MAX_ROWS} 行"), "请分成几个文件，分别导入")
        } else if self.text > MAX_TEXT {
            (format!("内容超过 {} MB", MAX_TEXT >> 20), "请分成几个文件，分别导入")
        } else {
            return Some((number, cells));
        };
        self.over = Some(Mistake::new("", what, remedy).at_row(number));
        None
    }
}

impl<S: Source> Source for Bounded<S> {
    fn mistakes(&mut self) -> Vec<Mistake> {
        self.inner.mistakes().into_iter().chain(self.over.take()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::{mistake::ENOUGH, rows::Rows};

    #[test]
    fn text_is_read_in_the_encodings_of_offices() {
        let (gbk, ..) = encoding_rs::GB18030.encode("姓名,证件\n林样例,𠮷田\n");
        let good = [
            ("UTF-8", "姓名,𠮷".as_bytes().to_vec(), "姓名,𠮷"),
            ("with a mark", "\u{feff}姓名".as_bytes().to_vec(), "姓名"),
            ("GB18030", gbk.into_owned(), "姓名,证件\n林样例,𠮷田\n"),
        ];
        for (which, bytes, expected) in &good {
            assert_eq!(read_text(bytes.clone()).unwrap(), *expected, "{which}");
        }
        let mut damaged = "姓名\n林样例\n".as_bytes().to_vec();
        damaged[8] = 0xff;
        let bad =
            [("damaged", damaged, "第 2 行有坏的字节"), ("noise", vec![0xff, 0xff, 0x00], "也不是 GB18030")];
        for (which, bytes, expected) in bad {
            let found = read_text(bytes).unwrap_err();
            assert!(found[0].what.contains(expected), "{which}: {found:?}");
        }
    }

    #[test]
    fn objects_are_rows() {
        let read_json = |text: &str, columns: &[&str]| -> Result<Rows, Vec<Mistake>> {
            read_from(JsonRows::new(text, columns), |rows| Ok(rows.collect()))
        };
        let listed = r#"[{"city":"广州市","phones":["020-1","2"]}]"#;
        let row = vec!["广州市".to_owned(), "020-1;2".to_owned()];
        assert_eq!(read_json(listed, &["city", "phones"]).unwrap()[1], (1, row));
        assert_eq!(read_json(r#"[{"city":1}]"#, &["city"]).unwrap_err().len(), 1);
        let placed = read_json(r#"[{"latitude":23.15,"longitude":"113.342"}]"#, &COORDINATES).unwrap();
        assert_eq!(placed[1].1, ["23.15", "113.342"]);
        let misspelt = read_json(r#"[{"city":"广州市"},{"citi":"广州市"}]"#, &["city"]).unwrap_err();
        let expected = "第 2 行 citi：没有叫这个名字的字段。是不是 city？用不着的请删掉。";
        assert_eq!(misspelt[0].to_string(), expected);
        for broken in ["{}", "", "[", "[{}", "[{} {}]", "[{},]", "[{}]]", "[1]"] {
            assert_eq!(read_json(broken, &["city"]).unwrap_err().len(), 1, "{broken}");
        }
        assert_eq!(read_json(" [ ] ", &["city"]).unwrap().len(), 1);
        let spaced = read_json(" [ {\"city\": \"],[\"} ,\n{}\n] ", &["city"]).unwrap();
        assert_eq!(spaced[1..], [(1, vec!["],[".to_owned()]), (2, vec![String::new()])]);
    }

    #[test]
    fn a_list_ends_at_the_bounds() {
        let read = |text: &str| {
            let mut rows = JsonRows::new(text, &["city"]);
            (rows.by_ref().count(), rows.mistakes())
        };
        let (rows, found) = read(&format!("[{}{{}}]", r#"{"city":1},"#.repeat(ENOUGH + 7)));
        assert_eq!((rows, found.len()), (ENOUGH + 1, ENOUGH), "nobody reads more of them");
        let (rows, found) = read(&format!("[{{}},{{\"city\":[{}0]}},{{}}]", "0,".repeat(MAX_ITEM)));
        assert_eq!((rows, found.len()), (2, 1));
        assert!(found[0].to_string().starts_with("第 2 行：超过 1024 KB"), "{found:?}");
    }

    #[test]
    fn a_table_ends_at_the_bounds() {
        let read = |rows: Rows| {
            let read = read_from(Bounded::new(rows.into_iter()), |rows| Ok(rows.count()));
            read.map_err(|found| found[0].to_string())
        };
        assert_eq!(read(vec![(1, vec![String::new(); MAX_COLUMNS])]), Ok(1));
        let wide = read(vec![(1, vec![]), (7, vec![String::new(); MAX_COLUMNS + 1])]).unwrap_err();
        assert!(wide.starts_with("第 7 行：超过 256 列"), "{wide}");
        let mut long = Bounded::new(
            std::iter::repeat_n((9, vec!["x".repeat(1 << 20)]), 300).collect::<Vec<_>>().into_iter(),
        );
        assert_eq!(long.by_ref().count(), 256);
        assert!(long.mistakes()[0].what.contains("256 MB"));
    }
}
