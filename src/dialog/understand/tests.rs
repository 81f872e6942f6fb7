//! One table a question: what people type, and what they mean by it.

use super::{Asked, Ears, Heard, Offer, Understood, understand};

const HELP: usize = 0;
const MENU: usize = 1;
const BACK: usize = 2;
const CANCEL: usize = 3;
const PROGRESS: usize = 4;
const STAFF: usize = 5;
const PLACE: usize = 6;
const DATES: usize = 7;
const STANDARD: usize = 8;
const NEXT: usize = 9;

fn ears() -> Ears {
    let interrupts: [(Option<&str>, &[&str]); 10] = [
        (None, &["帮助", "help", "?"]),
        (None, &["菜单", "主菜单"]),
        (None, &["返回", "上一步"]),
        (None, &["取消", "退出"]),
        (None, &["进度", "查询", "审核进度"]),
        (None, &["0", "人工", "人工服务"]),
        (Some("district"), &[]),
        (Some("dates"), &[]),
        (Some("standard"), &["衣服"]),
        (Some("next_step"), &[]),
    ];
    let words: Vec<(Option<&str>, Vec<String>)> = interrupts
        .iter()
        .map(|(topic, words)| (*topic, words.iter().map(|word| (*word).to_owned()).collect()))
        .collect();
    Ears::new(words.iter().map(|(topic, words)| (*topic, words.as_slice())))
}

fn districts() -> Vec<Offer> {
    let names = [
        "荔湾区",
        "越秀区",
        "海珠区",
        "天河区",
        "白云区",
        "黄埔区",
        "番禺区",
        "花都区",
        "南沙区",
        "增城区",
        "从化区",
    ];
    let refused = Offer::new("广州市区", "广州市区", ["市区", "广州市"]).hidden();
    names.iter().map(|name| Offer::district(name)).chain([refused]).collect()
}

