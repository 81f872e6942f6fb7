//! The page in a real browser: at the size of a phone, and two people side by side on a desk.

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::browser::Browser;
use super::calls::Client;
use crate::{Kind, Options, Say, SubscribeTemplate, Template, Via};

const PHONE: (u32, u32) = (390, 844);
const DESK: (u32, u32) = (1440, 900);

fn options() -> Options {
    let content = "审核事项：{{thing1.DATA}}\n审核结果：{{phrase2.DATA}}";
    let notice = SubscribeTemplate {
        template_id: "N1".to_owned(),
        title: "补充材料通知".to_owned(),
        content: content.to_owned(),
        long_term: false,
    };
    let children = json!([
        { "type": "click", "name": "毕业预测", "key": "PREDICT" },
        { "type": "view", "name": "办理地点", "url": "http://127.0.0.1:9/" },
    ]);
    let camera = json!({ "type": "pic_sysphoto", "name": "拍照", "key": "CAM" });
    Options {
        menu: Some(json!({ "button": [{ "name": "毕业申请", "sub_button": children }, camera] })),
        candidates: vec![
            json!({ "name": "林样例", "exam_no": "010126000001", "phone": "13800138001", "grades": [] }),
        ],
        templates: vec![Template::new("T1", "审核结果通知", content)],
        subscribe_templates: vec![notice],
        ..Options::default()
    }
}

