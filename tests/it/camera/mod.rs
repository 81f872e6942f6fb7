//! The camera page over real HTTP: who may open a link, for how long, and the way from 「开始」 to 「已提交」.

mod guarded;
mod opening;
mod people;
mod shelf;
mod site;
mod uploads;

use graduation_bot::{dialog::Purpose, inbound::PhotoSource, store::OutboxFilter, workflow::case::Stage};
use site::{Bot, MAX_BYTES, PERSON, picture};

const MINUTE: i64 = 60;
const LIGHT: [u8; 3] = [240, 240, 240];

#[tokio::test]
async fn opening_a_link_shows_nothing_personal_and_changes_nothing() {
    let (bot, ticket) = Bot::with_link().await;
    let before = (bot.runner.store.ticket(&ticket).await.unwrap(), bot.case().await);
    for _ in 0..3 {
        let response = bot.device().get(&format!("/camera/{ticket}")).await;
        assert_eq!(response.status(), 200);
        assert!(response.headers().get("set-cookie").is_none());
        let html = response.text().await.unwrap();
        assert!(html.contains("开始") && html.contains("svg+xml;base64,"));
        for personal in ["样例", "0037", "010112345678", "8000", "天河"] {
            assert!(!html.contains(personal), "{personal}");
        }
    }
    assert_eq!((bot.runner.store.ticket(&ticket).await.unwrap(), bot.case().await), before);
}

#[tokio::test]
async fn the_first_device_claims_a_link_and_another_is_told_so() {
    let (bot, ticket) = Bot::with_link().await;
    let mut first = bot.device();
    let claimed = first.post(&ticket, "start", &[]).await;
    assert_eq!(claimed.status(), 303);
    let cookie = claimed.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("camera_device="), "{cookie}");
    assert!(
        cookie.ends_with(&format!("; Path=/camera/{ticket}; Max-Age=86400; HttpOnly; SameSite=Lax")),
        "{cookie}"
    );
    first.cookie = cookie.split(';').next().map(str::to_owned);
    assert_eq!(first.page(&ticket).await.0, 200);
    let mut second = bot.device();
    for (status, html) in [second.page(&ticket).await, second.press(&ticket, "start").await] {
        assert_eq!(status, 410);
        assert!(html.contains("已经打开过了") && html.contains("新链接"), "{html}");
    }
    second.cookie = Some("camera_device=AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    assert_eq!(second.press(&ticket, "confirm").await.0, 410);
    assert_eq!(bot.case().await.stage, Stage::DataToReconfirm);
    let (status, html) = first.press(&ticket, "start").await;
    assert_eq!(status, 200);
    assert!(html.contains("确认无误"), "pressing twice is no mistake");
}

#[tokio::test]
async fn of_two_devices_at_once_exactly_one_wins() {
    let (bot, ticket) = Bot::with_link().await;
    let (one, two) = (bot.device(), bot.device());
    let (one, two) = tokio::join!(one.post(&ticket, "start", &[]), two.post(&ticket, "start", &[]));
    let mut outcomes =
        [one, two].map(|answer| (answer.status().as_u16(), answer.headers().contains_key("set-cookie")));
    outcomes.sort_unstable();
    // The other finds it taken, or about to be.
    assert!(matches!(outcomes, [(303, true), (409 | 410, false)]), "{outcomes:?}");
}

#[tokio::test]
async fn a_link_can_be_claimed_for_ten_minutes() {
    let (bot, ticket) = Bot::with_link().await;
    bot.runner.clock.advance(10 * MINUTE - 5);
    assert_eq!(bot.device().page(&ticket).await.0, 200);
    bot.runner.clock.advance(5);
    for (status, html) in [bot.device().page(&ticket).await, bot.device().press(&ticket, "start").await] {
        assert_eq!(status, 410);
        assert!(html.contains("链接过期了") && html.contains("新链接"), "{html}");
    }
    assert_eq!(bot.case().await.stage, Stage::ScanAwaited);
}

#[tokio::test]
async fn a_claimed_link_works_for_an_hour_from_its_last_use() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.device();
    device.press(&ticket, "start").await;
    for _ in 0..3 {
        bot.runner.clock.advance(59 * MINUTE);
        assert_eq!(device.page(&ticket).await.0, 200);
    }
    bot.runner.clock.advance(60 * MINUTE + 1);
    assert_eq!(device.page(&ticket).await.0, 410);
    assert_eq!(device.press(&ticket, "confirm").await.0, 410);
    assert_eq!(bot.case().await.stage, Stage::DataToReconfirm);
}

