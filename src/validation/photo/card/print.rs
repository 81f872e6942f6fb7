//! What the lines of a picture say about an identity card: which side, which fields, whose number and name.
//!
//! Only what was surely read counts, exactly as it was read: no digit is ever corrected or guessed.

use std::fmt;

use super::super::super::document::card_birth;
use super::super::super::document::is_card_number;
use super::super::text::Line;
use super::Side;
use super::layout::Anchor;

/// A labelled field of the card.
#[derive(Debug)]
pub(super) struct Field {
    /// Its label, or as much of it as tells it from other words.
    label: &'static str,
    /// Where its print begins and ends on the card, in card widths: the middle of its left and right edge.
    pub(super) span: [[f32; 2]; 2],
    /// Whether this can only be the field's value, label or not.
    is_value: fn(&str) -> bool,
}

/// The side with the portrait, from top to bottom; the number is the last.
const FACE: [Field; 6] = [
    Field { label: "姓名", span: [[0.046, 0.088], [0.2, 0.09]], is_value: |_| false },
    Field {
        label: "性别",
        span: [[0.045, 0.168], [0.2, 0.168]],
        is_value: |text| matches!(text, "男" | "女"),
    },
    Field {
        label: "民族",
        span: [[0.234, 0.168], [0.4, 0.168]],
        is_value: |text| text.starts_with(['男', '女']) && text.ends_with('汉'),
    },
    Field { label: "出生", span: [[0.05, 0.248], [0.4, 0.248]], is_value: |text| birth(text).is_some() },
    Field { label: "住址", span: [[0.05, 0.331], [0.5, 0.331]], is_value: is_address },
    Field { label: "身份号码", span: [[0.0525, 0.551], [0.921, 0.551]], is_value: |_| false },
];

/// Where the number begins and ends.
pub(super) const NUMBER: [[f32; 2]; 2] = [[0.32, 0.551], [0.921, 0.551]];

/// The side with the emblem.
const EMBLEM: [Field; 4] = [
    Field {
        label: "中华人民共和国",
        span: [[0.284, 0.116], [0.718, 0.117]],
        is_value: |text| text.contains("人民共和"),
    },
    Field { label: "居民身份证", span: [[0.291, 0.229], [0.76, 0.228]], is_value: |_| false },
    Field {
        label: "签发机关", span: [[0.192, 0.459], [0.7, 0.459]], is_value: |text| text.contains("公安")
    },
    Field { label: "有效期限", span: [[0.192, 0.539], [0.74, 0.539]], is_value: is_validity },
];

/// Documents that share words with the identity card and are none.
const OTHERS: [&str; 7] = ["护照", "通行证", "居住证", "永久居留", "驾驶证", "学生证", "社会保障"];

/// The number on a card.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// None was read whole, with a correct check character.
    None,
    /// This one.
    One(String),
    /// More than one: which is the holder's cannot be told.
    Several,
}

/// Without the number itself.
impl fmt::Debug for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::None => "None",
            Self::One(_) => "One(…)",
            Self::Several => "Several",
        })
    }
}

/// The surely read lines of a picture.
pub(super) struct Print<'a>(Vec<(&'a Line, String)>);

impl<'a> Print<'a> {
    pub(super) fn of(lines: &'a [Line], sure: f32) -> Self {
        let sure = lines.iter().filter(|line| line.confidence >= sure);
        Self(sure.map(|line| (line, fold(&line.text))).filter(|(_, text)| !text.is_empty()).collect())
    }

    /// How many characters were read.
    pub(super) fn characters(&self) -> usize {
        self.0.iter().map(|(_, text)| text.chars().count()).sum()
    }

    /// The corners of all lines.
    pub(super) fn corners(&self) -> Vec<[[f32; 2]; 4]> {
        self.0.iter().map(|(line, _)| line.corners).collect()
    }

