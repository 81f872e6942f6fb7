//! Announcements in the console: written by one, approved by another, watched, reported; on every database.

use std::io::Cursor;

use calamine::{Reader as _, Xlsx};
use graduation_bot::{
    office::broadcasts,
    workflow::broadcast::{State, Step},
};
use mock_platform::Mode;

use super::{
    browser::{Browser, Page, account},
    screen::Screen,
};
use crate::{
    broadcasts::{draft, talkers},
    support::{app::TestApp, db, db::TestDb},
};

const TODAY: &str = "2026-06-15T09:30";
const NEW: &str = "/staff/broadcasts/new";
const FIRST: &str = "/staff/broadcasts/1";
const WORDS: &str = "各位考生：因台风影响，6月16日的现场初审暂停，改期另行通知。";

async fn offices(db: TestDb) -> TestApp {
    let app = TestApp::start(db, Mode::Secure, TODAY).await;
    for (name, role) in [("甲老师", "announcer"), ("乙老师", "announcer"), ("王老师", "city:广州市")]
    {
        account(&app, name, role).await;
    }
    app
}

/// A whole text announcement, single messages only; what is given stands instead.
fn written<'a>(other: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let mut fields = vec![
        ("version", "0"),
        ("title", "台风停办"),
        ("by", "pick"),
        ("batch", "2026-06"),
        ("kind", "text"),
        ("text", WORDS),
        ("route", "single"),
        ("rate", "500"),
        ("lapses", "2026-06-18T09:30"),
    ];
    for (name, value) in other {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

async fn press(browser: &mut Browser, step: &str, version: &str, more: &[(&str, &str)]) -> Page {
    let fields: Vec<_> = [("version", version)].into_iter().chain(more.iter().copied()).collect();
    browser.post(&format!("{FIRST}/{step}"), &fields).await
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30]))
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes
}

