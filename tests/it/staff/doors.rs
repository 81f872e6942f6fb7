//! Who gets in.

use graduation_bot::{
    office::{
        Role, Who,
        accounts::{self, Change, Credentials, NewAccount, SignInError},
    },
    web::staff,
    workflow::case::Stage,
};
use reqwest::{Method, header};

use super::{
    bot,
    browser::{Browser, PASSWORD, account},
};
use crate::{
    retention::apply,
    support::{app::TestApp, blessed, db::TestDb},
};

const MINUTE: i64 = 60;

#[tokio::test]
async fn one_signs_in_under_a_new_cookie_and_out_again() {
    let app = bot().await;
    account(&app, "王老师", "city:广州市").await;
    let mut browser = Browser::new(&app);
    let page = browser.get("/staff/account").await;
    assert_eq!((page.status, page.path.as_str()), (200, "/staff/sign-in?next=%2Fstaff%2Faccount"));
    assert!(page.html.contains("请先登录"));
    browser.cookie = Some("staff=AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let fields = [("name", "王老师"), ("password", PASSWORD), ("next", "/staff/account")];
    let page = browser.post("/staff/sign-in", &fields).await;
    assert_eq!((page.status, page.path.as_str()), (200, "/staff/account"), "{}", page.html);
    assert!(page.html.contains("市考办 广州市"));
    assert_ne!(
        browser.cookie.as_deref(),
        Some("staff=AAAAAAAAAAAAAAAAAAAAAA"),
        "not one that was there before"
    );
    let cookie = browser.cookie.clone();
    let page = browser.post("/staff/sign-out", &[]).await;
    assert_eq!((page.path.as_str(), browser.cookie.is_none()), ("/staff/sign-in", true));
    browser.cookie = cookie;
    assert!(
        browser.get("/staff/account").await.path.starts_with("/staff/sign-in"),
        "it is worth nothing any more"
    );
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_cookie_is_the_console_s_alone() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    let browser = Browser::new(&app);
    let form = [("name", "王老师"), ("password", PASSWORD)];
    let answer = browser.raw(browser.request(Method::POST, "/staff/sign-in").form(&form)).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    for part in ["staff=", "HttpOnly", "SameSite=Lax", "Path=/staff"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let said = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
    assert!(said("content-security-policy").starts_with("default-src 'none'; "));
    assert_eq!(said("cache-control"), "no-store");
    assert_eq!(said("referrer-policy"), "no-referrer");
    let audit = app.app.store.list_audit(Some("王老师"), 9).await.unwrap();
    assert_eq!(audit[0].audit.act, "sign_in");
}

#[tokio::test]
async fn nobody_learns_which_names_there_are() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    let stopped = account(&app, "李老师", "province").await;
    let admin = account(&app, "主管", "admin").await;
    accounts::manage(&app.app.store, Who::Staff(&admin), &stopped.name, Change::Stop, app.app.clock.now())
        .await
        .unwrap();
    let mut answers = Vec::new();
    let rows = [
        ("王老师", "wrong horse battery"),
        ("李老师", PASSWORD),
        ("没有这人", PASSWORD),
        ("", ""),
        ("王老师", ""),
    ];
    for (name, password) in rows {
        let page = Browser::new(&app).sign_in(name, password, "").await;
        let same = page.html.replace(&format!("value=\"{name}\""), "value=\"\"").replace(" autofocus", "");
        answers.push((page.status, same));
    }
    assert!(answers[0].1.contains("名字、密码或动态码不对"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
}

/// Refused before any database hears of it.
#[tokio::test]
async fn a_nul_in_a_form_is_nobody_s_and_nothing() {
    for db in [Some(TestDb::sqlite()), TestDb::postgres().await].into_iter().flatten() {
        let app = TestApp::start_with(db, mock_platform::Mode::Secure, "2026-06-15T09:30", |_| {}).await;
        account(&app, "王老师", "province").await;
        let mut browser = Browser::new(&app);
        let page = browser.sign_in("王老师\0", PASSWORD, "").await;
        assert_eq!((page.status, page.html.contains("名字、密码或动态码不对")), (422, true));
        let mut browser = Browser::signed_in(&app, "王老师").await;
        browser.get("/staff/people").await;
        for value in ["林\0", "\0"] {
            let page = browser.post("/staff/people", &[("by", "name"), ("value", value)]).await;
            assert_eq!((page.status, page.html.contains("没有提交")), (422, true), "{}", page.html);
        }
    }
}

#[tokio::test]
async fn guessing_gets_slower_for_any_name() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    for name in ["王老师", "没有这人"] {
        let mut browser = Browser::new(&app);
        for _ in 0..5 {
            assert_eq!(browser.sign_in(name, "wrong horse battery", "").await.status, 422);
        }
        let page = browser.sign_in(name, PASSWORD, "").await;
        assert_eq!(page.status, 429, "not even the right one");
        assert!(page.html.contains("试的次数太多了，请在 30 秒后再试。"), "{}", page.html);
    }
}

#[tokio::test]
async fn a_sign_in_ends_with_idleness_and_with_any_change_of_its_account() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    let admin = account(&app, "主管", "admin").await;
    let mut browser = Browser::signed_in(&app, "王老师").await;
    for _ in 0..3 {
        app.pass(29 * MINUTE).await;
        assert_eq!(browser.get("/staff/account").await.path, "/staff/account");
    }
    // However busy: twelve hours after it began it is over.
    for _ in 0..21 {
        app.pass(29 * MINUTE).await;
        assert_eq!(browser.get("/staff/account").await.path, "/staff/account");
    }
    app.pass(25 * MINUTE).await;
    assert!(browser.get("/staff/account").await.path.starts_with("/staff/sign-in"));
    let mut browser = Browser::signed_in(&app, "王老师").await;
    app.pass(31 * MINUTE).await;
    assert!(browser.get("/staff/account").await.path.starts_with("/staff/sign-in"));
    let changes =
        [Change::Role(Role::Announcer), Change::Reset { password: PASSWORD.to_owned() }, Change::Stop];
    for change in changes {
        let mut browser = Browser::signed_in(&app, "王老师").await;
        let now = app.app.clock.now();
        accounts::manage(&app.app.store, Who::Staff(&admin), "王老师", change.clone(), now).await.unwrap();
        assert!(browser.get("/staff/account").await.path.starts_with("/staff/sign-in"), "{change:?}");
    }
}

#[tokio::test]
async fn a_flood_of_made_up_names_waits_in_no_long_line() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    let store = &app.app.store;
    let names: Vec<String> = (0..80).map(|number| format!("name {number}")).collect();
    let now = app.app.clock.now();
    let tries = names
        .iter()
        .map(|name| accounts::sign_in(store, Credentials { name, password: "anything", code: "" }, now));
    let told = futures_util::future::join_all(tries).await;
    let busy = told.iter().filter(|told| matches!(told, Err(SignInError::Busy))).count();
    assert_eq!(busy, 80 - 64, "nobody hashes for them");
    assert_eq!(store.forget_sign_in_attempts(now.wire.plus_seconds(13 * 3600), 999).await.unwrap(), 64);
    let places: Vec<_> = std::iter::from_fn(|| store.place_to_sign_in()).collect();
    let mut browser = Browser::new(&app);
    let page = browser.sign_in("王老师", PASSWORD, "").await;
    assert_eq!((page.status, page.html.contains("现在登录的人太多")), (429, true), "{}", page.html);
    drop(places);
    assert_eq!(browser.sign_in("王老师", PASSWORD, "").await.status, 200);
}

