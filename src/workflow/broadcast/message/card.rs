//! What may stand in a template's value: the beginning of its name says so (protocol §7).
//!
//! The platform refuses the whole message otherwise (47003), at the first person. Names of other beginnings, as old
//! templates have them, take any line.

/// What a value is, by the beginning of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// `thing`: anything short.
    Thing,
    /// `character_string`: digits, letters, signs.
    CharacterString,
    /// `time`: an hour, perhaps of a day.
    Time,
    /// `date`: a day, perhaps with an hour.
    Date,
    /// `phrase`: a word.
    Phrase,
    /// `number`: a number.
    Number,
    /// `amount`: money.
    Amount,
    /// `phone_number`: a telephone.
    PhoneNumber,
    /// `car_number`: a car's.
    CarNumber,
    /// `name`: somebody's.
    Name,
    /// `letter`: letters.
    Letter,
    /// `symbol`: signs.
    Symbol,
    /// Any other.
    Other,
}

/// Why a value does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldMistake {
    /// Longer than it may be, in characters or digits.
    TooLong {
        /// So many.
        found: usize,
        /// Of so many.
        limit: usize,
    },
    /// It has more than one line.
    Lines,
    /// It has not the form that its name asks for.
    Form,
}

const KINDS: [(&str, FieldKind); 12] = [
    ("thing", FieldKind::Thing),
    ("character_string", FieldKind::CharacterString),
    ("time", FieldKind::Time),
    ("date", FieldKind::Date),
    ("phrase", FieldKind::Phrase),
    ("number", FieldKind::Number),
    ("amount", FieldKind::Amount),
    ("phone_number", FieldKind::PhoneNumber),
    ("car_number", FieldKind::CarNumber),
    ("name", FieldKind::Name),
    ("letter", FieldKind::Letter),
    ("symbol", FieldKind::Symbol),
];

impl FieldKind {
    /// By a value's name, `thing1`.
    pub fn of(key: &str) -> Self {
        let stem = key.trim_end_matches(|c: char| c.is_ascii_digit());
        KINDS.iter().find(|(name, _)| *name == stem).map_or(Self::Other, |(_, kind)| *kind)
    }

    /// What is wrong with a value, variables filled in.
    pub fn check(self, value: &str) -> Option<FieldMistake> {
        if value.contains(['\n', '\r']) {
            return Some(FieldMistake::Lines);
        }
        let value = value.trim();
        let (limit, fits) = self.rule(value);
        let found = match self {
            Self::Number | Self::Amount => value.chars().filter(char::is_ascii_digit).count(),
            _ => value.chars().count(),
        };
        if !fits {
            return Some(FieldMistake::Form);
        }
        (found > limit).then_some(FieldMistake::TooLong { found, limit })
    }

    /// The most characters or digits, and whether the form is right.
    fn rule(self, value: &str) -> (usize, bool) {
        let all = |is: fn(char) -> bool| value.chars().all(is);
        match self {
            Self::Thing => (20, true),
            Self::CharacterString => (32, !value.chars().any(is_han)),
            Self::Time => (usize::MAX, spans(value, is_time)),
            Self::Date => (usize::MAX, spans(value, is_date)),
            Self::Phrase => (5, all(is_han)),
            Self::Number => (32, is_decimal(value.strip_prefix('-').unwrap_or(value))),
            Self::Amount => (10, is_amount(value)),
            Self::PhoneNumber => (17, all(|c| c.is_ascii_digit() || "+-()#* ".contains(c))),
            Self::CarNumber => (8, is_car(value)),
            // Letters alone are counted so; one 汉字 among them, and all are counted as such.
            Self::Name => (if value.is_ascii() { 20 } else { 10 }, true),
            Self::Letter => (32, all(|c| c.is_ascii_alphabetic())),
            Self::Symbol => (5, all(|c| !c.is_alphanumeric())),
            Self::Other => (usize::MAX, true),
        }
    }
}

const fn is_han(c: char) -> bool {
    matches!(c, '〇' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// One moment, or two with 「~」 between.
fn spans(value: &str, is_moment: fn(&str) -> bool) -> bool {
    let mut moments = value.split('~');
    let (first, second) = (moments.next().unwrap_or_default(), moments.next());
    is_moment(first.trim())
        && second.is_none_or(|second| is_moment(second.trim()) || is_hour(second.trim()))
        && moments.next().is_none()
}

/// `15:01`, or `2019年10月1日 15:01`.
fn is_time(value: &str) -> bool {
    match value.rsplit_once(' ') {
        Some((day, hour)) => is_day(day.trim()) && is_hour(hour),
        None => is_hour(value),
    }
}

/// `2019年10月1日`, or `2019年10月1日 15:01`.
fn is_date(value: &str) -> bool {
    is_day(value) || (value.contains(' ') && is_time(value))
}

fn is_hour(value: &str) -> bool {
    let Some((hour, minute)) = value.split_once(':') else { return false };
    number(hour, 1..=2).is_some_and(|hour| hour < 24)
        && number(minute, 2..=2).is_some_and(|minute| minute < 60)
}

fn is_day(value: &str) -> bool {
    let parts = || {
        let (year, rest) = value.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        let day = day.strip_suffix('日')?;
        Some((number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?))
    };
    let Some((year, month, day)) = parts() else { return false };
    let (Ok(year), Ok(month), Ok(day)) = (year.try_into(), month.try_into(), day.try_into()) else {
        return false;
    };
    jiff::civil::Date::new(year, month, day).is_ok()
}

fn number(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<u16> {
    let is_number = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// `12`, `12.5`.
fn is_decimal(value: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match value.split_once('.') {
        Some((whole, rest)) => is_digits(whole) && is_digits(rest),
        None => is_digits(value),
    }
}

/// `¥12.50`, `12元`.
fn is_amount(value: &str) -> bool {
    let bare = value.strip_prefix(['¥', '￥', '$', '€', '£']).unwrap_or(value);
    is_decimal(bare.strip_suffix('元').unwrap_or(bare))
}

/// `粤A8Z888挂`: 汉字 at the ends only.
fn is_car(value: &str) -> bool {
    let last = value.chars().count().saturating_sub(1);
    let mut characters = value.chars().enumerate();
    characters.all(|(at, c)| c.is_ascii_alphanumeric() || (is_han(c) && (at == 0 || at == last)))
}
