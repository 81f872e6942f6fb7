//! What several answers and questions have in common: texts with bounds, names of stages and parts, places, moments.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
    },
};

use crate::{
    inbound::{Level, Part, Reason},
    time::{Millis, parse_minute},
    workflow::case::{self, Stage},
};

/// Declares a text in a line, or in lines, with at most so many characters: none that nobody can see.
macro_rules! text {
    ($name:ident, $max:literal, $allowed:literal, $pattern:literal, $about:literal) => {
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub(super) struct $name(pub(super) String);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let is_plain = !text.chars().any(|c| c.is_control() && !$allowed.contains(c));
                let fits = (1..=$max).contains(&text.chars().count());
                if is_plain && fits { Ok(Self(text)) } else { Err($about) }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
                text.max_length(Some($max)).pattern(Some($pattern)).description(Some($about)).into()
            }
        }

        impl ToSchema for $name {}
    };
}

text!(Word, 64, "", r"^[^\u0000-\u001f\u007f-\u009f]+$", "1 到 64 个字，不换行");
text!(Words, 500, "\n", r"^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]+$", "1 到 500 个字");

/// A whole number however JSON has it: to JSON Schema `3.0` is one, to serde it is none.
pub(super) fn whole<'de, D: Deserializer<'de>, T: TryFrom<i64>>(reader: D) -> Result<T, D::Error> {
    let number = serde_json::Number::deserialize(reader)?;
    let whole = number.as_i64().or_else(|| {
        let number = number.as_f64().filter(|number| number.fract() == 0.0)?;
        (number.abs() <= WHOLE_MAX).then_some(number as i64)
    });
    let bounded = whole.and_then(|whole| T::try_from(whole).ok());
    bounded.ok_or_else(|| D::Error::custom("not a whole number within the bounds"))
}

/// The same, or null.
pub(super) fn whole_or_none<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    reader: D,
) -> Result<Option<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(bound = "T: TryFrom<i64>")]
    struct Whole<T>(#[serde(deserialize_with = "whole")] T);
    Ok(Option::<Whole<T>>::deserialize(reader)?.map(|Whole(number)| number))
}

/// Up to here every `N.0` is read as N, and so far descriptions go: of some larger ones, like 4298321936066774.0, the JSON
/// reader makes a fraction.
const WHOLE_MAX: f64 = 1e12;

/// What may name a row: signs that every database takes.
pub(super) fn plain(id: &str) -> Option<&str> {
    let is_plain = (1..=200).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain.then_some(id)
}

/// A minute on the offices' clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Minute(String);

impl TryFrom<String> for Minute {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if parse_minute(&text).is_some() { Ok(Self(text)) } else { Err("2026-06-15T09:30") }
    }
}

impl PartialSchema for Minute {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).description(Some("时间，北京时间，到分钟"));
        let days = "(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
        text.pattern(Some(format!("^20[0-9][0-9]-{days}T([01][0-9]|2[0-3]):[0-5][0-9]$"))).into()
    }
}

impl ToSchema for Minute {}

/// Declares a name out of a list, of a type that serde knows by the same names.
macro_rules! name {
    ($name:ident, $of:ty, $all:expr, $about:literal) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub(super) struct $name(pub(super) $of);

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let name = ObjectBuilder::new().schema_type(Type::String).description(Some($about));
                name.enum_values(Some($all)).into()
            }
        }

        impl ToSchema for $name {}
    };
}

name!(StageName, Stage, Stage::ALL.map(Stage::name), "申请走到哪一步");
name!(
    PartName,
    Part,
    [Part::Portrait, Part::Documents, Part::Both].map(Part::name),
    "毕业证照片、证件照片，或两样都有"
);
name!(LevelName, Level, ["city", "province"], "市考办或省考办");
name!(
    ReasonCode,
    Reason,
    Reason::ALL.map(Reason::code),
    "不通过的原因：P 开头说毕业证照片，D 开头说证件照片"
);

/// A moment as RFC 3339 writes it, in the offices' time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Moment(String);

impl Moment {
    pub(super) fn new(at: Millis, zone: &TimeZone) -> Self {
        let nearest = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let at = Timestamp::from_millisecond(at.0).unwrap_or(nearest).to_zoned(zone.clone());
        Self(at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).description(Some("时间，RFC 3339"));
        text.format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))).into()
    }
}

impl ToSchema for Moment {}

/// 办理地点
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Place)]
pub(super) struct PlaceSaid {
    /// 市
    #[schema(example = "广州市")]
    pub(super) city: String,
    /// 区县
    #[schema(example = "天河区")]
    pub(super) district: String,
}

impl From<&case::Place> for PlaceSaid {
    fn from(place: &case::Place) -> Self {
        Self { city: place.city.clone(), district: place.district.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_bounded_and_plain() {
        let rows = [("天河区", true), ("", false), ("a\nb", false), ("a\0", false), ("\u{85}", false)];
        for (text, expected) in rows {
            assert_eq!(Word::try_from(text.to_owned()).is_ok(), expected, "{text:?}");
        }
        assert!(Words::try_from("两行\n字".to_owned()).is_ok());
        assert!(Words::try_from("字".repeat(501)).is_err());
    }

    #[test]
    fn whole_numbers_are_read_however_they_are_written() {
        let read = |text: &str| whole::<_, i64>(&mut serde_json::Deserializer::from_str(text)).ok();
        let rows = [
            ("3", Some(3)),
            ("3.0", Some(3)),
            ("1000000000000.0", Some(1_000_000_000_000)),
            ("999999999999.0", Some(999_999_999_999)),
            ("1e3", Some(1000)),
            ("3.5", None),
            ("1e300", None),
            ("\"3\"", None),
        ];
        for (text, expected) in rows {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_those_that_serde_reads() {
        for stage in Stage::ALL {
            let read: StageName = serde_json::from_value(stage.name().into()).unwrap();
            assert_eq!(read.0, stage);
        }
        for reason in Reason::ALL {
            let read: ReasonCode = serde_json::from_value(reason.code().into()).unwrap();
            assert_eq!(read.0, reason);
        }
    }

    #[test]
    fn moments_have_the_offices_offset() {
        let zone = crate::time::shanghai();
        assert_eq!(Moment::new(Millis(1_781_487_000_000), &zone).0, "2026-06-15T09:30:00+08:00");
    }
}