#[tokio::test]
async fn a_password_that_somebody_else_chose_is_changed_first() {
    let app = bot().await;
    let admin = account(&app, "主管", "admin").await;
    let now = app.app.clock.now();
    let (name, password) = ("王老师", "first words of an admin");
    let new = NewAccount { name, role: &Role::Province, password, must_change: true };
    accounts::add(&app.app.store, Who::Staff(&admin), new, now).await.unwrap();
    let mut browser = Browser::new(&app);
    let page = browser.sign_in("王老师", "first words of an admin", "").await;
    assert!(page.html.contains("请先换成自己的密码"), "{}", page.html);
    let change = "/staff/account/password";
    let rows = [
        ("first words of an admin", "short", "short", "新密码要 12 到 256 个字符"),
        ("first words of an admin", "first words of an admin", "first words of an admin", "新密码太好猜"),
        ("first words of an admin", "aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "新密码太好猜"),
        ("first words of an admin", "my own few words", "my own two words", "两遍新密码不一样"),
        ("words of somebody", "my own few words", "my own few words", "现在的密码不对"),
    ];
    for (present, new, again, said) in rows {
        let page = browser.post(change, &[("present", present), ("new", new), ("again", again)]).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
    }
    let mut other = Browser::new(&app);
    other.sign_in("王老师", "first words of an admin", "").await;
    let fields =
        [("present", "first words of an admin"), ("new", "my own few words"), ("again", "my own few words")];
    let page = browser.post(change, &fields).await;
    assert_eq!((page.status, page.html.contains("密码已更换")), (200, true), "{}", page.html);
    assert!(!page.html.contains("请先换成自己的密码"));
    assert!(other.get("/staff/account").await.path.starts_with("/staff/sign-in"), "elsewhere it has ended");
    assert_eq!(Browser::new(&app).sign_in("王老师", "my own few words", "").await.status, 200);
}

#[tokio::test]
async fn one_time_codes_are_asked_for_once_they_are_set_up() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    let mut browser = Browser::signed_in(&app, "王老师").await;
    browser.get("/staff/account").await;
    let page = browser.post("/staff/account/codes/draw", &[]).await;
    let secret = page.html.split_once("class=\"secret\">").unwrap().1.split('<').next().unwrap().to_owned();
    let code = |at: i64| {
        let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap());
        totp.build().unwrap().generate(at.unsigned_abs()).to_string()
    };
    let wire = || app.app.clock.wire().as_seconds();
    let wrong = browser.post("/staff/account/codes/begin", &[("code", "000000")]).await;
    assert_eq!((wrong.status, wrong.html.contains("动态码不对")), (422, true));
    let used = code(wire());
    let page = browser.post("/staff/account/codes/begin", &[("code", &used)]).await;
    assert!(page.html.contains("动态码已开启"), "{}", page.html);
    let mut next = Browser::new(&app);
    for code in ["", "000000", used.as_str()] {
        assert_eq!(next.sign_in("王老师", PASSWORD, code).await.status, 422, "{code}: each opens once");
    }
    assert_eq!(next.sign_in("王老师", PASSWORD, &code(wire() + 30)).await.status, 200);
    next.get("/staff/account").await;
    let page = next.post("/staff/account/codes/end", &[("present", PASSWORD)]).await;
    assert!(page.html.contains("动态码已关闭"), "{}", page.html);
    assert_eq!(Browser::new(&app).sign_in("王老师", PASSWORD, "").await.status, 200);
}

