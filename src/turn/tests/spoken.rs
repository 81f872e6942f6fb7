//! What people say to the real dialogs: no sentence presses what cannot be taken back, Traditional spelling changes
//! nothing, numbers are heard with words around them, and the city core is refused however it is called.

use std::collections::HashMap;

use super::super::*;
use super::play::{DIALOGS, Player, WORLD, text};
use crate::{
    dialog::{self, Offer, State, Understood},
    workflow::{case::Stage, transition::tests::sample},
};

/// Sentences around a button's word, none of which says to press it now.
const SENTENCES: [&str; 22] = [
    "取消{}",
    "撤回{}",
    "撤销{}",
    "放弃{}",
    "不{}",
    "不要{}",
    "我不想{}",
    "先别{}",
    "还没{}",
    "{}不了",
    "{}？",
    "{}吗",
    "{}可以吗",
    "能{}吗",
    "我已{}",
    "我已经{}了",
    "明天再{}",
    "等等再{}",
    "以后{}",
    "{}好了",
    "怎么{}",
    "什么时候{}",
];

/// The words of the choices of a state, by the place of the choice in its file.
fn choices_of(name: &str) -> Vec<Vec<String>> {
    static WORDS: std::sync::LazyLock<HashMap<String, Vec<Vec<String>>>> = std::sync::LazyLock::new(|| {
        DIALOGS.iter().flat_map(|(_, toml)| words_of_file(&toml.parse::<toml::Table>().unwrap())).collect()
    });
    WORDS.get(name).cloned().unwrap_or_default()
}

fn words_of_file(file: &toml::Table) -> Vec<(String, Vec<Vec<String>>)> {
    let Some(dialog) = file.get("dialog") else { return Vec::new() };
    let id = dialog["id"].as_str().unwrap();
    let states = file["state"].as_table().unwrap();
    states.iter().map(|(name, state)| (format!("{id}.{name}"), words_of_state(state))).collect()
}

fn words_of_state(state: &toml::Value) -> Vec<Vec<String>> {
    let choices = state.get("choice").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    choices
        .iter()
        .map(|choice| texts(choice.get("label")).chain(texts(choice.get("words"))).collect())
        .collect()
}

fn texts(value: Option<&toml::Value>) -> impl Iterator<Item = String> {
    let one = value.and_then(toml::Value::as_str).map(str::to_owned);
    let more = value.and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let more: Vec<String> = more.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect();
    one.into_iter().chain(more).filter(|word| !word.contains("{{"))
}

/// Words of all interrupts that are heard as they stand, with the command they run.
fn interrupts() -> Vec<(String, Option<String>)> {
    let (_, global) = DIALOGS.iter().find(|(name, _)| name.ends_with("_global.toml")).unwrap();
    let global = global.parse::<toml::Table>().unwrap();
    let of = |interrupt: &toml::Value| {
        let command = texts(interrupt.get("do")).next();
        texts(interrupt.get("words")).map(|word| (word.replace(' ', ""), command.clone())).collect::<Vec<_>>()
    };
    global["interrupt"].as_array().unwrap().iter().flat_map(of).collect()
}

fn meant(state: &State, said: &str) -> Understood {
    let offers =
        WORLD.scripts.offers(state, &minijinja::context! { recorded_phone => "138****8001" }, |_| true);
    let offers: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
    dialog::understand(said, &offers, WORLD.scripts.ears(), &WORLD.places)
}

fn is_strict(command: &str) -> bool {
    known().commands.iter().any(|known| known.name == command && known.strict)
}

#[test]
fn what_cannot_be_taken_back_is_known() {
    let strict: Vec<&str> =
        known().commands.iter().filter(|command| command.strict).map(|command| command.name).collect();
    for name in ["apply", "submit_documents", "confirm_data", "finish", "withdraw", "delete_photos"] {
        assert!(strict.contains(&name), "{name}");
    }
    let guide = include_str!("../../../dialogs/README.md");
    let told = guide.lines().find(|line| line.starts_with("办了就收不回的是")).unwrap();
    for name in strict {
        assert!(
            told.contains(&format!("`{name}`")),
            "dialogs/README.md does not say that {name} is heard strictly"
        );
    }
}