#[tokio::test]
async fn after_the_window_the_page_says_so_and_loses_nothing() {
    let (bot, _) = Bot::with_link().await;
    bot.runner.clock.advance((2 * 24 + 6) * 60 * MINUTE);
    let ticket = bot.issue(2).await;
    let mut device = bot.at_camera(&ticket).await;
    let (status, html) = device.upload(&ticket, picture(600, 800, LIGHT)).await;
    assert_eq!((status, html.contains("照片收到了，还没有提交")), (200, true), "{html}");
    let before = bot.case().await;
    bot.runner.clock.advance(31 * MINUTE);
    let answers = [
        device.page(&ticket).await,
        device.press(&ticket, "finish").await,
        device.upload(&ticket, picture(600, 800, [200, 200, 200])).await,
    ];
    for (status, html) in answers {
        assert_eq!(status, 410);
        for said in ["已截止", "6月17日 16:00", "都还在", "下一批", "020-88909771"] {
            assert!(html.contains(said), "{said} is missing: {html}");
        }
        assert!(!html.contains("<form"), "{html}");
    }
    assert_eq!(bot.case().await, before);
    let portrait = before.portrait.as_ref().unwrap().name.clone();
    assert_eq!(bot.stored().await, [portrait], "the picture that came too late is taken away");
    let unclaimed = bot.issue(3).await;
    for (status, html) in [bot.device().page(&unclaimed).await, bot.device().press(&unclaimed, "start").await]
    {
        assert_eq!((status, html.contains("已截止"), html.contains("020")), (410, true, false), "{html}");
    }
}

#[tokio::test]
async fn unknown_and_replaced_links_say_the_same() {
    let (bot, old) = Bot::with_link().await;
    let new = bot.issue(2).await;
    let replaced = bot.device().page(&old).await;
    assert_eq!(replaced.0, 404);
    assert!(replaced.1.contains("新链接"));
    for unknown in ["AAECAwQFBgcICQoLDA0ODw", "x", "AAECAwQFBgcICQoLDA0O%0d%0a", "%3Cscript%3E"] {
        assert_eq!(bot.device().page(unknown).await, replaced, "{unknown}");
        assert_eq!(bot.device().press(unknown, "start").await, replaced, "{unknown}");
        assert_eq!(bot.device().upload(unknown, vec![0; 10]).await, replaced, "{unknown}");
    }
    let mut device = bot.device();
    device.press(&new, "start").await;
    bot.issue(3).await;
    assert_eq!(device.page(&new).await, replaced, "also for the device that had it");
    assert_eq!(device.press(&new, "confirm").await, replaced);
}

#[tokio::test]
async fn the_way_from_start_to_submitted() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.device();
    let (status, html) = device.press(&ticket, "start").await;
    assert_eq!(status, 200);
    for shown in ["陈样例", "440103********0037", "010112345678", "广州市天河区", "138****8000", "确认无误"]
    {
        assert!(html.contains(shown), "{shown} is missing");
    }
    for hidden in ["440103199003070037", "13800138000"] {
        assert!(!html.contains(hidden), "{hidden} is shown");
    }
    let (_, html) = device.press(&ticket, "confirm").await;
    assert!(html.contains("采集规范") && html.contains("我知道了，去拍照"));
    let (_, html) = device.press(&ticket, "standard").await;
    assert!(html.contains("capture=\"user\"") && html.contains("用这张照片") && html.contains("playsinline"));
    let (status, html) = device.upload(&ticket, picture(600, 800, LIGHT)).await;
    assert_eq!(status, 200);
    assert!(html.contains("我已摄像完成，下一步"));
    let case = bot.case().await;
    let photo = case.portrait.as_ref().unwrap();
    assert_eq!(
        (case.stage, photo.source, photo.width, photo.height),
        (Stage::Captured, PhotoSource::CameraPage, 600, 800)
    );
    let shown = device.get(&format!("/camera/{ticket}/portrait")).await;
    assert_eq!(shown.headers()["content-type"], "image/jpeg");
    assert_eq!(shown.headers()["cache-control"], "no-store");
    assert_eq!(
        Some(shown.bytes().await.unwrap().to_vec()),
        bot.photos.files().get(&photo.name).await.unwrap()
    );
    let (status, html) = device.press(&ticket, "finish").await;
    assert_eq!(status, 200);
    assert!(html.contains("已提交市考办审核") && html.contains("请回到微信"));
    assert_eq!(bot.case().await.stage, Stage::PortraitAtCity);
    assert_eq!(device.press(&ticket, "finish").await.0, 200, "pressed twice");
    assert_eq!(bot.case().await.round, 1);
    assert_eq!(device.upload(&ticket, picture(600, 800, [200; 3])).await.0, 200, "too late, and it says so");
    assert_eq!(bot.case().await.portrait, case.portrait);
    assert_eq!(bot.device().page(&ticket).await.0, 404, "nobody else learns anything");
}

