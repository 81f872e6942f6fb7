//! Pinyin, characters that sound the same, one wrong character, denial and what is wanted instead.

use super::*;

#[test]
fn words_are_heard_in_pinyin() {
    check(
        "place.district",
        &districts(),
        &[
            ("tianhe", choice(4)),
            ("tianhequ", choice(4)),
            ("tian he qu", choice(4)),
            ("Tian'he", choice(4)),
            ("panyu", choice(7)),
            ("PANYU", choice(7)),
            ("huadu", choice(8)),
            ("zengcheng", choice(10)),
            ("conghua", choice(11)),
            ("fanhui", interrupt(BACK)),
            ("cai dan", interrupt(MENU)),
            ("jindu", interrupt(PROGRESS)),
            ("rengong", interrupt(STAFF)),
            ("thq", asked_back(4)),
            ("nsq", asked_back(9)),
            ("foshan", NOTHING),
            ("th", NOTHING),
            ("a", NOTHING),
        ],
    );
    check(
        "main.menu",
        &main_menu(),
        &[
            ("biyeyuce", choice(1)),
            ("bi ye shen qing", choice(2)),
            ("shenhejindu", choice(3)),
            ("bysq", asked_back(2)),
        ],
    );
}

#[test]
fn a_wrong_character_is_mended_or_asked_back() {
    check(
        "place.district",
        &districts(),
        &[
            ("天合区", choice(4)),
            ("黄浦区", choice(6)),
            ("我要去黄浦区", choice(6)),
            ("翻禺区", choice(7)),
            ("增成区", choice(10)),
            ("丛化区吧", choice(11)),
            ("黄浦", asked_back(6)),
            ("天何", asked_back(4)),
            ("白云去", choice(5)),
            ("兰沙区", asked_back(9)),
            ("天何去", asked_back(4)),
            ("越透区", asked_back(2)),
            ("天区河", asked_back(4)),
            ("荔枝湾区", asked_back(1)),
            ("海河区", either(&[3, 4])),
            ("福田区", NOTHING),
            ("黄浦区在哪", NOTHING),
            ("不去黄浦区", NOTHING),
        ],
    );
    let strict = [Offer::new("1", "提交身份证附件", []).strict(true), Offer::new("2", "改联系电话", [])];
    check(
        "x.y",
        &strict,
        &[
            ("提交身份正附件", asked_back(1)),
            ("tijiaoshenfenzhengfujian", asked_back(1)),
            ("提交身份证付件", asked_back(1)),
            ("该联系电话", choice(2)),
            ("改联系电活", asked_back(2)),
            ("菜但", interrupt(MENU)),
        ],
    );
}

#[test]
fn a_denial_leaves_what_is_wanted_instead() {
    check(
        "place.district",
        &districts(),
        &[
            ("不要天河，要黄埔", choice(6)),
            ("不要天河要黄埔", choice(6)),
            ("唔要天河，要黃埔", choice(6)),
            ("不是天河，是番禺", choice(7)),
            ("不选天河区了，选海珠区吧", choice(3)),
            ("不想去荔湾，还是白云吧", choice(5)),
            ("我要的是黄埔，不是天河", choice(6)),
            ("不要天河也不要海珠，要越秀", choice(2)),
            ("不要天河，要黄埔还是白云", either(&[5, 6])),
            ("不要天河区", declined(&[4])),
            ("不去天河了", declined(&[4])),
            ("不要天河，黄埔在哪里", about(6)),
            ("天河区不去", declined(&[4])),
            ("南沙太远了", declined(&[9])),
            ("越秀不要，荔湾也不要，还是增城吧", choice(10)),
            ("没有天河区", NOTHING),
        ],
    );
    let strict = [Offer::new("1", "申请", []).strict(true), Offer::new("2", "改办理地点", ["改到"])];
    check(
        "apply.ready",
        &strict,
        &[
            ("不申请", declined(&[1])),
            ("不要改办理地点，申请", asked_back(1)),
            ("不要申请，改办理地点", choice(2)),
            ("不申请，先改办理地点", choice(2)),
        ],
    );
}

#[test]
fn a_yes_is_a_yes() {
    for said in ["是", "是的", "对", "对啊", "嗯", "好的", "係", "系啊", "没错", "OK", "是的，谢谢"]
    {
        assert_eq!(agrees(said), Some(true), "{said}");
    }
    for said in ["不是", "不", "唔係", "不对", "不用了", "no"] {
        assert_eq!(agrees(said), Some(false), "{said}");
    }
    for said in ["是吗", "天河", "1", "", "对吗？", "我不知道"] {
        assert_eq!(agrees(said), None, "{said}");
    }
}

#[test]
fn cantonese_asks_what_mandarin_asks() {
    check(
        "bind.ask_exam_no",
        &[],
        &[
            ("幾時可以申請", topic(DATES)),
            ("喺邊度辦", topic(PLACE)),
            ("天河喺邊度", about(4)),
            ("影相要著咩衫，衣服呢", topic(STANDARD)),
            ("唔該，人工服務", interrupt(STAFF)),
        ],
    );
}
