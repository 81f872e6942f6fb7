//! What lines of text say, without any picture.

use super::super::super::text::Line;
use super::super::print::{Number, Print};
use super::super::{CardLimits, Side};

/// Lines one below the other, 20 high and 10 a character, surely read.
fn lines(texts: &[&str]) -> Vec<Line> {
    (0_u8..).zip(texts).map(|(row, text)| line(text, 0.0, f32::from(row) * 30.0, 0.95)).collect()
}

fn line(text: &str, x: f32, y: f32, confidence: f32) -> Line {
    let right = x + 10.0 * text.chars().count() as f32;
    Line {
        corners: [[x, y], [right, y], [right, y + 20.0], [x, y + 20.0]],
        text: text.to_owned(),
        confidence,
    }
}

fn print(lines: &[Line]) -> Print<'_> {
    Print::of(lines, CardLimits::default().sure)
}

#[test]
fn a_number_counts_as_read_or_not_at_all() {
    let one = |number: &str| Number::One(number.to_owned());
    let cases: [(&[&str], Number); 17] = [
        (&["990101198503142375"], one("990101198503142375")),
        (&["公民身份号码", "990101198503142375"], one("990101198503142375")),
        (&["公民身份号码990101198503142375"], one("990101198503142375")),
        (&["公民身份号码 990101 19850314 2375 "], one("990101198503142375")),
        (&["９９０１０１１９８５０３１４２３７５"], one("990101198503142375")),
        (&["11010519491231002X"], one("11010519491231002X")),
        (&["11010519491231002x"], one("11010519491231002X")),
        (&["990101198503142375", "990101198503142375"], one("990101198503142375")),
        // The check character is wrong, a digit is missing, one is too many, a letter stands for a digit.
        (&["990101198503142376"], Number::None),
        (&["99010119850314237"], Number::None),
        (&["9901011985031423755"], Number::None),
        (&["1990101198503142375"], Number::None),
        (&["99O101198503142375"], Number::None),
        (&["990101X98503142375"], Number::None),
        // The check character is right, the thirteenth month is not.
        (&["990101198513142370"], Number::None),
        (&[], Number::None),
        (&["990101198503142375", "990204199711220488"], Number::Several),
    ];
    for (texts, expected) in cases {
        assert_eq!(print(&lines(texts)).number(), expected, "{texts:?}");
    }
    let unsure = [line("990101198503142375", 0.0, 0.0, 0.7)];
    assert_eq!(print(&unsure).number(), Number::None);
}

#[test]
fn a_number_may_be_read_in_two_pieces_that_continue_one_another() {
    let parts = |x: f32, y: f32| [line("9901011985", 0.0, 0.0, 0.9), line("03142375", x, y, 0.9)];
    let whole = Number::One("990101198503142375".to_owned());
    let cases = [
        ("beside", parts(115.0, 2.0), whole),
        ("far away", parts(300.0, 2.0), Number::None),
        ("below", parts(115.0, 30.0), Number::None),
        ("on top", parts(0.0, 0.0), Number::None),
    ];
    for (name, lines, expected) in cases {
        assert_eq!(print(&lines).number(), expected, "{name}");
    }
}

#[test]
fn the_side_is_what_most_labels_say() {
    let cases: [(&[&str], Option<Side>); 13] = [
        (&["姓名陈建国", "性别男民族汉"], Some(Side::Face)),
        (&["姓 名 陈建国", "出 生 1985年3月14日"], Some(Side::Face)),
        (&["姓名陈建国"], None),
        (&["姓名陈建国", "990101198503142375"], Some(Side::Face)),
        (&["990101198503142375"], Some(Side::Face)),
        (&["990101198503142376"], None),
        (&["中华人民共和国", "居民身份证"], Some(Side::Emblem)),
        (&["签发机关测试市公安局", "有效期限2015.06.01-长期"], Some(Side::Emblem)),
        (&["居民身份证"], None),
        // Other documents of the same state.
        (&["中华人民共和国", "护照", "签发机关"], None),
        (&["港澳居民居住证", "签发机关", "有效期限"], None),
        (&["一、考生应当按时到达考场并出示证件。", "二、本页为普通文字材料，不是身份证件。"], None),
        (&[], None),
    ];
    for (texts, expected) in cases {
        assert_eq!(print(&lines(texts)).side(2.0), expected, "{texts:?}");
    }
}