    /// How many labels of a side were read.
    pub(super) fn labels(&self, side: Side) -> usize {
        fields(side).iter().filter(|field| self.says(field.label)).count()
    }

    /// The side that is shown: as many labels as are asked for, and more than of the other; a number alone is the side
    /// with the portrait.
    pub(super) fn side(&self, labels: f64) -> Option<Side> {
        let (face, emblem) = (self.labels(Side::Face), self.labels(Side::Emblem));
        if face > emblem && (face as f64 >= labels || self.number() != Number::None) {
            Some(Side::Face)
        } else if emblem > face && emblem as f64 >= labels && !self.is_other() {
            Some(Side::Emblem)
        } else {
            (face == 0 && emblem == 0 && self.number() != Number::None).then_some(Side::Face)
        }
    }

    /// Whether it names another document.
    pub(super) fn is_other(&self) -> bool {
        OTHERS.iter().any(|name| self.says(name)) && !self.says("居民身份证")
    }

    /// The fields of a side that were not read, neither label nor value.
    pub(super) fn missing(&self, side: Side) -> Vec<&'static Field> {
        let is_there = |field: &&Field| {
            self.0.iter().any(|(_, text)| text.contains(field.label) || (field.is_value)(text))
        };
        fields(side).iter().filter(|field| !is_there(field)).collect()
    }

    /// The number, exactly as read.
    pub(super) fn number(&self) -> Number {
        let whole = self.0.iter().flat_map(|(_, text)| runs(text)).chain(self.joined());
        let mut numbers: Vec<String> = whole.filter(|run| is_number(run)).collect();
        numbers.sort();
        numbers.dedup();
        match numbers.len() {
            0 => Number::None,
            1 => Number::One(numbers.swap_remove(0)),
            _ => Number::Several,
        }
    }

    /// Whether the number's date of birth is another than the one that is printed, so that one of them was misread.
    pub(super) fn contradicts(&self, number: &str) -> bool {
        let printed = self.0.iter().find_map(|(_, text)| birth(text));
        printed.is_some_and(|[year, month, day]| format!("{year:0>4}{month:0>2}{day:0>2}") != number[6..14])
    }

    /// Whether the printed name is another than this one; `None` when it was not read.
    pub(super) fn name_differs(&self, name: &str) -> Option<bool> {
        let name = letters(name);
        if self.0.iter().any(|(_, text)| letters(text).contains(&name)) {
            return Some(false);
        }
        let printed = letters(&self.name()?);
        // A long name goes on in the next line, where it is not looked for.
        Some(!(printed.chars().count() >= 4 && name.starts_with(&printed)))
    }

    /// The name: what follows its label, in its line or to the right of it.
    fn name(&self) -> Option<String> {
        let (label, text) = self.0.iter().find(|(_, text)| text.starts_with("姓名"))?;
        let rest = text.trim_start_matches("姓名");
        if !rest.is_empty() {
            return Some(rest.to_owned());
        }
        let beside = self.0.iter().filter(|(line, _)| follows(label, line));
        beside
            .min_by(|(a, _), (b, _)| a.corners[0][0].total_cmp(&b.corners[0][0]))
            .map(|(_, text)| text.clone())
    }

    /// Digits of lines that continue one another, as one run.
    fn joined(&self) -> Vec<String> {
        let is_part = |text: &str| text.len() >= 4 && text.chars().all(|c| c.is_ascii_digit() || c == 'X');
        let mut parts: Vec<_> = self.0.iter().filter(|(_, text)| is_part(text)).collect();
        parts.sort_by(|(a, _), (b, _)| a.corners[0][0].total_cmp(&b.corners[0][0]));
        let pairs = parts.iter().flat_map(|left| parts.iter().map(move |right| (left, right)));
        pairs
            .filter(|(left, right)| follows(left.0, right.0))
            .map(|(left, right)| format!("{}{}", left.1, right.1))
            .collect()
    }

    /// Print of this side whose place on the card is known.
    pub(super) fn anchors(&self, side: Side) -> Vec<Anchor> {
        let mut anchors: Vec<Anchor> = Vec::new();
        for (line, text) in &self.0 {
            let [begin, end] = ends(line);
            if let Some(field) = fields(side).iter().find(|field| begins(field, text)) {
                anchors.push(Anchor { card: field.span[0], picture: begin });
                if field.span[1][1] < 0.3 && text == field.label && side == Side::Emblem {
                    anchors.push(Anchor { card: field.span[1], picture: end });
                }
            } else if side == Side::Face && is_number(text) {
                anchors.push(Anchor { card: NUMBER[0], picture: begin });
                anchors.push(Anchor { card: NUMBER[1], picture: end });
            }
        }
        anchors
    }

    fn says(&self, words: &str) -> bool {
        self.0.iter().any(|(_, text)| text.contains(words))
    }
}