#[test]
fn no_sentence_presses_what_cannot_be_taken_back() {
    let mut pressed = Vec::new();
    let mut tried = 0;
    for state in WORLD.scripts.states() {
        for (index, choice) in state.choices(|_| true).into_iter().enumerate() {
            if !choice.act.command.as_ref().is_some_and(|command| is_strict(command.name)) {
                continue;
            }
            for word in &choices_of(&state.name)[index] {
                assert_eq!(meant(state, word), Understood::Choice(index), "{}: {word}", state.name);
                let starts = (1..word.chars().count()).map(|length| word.chars().take(length).collect());
                let said = SENTENCES.iter().map(|sentence| sentence.replace("{}", word)).chain(starts);
                let listed = &choices_of(&state.name)[index];
                for said in said.filter(|said| !listed.contains(&said.replace(['「', '」'], ""))) {
                    tried += 1;
                    if meant(state, &said) == Understood::Choice(index) {
                        pressed.push(format!("{}: {said}", state.name));
                    }
                }
            }
        }
    }
    assert!(tried > 500, "{tried}");
    assert!(pressed.is_empty(), "{pressed:#?}");
}

#[test]
fn no_sentence_is_an_interrupt_that_cannot_be_taken_back() {
    let words = interrupts();
    let strict = words.iter().filter(|(_, command)| command.as_deref().is_some_and(is_strict));
    let strict: Vec<&String> = strict.map(|(word, _)| word).collect();
    assert!(strict.iter().any(|word| *word == "申请"));
    for state in [WORLD.scripts.main(), WORLD.scripts.home_of("portrait_at_city")] {
        for word in &strict {
            let pressed = meant(state, word);
            assert!(matches!(pressed, Understood::Interrupt(_)), "{}: {word}", state.name);
            for sentence in SENTENCES {
                let said = sentence.replace("{}", word);
                assert_ne!(meant(state, &said), pressed, "{}: {said}", state.name);
            }
        }
    }
}

/// The same through everything that hears: where the button is, and from elsewhere.
#[test]
fn no_sentence_moves_the_case_from_wherever_it_is_said() {
    let buttons = [
        (Stage::Ready, "申请"),
        (Stage::Approved, "申请"),
        (Stage::DocumentsWanted, "提交身份证附件"),
        (Stage::DataToConfirm, "确认无误"),
        (Stage::Captured, "我已摄像完成，下一步"),
    ];
    for (stage, label) in buttons {
        for state in ["", "main.menu", "faq.list", "place.browse"] {
            let there = |said: &str| {
                let mut player = Player::with_case(sample(stage));
                if !state.is_empty() {
                    player.snapshot.session.state = state.into();
                }
                let before = player.case();
                (player.send(&text(said)).said(), player.case() == before)
            };
            for said in SENTENCES.iter().map(|sentence| sentence.replace("{}", label)) {
                let (answer, unmoved) = there(&said);
                assert!(unmoved, "{said} at {stage:?} in `{state}`: {answer}");
            }
        }
    }
}

#[test]
fn a_button_of_the_case_is_pressed_from_elsewhere_in_any_spelling() {
    for said in ["申请", "「申请」。", "申請！", "申 请"] {
        let mut player = Player::with_case(sample(Stage::Approved));
        player.snapshot.session.state = "faq.list".into();
        let answer = player.send(&text(said)).said();
        assert_eq!(player.case().stage, Stage::Submitted, "{said}: {answer}");
    }
    let mut player = Player::with_case(sample(Stage::Captured));
    player.snapshot.session.state = "faq.list".into();
    let answer = player.send(&text("我已攝像完成，下一步")).said();
    assert_eq!(player.case().stage, Stage::PortraitAtCity, "{answer}");
}

