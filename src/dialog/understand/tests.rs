//! One table a question: what people type, and what they mean by it.
//!
//! `numbers` and `words` are answers and questions of every shape, `pressed` is what may and may not press a button
//! that cannot be taken back, `likeness` what only resembles a word, `script` that Traditional spelling changes nothing.

mod likeness;
mod numbers;
mod pressed;
mod script;
mod words;

use super::{Courtesy, Ears, Listened, Offer, Understood, agrees, understand};

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
const APPLY: usize = 10;
const RETAKE: usize = 11;

type Row = (Option<&'static str>, &'static [&'static str], Courtesy);

/// As in the dialogs: what only tells or leads elsewhere, what does something, what does something for good.
const INTERRUPTS: [Row; 13] = [
    (None, &["帮助", "help", "?"], Courtesy::Asking),
    (None, &["菜单", "主菜单"], Courtesy::Asking),
    (None, &["返回", "上一步"], Courtesy::Asking),
    (None, &["取消", "退出"], Courtesy::Asking),
    (None, &["进度", "查询", "审核进度"], Courtesy::Asking),
    (None, &["0", "人工", "人工服务"], Courtesy::Asking),
    (Some("district"), &["在哪 办", "哪里 办", "边度 办", "地点 哪"], Courtesy::Asking),
    (Some("dates"), &["什么时候", "申请时间", "几时", "几号", "截止"], Courtesy::Asking),
    (Some("standard"), &["衣服", "照片 标准", "照片 要求", "拍照 穿"], Courtesy::Asking),
    (Some("next_step"), &["下一步", "接下来", "然后"], Courtesy::Asking),
    (None, &["申请", "我要申请", "点申请"], Courtesy::Strict),
    (None, &["重新拍照", "拍照"], Courtesy::Easy),
    (None, &["好", "好的"], Courtesy::Asking),
];

fn ears() -> Ears {
    let words: Vec<Vec<String>> = INTERRUPTS
        .iter()
        .map(|(_, words, _)| words.iter().map(|word| (*word).to_owned()).collect())
        .collect();
    let rows = INTERRUPTS.iter().zip(&words);
    Ears::new(rows.map(|((topic, _, courtesy), words)| Listened {
        topic: *topic,
        words,
        courtesy: *courtesy,
    }))
}

const DISTRICTS: [&str; 11] = [
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

fn districts() -> Vec<Offer> {
    DISTRICTS.iter().map(|name| Offer::district(name)).collect()
}

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

fn hear(offers: &[Offer], text: &str) -> Understood {
    let offers: Vec<&Offer> = offers.iter().collect();
    understand(text, &offers, &ears(), &districts())
}

fn check(state: &str, offers: &[Offer], table: &[(&str, Understood)]) {
    let heard = table.iter().map(|(text, expected)| (text, hear(offers, text), expected));
    let wrong: Vec<String> = heard
        .filter(|(_, meant, expected)| meant != *expected)
        .map(|(text, meant, expected)| format!("{text:?}: {meant:?}, expected {expected:?}"))
        .collect();
    assert!(wrong.is_empty(), "in {state}:\n{}", wrong.join("\n"));
}

fn choice(number: usize) -> Understood {
    Understood::Choice(number - 1)
}

fn asked_back(number: usize) -> Understood {
    Understood::Doubtful(number - 1)
}

fn either(numbers: &[usize]) -> Understood {
    Understood::Ambiguous(numbers.iter().map(|number| number - 1).collect())
}

fn declined(numbers: &[usize]) -> Understood {
    Understood::Declined(numbers.iter().map(|number| number - 1).collect())
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

#[test]
fn a_hidden_choice_has_no_number() {
    let offers = [Offer::new("1", "甲项目", []).hidden(), Offer::new("2", "乙项目", [])];
    check("x.y", &offers, &[("1", choice(2)), ("甲项目", choice(1)), ("2", NOTHING)]);
}