const fn fields(side: Side) -> &'static [Field] {
    match side {
        Side::Face => &FACE,
        Side::Emblem => &EMBLEM,
    }
}

/// Whether a line begins where the field does: of the number, with its whole label.
fn begins(field: &Field, text: &str) -> bool {
    if field.label == "身份号码" {
        text.starts_with("公民身份号码")
    } else {
        text.starts_with(field.label)
    }
}

/// Full-width forms as ASCII, a small x as the check character, nothing blank.
fn fold(text: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(narrow).map(|c| if c == 'x' { 'X' } else { c }).collect()
}

/// Letters only: separators are read as any of a dozen dots.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase).collect()
}

/// Unbroken runs of digits, with the X that may end them.
fn runs(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != 'X')
        .filter(|run| !run.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Eighteen characters with a correct check character and a day of birth that exists: a misread number with the right
/// check character would still be one in eleven.
fn is_number(run: &str) -> bool {
    is_card_number(run) && card_birth(&run[6..14]).is_some()
}

/// Year, month and day as printed.
fn birth(text: &str) -> Option<[&str; 3]> {
    let (year, rest) = text.trim_start_matches("出生").split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (day, _) = rest.split_once('日')?;
    let is_part =
        |part: &str, most| !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
    (year.len() == 4 && is_part(year, 4) && is_part(month, 2) && is_part(day, 2))
        .then_some([year, month, day])
}

fn is_address(text: &str) -> bool {
    let places = ["省", "市", "县", "区", "州", "镇", "乡", "村", "路", "街", "号", "室", "盟", "旗"];
    text.chars().count() >= 5 && places.iter().filter(|place| text.contains(**place)).count() >= 2
}

fn is_validity(text: &str) -> bool {
    text.contains("长期") || (text.contains('.') && text.bytes().filter(u8::is_ascii_digit).count() >= 8)
}

/// The middle of the edge where a line begins, and of the one where it ends.
fn ends(line: &Line) -> [[f32; 2]; 2] {
    let [a, b, c, d] = line.corners;
    let middle = |p: [f32; 2], q: [f32; 2]| [f32::midpoint(p[0], q[0]), f32::midpoint(p[1], q[1])];
    [middle(a, d), middle(b, c)]
}

/// Whether a line goes on where another ends: on its right, at its height, less than four heights away.
fn follows(left: &Line, right: &Line) -> bool {
    let ([begin, end], [next, _]) = (ends(left), ends(right));
    let (x, y) = (end[0] - begin[0], end[1] - begin[1]);
    let length = x.hypot(y).max(1.0);
    let (along, across) = ((next[0] - end[0], next[1] - end[1]), [x / length, y / length]);
    let height = (left.corners[3][0] - left.corners[0][0]).hypot(left.corners[3][1] - left.corners[0][1]);
    let ahead = along.0 * across[0] + along.1 * across[1];
    let aside = along.1 * across[0] - along.0 * across[1];
    aside.abs() < height / 2.0 && ahead > -height && ahead < 4.0 * height
}
