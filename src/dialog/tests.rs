//! Scripts as the engine uses them: asking, asking again, looking up.

use minijinja::context;

use super::{EXAMPLE_GLOBAL, Fallback, Kind, Known, Offer, Scripts, Target, Term, Then, load, report};

const MAIN: &str = r#"
[dialog]
id = "main"
title = "主菜单"
start = "menu"

[state.menu]
say = """
您好 {{ name }}。

请回复数字：
"""
tail = "0 人工服务"
[[state.menu.choice]]
label = "绑定"
when = "unbound"
goto = "phone"
[[state.menu.choice]]
label = "常见问题"
goto = "answer"
[[state.menu.choice]]
label = "我的申请"
goto = "@case"

[state.answer]
say = "回复「返回」。"
goto = "@back"

[state.phone]
say = "请确认电话："
resume = "回到联系电话："
[[state.phone.choice]]
label = "用 {{ phone }}"
words = ["不变"]
goto = "menu"
[state.phone.text]
rule = "phone"
save = "phone"
goto = "menu"
[state.phone.otherwise]
invalid = "没有认出手机号。"
wrong_kind = "请发文字。"

[state.waiting]
case = "in_review"
wait = true
say = "审核中。"
"#;

fn scripts() -> Scripts {
    let known = Known {
        variables: vec!["name", "phone"],
        rules: vec![Term::new("phone").with_codes([Term::new("length")])],
        guards: vec![Term::new("unbound")],
        stages: vec![Term::new("in_review")],
        events: vec![Term::new("approved")],
        ..Known::default()
    };
    let files = [
        ("main.toml", MAIN),
        ("_global.toml", EXAMPLE_GLOBAL),
        (
            "notices.toml",
            "[approved]\ntext = '通过 {{ name }}'\ntemplate = { phrase1 = '通过' }\nimportant = true\n",
        ),
        ("renamed.toml", "'main.older' = 'main.old'\n'main.old' = 'main.phone'\n"),
        ("menu.toml", "[[button]]\nname = '官网'\ntype = 'view'\nurl = 'https://example.org/'\n"),
    ];
    load(&files, &known).map_err(|mistakes| report(&mistakes)).unwrap()
}

#[test]
fn a_question_is_its_words_its_numbers_and_its_tail() {
    let scripts = scripts();
    let (state, context) = (scripts.main(), context! { name => "李雷" });
    let all = scripts.offers(state, &context, |_| true);
    let said = scripts.ask(state, &context, &all);
    assert_eq!(said, "您好 李雷。\n\n请回复数字：\n1 绑定\n2 常见问题\n3 我的申请\n0 人工服务");
    let bound = scripts.offers(state, &context, |guard| guard != "unbound");
    let said = scripts.ask_again(state, &context, &bound);
    assert_eq!(said, "回到主菜单：\n请回复数字：\n1 常见问题\n2 我的申请\n0 人工服务");
}

#[test]
fn a_short_question_is_asked_again_on_the_line_of_where_we_were() {
    let scripts = scripts();
    let state = scripts.state("main.phone").unwrap();
    let none: [Offer; 0] = [];
    assert_eq!(scripts.ask_again(state, &context! {}, &none), "回到联系电话：请确认电话：");
}

#[test]
fn a_label_with_variables_is_rendered() {
    let scripts = scripts();
    let state = scripts.state("main.phone").unwrap();
    assert!(matches!(state.kind, Kind::Choice(_)));
    assert_eq!(state.text_input().unwrap().rule, "phone");
    let offers = scripts.offers(state, &context! { phone => "138****8000" }, |_| true);
    assert_eq!(offers[0].label, "用 138****8000");
    assert_eq!(scripts.ask(state, &context! {}, &offers), "请确认电话：\n1 用 138****8000");
}

