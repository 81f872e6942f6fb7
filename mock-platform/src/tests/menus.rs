//! Conditional menus, and QR codes: who sees what, and where a scan leads.

use serde_json::{Value, json};

use super::bot::{Bot, Reply};
use super::calls::Client;
use crate::{Account, Mock, Options, Say, Settings, StrictChange, Via};

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

fn click(name: &str) -> Value {
    json!([{ "type": "click", "name": name, "key": name }])
}

#[tokio::test]
async fn a_conditional_menu_needs_a_default_one_and_a_rule() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let ios = json!({ "client_platform_type": "1" });
    let add = async |buttons: &Value, rule: &Value| {
        let body = json!({ "button": buttons, "matchrule": rule });
        client.post("/cgi-bin/menu/addconditional", &body).await
    };
    assert_eq!(add(&click("苹果"), &ios).await["errcode"], 65303);
    client.post("/cgi-bin/menu/create", &json!({ "button": click("默认") })).await;
    let page = |url: &str| json!([{ "type": "view", "name": "看", "url": url }]);
    let leading = |hosts: &str| {
        let page =
            |host: char| json!({ "type": "view", "name": "看", "url": format!("http://{host}.test/1") });
        json!([{ "name": "上", "sub_button": hosts.chars().map(page).collect::<Vec<_>>() }])
    };
    for (buttons, rule, code) in [
        (json!([]), ios.clone(), 65307),
        (click("苹果"), json!({}), 65304),
        (click("苹果"), json!({ "country": "中国", "tag_id": "" }), 65304),
        (click("苹果"), json!({ "client_platform_type": 4 }), 40035),
        (json!([{ "name": "空" }]), ios.clone(), 65308),
        (page("b.test"), ios.clone(), 65317),
        (click("苹果的菜单名字太长"), ios.clone(), 40018),
        (leading("abcd"), ios.clone(), 65316),
    ] {
        assert_eq!(add(&buttons, &rule).await["errcode"], code, "{buttons} {rule}");
    }
    let as_account =
        |account| mock.set_strict(StrictChange { account: Some(account), ..StrictChange::default() });
    as_account(Account::Unverified);
    assert_eq!(add(&click("苹果"), &ios).await["errcode"], 65306);
    as_account(Account::Verified);
    assert_eq!(add(&leading("abcc"), &ios).await["errcode"], Value::Null, "three hosts are not too many");
    client.get("/cgi-bin/menu/delete").await;
    client.post("/cgi-bin/menu/create", &json!({ "button": click("默认") })).await;
    let id = add(&click("苹果"), &ios).await["menuid"].clone();
    let all = client.get("/cgi-bin/menu/get").await;
    assert_eq!(all["menu"]["button"], click("默认"));
    assert!(all["menu"]["menuid"].is_u64(), "the default one has a number among others");
    assert_eq!(all["conditionalmenu"][0]["matchrule"], ios);
    for (body, code) in [(json!({ "menuid": "1" }), 65301), (json!({ "menuid": id }), 0)] {
        assert_eq!(client.code("/cgi-bin/menu/delconditional", &body).await, code);
    }
    assert_eq!(client.get("/cgi-bin/menu/get").await.get("conditionalmenu"), None);
    let escaped = "{\"button\":[{\"type\":\"click\",\"name\":\"\\u62cd\",\"key\":\"K\"}]}";
    assert_eq!(client.raw("/cgi-bin/menu/addconditional", escaped).await["errcode"], 40033);
    let material = json!({ "button": [{ "type": "media_id", "name": "图", "media_id": "m" }] });
    assert_eq!(client.code("/cgi-bin/menu/create", &material).await, 40007);
}