/// Simplified characters, each with its Traditional forms.
const TRADITIONAL_OF: &str = include_str!("../../dialog/understand/tests/traditional_of.txt");

/// A text in Traditional characters: with the first form of each, and once more for each other form.
fn traditional(said: &str, forms: &HashMap<char, Vec<char>>) -> Vec<String> {
    let usual = |c: char| forms.get(&c).map_or(c, |forms| forms[0]);
    let whole: String = said.chars().map(usual).collect();
    let others = said.chars().flat_map(|simple| {
        let others = forms.get(&simple).into_iter().flatten().skip(1);
        others.map(move |form| said.replace(simple, &form.to_string()))
    });
    [whole].into_iter().chain(others).collect()
}

#[test]
fn every_word_of_the_dialogs_is_heard_in_traditional_characters() {
    let lines = TRADITIONAL_OF.lines().map(|line| line.chars().collect::<Vec<_>>());
    let forms: HashMap<char, Vec<char>> = lines.map(|line| (line[0], line[1..].to_vec())).collect();
    let mut rows: Vec<(&State, String)> = Vec::new();
    for state in WORLD.scripts.states() {
        rows.extend(choices_of(&state.name).into_iter().flatten().map(|word| (state, word)));
    }
    let exam_no = WORLD.scripts.state("bind.exam_no").unwrap();
    rows.extend(interrupts().into_iter().map(|(word, _)| (exam_no, word)));
    rows.extend(WORLD.places.iter().map(|place| (exam_no, place.label.clone())));
    rows.extend(SENTENCES.iter().map(|sentence| (exam_no, sentence.replace("{}", "申请"))));
    let mut changed = 0;
    for (state, word) in rows {
        let expected = meant(state, &word);
        for written in traditional(&word, &forms) {
            changed += usize::from(written != word);
            assert_eq!(meant(state, &written), expected, "{}: {word}, written {written}", state.name);
        }
    }
    assert!(changed > 200, "{changed}");
}

#[test]
fn numbers_are_heard_with_words_around_them() {
    let heard = [
        "010126000001",
        "010126000001。",
        "0101 2600 0001",
        "我的准考证号是010126000001",
        "准考证号：010126000001，谢谢",
        "我的準考證號是０１０１２６０００００１。",
        "010126000001是我的准考证号",
        "再发一次：010126000001",
        "“010126000001”",
    ];
    for said in heard {
        let mut player = Player::new();
        player.snapshot.session.state = "bind.exam_no".into();
        let answer = player.send(&text(said)).said();
        let slot = player.snapshot.session.slots.get("exam_no").map(String::as_str);
        assert_eq!(slot, Some("010126000001"), "{said}: {answer}");
    }
    let not = [
        "不是010126000001",
        "010126000001对吗",
        "010126000001？",
        "以前的是010126000001",
        "我同学的是010126000001",
        "010126000001或010126000002",
        "0101260和00001",
        "准考证0101260000",
        "准考证第1260和010126000001",
    ];
    for said in not {
        let mut player = Player::new();
        player.snapshot.session.state = "bind.exam_no".into();
        let answer = player.send(&text(said)).said();
        assert_eq!(player.snapshot.session.slots.get("exam_no"), None, "{said}: {answer}");
    }
}

#[test]
fn what_is_wrong_with_a_number_is_said_of_the_number() {
    let rows = [
        ("bind.exam_no", "我的准考证号是0101260000", "10 位"),
        ("bind.document_no", "身份证号44010619920229O39X", "有“O”"),
        ("bind.document_no", "我的身份证是440106199202290391。", "最后一位"),
        ("bind.exam_no", "0101260和00001", "没有认出准考证号"),
    ];
    for (state, said, expected) in rows {
        let mut player = Player::new();
        player.snapshot.session.state = state.into();
        let answer = player.send(&text(said)).said();
        assert!(answer.contains(expected), "{said}: {answer}");
    }
}

