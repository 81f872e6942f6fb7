//! What people say, in every place: questions and buttons answered from anywhere, numbers of every shape, things that
//! nobody can use.

use std::fmt::Write as _;

use super::{
    super::*,
    play::{CANDIDATES, Player, WORLD, text, times},
};
use crate::{
    dialog::Kind,
    workflow::{
        case::Stage,
        transition::tests::{candidate, sample},
    },
};

/// Somebody in a place, coming from the main menu.
fn at(player: Player, state: &str) -> Player {
    let mut player = player;
    player.snapshot.session.state = state.to_owned();
    player.snapshot.session.back = vec!["main.menu".to_owned()];
    player
}

/// One person in each place that a conversation rests in.
fn people() -> Vec<Player> {
    let unbound = ["main.menu", "bind.exam_no", "bind.document_no", "place.browse", "faq.list"];
    let bound = ["main.menu", "apply.predicted", "apply.not_passed"];
    let within = [
        (Stage::Ready, "place.change"),
        (Stage::PortraitAtCity, "place.phone"),
        (Stage::DocumentsWanted, "identity.front"),
        (Stage::Captured, "apply.withdraw"),
        (Stage::DocumentsRejected, "main.menu"),
    ];
    let homes = Stage::ALL.into_iter().map(|stage| Player::with_case(sample(stage)));
    let unbound = unbound.into_iter().map(|state| at(Player::new(), state));
    let bound = bound.into_iter().map(|state| at(Player::bound(&CANDIDATES[0]), state));
    let within = within.into_iter().map(|(stage, state)| at(Player::with_case(sample(stage)), state));
    unbound.chain(bound).chain(homes).chain(within).collect()
}

fn kind(player: &Player) -> &'static Kind {
    &WORLD.scripts.resolve(&player.snapshot.session.state).kind
}

/// The short form of the question that is open.
fn question(player: &Player) -> String {
    let fresh = Fresh { at: player.now, random: [7; 48] };
    let scene = Scene::new(&WORLD, &player.snapshot, player.now, &fresh);
    let state = scene.state();
    WORLD.scripts.repeat(state, &scene.view(), &scene.offers(state)).trim().to_owned()
}

