//! What an admin does with the accounts of others.

use super::{
    bot,
    browser::{Browser, Page, account},
};

fn first_password(page: &Page) -> String {
    let (_, rest) = page.html.split_once("class=\"secret\">").unwrap_or_else(|| panic!("{}", page.html));
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_account_is_added_with_a_password_that_is_shown_once() {
    let app = bot().await;
    account(&app, "主管", "admin").await;
    let mut admin = Browser::signed_in(&app, "主管").await;
    let page = admin.get("/staff/accounts").await;
    for words in ["市考办 广州市", "区县 广州市天河区", "主管 <span", "省考办"] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    let rows = [
        ("王老师", "city:深圳市", "没有这个角色，或办理地点里没有这个地方"),
        ("王老师", "", "没有这个角色"),
        ("王 老师", "province", "账号名不能用"),
        ("主管", "province", "已经有人用了"),
    ];
    for (name, role, said) in rows {
        let page = admin.post("/staff/accounts", &[("name", name), ("role", role)]).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
    }
    let page = admin.post("/staff/accounts", &[("name", "王老师"), ("role", "city:广州市")]).await;
    assert!(page.status == 200 && page.html.contains("王老师 的初始密码"), "{}", page.html);
    let password = first_password(&page);
    let page = admin.get("/staff/accounts").await;
    assert!(!page.html.contains(&password) && page.html.contains("待换初始密码"), "{}", page.html);
    let page = Browser::new(&app).sign_in("王老师", &password, "").await;
    assert!(page.html.contains("请先换成自己的密码"), "{}", page.html);
    let audit = app.app.store.list_audit(Some("王老师"), 9).await.unwrap();
    let added = audit.iter().find(|row| row.audit.act == "add_staff").unwrap();
    assert_eq!((added.audit.actor.as_str(), added.audit.detail.as_str()), ("staff:主管", "city:广州市"));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn another_s_account_is_changed_and_what_it_was_signed_in_to_ends() {
    let app = bot().await;
    account(&app, "主管", "admin").await;
    account(&app, "李/老师", "province").await;
    let mut admin = Browser::signed_in(&app, "主管").await;
    let mut staff = Browser::signed_in(&app, "李/老师").await;
    let page = admin.get("/staff/accounts").await;
    let html = page.html.replace("&#x2f;", "/");
    let link = html.split("href=\"/staff/accounts?of=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = admin.get(&format!("/staff/accounts?of={link}")).await;
    assert!(
        page.html.contains("停用</button>") && !page.html.contains("关闭动态码</button>"),
        "{}",
        page.html
    );
    let change =
        |what: &'static str, role: &'static str| [("name", "李/老师"), ("what", what), ("role", role)];
    let page = admin.post("/staff/accounts/change", &change("role", "district:天河区")).await;
    assert!(page.html.contains("角色已更改") && page.html.contains("区县 广州市天河区"), "{}", page.html);
    assert!(staff.get("/staff/account").await.path.starts_with("/staff/sign-in"));
    let page = admin.post("/staff/accounts/change", &change("stop", "")).await;
    assert!(page.html.contains("账号已停用") && page.html.contains("已停用</span>"), "{}", page.html);
    let page = admin.post("/staff/accounts/change", &change("resume", "")).await;
    assert!(page.html.contains("账号已恢复"), "{}", page.html);
    let page = admin.post("/staff/accounts/change", &change("reset", "")).await;
    let password = first_password(&page);
    let page = Browser::new(&app).sign_in("李/老师", &password, "").await;
    assert!(page.html.contains("请先换成自己的密码"), "{}", page.html);
    let page = admin.post("/staff/accounts/change", &change("fire", "")).await;
    assert_eq!((page.status, page.html.contains("表单没有填完整")), (422, true));
    let acts: Vec<_> = app.app.store.list_audit_by("staff:主管", 9).await.unwrap();
    let acts: Vec<&str> = acts.iter().map(|row| row.audit.act.as_str()).collect();
    assert_eq!(acts, ["reset_staff", "resume_staff", "stop_staff", "change_role", "sign_in"]);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_lost_phone_is_no_lost_password() {
    let app = bot().await;
    let admin = account(&app, "主管", "admin").await;
    let staff = account(&app, "王老师", "province").await;
    let with_codes = graduation_bot::store::StaffRow { totp: Some(vec![7; 20]), ..staff };
    let audit = graduation_bot::turn::Audit {
        actor: "staff:王老师".into(),
        act: "begin_codes".into(),
        subject: "王老师".into(),
        detail: String::new(),
    };
    assert!(app.app.store.change_staff(&with_codes, &audit, app.app.clock.business()).await.unwrap());
    let mut browser = Browser::signed_in(&app, &admin.name).await;
    let page = browser.get("/staff/accounts?of=王老师").await;
    assert!(page.html.contains("关闭动态码</button>"), "{}", page.html);
    let page = browser.post("/staff/accounts/change", &[("name", "王老师"), ("what", "codes")]).await;
    assert!(page.html.contains("动态码已关闭，登录已退出"), "{}", page.html);
    Browser::signed_in(&app, "王老师").await;
}

#[tokio::test]
async fn nobody_stops_or_resets_themselves() {
    let app = bot().await;
    account(&app, "主管", "admin").await;
    let mut admin = Browser::signed_in(&app, "主管").await;
    admin.get("/staff/accounts?of=主管").await;
    for what in ["stop", "reset", "codes", "role"] {
        let fields = [("name", "主管"), ("what", what), ("role", "province")];
        let page = admin.post("/staff/accounts/change", &fields).await;
        assert_eq!((page.status, page.html.contains("不能停用或重设自己的账号")), (422, true), "{what}");
    }
    assert!(admin.get("/staff/accounts").await.html.contains("管理员"), "there is still one who can");
}