/// What stands on the newest line of the phone with that number, counted from the left.
fn last_line(phone: usize, words: &str) -> String {
    let words = Value::from(words);
    format!("document.querySelectorAll('.screen')[{phone}].lastElementChild.textContent.includes({words})")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_phone_with_menu_camera_card_and_fault() {
    let Some(mut browser) = Browser::start() else { return };
    let (mock, bot) = Bot::with(options(), |message, _| match message.text_of("EventKey") {
        Some("PREDICT") => Reply::Text("还差 2 门课".to_owned()),
        _ => Reply::Nothing,
    })
    .await;
    let openid = mock.user("小陈").await;
    browser.open(mock.url(), PHONE.0, PHONE.1);
    browser.wait("document.querySelector('.phone')");
    assert_eq!(
        browser.wait("[document.documentElement.scrollWidth]")[0],
        PHONE.0,
        "nothing is wider than the phone"
    );

    browser.wait("document.querySelector('.has-list').focus() ?? true");
    browser.key("ArrowUp");
    browser.wait("document.activeElement.textContent === '办理地点'");
    browser.key("Escape");
    browser.wait("document.activeElement.textContent === '毕业申请'");
    browser.press("毕业申请");
    browser.press("毕业预测");
    browser.wait(&last_line(0, "还差 2 门课"));
    assert!(bot.received().last().unwrap().contains("<![CDATA[PREDICT]]>"));

    browser.press("拍照");
    browser.press("拍照");
    browser.press("使用照片");
    browser.wait("document.querySelector('.mine .picture img').naturalWidth");
    browser.wait("document.querySelector('.log-title').textContent === '小陈 · image'");
    let received = bot.received();
    let [.., event, picture] = received.as_slice() else { panic!("{received:?}") };
    assert!(event.contains("pic_sysphoto") && event.contains("<![CDATA[CAM]]>"), "{event}");
    assert!(picture.contains("<MsgType><![CDATA[image]]></MsgType>"), "{picture}");

    browser.press("通信记录和开关");
    browser.press("开关");
    browser.press("林样例");
    browser.press("林样例的手机后四位 8001");
    browser.wait("document.activeElement.value === '8001'");

    let data = json!({ "thing1": { "value": "毕业证照片" }, "phrase2": { "value": "审核通过" } });
    let send = json!({ "touser": openid, "template_id": "T1", "url": "http://127.0.0.1:9/", "data": data });
    let client = Client::of(&mock).await;
    client.post("/cgi-bin/message/template/send", &send).await;
    let card = browser.wait("[...document.querySelectorAll('.notice dt, .notice dd, .notice .more')].map(e => e.textContent).join('|')");
    assert_eq!(card, "审核事项|毕业证照片|审核结果|审核通过|查看详情");

    browser.press("这位考生");
    browser.press("提交选择");
    browser.press("关闭");
    browser.wait(&last_line(0, "同意订阅通知"));
    assert!(bot.received().last().unwrap().contains("<TemplateId><![CDATA[N1]]></TemplateId>"));

    browser.press("通信记录和开关");
    browser.press("故障");
    browser.press("每五次失败一次");
    browser.wait("document.querySelector('.pending li')");
    let pending = client.get("/test/faults").await;
    assert_eq!((&pending[0]["kind"], &pending[0]["skip"]), (&json!(Kind::Errcode), &json!(4)));
    browser.press("全部取消");
    browser.wait("document.querySelectorAll('.pending li').length === 0");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn side_by_side_each_is_a_person_of_their_own() {
    let Some(mut browser) = Browser::start() else { return };
    let (mock, _bot) = Bot::with(options(), |message, _| match message.text_of("Content") {
        Some(words) => Reply::Text(format!("收到：{words}")),
        None => Reply::Nothing,
    })
    .await;
    let (chen, _) = (mock.user("小陈").await, mock.user("李阿姨").await);
    browser.open(mock.url(), DESK.0, DESK.1);
    browser.press("并排打开李阿姨的手机");
    browser.wait("document.querySelectorAll('.phone').length === 2");
    browser.wait("document.activeElement.closest('.phone').ariaLabel === '李阿姨的手机'");
    browser.enter("我是李阿姨");
    browser.wait(&last_line(1, "收到：我是李阿姨"));
    assert_eq!(mock.chat(&chen, 0).len(), 1, "the other phone has only its own beginning");
    mock.say(&chen, Say::text("我是小陈")).await.unwrap();
    browser.wait(&last_line(0, "收到：我是小陈"));
    browser.wait(&last_line(1, "收到：我是李阿姨"));

    let call = json!({ "method": "POST", "path": "/cgi-bin/x", "request": { "query": {}, "body": { "a": "it's" } } });
    let copied = browser.wait(&format!("import('/page/log.js').then(log => log.curl({call}))"));
    let address = format!("'{}/cgi-bin/x?access_token=ACCESS_TOKEN'", mock.url());
    assert_eq!(
        copied,
        format!("curl {address} -H 'content-type: application/json' -d '{{\"a\":\"it'\\''s\"}}'")
    );
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[tokio::test]
async fn each_button_for_pictures_announces_them_by_its_own_event() {
    let (mock, bot) = Bot::with(options(), |_, _| Reply::Nothing).await;
    let openid = mock.user("小陈").await;
    let jpeg = [0xff, 0xd8, 0xff, 0xd9];
    for (via, event) in [(Via::PhotoOrAlbum, "pic_photo_or_album"), (Via::Weixin, "pic_weixin")] {
        mock.say(&openid, Say::image(jpeg, via)).await.unwrap();
        let received = bot.received();
        let announced = &received[received.len() - 2];
        assert!(announced.contains(event) && announced.contains("<PicMd5Sum>"), "{announced}");
    }
}

#[tokio::test]
async fn a_late_page_gets_the_newest_lines_and_how_many_it_missed() {
    let (mock, _bot) = Bot::with(options(), |_, _| Reply::Nothing).await;
    let openid = mock.user("小陈").await;
    let client = Client::of(&mock).await;
    for _ in 0..510 {
        client.text("oNobody", "x").await;
    }
    let news = client.get("/page/updates?after=0").await;
    let lines = news["log"].as_array().unwrap();
    let all = mock.calls(0).len() + 1;
    assert_eq!((lines.len(), &news["left_out"]), (500, &json!(all - 500)), "the follow event is a line, too");
    assert_eq!(lines.last().unwrap()["seq"], mock.calls(0).last().unwrap().seq);
    let people = client.get("/test/users").await;
    assert_eq!((&people[0]["openid"], &people[0]["window"]["remaining"]), (&json!(openid), &json!(3)));
}
