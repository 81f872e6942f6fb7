//! What is found in a message: every rule with what keeps it and what breaks it.

use super::*;

fn text(text: &str) -> Message {
    Message::Text { text: text.into() }
}

fn article() -> [String; 5] {
    ["改期通知", "省考办", "办理日期改了", "<p>正文</p>", "https://example.cn/a"].map(str::to_owned)
}

fn article_of([title, author, digest, content, source_url]: [String; 5]) -> Message {
    Message::Article { title, author, digest, content, source_url, cover: None }
}

fn card(fields: &[(&str, &str)]) -> TemplateCard {
    let field = |(key, value): &(&str, &str)| Field { key: (*key).into(), value: (*value).into() };
    TemplateCard {
        template_id: "T1".into(),
        title: String::new(),
        fields: fields.iter().map(field).collect(),
        url: None,
    }
}

#[test]
fn a_message_is_kept_as_it_is_and_nothing_else_is_taken() {
    let all = [
        text("您好"),
        Message::Picture { file: "a.png".into() },
        article_of(article()),
        Message::Template(card(&[("thing1", "改期")])),
    ];
    for message in all {
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message, "{json}");
        let more = json.replacen('{', "{\"more\":1,", 1);
        assert!(serde_json::from_str::<Message>(&more).is_err(), "{more}");
    }
    assert!(serde_json::from_str::<Message>("{\"kind\":\"voice\"}").is_err());
}

#[test]
fn a_text_is_counted_in_bytes_with_the_longest_of_each_variable() {
    let bytes = |message: &Message| message.rooms()[0].used;
    assert_eq!(bytes(&text("您好a")), 7);
    for variable in Variable::ALL {
        let named = text(&format!("{{{}}}", variable.name()));
        assert_eq!(bytes(&named), variable.longest().len(), "{variable:?}");
        assert!(named.has_variables() && named.check().is_empty(), "{variable:?}");
    }
    let full = "字".repeat(682) + "a";
    assert_eq!((text(&full).check(), text(&full).rooms()[0].used), (vec![], 2047));
    let room = Room { part: Part::Text, used: 2048, limit: 2047, unit: Unit::Bytes };
    assert_eq!(text(&(full.clone() + "a")).check(), [Mistake::TooLong(room)]);
    let by_name = text(&format!("{}{{姓名}}", "字".repeat(676)));
    assert!(matches!(by_name.check()[..], [Mistake::TooLong(Room { used: 2054, .. })]), "{by_name:?}");
    assert_eq!(text(" \n").check(), [Mistake::Empty(Part::Text)]);
}

