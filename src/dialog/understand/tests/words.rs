//! Words: answers to the open question, interrupts, questions from anywhere.

use super::*;
use crate::dialog::place_instead;

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
            ("那先毕业预测吧", choice(1)),
            ("我来毕业预测了", choice(1)),
            ("审核进度", choice(3)),
            ("进度", interrupt(PROGRESS)),
            ("照片标准", choice(5)),
            ("照片标准是什么？", topic(STANDARD)),
            ("照片标准？", topic(STANDARD)),
            ("常见", choice(6)),
            ("问题", choice(6)),
            ("其他问题", choice(6)),
            ("毕业申", choice(2)),
            ("毕业预测可以吗", asked_back(1)),
            ("能毕业预测吗", asked_back(1)),
            ("毕业预测？", asked_back(1)),
            ("明天再毕业预测", asked_back(1)),
            ("毕业预测过了", asked_back(1)),
            ("业", NOTHING),
            ("业预", NOTHING),
            ("毕业预测怎么弄", NOTHING),
            ("我不想毕业预测", declined(&[1])),
            ("毕业预测不做了", NOTHING),
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
            ("（天河区）", choice(4)),
            ("天 河 区", choice(4)),
            ("我要选天河区", choice(4)),
            ("就天河吧", choice(4)),
            ("还是天河区吧", choice(4)),
            ("天河区就可以了", choice(4)),
            ("在天河区办理", choice(4)),
            ("我在天河区", choice(4)),
            ("广州天河", choice(4)),
            ("廣州市黃埔區", choice(6)),
            ("白雲區", choice(5)),
            ("天河还是海珠", either(&[3, 4])),
            ("天河？", about(4)),
            ("天河呢", about(4)),
            ("天河区可以吗", about(4)),
            ("天河区在哪里", about(4)),
            ("天河区在哪里办", about(4)),
            ("番禺电话多少", about(7)),
            ("越秀区的地址？", about(2)),
            ("不要天河区", declined(&[4])),
            ("天河区不去", declined(&[4])),
            ("没有天河区", NOTHING),
            ("区", NOTHING),
            ("河", NOTHING),
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
            ("回到主菜单", interrupt(MENU)),
            ("返回。", interrupt(BACK)),
            ("我想返回", interrupt(BACK)),
            ("可以返回吗", interrupt(BACK)),
            ("上一步", interrupt(BACK)),
            ("我要取消了", interrupt(CANCEL)),
            ("取消，谢谢", interrupt(CANCEL)),
            ("退出", interrupt(CANCEL)),
            ("進度", interrupt(PROGRESS)),
            ("查詢", interrupt(PROGRESS)),
            ("看一下进度", interrupt(PROGRESS)),
            ("进度？", interrupt(PROGRESS)),
            ("请问进度", interrupt(PROGRESS)),
            ("查询进度", NOTHING),
            ("人工", interrupt(STAFF)),
            ("人工服務", interrupt(STAFF)),
            ("我要人工服务", interrupt(STAFF)),
            ("拍照", interrupt(RETAKE)),
            ("我要重新拍照", interrupt(RETAKE)),
            ("不拍照", NOTHING),
            ("拍照？", NOTHING),
            ("可以拍照吗", NOTHING),
            ("天河区在哪里办", about(4)),
            ("天河区", about(4)),
            ("天河", about(4)),
            ("天河呢", about(4)),
            ("天河办理", about(4)),
            ("花都几号可以去", about(8)),
            ("南沙邊度", about(9)),
            ("我住在天河区", NOTHING),
            ("在哪里办理？", topic(PLACE)),
            ("什么时候可以申请", topic(DATES)),
            ("甚麼時候可以申請", topic(DATES)),
            ("幾時申請", topic(DATES)),
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
fn a_question_may_be_a_label() {
    let offers = [
        Offer::new("1", "什么时候可以申请", []),
        Offer::new("2", "错过了怎么办", []),
        Offer::new("3", "毕业要满足什么条件", []),
    ];
    check(
        "faq.list",
        &offers,
        &[
            ("什么时候可以申请", choice(1)),
            ("什么时候可以申请？", choice(1)),
            ("錯過了怎麼辦？", choice(2)),
            ("请问毕业要满足什么条件", asked_back(3)),
            ("可以", NOTHING),
            ("什么", NOTHING),
        ],
    );
}

#[test]
fn several_words_of_one_offer_are_one_and_of_two_offers_are_asked() {
    let offers = [
        Offer::new("1", "换一个新链接", ["新链接", "过期", "过期了", "点不开"]),
        Offer::new("2", "改联系电话", ["改电话"]),
        Offer::new("3", "改办理地点", ["改地点"]),
    ];
    check(
        "x.y",
        &offers,
        &[
            ("链接过期了", choice(1)),
            ("二维码过期", choice(1)),
            ("点不开", choice(1)),
            ("链接点不开啊", choice(1)),
            ("链接过期点不开", choice(1)),
            ("我要改电话", choice(2)),
            ("改电话和地点", asked_back(2)),
            ("改电话、改地点", either(&[2, 3])),
            ("改联系", choice(2)),
            ("改", NOTHING),
            ("电话改不了", NOTHING),
        ],
    );
}

#[test]
fn a_place_instead_of_the_chosen_one() {
    let rows = [
        ("改到番禺区", Some(7)),
        ("地点选错了，想去荔湾", Some(1)),
        ("地点選錯了，想去荔灣", Some(1)),
        ("应该是番禺区", Some(7)),
        ("换到广州市荔湾区", Some(1)),
        ("选错区了，我要去番禺", Some(7)),
        ("选错了，番禺区", Some(7)),
        ("我想去天河，不对，是番禺", Some(7)),
        ("不是天河，是番禺", Some(7)),
        ("从天河换到番禺吧，谢谢", Some(7)),
        ("番禺区", None),
        ("我想去荔湾", None),
        ("番禺选错了", None),
        ("不想换到荔湾", None),
        ("不是番禺", None),
        ("不用改到番禺了", None),
        ("改到番禺可以吗", None),
        ("我同学换到番禺了", None),
        ("改到番禺，还是不改了", None),
        ("换地点", None),
    ];
    for (said, place) in rows {
        assert_eq!(place_instead(said, &districts()), place.map(|number: usize| number - 1), "{said}");
    }
}

#[test]
fn courtesy_is_no_answer_to_a_question() {
    let thanks = interrupt(INTERRUPTS.len() - 1);
    check(
        "main.menu",
        &main_menu(),
        &[
            ("好", thanks.clone()),
            ("好的老师", thanks),
            ("好了吗", NOTHING),
            ("好吗", NOTHING),
            ("好了没", NOTHING),
        ],
    );
}
