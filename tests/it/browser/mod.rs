//! The camera page in a real browser with a camera that films a test picture: the whole way, with the chat moved on; what
//! stands there instead of a camera; links that open nothing. `BOT_TEST_SHOTS=folder` keeps what was seen.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod between;
mod phone;
mod troubles;

use graduation_bot::{inbound::PhotoSource, web::pages::Page, workflow::case::Stage};
use mock_platform::Mode;
use phone::{DESK, PHONE, Phone, candidate, picture};
use serde_json::json;

use crate::support::{app::TestApp, db::TestDb, models};

async fn bot() -> TestApp {
    TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-15T09:30").await
}

/// With the models, the file for the certificate is made and shown; without, the picture as it came. The bot, and how
/// large it shows what the test's camera took.
async fn judging_bot() -> (TestApp, [u32; 2]) {
    if models::weights().is_none() {
        return (bot().await, [960, 1280]);
    }
    let app = TestApp::start_judging(TestDb::sqlite(), Mode::Secure, "2026-06-15T09:30", |_| {}).await;
    (app, [480, 640])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_link_to_submitted_and_the_chat_goes_on() {
    let Some(mut phone) = Phone::filming() else { return };
    let (app, shown_size) = judging_bot().await;
    let (open_id, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.wait_for("拍毕业证照片");
    phone.keep("welcome");
    phone.type_into("#tail", "０００Ⅹ");
    phone.browser.press("开始");
    phone.wait_for("拍毕业证照片");
    phone.browser.wait("document.querySelector('[data-notice], #unproven')");
    phone.keep("welcome-differs");
    phone.type_into("#tail", &phone::tail());
    phone.browser.press("开始");
    phone.wait_for("请核对您的信息");
    phone.keep("data");
    phone.browser.press("确认无误");
    phone.wait_for("采集规范");
    let drawn = "[...document.querySelectorAll('.examples img')].filter((i) => i.naturalWidth && i.alt).length === 10";
    phone.browser.wait(drawn);
    phone.keep_both("standard");
    phone.browser.press("我知道了，去拍照");
    phone.wait_for("拍照");
    phone.keep("capture");
    let filming = "document.querySelector('video').videoWidth === 960 && document.querySelector('.mirror')";
    phone.open(&link, DESK);
    phone.keep("capture");
    phone.browser.press("打开相机");
    phone.browser.wait(filming);
    phone.keep("live");

    phone.open(&link, PHONE);
    phone.browser.press("打开相机");
    phone.browser.wait(filming);
    phone.browser.wait("document.querySelector('[data-hint]').textContent.includes('位置正好')");
    phone.browser.wait("document.activeElement.dataset.act === 'shoot'");
    phone.keep("live");
    phone.browser.press("拍照");
    phone.browser.wait("document.querySelector('[data-shot]').naturalWidth === 960");
    phone.keep("taken");
    assert!(phone.shows_the_picture_as_it_is(), "what is kept is not mirrored");
    phone.browser.press("重新拍");
    phone.browser.press("拍照");
    phone.is_online(false);
    phone.browser.press("用这张照片");
    phone.browser.wait("document.querySelector('[data-part=unsent]').checkVisibility()");
    phone.keep("unsent");
    phone.is_online(true);
    phone.browser.press("再传一次");
    phone.wait_for("照片收到了，还没有提交");
    phone
        .browser
        .wait("document.activeElement.tagName === 'H1' && document.querySelector('main > .offered .portrait').naturalWidth");
    let shown =
        "(({ naturalWidth: x, naturalHeight: y }) => [x, y])(document.querySelector('.offered .portrait'))";
    assert_eq!(phone.browser.wait(shown), json!(shown_size));
    phone.keep_both("captured");
    phone.browser.press("我已摄像完成，下一步");
    phone.wait_for("✅ 已提交市考办审核");
    phone.keep_both("done");

    app.settle().await;
    let case = phone::case(&app, &open_id).await;
    assert_eq!(case.stage, Stage::PortraitAtCity);
    assert_eq!(case.portrait.as_ref().unwrap().source, PhotoSource::CameraPage);
    let told: String = app.mock.chat(&open_id, 0).iter().map(mock_platform::Item::text).collect();
    for said in ["拍照页面已打开", "照片收到了，还没有提交", "毕业证照片已提交市考办审核"]
    {
        assert_eq!(told.matches(said).count(), 1, "{said}");
    }
    phone.complained(&["status of 422", "ERR_INTERNET_DISCONNECTED"]);
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_camera_gives_way_to_a_file_or_to_a_phone() {
    let Some(mut phone) = Phone::refusing() else { return };
    let app = bot().await;
    let (open_id, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.walk_to_camera();
    let shown = |what: &str| format!("document.querySelector('{what}').checkVisibility()");
    phone.browser.press("打开相机");
    phone.browser.wait(&shown("[data-trouble=denied]"));
    phone.browser.wait(&shown("#shoot label"));
    phone.keep("refused");

    // The same page on a computer: no file, but the way to a phone.
    phone.open(&link, DESK);
    phone.browser.press("打开相机");
    phone.browser.wait(&shown("[data-trouble=denied]"));
    phone
        .browser
        .wait(&format!("!{} && document.querySelector('.by-hand img').naturalWidth", shown("#shoot")));
    phone.keep("refused");

    phone.open(&link, PHONE);
    phone.browser.press("打开相机");
    phone.choose_file(&picture());
    phone.browser.wait("document.querySelector('[data-preview]').naturalWidth === 480");
    phone.keep("chosen");
    phone.browser.press("用这张照片");
    phone.wait_for("照片收到了，还没有提交");
    app.settle().await;
    let photo = phone::case(&app, &open_id).await.portrait.clone().unwrap();
    assert_eq!(photo.source, PhotoSource::PageFile, "the reviewer is told that it is no live picture");
    phone.complained(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_that_are_expired_used_or_somebody_elses_open_nothing() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    let (open_id, link) = candidate(&app).await;
    app.mock.user("别人").await;
    app.settle().await;

    phone.in_wechat = true;
    phone.open(&link, PHONE);
    phone.keep("welcome-in-wechat");
    for (who, heading) in [("别人", "这个链接不是发给这个微信的"), ("我", "请核对您的信息")]
    {
        phone.open(&link, PHONE);
        phone.browser.press("开始");
        phone.browser.press(who);
        phone.wait_for(heading);
        phone.keep(if who == "我" { "data-in-wechat" } else { "stranger" });
    }
    // The platform's own page has no icon.
    phone.complained(&["status of 403", "status of 404"]);

    let Some(mut other) = Phone::filming() else { return };
    other.open(&link, PHONE);
    other.wait_for("这个链接已经打开过了");
    other.keep_both("used");
    other.complained(&["status of 410"]);

    app.pass(601).await;
    let expired = phone::new_link(&app, &open_id).await;
    app.pass(601).await;
    phone.open(&expired, PHONE);
    phone.wait_for("链接过期了");
    phone.keep("expired");
}

/// Every page there is, at the reader's usual and at double font size: nothing is wider than the screen, nothing inline
/// is refused, everything that is pressed is large enough for a thumb.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_fits_a_small_phone_at_double_font_size() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    let any = format!("{}/camera/x", app.app.config.public_url);
    for size in [PHONE, DESK] {
        phone.open(&any, size);
        phone.wait_for("这个链接不能用了");
        let tree = phone.browser.send("Page.getFrameTree", &json!({}));
        for (name, page) in Page::samples() {
            let content =
                json!({ "frameId": tree["frameTree"]["frame"]["id"], "html": page.render().unwrap() });
            phone.browser.send("Page.setDocumentContent", &content);
            phone.browser.wait("document.styleSheets.length && document.readyState !== 'loading'");
            phone.keep(&format!("page-{name}"));
            for percent in ["112.5%", "225%"] {
                phone.browser.wait(&format!("document.documentElement.style.fontSize = '{percent}'"));
                let wide = phone.browser.wait("[document.documentElement.scrollWidth]");
                assert!(wide[0].as_u64().unwrap() <= u64::from(size.0), "{name} at {percent} is {wide} wide");
                let small = "[[...document.querySelectorAll('button, .press, .tail')].filter((e) => \
                             e.checkVisibility() && e.getBoundingClientRect().height < 44).length]";
                assert_eq!(phone.browser.wait(small)[0], 0, "{name}: too small to press");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hints_say_what_a_small_frame_shows() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    phone.open(&format!("{}/camera/x", app.app.config.public_url), PHONE);
    phone.wait_for("这个链接不能用了");
    phone.load_hints();
    // A wall of one grey, and before it a face of an oval: middle, half axes, turn.
    let rows = [
        ("as it should be", 230, Some((48, 56, 19, 26, 0)), "good"),
        ("a dark room", 25, Some((48, 56, 0, 0, 0)), "dark"),
        ("the sun", 255, None, "bright"),
        ("nobody", 200, None, "none"),
        ("on the left", 230, Some((30, 56, 19, 26, 0)), "right"),
        ("on the right", 230, Some((66, 56, 19, 26, 0)), "left"),
        ("too high", 230, Some((48, 34, 19, 26, 0)), "down"),
        ("too low", 230, Some((48, 84, 19, 26, 0)), "up"),
        ("far away", 230, Some((48, 56, 11, 15, 0)), "far"),
        ("too close", 230, Some((48, 58, 36, 48, 0)), "near"),
        ("the head aside", 230, Some((48, 58, 18, 28, 25)), "tilted"),
    ];
    for (name, wall, face, expected) in rows {
        assert_eq!(phone.hint(wall, face), expected, "{name}");
    }
    let face = |x: i32, width: i32, right_eye: i32| {
        json!([{ "boundingBox": { "x": x, "y": 36, "width": width, "height": 40 }, "landmarks": [
            { "type": "eye", "locations": [{ "x": 40, "y": 50 }] },
            { "type": "eye", "locations": [{ "x": 56, "y": right_eye }] },
        ] }])
    };
    let found = [
        (json!([]), "none"),
        (json!([{}, {}]), "several"),
        (face(28, 40, 50), "good"),
        (face(28, 40, 58), "tilted"),
        (face(8, 40, 50), "right"),
        (face(38, 20, 50), "far"),
        (face(13, 70, 50), "near"),
    ];
    for (faces, expected) in found {
        assert_eq!(phone.hint_of_faces(&faces), expected, "{faces}");
    }
}