#[test]
fn many_short_labels_share_a_line() {
    let offers =
        |labels: &[&str]| labels.iter().map(|label| Offer::new(label, label, [])).collect::<Vec<_>>();
    let seven = ["荔湾区", "越秀区", "海珠区", "天河区", "白云区", "黄埔区", "番禺区"];
    assert_eq!(
        super::number(&offers(&seven)),
        "1 荔湾区　2 越秀区　3 海珠区\n4 天河区　5 白云区　6 黄埔区\n7 番禺区"
    );
    assert_eq!(super::number(&offers(&seven[..6])).lines().count(), 6, "six stand one to a line");
    let mut longer = seven;
    longer[0] = "主考学校电话";
    assert_eq!(super::number(&offers(&longer)).lines().count(), 4, "two to a line");
    longer[0] = "办理地点和时间";
    assert_eq!(super::number(&offers(&longer)).lines().count(), 7, "one to a line");
    let hidden = [Offer::new("1", "广州市区", []).hidden(), Offer::new("2", "天河区", [])];
    assert_eq!(super::number(&hidden), "1 天河区", "what is hidden has no number");
}

#[test]
fn names_lead_where_they_should() {
    let scripts = scripts();
    assert_eq!(scripts.resolve("main.phone").name, "main.phone");
    assert_eq!(scripts.resolve("main.older").name, "main.phone", "renamed twice");
    assert_eq!(scripts.resolve("gone.state").name, "main.menu");
    assert!(scripts.find("main.gone").is_none());
    assert_eq!(scripts.find("main.older").map(|state| &*state.name), Some("main.phone"));
    assert_eq!(scripts.beginning_of("main.gone").map(|state| &*state.name), Some("main.menu"));
    assert!(scripts.beginning_of("gone.state").is_none() && scripts.beginning_of("gone").is_none());
    assert_eq!(scripts.home_of("in_review").name, "main.waiting");
    assert_eq!(scripts.home_of("no_stage").name, "main.menu");
    let phone = scripts.state("main.phone").unwrap();
    assert_eq!(scripts.follow(Target::Case, Some("in_review"), phone).name, "main.waiting");
    assert_eq!(scripts.follow(Target::Case, None, phone).name, "main.menu");
    assert_eq!(scripts.follow(Target::Back, None, phone).name, "main.phone");
    assert_eq!(scripts.dialog(phone).title.as_deref(), Some("主菜单"));
    assert_eq!(scripts.get(scripts.id_of(phone)).name, "main.phone");
    assert_eq!(scripts.slots(), ["phone"]);
    assert_eq!(scripts.interrupts()[0].then, Then::Resume);
    assert!(scripts.is_of_case(phone), "its dialog has a home");
}

#[test]
fn every_failure_has_words() {
    let scripts = scripts();
    let said = |text| scripts.render(text, &context! { labels => "甲、乙", code => "T1" });
    let (menu, phone) = (scripts.main(), scripts.state("main.phone").unwrap());
    assert_eq!(said(scripts.invalid_words(phone, "length")), "没有认出手机号。");
    assert_eq!(said(scripts.wrong_kind_words(phone, Fallback::Photo)), "请发文字。");
    assert_eq!(said(scripts.wrong_kind_words(menu, Fallback::Photo)), "现在不需要照片。");
    assert_eq!(said(scripts.wrong_kind_words(phone, Fallback::Ambiguous)), "您是指哪一个？甲、乙");
    assert_eq!(said(scripts.unknown_words(menu)), "没有看懂您的意思，请回复数字。");
    assert_eq!(said(scripts.example_words(menu)), "还是没有看懂，例如回复「1」。");
    assert_eq!(said(scripts.person_words()), "需要帮忙请回复「0 人工服务」。");
    assert_eq!(said(scripts.unavailable_words(phone)), "照片没有收到，请再发一次。");
    assert!(scripts.refusal_words(menu, "nobody_knows").is_none(), "who refuses so leads somewhere");
}

#[test]
fn a_text_that_cannot_be_rendered_becomes_the_systems_words() {
    let scripts = scripts();
    let said = scripts.render(scripts.main().say.unwrap(), &context! {});
    assert!(said.starts_with("系统刚才出了点问题") && said.contains("编号 T"), "{said}");
}

#[test]
fn notices_and_menu_are_ready_to_send() {
    let scripts = scripts();
    let notice = scripts.notice("approved").unwrap();
    assert!(notice.important);
    assert_eq!(scripts.render(notice.text, &context! { name => "李雷" }), "通过 李雷");
    assert_eq!(scripts.render(notice.template["phrase1"], &context! {}), "通过");
    let menu = r#"{"button":[{"type":"view","name":"官网","url":"https://example.org/"}]}"#;
    assert_eq!(scripts.menu().unwrap().to_string(), menu);
}
