use proptest::{prelude::*, sample::select};

use super::*;

fn known() -> Known {
    let place = |city: &str, district: &str| (city.to_owned(), district.to_owned());
    Known {
        batches: vec!["2026-06".to_owned(), "2025-12".to_owned()],
        places: vec![
            place("广州市", "天河区"),
            place("广州市", "越秀区"),
            place("深圳市", "福田区"),
            place("汕头市", "城区"),
            place("汕尾市", "城区"),
        ],
        tags: vec![(100, "老考生".to_owned()), (101, "且 (慢)".to_owned()), (102, "101".to_owned())],
        lists: vec![("L1".to_owned(), "台风".to_owned()), ("L2".to_owned(), "台风".to_owned())],
    }
}

#[test]
fn texts_are_read() {
    let city = |name: &str| Condition::City(name.to_owned());
    let not = |inner| Condition::Not(Box::new(inner));
    let district = |city: &str, district: &str| Condition::District {
        city: city.to_owned(),
        district: district.to_owned(),
    };
    let rows = [
        ("所有人", Condition::Everyone),
        ("批次:2026-06", Condition::Everyone),
        (
            "批次:2026-06 且 城市:广州市 且 非 步骤:预测未通过",
            Condition::All(vec![city("广州市"), not(Condition::Step(Step::PredictionFailed))]),
        ),
        ("城市：广州市 or city:深圳市", Condition::Any(vec![city("广州市"), city("深圳市")])),
        (
            "已绑定 且 有申请 或 非已绑定",
            Condition::Any(vec![
                Condition::All(vec![Condition::Bound, Condition::HasCase]),
                not(Condition::Bound),
            ]),
        ),
        ("not (bound AND applied)", not(Condition::All(vec![Condition::Bound, Condition::HasCase]))),
        ("非（已绑定）", not(Condition::Bound)),
        ("区县:天河区", district("广州市", "天河区")),
        ("区县:汕尾市/城区", district("汕尾市", "城区")),
        ("证件:护照 或 非证件:军官证", {
            let passport = Condition::DocumentType(DocumentType::Passport);
            Condition::Any(vec![passport, not(Condition::DocumentType(DocumentType::OfficerCard))])
        }),
        ("标签:老考生", Condition::Tag(100)),
        ("标签:#101", Condition::Tag(101)),
        ("标签:「且 (慢)」", Condition::Tag(101)),
        ("标签:\"101\"", Condition::Tag(102)),
        ("名单:#L2", Condition::List("L2".to_owned())),
    ];
    for (text, who) in rows {
        let expected = Audience { batch: "2026-06".to_owned(), who };
        assert_eq!(read(text, &known()), Ok(expected.clone()), "{text}");
        assert_eq!(read(&write(&expected, &known()), &known()), Ok(expected), "{text}");
    }
}

#[test]
fn all_mistakes_are_told_with_their_places() {
    let rows: [(&str, &[&str]); 14] = [
        ("", &["第 1 个字：这里少一个条件。"]),
        ("城市:广州", &["第 1 个字：没有叫“广州”的城市。是不是“广州市”？"]),
        (
            "批次:2026-07 且 城区:x 或 步骤:照片没通过",
            &[
                "第 1 个字：没有叫“2026-07”的批次。是不是“2026-06”？",
                "第 14 个字：没有“城区”这种条件。是不是“城市”？",
                "第 21 个字：没有叫“照片没通过”的步骤。是不是“证件照片未通过”？",
            ],
        ),
        ("已绑定 且", &["第 6 个字：这里少一个条件。"]),
        ("且 已绑定", &["第 1 个字：这里少一个条件。"]),
        ("(已绑定", &["第 1 个字：这个“(”没有配上另一半。"]),
        ("已绑定)", &["第 4 个字：这个“)”前面没有“(”。"]),
        ("已绑定 有申请", &["第 5 个字：条件之间请写“且”或者“或”。"]),
        ("标签:「老考生", &["第 4 个字：这个“「”没有配上另一半。"]),
        ("已绑定 且 批次:2026-06", &["第 7 个字：批次只写一次，写在最前面。"]),
        ("区县:城区", &["第 1 个字：有几个同名的区县，请写成：汕头市/城区、汕尾市/城区。"]),
        ("名单:台风", &["第 1 个字：有几个同名的名单，请写成：#L1、#L2。"]),
        ("已邦定", &["第 1 个字：没有“已邦定”这种条件。是不是“已绑定”？"]),
        ("非 非 非 非 非 已绑定", &["第 1 个字：括号套得太深，最多 5 层。"]),
    ];
    for (text, expected) in rows {
        let found = read(text, &known()).unwrap_err();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{text}");
    }
    let deep = "(".repeat(100_000);
    assert!(read(&deep, &known()).is_err(), "however deep, it is only a mistake");
    assert_eq!(read("已绑定", &Known::default()).unwrap_err()[0].what, Wrong::Empty);
}

fn leaves() -> impl Strategy<Value = Condition> {
    let places = known().places;
    let cities: Vec<String> = places.iter().map(|(city, _)| city.clone()).collect();
    prop_oneof![
        Just(Condition::Everyone),
        Just(Condition::Bound),
        Just(Condition::HasCase),
        select(cities).prop_map(Condition::City),
        select(places).prop_map(|(city, district)| Condition::District { city, district }),
        select(DocumentType::ALL.to_vec()).prop_map(Condition::DocumentType),
        select(Step::ALL.to_vec()).prop_map(Condition::Step),
        select(vec![100_i64, 101, 102]).prop_map(Condition::Tag),
        select(vec!["L1", "L2"]).prop_map(|id| Condition::List(id.to_owned())),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    leaves().prop_recursive(4, 30, 3, |inner| {
        let some = proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            some.clone().prop_map(Condition::All),
            some.prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(who in conditions(), batch in select(vec!["2026-06", "2025-12"])) {
        prop_assume!(who.too_large().is_none());
        let audience = Audience { batch: batch.to_owned(), who };
        let text = write(&audience, &known());
        prop_assert_eq!(read(&text, &known()), Ok(audience), "{}", text);
    }

    #[test]
    fn nothing_that_is_written_is_too_much(text in "[且或非()「」:：城市广州已绑定 a#\"]{0,60}") {
        let _ = read(&text, &known());
    }
}
