//! What may press a button that cannot be taken back, and what may not.

use super::*;

/// Procedure.md P5 and A14: 「申请」, with what the dialog lists for it.
fn ready() -> Vec<Offer> {
    vec![
        Offer::new("1", "申请", ["「申请」", "提交申请", "确认", "下一步"]).strict(true),
        Offer::new("2", "改办理地点", ["改地点", "换地点"]),
        Offer::new("3", "改联系电话", ["改电话", "换电话"]),
    ]
}

#[test]
fn apply_is_pressed_by_its_words_and_politeness() {
    let pressing = [
        "申请",
        "申請",
        "「申请」",
        "申请。",
        "申请！",
        "申 请",
        "提交申请",
        "提交申請",
        "确认",
        "下一步",
        "我要申请",
        "我要申請",
        "請申請",
        "请申请",
        "申请吧",
        "申請吧",
        "我想申请",
        "那就申请吧",
        "点申请",
        "點申請",
        "点击「申请」",
        "点击申请",
        "按申请",
        "选申请",
        "回复申请",
        "好的，申请",
        "麻烦您帮我申请一下，谢谢",
        "老师您好，我要申请",
        "现在就申请",
        "1申请",
        "1. 申请",
        "1",
    ];
    check("apply.ready", &ready(), &pressing.map(|text| (text, choice(1))));
}

/// What must press nothing. Asked back is what names the button as something one might want; the rest is missed or
/// answered as a question.
#[test]
fn apply_is_not_pressed_by_anything_else() {
    check(
        "apply.ready",
        &ready(),
        &[
            ("取消申请", NOTHING),
            ("撤回申请", NOTHING),
            ("撤銷申請", NOTHING),
            ("放弃申请", NOTHING),
            ("停止申请", NOTHING),
            ("不申请", declined(&[1])),
            ("我不申请了", NOTHING),
            ("不想申请", declined(&[1])),
            ("不要申请", declined(&[1])),
            ("先不申请", NOTHING),
            ("暂时别申请", NOTHING),
            ("没申请", NOTHING),
            ("还没申请", NOTHING),
            ("唔申請", declined(&[1])),
            ("申请不了", NOTHING),
            ("申请没", NOTHING),
            ("申请怎么弄", NOTHING),
            ("怎么申请", NOTHING),
            ("點樣申請", NOTHING),
            ("谁申请", NOTHING),
            ("申请？", asked_back(1)),
            ("申請?", asked_back(1)),
            ("申请吗", asked_back(1)),
            ("申请嘛", asked_back(1)),
            ("申请呢", asked_back(1)),
            ("申请可以吗", asked_back(1)),
            ("可以申请吗", asked_back(1)),
            ("能不能申请", asked_back(1)),
            ("要不要申请", asked_back(1)),
            ("现在申请行吗", asked_back(1)),
            ("點申請呀", asked_back(1)),
            ("点申请啊？", asked_back(1)),
            ("申请好了", asked_back(1)),
            ("申请了", asked_back(1)),
            ("申请过了", asked_back(1)),
            ("我申请啦", asked_back(1)),
            ("我已申请", asked_back(1)),
            ("我已经申请了", asked_back(1)),
            ("刚才申请", asked_back(1)),
            ("明天再申请", asked_back(1)),
            ("等等再申请", asked_back(1)),
            ("等我申请", asked_back(1)),
            ("以后申请", asked_back(1)),
            ("准备申请", asked_back(1)),
            ("如果申请", asked_back(1)),
            ("他申请", asked_back(1)),
            ("申请表", asked_back(1)),
            ("申", NOTHING),
            ("提", NOTHING),
            ("下", NOTHING),
            ("下一", asked_back(1)),
            ("提交", asked_back(1)),
            ("1？", asked_back(1)),
            ("不选1", NOTHING),
            ("幾時申請", topic(DATES)),
            ("什么时候申请", topic(DATES)),
            ("申请时间", topic(DATES)),
            ("改电话", choice(3)),
            ("申请前改电话", either(&[1, 3])),
        ],
    );
}

#[test]
fn the_portrait_is_not_submitted_by_a_syllable() {
    let words = ["「我已摄像完成，下一步」", "摄像完成", "拍好了", "下一步", "提交"];
    let offers = [
        Offer::new("1", "我已摄像完成，下一步", words).strict(true),
        Offer::new("2", "重新拍照", ["重拍", "拍照", "不满意"]),
    ];
    check(
        "portrait.captured",
        &offers,
        &[
            ("我已摄像完成，下一步", choice(1)),
            ("我已攝像完成，下一步", choice(1)),
            ("拍好了", choice(1)),
            ("提交吧", choice(1)),
            ("下", NOTHING),
            ("我", NOTHING),
            ("步", NOTHING),
            ("我已", asked_back(1)),
            ("没拍好", NOTHING),
            ("拍好了吗", asked_back(1)),
            ("还没拍好了", NOTHING),
            ("先不提交", NOTHING),
            ("提交了吗", asked_back(1)),
            ("下一步做什么", topic(NEXT)),
            ("重拍一下", choice(2)),
            ("我不满意", choice(2)),
            ("不满", NOTHING),
            ("满意", choice(2)),
            ("别重拍", NOTHING),
        ],
    );
}

#[test]
fn what_is_wrong_with_the_data_is_asked_back() {
    let offers = [
        Offer::new("1", "确认无误", ["「确认无误」", "无误", "确认", "没错", "没问题"]).strict(true),
        Offer::new("2", "信息有误", ["「信息有误」", "有误", "不对", "错了", "写错"]).strict(true),
        Offer::new("3", "改联系电话", ["改电话"]),
    ];
    check(
        "portrait.confirm",
        &offers,
        &[
            ("确认无误", choice(1)),
            ("確認無誤", choice(1)),
            ("没错，谢谢", choice(1)),
            ("信息有误", choice(2)),
            ("不对", choice(2)),
            ("不對啊", choice(2)),
            ("错了", choice(2)),
            ("名字错了", asked_back(2)),
            ("姓名写错了", asked_back(2)),
            ("性别不对", asked_back(2)),
            ("我的专业不对", asked_back(2)),
            ("信息没有误", NOTHING),
            ("不是不对", declined(&[2])),
            ("有误吗", asked_back(2)),
            ("是不是不对", asked_back(2)),
            ("名字没错", asked_back(1)),
            ("不确认", declined(&[1])),
            ("还不能确认", NOTHING),
            ("等我确认", asked_back(1)),
            ("确认一下电话", asked_back(1)),
            ("改电话", choice(3)),
        ],
    );
}

/// Where 「申请」 is only an interrupt.
#[test]
fn from_elsewhere_too() {
    check(
        "main.menu",
        &main_menu(),
        &[
            ("申请", interrupt(APPLY)),
            ("我要申请", interrupt(APPLY)),
            ("请帮我申请吧", interrupt(APPLY)),
            ("申请？", NOTHING),
            ("申请可以吗", NOTHING),
            ("撤回申请", NOTHING),
            ("取消申请", NOTHING),
            ("不申请", NOTHING),
            ("我已经申请了", NOTHING),
            ("申请了", NOTHING),
            ("申请好了", NOTHING),
            ("明天再申请", NOTHING),
            ("幾時申請", topic(DATES)),
        ],
    );
}
