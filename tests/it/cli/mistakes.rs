//! `check`: a copy of the real dialogs with ten different mistakes, each to be reported at its place.

use std::fs;

use super::{Desk, copy_dialogs};

/// File, what is added at its end, the word at which the mistake is, what the report says.
const MISTAKES: [(&str, &str, &str, &str); 10] = [
    ("faq.toml", "[state.zz_key]\nsay = \"x\"\ncolour = 1\nend = true\n", "colour", "unknown key `colour`"),
    (
        "bind.toml",
        "[state.zz_rule]\nsay = \"x\"\n[state.zz_rule.text]\nrule = \"exam_nr\"\nsave = \"exam_no\"\ngoto = \"@case\"\n\
         [state.zz_rule.otherwise]\nwrong_kind = \"x\"\ninvalid = \"x\"\n",
        "\"exam_nr\"",
        "unknown rule `exam_nr`",
    ),
    (
        "place.toml",
        "[state.zz_state]\nsay = \"x\"\ngoto = \"districkt\"\n",
        "\"districkt\"",
        "no state `districkt`",
    ),
    (
        "identity.toml",
        "[state.zz_dialog]\nsay = \"x\"\ngoto = \"nowhere.menu\"\n",
        "\"nowhere.menu\"",
        "no dialog has the id `nowhere`",
    ),
    (
        "portrait.toml",
        "[state.zz_command]\nsay = \"x\"\n[[state.zz_command.choice]]\nlabel = \"好\"\ndo = \"aply\"\ngoto = \"@case\"\n",
        "\"aply\"",
        "unknown command `aply`",
    ),
    (
        "apply.toml",
        "[state.zz_guard]\nsay = \"x\"\n[[state.zz_guard.choice]]\nlabel = \"好\"\nwhen = \"is_brave\"\ngoto = \"@case\"\n",
        "\"is_brave\"",
        "unknown guard `is_brave`",
    ),
    ("main.toml", "[state.zz_text]\nsay = \"{{ nobody }}\"\nend = true\n", "nobody", "nothing sets `nobody`"),
    (
        "notices.toml",
        "[portrait_aproved]\ntext = \"x\"\n",
        "portrait_aproved",
        "unknown event `portrait_aproved`",
    ),
    (
        "menu.toml",
        "[[button]]\nname = \"第四个\"\ntype = \"clack\"\nkey = \"HELP\"\n",
        "\"clack\"",
        "unknown button type `clack`",
    ),
    ("faq.toml", "[state.zz_lonely]\nsay = \"x\"\nend = true\n", "zz_lonely", "nothing leads to `zz_lonely`"),
];

#[test]
fn ten_different_mistakes_are_reported_at_their_places() {
    let desk = Desk::new();
    let folder = desk.home.path().join("dialogs");
    copy_dialogs(&folder);
    let check = || desk.run(&["check", "--dialogs-dir", "dialogs"]);
    check().good();
    let mut expected = Vec::new();
    for (name, added, word, says) in MISTAKES {
        let file = folder.join(name);
        let before = fs::read_to_string(&file).unwrap_or_default();
        let text = format!("{before}\n{added}");
        let at = before.len() + text[before.len()..].find(word).unwrap();
        let line = text[..at].matches('\n').count() + 1;
        fs::write(&file, text).unwrap();
        expected.push((format!("dialogs/{name}:{line}:"), says));
    }
    let ran = check();
    ran.failed(2, &["处错误"]);
    for (place, says) in expected {
        let reported = ran
            .out
            .split("error: ")
            .any(|report| report.starts_with_message(says) && report.contains(&place));
        assert!(reported, "no `{says}` at {place}:\n{}", ran.out);
    }
}

trait Report {
    fn starts_with_message(&self, says: &str) -> bool;
}

impl Report for str {
    fn starts_with_message(&self, says: &str) -> bool {
        self.lines().next().is_some_and(|line| line.contains(says))
    }
}

#[test]
fn a_file_that_is_no_toml_is_reported_at_its_place() {
    let desk = Desk::new();
    let folder = desk.home.path().join("dialogs");
    copy_dialogs(&folder);
    fs::write(folder.join("zz.toml"), "# new\n[dialog\n").unwrap();
    desk.run(&["check", "--dialogs-dir", "dialogs"]).failed(2, &["not TOML", "dialogs/zz.toml:2:"]);
}

#[test]
fn settings_and_dialogs_are_reported_together() {
    let desk = Desk::new();
    desk.write("graduation-bot.toml", "tokn = 1\n");
    desk.run(&["check", "--dialogs-dir", "nowhere"]).failed(2, &["tokn", "nowhere"]);
    desk.write("graduation-bot.toml", "data_key = 'x'\n");
    desk.run(&["check", "--dialogs-dir", "nowhere"])
        .failed(2, &["data_key", "wechat.app_id", "wechat.app_secret", "wechat.token", "配置：4 处错误"]);
}

#[test]
fn dialogs_alone_can_be_checked() {
    let desk = Desk::new();
    fs::remove_file(desk.home.path().join("graduation-bot.toml")).unwrap();
    copy_dialogs(&desk.home.path().join("dialogs"));
    let out = desk.run(&["check"]).good().out;
    assert!(out.contains("对话：没有错误") && out.contains("没有检查"), "{out}");
}