#[test]
fn questions_are_answered_from_anywhere_and_change_nothing() {
    let table = [
        ("天河区在哪里办", "020-88909771"),
        ("番禺电话多少", "020-84810283"),
        ("什么时候截止", "6月17日 16:00"),
        ("照片要求", "浅灰色背景"),
        ("下一步做什么", "现在是："),
        ("接下来呢", "现在是："),
        ("我现在到哪一步了", "进度："),
        ("我的审核通过了吗", "进度："),
        ("进度", "进度："),
        ("进度怎么样", "进度："),
        ("人工", "电话"),
        ("0", "电话"),
        ("我要找人工", "电话"),
        ("帮助", "可以随时回复"),
        ("谢谢", "不客气"),
        ("要带什么", "原件和复印件"),
        ("登记表几份", "80 克以上 A4"),
        ("毕业证什么时候发", "约 10 月"),
        ("准考证号忘了怎么办", "12 位数字"),
        ("身份证丢了怎么办", "老师确认"),
        ("要交钱吗", "老师确认"),
        ("可以找人代办吗", "老师确认"),
        ("正面是哪一面", "放反了也没关系"),
        ("学位证呢", "主考学校"),
        ("深圳在哪里办", "深圳以当地市考办的通知为准"),
        ("萝岗区在哪里办", "11 个区分别受理"),
    ];
    let mut wrong = String::new();
    for player in people() {
        for (said, expected) in table {
            let mut asking = player.clone();
            let answer = asking.send(&text(said)).said();
            let stays = asking.snapshot.case == player.snapshot.case && answer.ends_with(&question(&player));
            if !(answer.contains(expected) && stays) {
                writeln!(wrong, "{player:?} ← {said}:\n{answer}\n").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn numbers_have_many_shapes() {
    for player in people() {
        if matches!(kind(&player), Kind::Text(_)) {
            continue;
        }
        let one = player.clone().send(&text("1")).said();
        for said in ["１", "①", "一", "第1个", "第一个", "1.", "1、", "选1", "1号"] {
            assert_eq!(player.clone().send(&text(said)).said(), one, "{said} at {player:?}");
        }
    }
}

/// What nobody can use, each as it arrives.
fn unusable() -> Vec<What> {
    let long = "长".repeat(2_000);
    let texts = [
        "【收到不支持的消息类型，暂无法显示】",
        "[微笑]",
        "/::)",
        "😀😀",
        "",
        " ",
        "Hello, how are you?",
        "<b>hi</b><script>alert(1)</script>",
        "{{ x }}{% for a in range(9) %}",
        long.as_str(),
    ];
    let others = [
        What::Link,
        What::Video,
        What::Voice { recognition: None },
        What::Location { latitude: 23.1, longitude: 113.3, label: "天河区".into() },
        What::Unsupported { kind: "file".into() },
    ];
    texts.into_iter().map(text).chain(others).collect()
}

#[test]
fn what_nobody_can_use_is_answered_and_the_question_asked_again() {
    for player in people() {
        for what in unusable() {
            let mut sending = player.clone();
            let answer = sending.send(&what).said();
            let asked = question(&player);
            let waits = matches!(kind(&player), Kind::Wait);
            assert!(waits || answer.ends_with(&asked), "{player:?} ← {what:?}:\n{answer}\nand not: {asked}");
            assert!(
                answer.chars().count() > asked.chars().count() || waits,
                "{player:?} ← {what:?}: {answer}"
            );
            assert!(!answer.contains("<b>") && !answer.contains("{{"), "{answer}");
            assert_eq!(sending.snapshot.case, player.snapshot.case);
            assert_eq!(sending.snapshot.session.state, player.snapshot.session.state);
        }
    }
}

#[test]
fn each_miss_helps_more_and_then_it_begins_again() {
    let person = "可以回复「0」找老师帮忙";
    for mut player in people() {
        if matches!(kind(&player), Kind::Wait) {
            continue;
        }
        let asked = question(&player);
        let state = WORLD.scripts.resolve(&player.snapshot.session.state).own_example();
        let answers: Vec<String> =
            ["呃呃呃", "呀呀呀", "唉唉唉", "哦哦哦"].map(|said| player.send(&text(said)).said()).to_vec();
        assert!(answers.iter().all(|answer| answer.ends_with(&asked)), "{player:?}: {answers:#?}");
        assert!(!answers[0].contains("例如：回复") && !answers[0].contains(person), "{answers:#?}");
        let example = state.unwrap_or_else(|| "例如：回复 1，或者回复「".to_owned());
        assert!(answers[1].contains(&example) && !answers[1].contains(person), "{example}: {answers:#?}");
        assert!(answers[2].contains(person) && answers[2].contains("9:15–11:30"), "{answers:#?}");
        assert_eq!(answers[3], answers[0], "it begins again");
        assert!(player.snapshot.session.misses == 1);
    }
}

impl crate::dialog::State {
    /// The state's own example, as shown.
    fn own_example(&self) -> Option<String> {
        let example = self.otherwise.get("example")?;
        Some(WORLD.scripts.render(*example, &minijinja::context! {}))
    }
}

#[test]
fn a_wrong_value_gets_its_reason_each_time() {
    let mut player = at(Player::new(), "bind.exam_no");
    let answers = ["123", "1234", "12345"].map(|said| player.send(&text(said)).said());
    for (answer, digits) in answers.iter().zip([3, 4, 5]) {
        assert!(answer.starts_with(&format!("您发来的是 {digits} 位")), "{answer}");
        assert!(answer.ends_with("请输入 12 位准考证号："), "{answer}");
    }
    assert!(answers[1].contains("例如：010112345678"), "{}", answers[1]);
    assert!(answers[2].contains("办公时间：9:15–11:30"), "{}", answers[2]);
}

#[test]
fn what_is_understood_in_between_begins_the_count_anew() {
    let mut player = at(Player::new(), "main.menu");
    let answers = ["呃呃呃", "呀呀呀", "帮助", "唉唉唉"].map(|said| player.send(&text(said)).said());
    assert!(!answers[3].contains("可以回复「0」找老师帮忙"), "{}", answers[3]);
}

/// The labels of what can be pressed at the home of a stage, while the window is open.
fn buttons(stage: Stage) -> Vec<String> {
    let player = Player::with_case(sample(stage));
    let fresh = Fresh { at: player.now, random: [7; 48] };
    let scene = Scene::new(&WORLD, &player.snapshot, player.now, &fresh);
    if matches!(kind(&player), Kind::List(_)) {
        return vec![];
    }
    scene.offers(scene.state()).iter().map(|offer| offer.label.clone()).collect()
}

#[test]
fn a_button_of_the_case_is_understood_in_the_main_menu() {
    for stage in Stage::ALL {
        for label in buttons(stage) {
            let mut home = Player::with_case(sample(stage));
            let mut menu = at(Player::with_case(sample(stage)), "main.menu");
            let (pressed, said) = (home.send(&text(&label)).said(), menu.send(&text(&label)).said());
            assert_eq!(home.snapshot.case, menu.snapshot.case, "{stage:?} {label}");
            assert_eq!(pressed, said, "{stage:?} {label}");
        }
    }
    // A mere word of a button is none: 「下一步」 is a question there.
    let mut menu = at(Player::with_case(sample(Stage::Approved)), "main.menu");
    menu.send(&text("下一步"));
    assert_eq!(menu.case().stage, Stage::Approved);
}

#[test]
fn after_the_window_every_way_on_is_refused_at_once() {
    let ways = ["继续", "毕业申请", "申请", "拍照", "重新拍照", "下一步", "改办理地点", "新链接"];
    for stage in Stage::ALL.into_iter().filter(|stage| stage.ends_with_window()) {
        for now in [times()[2], times()[3]] {
            let said = ways.into_iter().map(str::to_owned).chain(buttons(stage));
            for said in said.filter(|said| !["主菜单", "毕业预测", "改联系电话"].contains(&said.as_str()))
            {
                if stage == Stage::Withdrawn || said.contains("预测") {
                    continue;
                }
                let mut player = Player { now, ..Player::with_case(sample(stage)) };
                let before = player.case();
                let answer = player.send(&text(&said)).said();
                assert!(answer.contains("截止") && answer.contains("电话"), "{stage:?} {said}: {answer}");
                assert_eq!(player.case(), before, "{stage:?} {said}");
            }
        }
    }
}

#[test]
fn after_the_window_questions_and_the_phone_still_work() {
    let mut player = Player { now: times()[2], ..Player::with_case(sample(Stage::PortraitRejected)) };
    for (said, expected) in
        [("进度", "进度："), ("毕业预测", "毕业预测通过"), ("天河区在哪里办", "020-88909771")]
    {
        let answer = player.send(&text(said)).said();
        assert!(answer.contains(expected), "{said}: {answer}");
    }
    player.send(&text("换电话"));
    let answer = player.send(&text("13900139000")).said();
    assert_eq!(player.case().phone.as_deref(), Some("+8613900139000"), "{answer}");
    assert!(answer.contains("139****9000") && answer.contains("截止"), "{answer}");
}

#[test]
fn back_leads_out_of_what_is_settled() {
    let mut player = Player::new();
    let binding = [candidate().exam_no, CANDIDATES[1].document_no.clone()];
    for said in ["毕业预测", &binding[0], "同意", &binding[1], "7000"] {
        player.send(&text(said));
    }
    assert_eq!(player.snapshot.session.state, "apply.predicted");
    player.send(&text("返回"));
    assert_eq!(player.snapshot.session.state, "main.menu", "the number is not asked again");
    let mut player = Player::with_case(sample(Stage::DocumentsWanted));
    for (said, state) in
        [("1", "identity.front"), ("返回", "identity.documents_wanted"), ("返回", "main.menu")]
    {
        player.send(&text(said));
        assert_eq!(player.snapshot.session.state, state, "{said}");
    }
}

/// What is wrong is said in many words; whoever meant something else takes it back with one.
#[test]
fn wrong_data_is_heard_in_words() {
    let said = [
        "名字错了",
        "我的名字错了",
        "名字不对",
        "姓名有误",
        "性别错了",
        "身份证号码不对",
        "专业不对",
        "有错",
        "写错了",
        "这不是我",
    ];
    for said in said {
        let mut player = Player::with_case(sample(Stage::DataToConfirm));
        let answer = player.send(&text(said)).said();
        assert_eq!(player.case().stage, Stage::DataDisputed, "{said}: {answer}");
        player.send(&text("看错了"));
        assert_eq!(player.case().stage, Stage::DataToConfirm, "{said}");
    }
    for said in
        ["没有错", "名字没写错", "名字对吗", "名字错了怎么办", "我的电话不对", "地点选错了", "如果写错了呢"]
    {
        let mut player = Player::with_case(sample(Stage::DataToConfirm));
        let answer = player.send(&text(said)).said();
        assert_ne!(player.case().stage, Stage::DataDisputed, "{said}: {answer}");
    }
}

#[test]
fn whoever_answers_a_question_that_is_gone_presses_nothing_and_is_asked_again() {
    let gone = "刚才那一步更新了，请从这里接着办。";
    let within = |stage: Stage| at(Player::with_case(sample(stage)), "place.no_more");
    let table = [
        (within(Stage::Ready), "1", "核对无误就回复「申请」："),
        (within(Stage::StandardToRead), "是的", "我知道了，去拍照"),
        (within(Stage::DataToConfirm), "8001", "请先核对您的信息："),
        (at(Player::new(), "faq.no_more"), "1", "请问想了解哪一类？"),
        (at(Player::new(), "no_more.at_all"), "天气不错", "1 毕业预测"),
        (at(Player::bound(&CANDIDATES[0]), "apply.no_more"), "1", "1 毕业预测"),
    ];
    for (player, said, question) in table {
        let mut player = player;
        let stage = player.snapshot.case.as_ref().map(|case| case.stage);
        let words = player.send(&text(said)).said();
        assert!(words.starts_with(gone) && words.contains(question), "{said} → {words}");
        assert_eq!(player.snapshot.case.as_ref().map(|case| case.stage), stage, "{said}");
    }
    let mut ready = within(Stage::Ready);
    let words = ready.send(&text("进度")).said();
    assert!(words.starts_with("申请编号") && words.contains("核对无误就回复「申请」："), "{words}");
}
