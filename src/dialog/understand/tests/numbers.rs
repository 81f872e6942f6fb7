//! Numbers in every shape.

use super::*;

/// One, as people write it.
const ONE: [&str; 40] = [
    "1",
    "１",
    "①",
    "❶",
    "⑴",
    "1️⃣",
    "一",
    "㈠",
    "壹",
    "1.",
    "1、",
    "(1)",
    "（１）",
    " 1 ",
    "1。",
    "1！",
    "「1」",
    "-1",
    "第1个",
    "第一个",
    "第一",
    "第1",
    "第一項",
    "选1",
    "選1",
    "1号",
    "1號",
    "要1",
    "我要1",
    "我选1",
    "我选择1",
    "回复1",
    "按1",
    "点1",
    "数字1",
    "请选1",
    "1谢谢",
    "1，谢谢老师",
    "好的，1",
    "那就1吧",
];

#[test]
fn one_is_one_also_where_it_cannot_be_taken_back() {
    let strict = [Offer::new("1", "申请", []).strict(true), Offer::new("2", "改办理地点", [])];
    for (state, offers) in [("main.menu", main_menu()), ("apply.ready", strict.to_vec())] {
        check(state, &offers, &ONE.map(|text| (text, choice(1))));
    }
}

#[test]
fn numbers_in_the_main_menu() {
    check(
        "main.menu",
        &main_menu(),
        &[
            ("第四个吧", choice(4)),
            ("我选2", choice(2)),
            ("我选择第二个", choice(2)),
            ("我要第三個，谢谢", choice(3)),
            ("2号", choice(2)),
            ("两", choice(2)),
            ("贰", choice(2)),
            ("參", choice(3)),
            ("陸", choice(6)),
            ("按6", choice(6)),
            ("是2", choice(2)),
            ("2的", choice(2)),
            ("最后一个", choice(6)),
            ("倒数第二个", choice(5)),
            ("倒数第九个", NOTHING),
            ("最後一個", choice(6)),
            ("1 毕业预测", choice(1)),
            ("1.毕业预测", choice(1)),
            ("1畢業預測", choice(1)),
            ("选1 毕业预测", choice(1)),
            ("2 毕业预测", either(&[2, 1])),
            ("7", NOTHING),
            ("第九个", NOTHING),
            ("99999", NOTHING),
            ("1.5", NOTHING),
            ("1 2", NOTHING),
            ("0", interrupt(STAFF)),
            ("０", interrupt(STAFF)),
            ("零", interrupt(STAFF)),
            ("0 人工服务", interrupt(STAFF)),
            ("0毕业预测", asked_back(1)),
        ],
    );
}

#[test]
fn a_number_asked_about_denied_or_counted_is_not_chosen() {
    check(
        "main.menu",
        &main_menu(),
        &[
            ("1？", asked_back(1)),
            ("1吗", asked_back(1)),
            ("请问回复2可以吗", asked_back(2)),
            ("选2行吗", asked_back(2)),
            ("不要1", NOTHING),
            ("别选1", NOTHING),
            ("不是2", NOTHING),
            ("1不是", NOTHING),
            ("一个", NOTHING),
            ("两个", NOTHING),
            ("一张", NOTHING),
            ("等1", NOTHING),
        ],
    );
}

#[test]
fn numbers_of_the_districts() {
    check(
        "place.district",
        &districts(),
        &[
            ("11", choice(11)),
            ("十一", choice(11)),
            ("拾壹", choice(11)),
            ("第十一个", choice(11)),
            ("第十一个区", choice(11)),
            ("十", choice(10)),
            ("4 天河区", choice(4)),
            ("4天河", choice(4)),
            ("4號天河區", choice(4)),
            ("2号天河区", either(&[2, 4])),
            ("2街天河区", asked_back(4)),
            ("12", NOTHING),
            ("十二", NOTHING),
            ("二十", NOTHING),
        ],
    );
}