#[track_caller]
fn has(page: &Page, status: u16, words: &[&str]) {
    assert_eq!(page.status, status, "{}", page.html);
    for words in words {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
}

#[tokio::test]
async fn one_writes_another_approves_and_both_see_how_far_it_is() {
    for db in db::each().await {
        let app = offices(db).await;
        let people = talkers(&app, 3).await;
        let mut author = Browser::signed_in(&app, "甲老师").await;
        let first = author.get("/staff").await;
        assert_eq!(first.path, "/staff/broadcasts", "it is what an announcer is here for");
        has(&first, 200, &["还没有公告"]);
        author.get(NEW).await;
        let page = author.fill(NEW, &written(&[]), None).await;
        assert_eq!(page.path, format!("{FIRST}?done=saved"));
        has(&page, 200, &["草稿", "第 1 版", WORDS, "批次:2026-06", ">提交审批</button>"]);
        has(&page, 200, &["三种发法", "<b>3</b> 人收得到", "客服消息 3 条", "<li>没有绑定</li>", "绑定微信"]);
        has(&press(&mut author, "preview", "1", &[]).await, 422, &["还没有绑定微信"]);
        let page = press(&mut author, "propose", "1", &[]).await;
        has(&page, 200, &["等另一位老师批准", "要请另一位能发公告的老师批准", "提交公告审批"]);
        assert!(!page.html.contains("/approve"), "{}", page.html);
        let page = press(&mut author, "approve", "1", &[]).await;
        has(&page, 422, &["这一版是您自己写的或改的"]);

        let mut other = Browser::signed_in(&app, "乙老师").await;
        has(&other.get("/staff/broadcasts").await, 200, &["等您批准的（1）", "台风停办"]);
        has(&other.get(FIRST).await, 200, &["您批准的是第 <b>1</b> 版", "甲老师"]);
        has(&press(&mut other, "approve", "1", &[]).await, 200, &["已批准", ">开始发送</button>"]);
        has(&press(&mut other, "start", "1", &[]).await, 200, &["开始发送了", ">暂停</button>"]);
        app.settle().await;
        let page = author.get(FIRST).await;
        has(&page, 200, &["已结束", "<b>3</b> / 3 人办完（100%）", "已送达：客服消息", "公告发完"]);
        let part = author.get(&format!("{FIRST}/progress")).await;
        assert!(part.html.trim_start().starts_with("<div data-state=\"ended\">"), "{}", part.html);
        has(&author.get("/staff/broadcasts").await, 200, &["3 / 3 人", "批准：乙老师"]);
        for open_id in &people {
            let told = app.mock.chat(open_id, 0);
            assert_eq!(told.iter().filter(|item| item.text().contains(WORDS)).count(), 1);
        }
        for (name, path) in [("王老师", FIRST), ("王老师", "/staff/broadcasts"), ("王老师", NEW)] {
            assert_eq!(Browser::signed_in(&app, name).await.get(path).await.status, 403);
        }
        assert_eq!(app.end(0).await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_older_version_is_not_approved_and_the_newer_one_is_shown() {
    let app = offices(TestDb::sqlite()).await;
    talkers(&app, 2).await;
    let mut author = Browser::signed_in(&app, "甲老师").await;
    author.get(NEW).await;
    author.fill(NEW, &written(&[]), None).await;
    press(&mut author, "propose", "1", &[]).await;
    let mut other = Browser::signed_in(&app, "乙老师").await;
    has(&other.get(FIRST).await, 200, &[WORDS]);

    let edit = format!("{FIRST}/edit");
    let page = author.get(&edit).await;
    has(&page, 200, &[WORDS, "value=\"2026-06-18T09:30\"", "要重新提交审批", "name=\"version\" value=\"1\""]);
    let page = author.fill(&edit, &written(&[("version", "1"), ("text", "改成6月17日。")]), None).await;
    has(&page, 200, &["第 2 版", "草稿", "改成6月17日。"]);
    press(&mut author, "propose", "2", &[]).await;

    let page = press(&mut other, "approve", "1", &[]).await;
    has(&page, 422, &["这条公告刚才被改过", "改成6月17日。", "您批准的是第 <b>2</b> 版"]);
    let page = other.fill(&edit, &written(&[("version", "1"), ("text", "我也改了。")]), None).await;
    has(&page, 422, &["这条公告刚才被改过", "我也改了。", "看现在的第 2 版", "name=\"version\" value=\"2\""]);
    has(&press(&mut other, "approve", "2", &[]).await, 200, &["已批准"]);
    let staff = app.app.store.staff("甲老师").await.unwrap().unwrap();
    let stored = broadcasts::find(&app.app.store, &staff, 1).await.unwrap();
    assert_eq!((stored.state, stored.version), (State::Approved, 2));

    // An edit voids it, and whoever edits does not approve.
    let page = other.fill(&edit, &written(&[("version", "2")]), None).await;
    has(&page, 200, &["第 3 版", "草稿"]);
    has(&press(&mut other, "start", "3", &[]).await, 422, &["现在是“草稿”"]);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() {
    let app = offices(TestDb::sqlite()).await;
    talkers(&app, 2).await;
    let mut browser = Browser::signed_in(&app, "甲老师").await;
    has(&browser.get(NEW).await, 200, &["2026-06 ", "广州市（全部）", "护照", "name=\"with\""]);
    // What cannot be read at all is not stored.
    let unread =
        [("rate", "很快"), ("starts", "明天"), ("by", "text"), ("audience", "广州的"), ("urgent", "true")];
    let page = browser.fill(NEW, &written(&unread), None).await;
    has(
        &page,
        422,
        &[
            "要改的地方（3）",
            "href=\"#f-rate\"",
            "id=\"w-starts\"",
            "value=\"很快\"",
            "value=\"明天\"",
            "广州的",
            WORDS,
        ],
    );
    assert!(page.html.contains("name=\"urgent\" value=\"true\" checked"), "{}", page.html);
    assert_eq!(browser.get(FIRST).await.status, 404);
    // What is only not whole is a draft that goes no further.
    let draft = [
        ("title", ""),
        ("lapses", "2026-06-15T09:00"),
        ("urgent", "true"),
        ("urgent_why", ""),
        ("rate", "99999"),
    ];
    let page = browser.fill(NEW, &written(&draft), None).await;
    assert_eq!(page.path, format!("{FIRST}/edit?done=saved"));
    has(
        &page,
        200,
        &[
            "已保存成草稿",
            "要改的地方（4）",
            "还没有写标题",
            "有效期已过",
            "夜里也发的公告要写明原因",
            "要在 1 到 10000 之间",
            WORDS,
        ],
    );
    let page = browser.get(FIRST).await;
    has(&page, 200, &["改好这几处", "/edit#f-title", "（没有标题）"]);
    assert!(!page.html.contains(">提交审批</button>"));
    has(&press(&mut browser, "propose", "1", &[]).await, 422, &["还没有写标题"]);
    // So is what the platform would refuse, and personal data is asked about.
    let personal =
        [("route", "mass"), ("text", "{姓名}，有事打 13800138000"), ("card_fields", "thing1=改期")];
    let page = browser.fill(NEW, &written(&personal), None).await;
    has(&page, 200, &["群发给每个人的都一样", "href=\"#f-card_template_id\"", "href=\"#f-route\""]);
    has(&browser.get("/staff/broadcasts/2").await, 200, &["正文像是个人的手机号"]);
    has(&press(&mut browser, "publish", "1", &[]).await, 404, &["没有这一页"]);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_picture_is_kept_as_a_file_of_our_own_or_refused_with_words() {
    let app = offices(TestDb::sqlite()).await;
    talkers(&app, 2).await;
    let mut browser = Browser::signed_in(&app, "甲老师").await;
    browser.get(NEW).await;
    let picture = written(&[("kind", "picture")]);
    let page = browser.fill(NEW, &picture, Some(vec![7; 2_100_000])).await;
    has(&page, 422, &["图片超过 2 MB", "value=\"台风停办\""]);
    let page = browser.fill(NEW, &picture, Some(vec![7; 21 << 20])).await;
    has(&page, 422, &["图片超过 2 MB", "value=\"台风停办\""]);
    let page = browser.fill(NEW, &picture, Some(b"GIF89a".to_vec())).await;
    has(&page, 422, &["打不开", "value=\"台风停办\""]);
    has(&browser.fill(NEW, &picture, None).await, 200, &["还没有图片"]);
    let edit = format!("{FIRST}/edit");
    let again = written(&[("kind", "picture"), ("version", "1")]);
    let page = browser.fill(&edit, &again, Some(png(600, 300))).await;
    has(&page, 200, &["<img src=\"/staff/broadcasts/1/picture\""]);
    let answer = browser.raw(browser.request(reqwest::Method::GET, &format!("{FIRST}/picture"))).await;
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    let kept = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((kept.width(), kept.height()), (600, 300));
    // An edit without another picture keeps it.
    let page = browser.fill(&edit, &written(&[("kind", "picture"), ("version", "2")]), None).await;
    has(&page, 200, &["第 3 版", "<img src=\"/staff/broadcasts/1/picture\"", ">提交审批</button>"]);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn it_is_paused_called_off_with_a_reason_and_reported() {
    for db in db::each().await {
        let app = offices(db).await;
        talkers(&app, 3).await;
        let (store, now) = (&app.app.store, app.app.clock.business());
        let staff = async |name: &str| store.staff(name).await.unwrap().unwrap();
        let (author, other) = (staff("甲老师").await, staff("乙老师").await);
        let running = crate::broadcasts::started(&app, &author, &other, &draft(WORDS, now)).await;
        while store.outstanding(&running.id).await.unwrap().0 < 3 {
            app.app.worker.announce().await.unwrap();
        }
        let mut browser = Browser::signed_in(&app, "甲老师").await;
        has(&browser.get(FIRST).await, 200, &["发送中", "正在排队发送", "data-live"]);
        assert!(browser.get(&format!("{FIRST}/edit")).await.path == FIRST, "what is under way is not edited");
        has(&press(&mut browser, "pause", "1", &[]).await, 200, &["随公告暂停", "要有人按“继续”"]);
        let page = press(&mut browser, "cancel", "1", &[("reason", "写错了日期")]).await;
        has(&page, 422, &["我确认取消", "写错了日期</textarea>"]);
        let page =
            press(&mut browser, "cancel", "1", &[("reason", "考生 13800138000 说的"), ("sure", "true")])
                .await;
        has(&page, 422, &["原因里有号码或姓名", "已暂停"]);
        let page = press(&mut browser, "cancel", "1", &[("reason", "写错了日期"), ("sure", "true")]).await;
        has(&page, 200, &["已取消", "没送达：公告已取消", "取消公告：写错了日期"]);
        assert!(!page.html.contains(">继续发送</button>"));
        has(&press(&mut browser, "resume", "1", &[]).await, 422, &["现在是“已取消”"]);

        let answer = browser.download(&format!("{FIRST}/report.xlsx"), &[]).await;
        assert_eq!(answer.status(), 200);
        let mut book: Xlsx<_> =
            calamine::open_workbook_from_rs(Cursor::new(answer.bytes().await.unwrap())).unwrap();
        assert_eq!(book.sheet_names(), ["概况", "未送达", "存疑", "群发"]);
        let missed = book.worksheet_range("未送达").unwrap();
        let rows: Vec<Vec<String>> =
            missed.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(rows.len(), 4, "{rows:?}");
        assert_eq!(rows[1][2..4], ["已放弃", "公告已取消"]);
        assert!(rows[1][0].starts_with('…') && rows[1][0].chars().count() == 5, "{rows:?}");
        let overview = book.worksheet_range("概况").unwrap();
        assert!(overview.rows().any(|row| row[1] == "1 台风停办"), "{overview:?}");
        let acts = store.list_audit_by("staff:甲老师", 3).await.unwrap();
        assert_eq!(acts[0].audit.act, "export_report");
        assert_eq!(broadcasts::find(store, &author, 1).await.unwrap().state, Step::Cancel.to());
        assert_eq!(app.end(3).await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_can_be_read_everywhere() {
    let app = offices(TestDb::sqlite()).await;
    talkers(&app, 3).await;
    let Some(mut screen) = Screen::signed_in(&app, "甲老师") else { return };
    screen.go("/staff/broadcasts");
    screen.keep("broadcasts-empty");
    screen.go(NEW);
    screen.wait_for("还可以写 2047 字节");
    screen.keep("broadcast-new");
    let mut author = Browser::signed_in(&app, "甲老师").await;
    author.get(NEW).await;
    let card = [
        ("card_template_id", "TM0001"),
        ("card_title", "办理时间变动"),
        ("card_fields", "thing1=现场初审改期\ntime2=2026年6月17日 09:15"),
        ("route", "both"),
        ("starts", "2026-06-16T09:00"),
        ("urgent", "true"),
        ("urgent_why", "台风天不能出门"),
    ];
    author.fill(NEW, &written(&card), None).await;
    press(&mut author, "propose", "1", &[]).await;
    author.get(NEW).await;
    let article = [
        ("kind", "article"),
        ("title", "下半年批次说明"),
        ("article_title", "2026年下半年毕业申请说明"),
        ("digest", "什么时候申请、要带什么、在哪里办"),
        ("content", "一、申请时间\n12月1日至12月6日。\n\n二、要带什么\n身份证、毕业生登记表。"),
        ("route", "mass"),
    ];
    author.fill(NEW, &written(&article), Some(png(900, 383))).await;
    author.get(NEW).await;
    author
        .fill(NEW, &written(&[("title", ""), ("kind", "template"), ("template_fields", "thing1=改期")]), None)
        .await;
    let mut other = Screen::signed_in(&app, "乙老师").unwrap();
    for (path, name) in [
        ("/staff/broadcasts", "broadcasts"),
        (FIRST, "broadcast-approve"),
        ("/staff/broadcasts/2", "broadcast-article"),
        ("/staff/broadcasts/3", "broadcast-mistakes"),
        ("/staff/broadcasts/1/edit", "broadcast-edit"),
        ("/staff/broadcasts/3/edit", "broadcast-edit-mistakes"),
    ] {
        other.go(path);
        other.keep(name);
    }
    // Under way: the script shows the end of it without anybody asking.
    let (store, now) = (&app.app.store, app.app.clock.business());
    let staff = async |name: &str| store.staff(name).await.unwrap().unwrap();
    let (by, second) = (staff("甲老师").await, staff("乙老师").await);
    let running = crate::broadcasts::started(&app, &by, &second, &draft(WORDS, now)).await;
    while store.outstanding(&running.id).await.unwrap().0 < 3 {
        app.app.worker.announce().await.unwrap();
    }
    let path = format!("/staff/broadcasts/{}", running.number);
    other.go(&path);
    other.wait_for("正在排队发送");
    other.keep("broadcast-running");
    app.settle().await;
    other.wait_for("3 / 3 人办完");
    other.wait_for("已结束");
    other.keep("broadcast-ended");
    assert_eq!(other.browser.complaints, Vec::<String>::new());
    assert_eq!(app.end(0).await, Vec::<String>::new());
}