#[tokio::test]
async fn everybody_sees_the_menu_that_fits_them() {
    let (mock, bot) = Bot::with(Options::default(), |_, _| Reply::Nothing).await;
    let client = Client::of(&mock).await;
    let (android, apple) = (mock.user("小陈").await, mock.user("小林").await);
    mock.settings(&apple, Settings { client_platform_type: 1, ..Settings::default() });
    let camera = json!([{ "type": "pic_sysphoto", "name": "拍照", "key": "IOS_CAM" }]);
    client.post("/cgi-bin/menu/create", &json!({ "button": click("默认") })).await;
    let body = json!({ "button": camera, "matchrule": { "client_platform_type": 1 } });
    client.post("/cgi-bin/menu/addconditional", &body).await;
    for (openid, expected) in [(&android, click("默认")), (&apple, camera)] {
        let tried = client.post("/cgi-bin/menu/trymatch", &json!({ "user_id": openid })).await;
        assert_eq!((&tried["button"], &mock.menu_of(openid).unwrap()["button"]), (&expected, &expected));
    }
    assert_eq!(client.code("/cgi-bin/menu/trymatch", &json!({ "user_id": "nobody" })).await, 65302);
    mock.say(&apple, Say::image(JPEG, Via::Camera)).await.unwrap();
    assert!(bot.received().iter().any(|xml| xml.contains("IOS_CAM")), "the camera of their own menu");
    client.get("/cgi-bin/menu/delete").await;
    assert_eq!(mock.menu_of(&apple), None, "the conditional ones went with it");
}

#[tokio::test]
async fn a_tag_leads_to_its_menu_while_the_person_has_it() {
    let mock = Mock::start(Options::default()).await.unwrap();
    let client = Client::of(&mock).await;
    let openid = mock.user("小陈").await;
    client.post("/cgi-bin/menu/create", &json!({ "button": click("默认") })).await;
    let tag = client.post("/cgi-bin/tags/create", &json!({ "tag": { "name": "已审核" } })).await["tag"]["id"]
        .clone();
    let menu = |tag: &Value| json!({ "button": click("领证"), "matchrule": { "tag_id": tag } });
    assert_eq!(client.code("/cgi-bin/menu/addconditional", &menu(&json!(99))).await, 45159);
    assert_eq!(client.code("/cgi-bin/menu/addconditional", &menu(&tag)).await, 0);
    let members = json!({ "openid_list": [openid], "tagid": tag });
    let seen = || mock.menu_of(&openid).unwrap()["button"].clone();
    assert_eq!(seen(), click("默认"));
    client.post("/cgi-bin/tags/members/batchtagging", &members).await;
    assert_eq!(seen(), click("领证"));
    client.post("/cgi-bin/tags/members/batchuntagging", &members).await;
    assert_eq!(seen(), click("默认"));
}

#[tokio::test]
async fn permanent_codes_are_few_and_one_for_each_scene() {
    let options = Options { permanent_codes: 1, ..Options::default() };
    let (mock, bot) = Bot::with(options, |_, _| Reply::Nothing).await;
    let mut client = Client::of(&mock).await;
    let create = async |client: &Client<'_>, action: &str, scene: Value| {
        let body = json!({ "action_name": action, "action_info": { "scene": scene } });
        client.post("/cgi-bin/qrcode/create", &body).await
    };
    let first = create(&client, "QR_LIMIT_SCENE", json!({ "scene_id": 7 })).await;
    assert_eq!(first.get("expire_seconds"), None);
    let again = create(&client, "QR_LIMIT_SCENE", json!({ "scene_id": 7 })).await;
    assert_eq!(again["ticket"], first["ticket"]);
    let other = create(&client, "QR_LIMIT_STR_SCENE", json!({ "scene_str": "b" })).await;
    assert_eq!(other["errcode"], 45029);
    assert_eq!(create(&client, "QR_SCENE", json!({ "scene_id": 1 })).await["expire_seconds"], 60);
    assert_eq!(create(&client, "QR_DANCE", json!({ "scene_id": 1 })).await["errcode"], 40035);
    assert_eq!(client.get("/cgi-bin/qrcode/create").await["errcode"], 43002);

    mock.advance(400 * 86_400);
    client.renew().await;
    let ticket = first["ticket"].as_str().unwrap().to_owned();
    let show = format!("/cgi-bin/showqrcode?ticket={ticket}");
    assert_eq!(client.answer(&show).await.status(), 200, "it does not lapse");
    let scan = Say::Scan { scene: String::new(), ticket: Some(ticket) };
    let openid = mock.stranger("路人");
    mock.say(&openid, scan.clone()).await.unwrap();
    mock.say(&openid, scan).await.unwrap();
    let received = bot.received();
    assert!(received[0].contains("<![CDATA[subscribe]]>") && received[0].contains("<![CDATA[qrscene_7]]>"));
    assert!(received[1].contains("<![CDATA[SCAN]]>") && received[1].contains("<EventKey><![CDATA[7]]>"));
}