#[tokio::test]
async fn a_form_without_its_token_or_of_another_site_does_nothing() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    let mut browser = Browser::signed_in(&app, "王老师").await;
    browser.get("/staff/account").await;
    for token in ["", "AAECAwQFBgcICQoLDA0ODw"] {
        let page = browser.post_as("/staff/account/codes/draw", &[("token", token)]).await;
        assert_eq!((page.status, page.html.contains("没有提交")), (403, true), "{token}");
    }
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")] {
        let request = browser.request(Method::POST, "/staff/sign-out").header(name, value);
        assert_eq!(browser.raw(request.form(&[("token", "x")])).await.status(), 403, "{name}");
    }
    assert_eq!(browser.get("/staff/account").await.path, "/staff/account", "it is still signed in");
}

/// Whatever goes wrong is said in a page of the console: what it is, what to do, and never in the candidates' words.
#[tokio::test]
async fn what_goes_wrong_is_said_in_the_console_s_own_pages() {
    let app = bot().await;
    account(&app, "王老师", "province").await;
    let mut browser = Browser::signed_in(&app, "王老师").await;
    for path in ["/staff", "/staff/"] {
        assert_eq!(browser.get(path).await.path, "/staff");
    }
    let case = apply(&app.app.store, 0, Stage::NotGraduated).await;
    let lost = format!("/staff/cases/{}/photos/1/front", case.number);
    let get = |path: &str| browser.request(Method::GET, path);
    let post = |path: &str| browser.request(Method::POST, path);
    let long = "长".repeat(2_000);
    let rows = [
        (get("/staff/onsite/天河区/2026-06-15?page=x"), 400, "从栏目里重新打开", true),
        (get("/staff/audit/nothing"), 404, "没有这一页", true),
        (get("/staff/assets/nothing.css"), 404, "没有这一页", false),
        (browser.request(Method::DELETE, "/staff/queue"), 405, "从栏目里重新打开", false),
        (post("/staff/account/password").form(&[("present", &long)]), 413, "写的内容太长", true),
        (post("/staff/sign-out").header("origin", "https://evil.test"), 403, "从后台页面提交", false),
        (get(&lost), 500, "请把参考号告诉管理员。参考号 ", true),
    ];
    for (at, (request, status, said, is_in_frame)) in rows.into_iter().enumerate() {
        let answer = browser.raw(request).await;
        assert_eq!(answer.status(), status, "row {at}");
        let told = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(told("content-type"), "text/html; charset=utf-8", "row {at}");
        assert!(told("content-security-policy").starts_with("default-src 'none'; "), "row {at}");
        let html = answer.text().await.unwrap().replace("&#x2f;", "/");
        for words in [said, "/staff/assets/staff.css", "← 首页"] {
            assert!(html.contains(words), "row {at}: {words}: {html}");
        }
        assert!(!html.contains("微信") && !html.contains("camera"), "row {at}: {html}");
        assert_eq!(html.contains("退出"), is_in_frame, "row {at}: whose page it is is known behind the gate");
    }
}