#[test]
fn papers_that_name_themselves_are_others() {
    let cases: [(&[&str], bool); 5] = [
        (&["中华人民共和国机动车驾驶证", "姓名陈建国", "性别男"], true),
        (&["港澳居民居住证", "姓名陈建国", "公民身份号码"], true),
        (&["姓名陈建国", "性别男", "公民身份号码"], false),
        (&["居民身份证", "有效期限", "护照"], false),
        (&[], false),
    ];
    for (texts, expected) in cases {
        assert_eq!(print(&lines(texts)).is_other(), expected, "{texts:?}");
    }
}

#[test]
fn a_field_is_there_by_its_label_or_its_value() {
    let cases: [(Side, &[&str], usize); 8] = [
        (
            Side::Face,
            &["姓名陈建国", "性别男民族汉", "出生1985年3月14日", "住址样本省测试市", "公民身份号码"],
            0,
        ),
        (Side::Face, &["姓名", "男", "民族汉", "1985年3月14日", "样本省测试市示例区", "身份号码"], 0),
        (Side::Face, &["性别男民族汉", "出生1985年3月14日", "住址样本省测试市", "公民身份号码"], 1),
        (Side::Face, &["陈建国"], 6),
        (Side::Emblem, &["中华人民共和国", "居民身份证", "签发机关", "有效期限"], 0),
        (Side::Emblem, &["中华人民共和", "居民身份证", "测试市公安局", "2015.06.01-2035.06.01"], 0),
        (Side::Emblem, &["中华人民共和国", "居民身份证", "公安局", "2015.06.01-长期"], 0),
        (Side::Emblem, &["中华人民共和国", "居民身份证"], 2),
    ];
    for (side, texts, expected) in cases {
        assert_eq!(print(&lines(texts)).missing(side).len(), expected, "{side:?} {texts:?}");
    }
}

#[test]
fn names_are_compared_by_their_letters() {
    let beside = |name: &str| {
        vec![line("姓名", 0.0, 0.0, 0.9), line(name, 40.0, 1.0, 0.9), line("性别男", 0.0, 40.0, 0.9)]
    };
    let cases: [(Vec<Line>, &str, Option<bool>); 9] = [
        (lines(&["姓名陈建国"]), "陈建国", Some(false)),
        (lines(&["姓名 欧阳晓婷"]), "欧阳晓婷", Some(false)),
        (beside("陈建国"), "陈建国", Some(false)),
        (beside("陈建图"), "陈建国", Some(true)),
        (beside("阿卜杜拉．艾合买提"), "阿卜杜拉·艾合买提", Some(false)),
        (lines(&["姓名阿卜杜拉·艾合", "买提江"]), "阿卜杜拉·艾合买提江", Some(false)),
        (lines(&["姓名陈"]), "陈建国", Some(true)),
        (lines(&["姓名", "性别男"]), "陈建国", None),
        (lines(&["出生1985年3月14日"]), "陈建国", None),
    ];
    for (lines, name, expected) in cases {
        let texts: Vec<_> = lines.iter().map(|line| &*line.text).collect();
        assert_eq!(print(&lines).name_differs(name), expected, "{name} in {texts:?}");
    }
}

#[test]
fn a_number_that_contradicts_the_printed_birthday_is_misread() {
    let cases = [
        ("出生1985年3月14日", false),
        ("出生 1985 年 3 月 14 日", false),
        ("1985年03月14日", false),
        ("出生1986年3月14日", true),
        ("出生1985年3月4日", true),
        ("出生1985年3月", false),
        ("住址样本省", false),
    ];
    for (text, expected) in cases {
        assert_eq!(print(&lines(&[text])).contradicts("990101198503142375"), expected, "{text}");
    }
}