fn check(state: &str, offers: &[Offer], table: &[(&str, Understood)]) {
    let (ears, places) = (ears(), districts());
    let offers: Vec<&Offer> = offers.iter().collect();
    let asked = Asked { state, offers: &offers };
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, expected)| {
            let meant = understand(Heard { text, item: None }, asked, &ears, &places);
            (meant != *expected).then(|| format!("{text:?}: {meant:?}, expected {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "in {state}:\n{}", wrong.join("\n"));
}

fn choice(number: usize) -> Understood {
    Understood::Choice(number - 1)
}

fn interrupt(index: usize) -> Understood {
    Understood::Interrupt(index)
}

fn topic(interrupt: usize) -> Understood {
    Understood::Topic { interrupt, place: None }
}

/// The place by its number in the list.
fn about(place: usize) -> Understood {
    Understood::Topic { interrupt: PLACE, place: Some(place - 1) }
}

const NOTHING: Understood = Understood::Nothing;

fn main_menu() -> Vec<Offer> {
    vec![
        Offer::new("1", "毕业预测", ["预测"]),
        Offer::new("2", "毕业申请", ["我想毕业", "毕业", "申请毕业"]),
        Offer::new("3", "审核进度", []),
        Offer::new("4", "办理地点和时间", []),
        Offer::new("5", "照片标准", []),
        Offer::new("6", "常见问题", ["问题"]),
    ]
}

#[test]
fn numbers_in_the_main_menu() {
    check(
        "main.menu",
        &main_menu(),
        &[
            ("1", choice(1)),
            ("１", choice(1)),
            ("①", choice(1)),
            ("❶", choice(1)),
            ("⑴", choice(1)),
            ("1️⃣", choice(1)),
            ("一", choice(1)),
            ("㈠", choice(1)),
            ("壹", choice(1)),
            ("1.", choice(1)),
            ("1、", choice(1)),
            ("(1)", choice(1)),
            ("（１）", choice(1)),
            (" 1 ", choice(1)),
            ("1。", choice(1)),
            ("第1个", choice(1)),
            ("第一个", choice(1)),
            ("第一項", choice(1)),
            ("第四个吧", choice(4)),
            ("选1", choice(1)),
            ("我选2", choice(2)),
            ("我选择第二个", choice(2)),
            ("我要第三個，谢谢", choice(3)),
            ("请问回复2可以吗", choice(2)),
            ("2号", choice(2)),
            ("两", choice(2)),
            ("贰", choice(2)),
            ("按6", choice(6)),
            ("最后一个", choice(6)),
            ("1 毕业预测", choice(1)),
            ("1.毕业预测", choice(1)),
            ("2 毕业预测", Understood::Ambiguous(vec![1, 0])),
            ("7", NOTHING),
            ("第九个", NOTHING),
            ("99999", NOTHING),
            ("1.5", NOTHING),
            ("1 2", NOTHING),
            ("-1", choice(1)),
            ("0", interrupt(STAFF)),
            ("０", interrupt(STAFF)),
            ("零", interrupt(STAFF)),
            ("0 人工服务", interrupt(STAFF)),
            ("0毕业预测", choice(1)),
        ],
    );
}

#[test]
fn words_in_the_main_menu() {
    check(
        "main.menu",
        &main_menu(),
        &[
            ("毕业预测", choice(1)),
            ("「毕业预测」", choice(1)),
            ("毕 业 预 测", choice(1)),
            ("畢業預測", choice(1)),
            ("预测", choice(1)),
            ("我想毕业", choice(2)),
            ("毕业申请。", choice(2)),
            ("我想申请毕业", choice(2)),
            ("我要毕业预测一下", choice(1)),
            ("毕业预测谢谢老师", choice(1)),
            ("帮我做毕业预测", choice(1)),
            ("审核进度", choice(3)),
            ("进度", interrupt(PROGRESS)),
            ("照片标准", choice(5)),
            ("照片标准是什么？", topic(STANDARD)),
            ("常见", choice(6)),
            ("问题", choice(6)),
            ("毕业申", choice(2)),
            ("业", NOTHING),
            ("毕业预测怎么弄", NOTHING),
            ("我不想毕业预测", NOTHING),
            ("我昨天听同学说毕业预测要排队", NOTHING),
            ("随便说点什么好呢今天天气不错", NOTHING),
            ("", NOTHING),
            ("   ", NOTHING),
            ("？？？", interrupt(HELP)),
            ("。。。", NOTHING),
            ("[微笑]", NOTHING),
        ],
    );
}

#[test]
fn the_districts() {
    check(
        "place.district",
        &districts(),
        &[
            ("天河", choice(4)),
            ("天河区", choice(4)),
            ("天河區", choice(4)),
            ("天 河 区", choice(4)),
            ("第四个吧", choice(4)),
            ("11", choice(11)),
            ("十一", choice(11)),
            ("第十一个", choice(11)),
            ("十", choice(10)),
            ("4 天河区", choice(4)),
            ("4天河", choice(4)),
            ("12", NOTHING),
            ("十二", NOTHING),
            ("二十", NOTHING),
            ("我要选天河区", choice(4)),
            ("就天河吧", choice(4)),
            ("在天河区办理", choice(4)),
            ("广州市区", choice(12)),
            ("市区", choice(12)),
            ("广州市区可以吗", choice(12)),
            ("天河还是海珠", Understood::Ambiguous(vec![2, 3])),
            ("天河区在哪里", about(4)),
            ("天河区在哪里办", about(4)),
            ("番禺电话多少", about(7)),
            ("越秀区的地址？", about(2)),
            ("不要天河区", NOTHING),
            ("区", NOTHING),
            ("返回", interrupt(BACK)),
            ("取消", interrupt(CANCEL)),
            ("照片有什么要求", topic(STANDARD)),
        ],
    );
}

#[test]
fn a_text_is_asked_for() {
    check(
        "bind.ask_exam_no",
        &[],
        &[
            ("010112345678", NOTHING),
            ("1", NOTHING),
            ("第一个", NOTHING),
            ("李雷", NOTHING),
            ("0", interrupt(STAFF)),
            ("帮助", interrupt(HELP)),
            ("HELP", interrupt(HELP)),
            ("ｈｅｌｐ!", interrupt(HELP)),
            ("幫助", interrupt(HELP)),
            ("帮助一下", interrupt(HELP)),
            ("请帮助我", NOTHING),
            ("菜单", interrupt(MENU)),
            ("主菜单吧", interrupt(MENU)),
            ("返回。", interrupt(BACK)),
            ("我想返回", interrupt(BACK)),
            ("上一步", interrupt(BACK)),
            ("我要取消了", interrupt(CANCEL)),
            ("取消，谢谢", interrupt(CANCEL)),
            ("退出", interrupt(CANCEL)),
            ("進度", interrupt(PROGRESS)),
            ("查询进度", NOTHING),
            ("人工", interrupt(STAFF)),
            ("我要人工服务", interrupt(STAFF)),
            ("天河区在哪里办", about(4)),
            ("天河区", about(4)),
            ("天河", about(4)),
            ("天河办理", about(4)),
            ("花都几号可以去", about(8)),
            ("南沙邊度", about(9)),
            ("广州市区在哪里办", about(12)),
            ("我住在天河区", NOTHING),
            ("在哪里办理？", topic(PLACE)),
            ("什么时候可以申请", topic(DATES)),
            ("申请时间", topic(DATES)),
            ("几号截止", topic(DATES)),
            ("照片标准", topic(STANDARD)),
            ("拍照穿什么衣服", topic(STANDARD)),
            ("我想知道照片的要求", topic(STANDARD)),
            ("接下来呢", topic(NEXT)),
            ("然后呢？", topic(NEXT)),
            ("下一步做什么", topic(NEXT)),
            ("下一步", topic(NEXT)),
        ],
    );
}

#[test]
fn an_exact_label_wins_over_an_interrupt_and_a_question_presses_nothing() {
    let offers = [Offer::new("1", "下一步", []), Offer::new("2", "取消", []), Offer::new("3", "申请", [])];
    check(
        "review.approved",
        &offers,
        &[
            ("下一步", choice(1)),
            ("下一步吧", choice(1)),
            ("下一步做什么？", topic(NEXT)),
            ("取消", choice(2)),
            ("退出", interrupt(CANCEL)),
            ("申请", choice(3)),
            ("我要申请", choice(3)),
            ("点申请", choice(3)),
            ("申请怎么弄", NOTHING),
            ("能不能申请", NOTHING),
            ("不申请", NOTHING),
            ("还没申请", NOTHING),
            ("申请？", choice(3)),
            ("申", choice(3)),
        ],
    );
}

#[test]
fn a_tap_means_its_own_state() {
    let offers = [Offer::new("1", "是我，绑定", []), Offer::new("2", "重新输入", [])];
    let shown: Vec<&Offer> = offers.iter().collect();
    let asked = Asked { state: "bind.confirm", offers: &shown };
    let tap = |text, item| understand(Heard { text, item: Some(item) }, asked, &ears(), &[]);
    assert_eq!(offers[1].item_id("bind.confirm"), "bind.confirm#2");
    assert_eq!(tap("重新输入", "bind.confirm#2"), Understood::Choice(1));
    assert_eq!(tap("天气", "bind.confirm#1"), Understood::Choice(0), "the id counts, not the text");
    assert_eq!(tap("是我,绑定", "bind.old#2"), Understood::Choice(0), "an old menu is read as its text");
    assert_eq!(tap("别的", "bind.old#1"), Understood::Nothing);
    assert_eq!(tap("别的", "bind.confirm#9"), Understood::Nothing);
}

#[test]
fn a_hidden_choice_has_no_number() {
    let offers = [Offer::new("1", "甲项目", []).hidden(), Offer::new("2", "乙项目", [])];
    check("x.y", &offers, &[("1", choice(2)), ("甲项目", choice(1)), ("2", NOTHING)]);
}