/// The whole table: every route of the console, asked for by every role and by nobody. What each may is written in
/// `routes.txt`, so that a route with the wrong act is seen by whoever reads it.
#[tokio::test]
async fn every_route_is_for_its_roles_only() {
    let app = bot().await;
    let entries = staff::entries(&app.app.site());
    let nobody = Browser::new(&app);
    let mut table: Vec<_> =
        entries.iter().map(|entry| vec![entry.path.to_owned(), entry.method.to_string()]).collect();
    for entry in &entries {
        let answer = nobody.raw(nobody.request(entry.method.clone(), &filled(entry.path))).await;
        let to = answer.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap());
        assert!(to.starts_with("/staff/sign-in"), "{} {}: {}", entry.method, entry.path, answer.status());
    }
    for (at, role) in ROLES.into_iter().enumerate() {
        let name = format!("账号{at}");
        account(&app, &name, role).await;
        let browser = Browser::signed_in(&app, &name).await;
        for (entry, row) in entries.iter().zip(&mut table) {
            let request =
                browser.request(entry.method.clone(), &filled(entry.path)).form(&[("token", "not its own")]);
            let answer = browser.raw(request).await;
            let to = answer.headers().get(header::LOCATION).map_or("", |to| to.to_str().unwrap());
            assert!(!to.starts_with("/staff/sign-in"), "{role}: {} {}", entry.method, entry.path);
            let (status, html) = (answer.status().as_u16(), answer.text().await.unwrap());
            row.push(if status == 403 && html.contains("没有权限") { "–" } else { "✓" }.to_owned());
        }
    }
    let heading = "path method city district province announcer admin";
    blessed::compare("tests/it/staff/routes.txt", &blessed::table(heading, table));
}

const ROLES: [&str; 5] = ["city:广州市", "district:天河区", "province", "announcer", "admin"];

/// A path with something in place of its parameters.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "12345678" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}