#[tokio::test]
async fn steps_cannot_be_jumped_over() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.device();
    device.press(&ticket, "start").await;
    for early in ["standard", "finish"] {
        let (status, html) = device.press(&ticket, early).await;
        assert_eq!(status, 422, "{early}");
        assert!(html.contains("role=\"alert\"") && html.contains("确认无误"), "{html}");
    }
    assert_eq!(device.upload(&ticket, picture(600, 800, LIGHT)).await.0, 422);
    assert_eq!(bot.case().await.stage, Stage::DataToReconfirm);
    assert!(bot.stored().await.is_empty(), "a picture that nobody took does not stay");
    device.press(&ticket, "confirm").await;
    let (status, html) = device.press(&ticket, "confirm").await;
    assert_eq!(status, 200, "pressed twice leads on");
    assert!(html.contains("我知道了，去拍照"));
    let opened = device.get(&format!("/camera/{ticket}/confirm")).await;
    assert_eq!(
        opened.headers()["location"],
        format!("/camera/{ticket}").as_str(),
        "a form's address reloaded"
    );
}

#[tokio::test]
async fn nothing_is_submitted_before_a_picture_is_there() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    let (status, html) = device.press(&ticket, "finish").await;
    assert_eq!(status, 422);
    assert!(html.contains("尚未收到照片") && html.contains("用手机自带的相机拍"), "{html}");
    assert_eq!(bot.case().await.stage, Stage::Capturing);
}

#[tokio::test]
async fn a_wrong_picture_is_refused_with_words_and_changes_nothing() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    let cut = {
        let whole = picture(600, 800, LIGHT);
        whole[..whole.len() / 2].to_vec()
    };
    let rows = [
        ("no picture", b"hello".to_vec(), 422, "打不开"),
        ("cut short", cut, 422, "打不开"),
        ("too small", picture(479, 640, LIGHT), 422, "太小"),
        ("too large", vec![0xff; MAX_BYTES + 1], 422, "太大"),
        ("far too large", vec![0xff; 4 * MAX_BYTES], 422, "太大"),
        ("empty", Vec::new(), 400, "没有收到照片"),
    ];
    for (name, content, status, words) in rows {
        let (found, html) = device.upload(&ticket, content).await;
        assert_eq!(found, status, "{name}");
        assert!(html.contains(words), "{name}: {html}");
        assert_eq!(bot.case().await.stage, Stage::Capturing, "{name}");
    }
    let broken = device.post(&ticket, "photo", &[("content-type", "multipart/form-data; boundary=x")]).await;
    assert_eq!(broken.status(), 400);
    let no_form = device.post(&ticket, "photo", &[]).await;
    assert_eq!(no_form.status(), 400);
}

#[tokio::test]
async fn another_picture_takes_the_place_of_the_first() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    device.upload(&ticket, picture(600, 800, LIGHT)).await;
    let first = bot.case().await.portrait.clone().unwrap();
    let (status, html) = device.upload(&ticket, b"no picture".to_vec()).await;
    assert_eq!((status, html.contains("新拍的没有保存，前一张还在")), (422, true), "{html}");
    assert!(html.contains("我已摄像完成，下一步"), "the first is still there");
    assert_eq!(bot.case().await.portrait.as_ref(), Some(&first));
    assert_eq!(device.upload(&ticket, picture(700, 900, [200; 3])).await.0, 200);
    let second = bot.case().await.portrait.clone().unwrap();
    assert_ne!(second.name, first.name);
    assert_eq!((second.width, second.height), (700, 900));
    assert_eq!(bot.stored().await, [second.name], "what was not submitted does not stay");
}

#[tokio::test]
async fn a_picture_sent_again_because_the_answer_was_lost_has_arrived() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    device.upload(&ticket, picture(600, 800, LIGHT)).await;
    let first = bot.case().await;
    let (status, html) = device.upload(&ticket, picture(600, 800, LIGHT)).await;
    assert_eq!((status, html.contains("照片收到了，还没有提交")), (200, true), "{html}");
    assert_eq!((bot.case().await.portrait.clone(), bot.refusals().await), (first.portrait.clone(), 0));
    assert_eq!(bot.stored().await, [first.portrait.as_ref().unwrap().name.clone()]);
}