#[test]
fn braces_around_no_name_are_shown_where_they_are() {
    type Found<'a> = &'a [(Range<usize>, &'a str)];
    let rows: [(&str, Found<'_>); 8] = [
        ("{姓名}您好，{ 地点 }｛日期｝", &[]),
        ("您好{姓各}", &[(2..6, "{姓各}")]),
        ("{}", &[(0..2, "{}")]),
        ("您好{姓名", &[(2..3, "{")]),
        ("姓名}您好", &[(2..3, "}")]),
        ("{姓名{地点}", &[(0..1, "{")]),
        ("{{姓名}}", &[(0..1, "{"), (5..6, "}")]),
        ("𠮷{x}", &[(1..4, "{x}")]),
    ];
    for (given, expected) in rows {
        let found: Vec<(Range<usize>, String)> = text(given)
            .check()
            .into_iter()
            .map(|mistake| match mistake {
                Mistake::Braces { part: Part::Text, at, said } => (at, said),
                other => panic!("{given}: {other:?}"),
            })
            .collect();
        let expected: Vec<_> = expected.iter().map(|(at, said)| (at.clone(), (*said).to_owned())).collect();
        assert_eq!(found, expected, "{given}");
    }
}

#[test]
fn names_are_filled_in_and_other_braces_stay() {
    let value = |variable: Variable| format!("<{}>", variable.name());
    let filled = text("{姓名}，您{x}的｛批次｝{").filled(&value);
    assert_eq!(filled, text("<姓名>，您{x}的<批次>{"));
    let mut given = article();
    given[0] = "{批次}".into();
    let Message::Article { title, content, .. } = article_of(given).filled(&value) else { panic!() };
    assert_eq!((title.as_str(), content.as_str()), ("<批次>", "<p>正文</p>"));
    let given = card(&[("thing1", "{步骤}"), ("time2", "9:15")]);
    assert!(given.has_variables() && !given.filled(&value).has_variables());
    assert_eq!(given.filled(&value).fields, card(&[("thing1", "<步骤>"), ("time2", "9:15")]).fields);
    assert!(!text("您好{x}").has_variables() && !Message::Picture { file: "a".into() }.has_variables());
}

#[test]
fn an_article_s_parts_have_their_lengths_and_needs() {
    assert_eq!(article_of(article()).check(), []);
    for (at, part, limit) in
        [(0, Part::Title, 64), (1, Part::Author, 8), (2, Part::Digest, 120), (3, Part::Content, 20_000)]
    {
        let mut given = article();
        given[at] = "字".repeat(limit);
        assert_eq!(article_of(given.clone()).check(), [], "{part:?}");
        given[at].push('字');
        let room = Room { part, used: limit + 1, limit, unit: Unit::Characters };
        assert_eq!(article_of(given).check(), [Mistake::TooLong(room)], "{part:?}");
    }
    let nothing = article_of([""; 5].map(str::to_owned));
    assert_eq!(nothing.check(), [Mistake::Empty(Part::Title), Mistake::Empty(Part::Content)]);
    let mut given = article();
    (given[0], given[3]) = (String::new(), "{x}".into());
    given[4] = "example.cn".into();
    let all: Vec<Part> = article_of(given).check().iter().map(Mistake::part).collect();
    assert_eq!(all, [Part::Title, Part::Content, Part::Source], "all at once, in the order of the page");
}

#[test]
fn an_address_is_one_that_phones_open() {
    let rows = [
        ("https://example.cn", true),
        ("http://example.cn/a?b=c#d", true),
        ("https://example.cn:8443/a", true),
        ("ftp://example.cn", false),
        ("example.cn/a", false),
        ("https://", false),
        ("https:///a.b", false),
        ("https://localhost/a.b", false),
        ("https://example.cn/公告", false),
        ("https://example.cn/a b", false),
        ("https://example.cn/{申请号}", false),
        ("javascript:alert(1)//a.b", false),
        ("", false),
    ];
    for (url, right) in rows {
        let given = TemplateCard { url: Some(url.into()), ..card(&[("thing1", "改期")]) };
        let expected = if right { vec![] } else { vec![Mistake::Address(Part::Url)] };
        assert_eq!(Message::Template(given).check(), expected, "{url}");
    }
}

#[test]
fn a_template_needs_values_with_names_of_their_own() {
    let nothing = TemplateCard { template_id: " ".into(), ..card(&[]) };
    assert_eq!(nothing.check(), [Mistake::Empty(Part::Template), Mistake::Empty(Part::Fields)]);
    let given =
        card(&[("thing1", ""), ("", "改期"), ("thing 2", "改期"), ("thing1", "{x}"), ("thing3", "{姓名}")]);
    let expected = [
        Mistake::Empty(Part::Value(0)),
        Mistake::Key(1),
        Mistake::Key(2),
        Mistake::Repeated(3),
        Mistake::Braces { part: Part::Value(3), at: 0..3, said: "{x}".into() },
    ];
    assert_eq!(given.check(), expected);
    assert_eq!(Mistake::Repeated(3).part(), Part::Key(3));
}

/// A value's name, the value, and what is wrong: nothing, its form, or so many of so many.
type Row = (&'static str, &'static str, Option<FieldMistake>);

const FORM: Option<FieldMistake> = Some(FieldMistake::Form);

const fn long(found: usize, limit: usize) -> FieldMistake {
    FieldMistake::TooLong { found, limit }
}

const VALUES: &[Row] = &[
    ("thing1", "一二三四五六七八九十一二三四五六七八九十", None),
    ("thing1", "一二三四五六七八九十一二三四五六七八九十a", Some(long(21, 20))),
    ("thing12", "两行\n不行", Some(FieldMistake::Lines)),
    ("thing1", "{地址}", Some(long(35, 20))),
    ("thing1", "{步骤}", None),
    ("character_string1", "GD-2026/001", None),
    ("character_string1", "{申请号}", None),
    ("character_string1", "第1号", FORM),
    ("character_string1", "123456789012345678901234567890123", Some(long(33, 32))),
    ("time1", "9:15", None),
    ("time1", "15:01~16:00", None),
    ("time1", "2019年10月1日 15:01", None),
    ("time1", "2019年10月1日 15:01 ~ 2019年10月2日 15:01", None),
    ("time1", "2019年10月1日", FORM),
    ("time1", "24:00", FORM),
    ("time1", "9:5", FORM),
    ("time1", "下午三点", FORM),
    ("date1", "2019年10月1日", None),
    ("date1", "2019年10月1日 15:01", None),
    ("date1", "2019年10月1日~2019年10月7日", None),
    ("date1", "{日期}", None),
    ("date1", "2019年2月29日", FORM),
    ("date1", "2019-10-01", FORM),
    ("date1", "15:01", FORM),
    ("date1", "2019年10月1日~2日~3日", FORM),
    ("phrase1", "审核通过", None),
    ("phrase1", "审核不通过了", Some(long(6, 5))),
    ("phrase1", "通过!", FORM),
    ("number1", "-12.5", None),
    ("number1", "12.", FORM),
    ("number1", "十二", FORM),
    ("number1", "123456789012345678901234567890123", Some(long(33, 32))),
    ("amount1", "¥1234567890", None),
    ("amount1", "12.50元", None),
    ("amount1", "12345678901", Some(long(11, 10))),
    ("amount1", "¥¥12", FORM),
    ("phone_number1", "+86-0750-88909771", None),
    ("phone_number1", "{电话}", None),
    ("phone_number1", "电话123", FORM),
    ("phone_number1", "020-88909771-12345", Some(long(18, 17))),
    ("car_number1", "粤A8Z888挂", None),
    ("car_number1", "粤A8粤888", FORM),
    ("car_number1", "粤A8Z8888", None),
    ("name1", "{姓名}", None),
    ("name1", "一二三四五六七八九十一", Some(long(11, 10))),
    ("name1", "Abcdefghij Klmnopqrst", Some(long(21, 20))),
    ("letter1", "ABC", None),
    ("letter1", "AB1", FORM),
    ("symbol1", "+-*/", None),
    ("symbol1", "a", FORM),
    ("symbol1", "++++++", Some(long(6, 5))),
    ("keyword1", "旧模板的内容没有这些规矩，写多长都可以，只要是一行", None),
    ("things1", "不是 thing 开头的那一种", None),
];

#[test]
fn a_value_is_what_its_name_says() {
    for (key, value, expected) in VALUES {
        let found = card(&[(key, value)]).check();
        let expected: Vec<Mistake> = expected
            .iter()
            .map(|why| Mistake::Field { at: 0, kind: FieldKind::of(key), why: *why })
            .collect();
        assert_eq!(found, expected, "{key} {value}");
    }
}

#[test]
fn what_looks_like_personal_data_is_shown_where_it_stands() {
    use Personal::{Document, Email, ExamNumber, IdNumber, Mobile};
    let known = ["020-88909771".to_owned(), "+86 139 0013 9000".to_owned()];
    let rows: [(&str, &[(&str, Personal)]); 22] = [
        ("天河区：6月15日 9:15–11:30，020-88909771", &[]),
        ("2026-06-15 09:30 至 2026-06-17 16:00", &[]),
        ("课程 00023，GB11643，共 12345678 人", &[]),
        ("身份证 44010619920229039X。", &[("44010619920229039X", IdNumber)]),
        ("４４０１０６１９９２０２２９０３９ｘ", &[("４４０１０６１９９２０２２９０３９ｘ", IdNumber)]),
        ("440106 19920229 039X", &[("440106 19920229 039X", IdNumber)]),
        ("440106199202290391", &[]),
        ("准考证010126000001的同学", &[("010126000001", ExamNumber)]),
        ("0101 2600 0001", &[("0101 2600 0001", ExamNumber)]),
        ("0101260000012", &[]),
        ("电话13800138000", &[("13800138000", Mobile)]),
        ("138-0013-8000、+8613800138000", &[("138-0013-8000", Mobile), ("8613800138000", Mobile)]),
        ("13800138000 13900139001", &[("13800138000", Mobile), ("13900139001", Mobile)]),
        ("办公手机 13900139000、139 0013 9000", &[]),
        ("12800138000", &[]),
        ("护照 E12345678、h0012345600", &[("E12345678", Document), ("h0012345600", Document)]),
        ("永居证 FRA440190010100", &[("FRA440190010100", Document)]),
        ("FRAN440190010100、A123456", &[]),
        ("王x@example.edu.cn，", &[("x@example.edu.cn", Email)]),
        ("13800138000@qq.com。", &[("13800138000@qq.com", Email)]),
        ("@所有人 a@b", &[]),
        ("{姓名}的{申请号}", &[]),
    ];
    for (given, expected) in rows {
        let characters: Vec<char> = given.chars().collect();
        let found: Vec<(String, Personal)> = text(given)
            .warnings(&known)
            .into_iter()
            .map(|warning| (characters[warning.at].iter().collect(), warning.what))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(said, what)| ((*said).to_owned(), *what)).collect();
        assert_eq!(found, expected, "{given}");
    }
}

#[test]
fn warnings_name_the_part() {
    let mut given = article();
    given[3] = "<p>13800138000</p>".into();
    let expected = Warning { part: Part::Content, at: 3..14, what: Personal::Mobile };
    assert_eq!(article_of(given).warnings(&[]), [expected]);
    let given = card(&[("thing1", "改期"), ("thing2", "找 13800138000")]);
    let expected = Warning { part: Part::Value(1), at: 2..13, what: Personal::Mobile };
    assert_eq!(given.warnings(&[]), std::slice::from_ref(&expected));
    assert_eq!(Message::Template(given).warnings(&[]), [expected]);
    assert_eq!(Message::Picture { file: "13800138000".into() }.warnings(&[]), []);
}