#[test]
fn a_phone_is_heard_with_words_around_it() {
    for said in [
        "13900139000。",
        "我的手机是13900139000",
        "電話：139-0013-9000，謝謝",
        "+86 13900139000。",
        "１３９００１３９０００！",
        "13900139000可以吗？",
        "就用13900139000行吗",
    ] {
        let mut player = Player::with_case(sample(Stage::PhoneWanted));
        let answer = player.send(&text(said)).said();
        assert_eq!(player.case().phone.as_deref(), Some("+8613900139000"), "{said}: {answer}");
    }
    for said in [
        "别打13900139000",
        "13900139000吗？",
        "旧号13900139000",
        "手机1390013900",
        "13900139000或13800138000",
    ] {
        let mut player = Player::with_case(sample(Stage::PhoneWanted));
        let before = player.case();
        let answer = player.send(&text(said)).said();
        assert_eq!(player.case(), before, "{said}: {answer}");
    }
}

/// However people call the middle of Guangzhou, in the list of places and elsewhere.
#[test]
fn the_city_core_is_recognised_in_words() {
    let said = [
        "广州市区",
        "广州市区！",
        "（广州市区）",
        "我选广州市区",
        "就广州市区",
        "选广州市区吧",
        "那就广州市区吧",
        "广州市区啊",
        "广州市区呢",
        "广州市区可以吗",
        "请问广州市区行吗",
        "广州市区在哪里办",
        "市区",
        "市区的",
        "市区的吧",
        "我在广州市区",
        "我住在广州市区",
        "广东广州",
        "广东省广州市",
        "广州",
        "广州市",
        "广州市中心",
        "广州市辖区",
        "广州城区",
        "廣州市區",
        "我要選廣州市區",
        "广州怎么办理",
        "广州在哪里办",
    ];
    for said in said {
        for start in [Player::with_case(sample(Stage::PlaceWanted)), Player::new()] {
            let mut player = start;
            let case = player.snapshot.case.clone();
            let answer = player.send(&text(said)).said();
            assert!(answer.contains("「广州市区」"), "{said}: {answer}");
            assert!(answer.contains("番禺区") == case.is_some(), "{said}: {answer}");
            assert_eq!(player.snapshot.case, case, "{said}: {answer}");
        }
    }
    for said in ["珠海市区", "深圳市区", "广州大学", "广州天河区", "天河区", "广州天河在哪里办", "广州塔"]
    {
        let answer = Player::with_case(sample(Stage::PlaceWanted)).send(&text(said)).said();
        assert!(!answer.contains("「广州市区」"), "{said}: {answer}");
    }
}

#[test]
fn a_doubt_is_asked_back_with_the_numbers() {
    let mut player = Player::with_case(sample(Stage::Approved));
    let before = player.case();
    let answer = player.send(&text("申请可以吗")).said();
    assert_eq!(answer, "您是要选「申请」吗？\n是就回复「是」，或者回复数字：\n1 申请");
    assert_eq!(player.case(), before);
    player.send(&text("1"));
    assert_eq!(player.case().stage, Stage::Submitted);
    for (said, stage) in
        [("是的", Stage::Submitted), ("不是", Stage::Approved), ("天河区在哪", Stage::Approved)]
    {
        let mut player = Player::with_case(sample(Stage::Approved));
        player.send(&text("申请可以吗"));
        let answer = player.send(&text(said)).said();
        assert_eq!(player.case().stage, stage, "{said}: {answer}");
        let later = player.send(&text("是的")).said();
        assert_eq!(player.case().stage, stage, "only right after the question: {later}");
    }
    let answer = Player::with_case(sample(Stage::PlaceWanted)).send(&text("天河还是海珠")).said();
    assert!(answer.starts_with("您说的是哪一个：「海珠区」、「天河区」？\n1 荔湾区"), "{answer}");
}