#[tokio::test]
async fn a_link_that_lapses_keeps_the_picture_and_says_how_to_submit_it() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    device.upload(&ticket, picture(600, 800, LIGHT)).await;
    bot.runner.clock.advance(60 * MINUTE + 1);
    for (status, html) in [device.page(&ticket).await, device.press(&ticket, "finish").await] {
        assert_eq!((status, html.contains("链接过期了")), (410, true), "{html}");
        assert!(html.contains("照片已收到") && html.contains("「我已摄像完成，下一步」"), "{html}");
    }
    let (_, html) = bot.device().page(&ticket).await;
    assert!(!html.contains("照片已收到"), "nobody else learns it");
}

#[tokio::test]
async fn the_picture_is_shown_to_its_own_device_only() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    let portrait = format!("/camera/{ticket}/portrait");
    assert_eq!(device.get(&portrait).await.status(), 404, "none is there yet");
    device.upload(&ticket, picture(600, 800, LIGHT)).await;
    assert_eq!(device.get(&portrait).await.status(), 200);
    let mut other = bot.device();
    assert_eq!(other.get(&portrait).await.status(), 410);
    other.cookie = Some("camera_device=AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    assert_eq!(other.get(&portrait).await.status(), 410);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let (bot, ticket) = Bot::with_link().await;
    let device = bot.device();
    for headers in [&[("sec-fetch-site", "cross-site")][..], &[("origin", "https://elsewhere.example")][..]] {
        let refused = device.post(&ticket, "start", headers).await;
        assert_eq!(refused.status(), 403, "{headers:?}");
        assert!(!refused.headers().contains_key("set-cookie"));
    }
    assert_eq!(bot.case().await.stage, Stage::ScanAwaited);
    assert_eq!(
        device.post(&ticket, "start", &[("origin", "null")]).await.status(),
        303,
        "no-referrer says null"
    );
}

#[tokio::test]
async fn the_chat_hears_of_opening_and_submitting() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    device.upload(&ticket, picture(600, 800, LIGHT)).await;
    device.press(&ticket, "finish").await;
    let rows = bot.runner.store.list_outbox(&OutboxFilter::default()).await.unwrap();
    let mut told: Vec<&str> =
        rows.iter().filter(|row| row.open_id == PERSON).map(|row| row.event.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["page_opened", "portrait_received", "portrait_submitted"]);
}

#[tokio::test]
async fn the_probes_tell_alive_from_ready() {
    let bot = Bot::start().await;
    let device = bot.device();
    assert_eq!(device.get("/health/live").await.status(), 200);
    assert_eq!(device.get("/health/ready").await.status(), 200);
    bot.runner.store.close().await;
    assert_eq!(device.get("/health/live").await.status(), 200);
    assert_eq!(device.get("/health/ready").await.status(), 503);
    assert_eq!(device.get("/nowhere").await.status(), 404);
}

#[tokio::test]
async fn a_page_without_its_database_gives_a_code_and_no_cause() {
    let (bot, ticket) = Bot::with_link().await;
    bot.runner.store.close().await;
    let (status, html) = bot.device().page(&ticket).await;
    assert_eq!(status, 500);
    assert!(html.contains("报这个编号") && !html.contains("store"), "{html}");
}

#[tokio::test]
async fn without_a_consent_the_page_sends_its_person_back_to_the_chat() {
    for purpose in [Purpose::Identity, Purpose::Portrait] {
        let (bot, ticket) = Bot::with_link().await;
        bot.take_back_consent(purpose).await;
        let mut device = bot.device();
        let (status, html) = device.press(&ticket, "start").await;
        assert_eq!((status, html.contains("请先在微信里回答"), device.cookie.is_some()), (409, true, false));
        assert_eq!(bot.case().await.stage, Stage::ScanAwaited);
        let ticket = bot.issue(2).await;
        let mut device = bot.at_camera(&ticket).await;
        bot.take_back_consent(purpose).await;
        let shown = [device.page(&ticket).await, device.upload(&ticket, picture(600, 800, LIGHT)).await];
        for (status, html) in shown {
            assert_eq!((status, html.contains("请先在微信里回答")), (409, true), "{html}");
        }
        assert_eq!((bot.case().await.stage, bot.stored().await.len()), (Stage::Capturing, 0));
    }
}
