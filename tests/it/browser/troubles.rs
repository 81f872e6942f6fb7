//! What goes wrong with a camera or on the way, and what the page makes of it: nothing that was taken is lost, no camera
//! runs that nobody looks at, and everything can be reached whatever the letters' size.

use graduation_bot::{inbound::PhotoSource, workflow::case::Stage};
use serde_json::json;

use super::{
    between::{Between, Mood},
    bot,
    phone::{self, PHONE, Phone, SIDEWAYS, candidate, picture},
};

const FILMS: &str =
    "document.querySelector('video').srcObject?.active && document.querySelector('video').videoWidth";
/// The button below the picture stays where it is only once that is drawn.
const SHOWN: &str = "document.querySelector('[data-shot]').naturalWidth";

/// Which part of the live camera is seen, once it is this one.
fn part(name: &str) -> String {
    format!("document.querySelector('[data-live] > [data-part={name}]').checkVisibility()")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_and_a_proxy_that_takes_nothing_lose_no_picture() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    let (open_id, link) = candidate(&app).await;
    let between = Between::start(&app.app.config.public_url).await;
    phone.open(&between.leads(&link), PHONE);
    phone.walk_to_camera();
    phone.browser.press("打开相机");
    phone.browser.wait(FILMS);
    phone.browser.press("拍照");
    phone.browser.wait(SHOWN);
    between.is(Mood::TakesNothing);
    phone.browser.press("用这张照片");
    phone.browser.wait("document.querySelector('.live [data-unsent=large]').checkVisibility()");
    phone.keep("unsent-large");
    assert_eq!(phone::case(&app, &open_id).await.stage, Stage::Capturing);

    between.is(Mood::LosesAnswers);
    phone.browser.press("再传一次");
    phone.browser.wait("document.querySelector('.live [data-unsent=lost]').checkVisibility()");
    phone.browser.wait("document.activeElement.textContent.includes('没有收到回音，可能还没传上去')");
    phone.keep("unsent-lost");
    let arrived = phone::case(&app, &open_id).await;
    assert_eq!(arrived.stage, Stage::Captured, "the picture has come, though nobody was told");
    between.is(Mood::Passes);
    phone.browser.press("再传一次");
    phone.wait_for("照片收到了，还没有提交");
    assert_eq!(phone::case(&app, &open_id).await.portrait, arrived.portrait);
    assert!(
        !phone.browser.wait("[document.querySelector('[data-notice]')]")[0].is_object(),
        "and no refusal"
    );
    phone.complained(&["status of 413", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_sent_with_progress_and_stays_when_its_answer_is_lost() {
    let Some(mut phone) = Phone::refusing() else { return };
    let app = bot().await;
    let (open_id, link) = candidate(&app).await;
    let between = Between::start(&app.app.config.public_url).await;
    phone.open(&between.leads(&link), PHONE);
    phone.walk_to_camera();
    phone.browser.press("打开相机");
    phone.browser.wait("document.activeElement.textContent.includes('还没有允许这个页面用相机')");
    phone.choose_file(&picture());
    between.is(Mood::LosesAnswers);
    phone.browser.press("用这张照片");
    phone.browser.wait("document.querySelector('#shoot [data-unsent=lost]').checkVisibility()");
    phone.keep("unsent-file");
    between.is(Mood::Passes);
    phone.browser.wait("document.querySelector('[data-preview]').naturalWidth === 480");
    phone.browser.press("用这张照片");
    phone.wait_for("照片收到了，还没有提交");
    app.settle().await;
    let photo = phone::case(&app, &open_id).await.portrait.clone().unwrap();
    assert_eq!(photo.source, PhotoSource::PageFile);
    phone.complained(&["ERR_EMPTY_RESPONSE", "ERR_CONNECTION"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_camera_runs_that_nobody_looks_at() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    let (_, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.walk_to_camera();
    let hidden = |is: bool| {
        format!(
            "(Object.defineProperty(document, 'hidden', {{ get: () => {is}, configurable: true }}), \
             document.dispatchEvent(new Event('visibilitychange')), true)"
        )
    };
    // Hidden while the phone asks for its permission.
    phone.browser.wait(
        "(() => { const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices); \
         window.given = []; devices.getUserMedia = async (wanted) => { \
         await new Promise((later) => setTimeout(later, window.slow || 0)); \
         const stream = await ask(wanted); window.given.push(stream); return stream; }; \
         window.slow = 700; return true; })()",
    );
    phone.browser.press("打开相机");
    phone.browser.wait(&hidden(true));
    phone.browser.wait("window.given.length === 1 && !window.given[0].active");
    phone.browser.wait(&hidden(false));
    phone.browser.wait(FILMS);
    phone.browser.wait(&part("open"));
    phone.browser.wait(&hidden(true));
    phone.browser.wait(&format!("!window.given[1].active && {}", part("closed")));
    phone.browser.wait(&hidden(false));

    // Taken away by another program.
    phone.browser.press("打开相机");
    phone.browser.wait(FILMS);
    phone.browser.wait(&format!("(window.slow = 0, {})", part("open")));
    phone.browser.wait(
        "(() => { const [track] = window.given[2].getTracks(); track.stop(); \
         track.dispatchEvent(new Event('ended')); return true; })()",
    );
    phone.browser.wait("document.querySelector('[data-trouble=ended]').checkVisibility()");
    phone.keep("ended");
    phone.browser.press("再试一次");
    phone.browser.wait(FILMS);

    // Another page and back.
    phone.browser.wait(&format!("(window.stays = true, {})", part("open")));
    let drawing = format!("{}/camera/assets/good.svg", app.app.config.public_url);
    phone.browser.send("Page.navigate", &json!({ "url": drawing }));
    phone.browser.wait("document.querySelector('svg')");
    phone.browser.wait("(history.back(), true)");
    phone
        .browser
        .wait(&format!("window.stays && !document.querySelector('video').srcObject && {}", part("closed")));
    phone.complained(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_shot_is_taken_again_and_a_refused_retake_leaves_the_first() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    let (open_id, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.walk_to_camera();
    // What the camera sees loses its colour.
    phone.browser.wait(
        "(() => { const context = CanvasRenderingContext2D.prototype, draw = context.drawImage; \
         context.drawImage = function (...what) { \
         this.filter = window.grey ? 'grayscale(1)' : 'none'; return draw.apply(this, what); }; return true; })()",
    );
    let shoot = |phone: &mut Phone, opener: &str, grey: bool| {
        phone.browser.wait(&format!("(window.grey = {grey}, true)"));
        phone.browser.press(opener);
        phone.browser.wait(FILMS);
        phone.browser.press("拍照");
        phone.browser.wait(SHOWN);
        phone.browser.press("用这张照片");
    };
    shoot(&mut phone, "打开相机", true);
    phone.browser.wait("document.activeElement.textContent.includes('黑白照片')");
    phone.wait_for("拍照");
    phone.keep("refused-shot");
    assert_eq!(phone::case(&app, &open_id).await.stage, Stage::Capturing);
    shoot(&mut phone, "打开相机", false);
    phone.wait_for("照片收到了，还没有提交");
    let kept = phone::case(&app, &open_id).await.portrait.clone().unwrap();
    let stored = app.app.photos.files().get(&kept.name).await.unwrap().unwrap();
    assert!(phone::is_what_was_filmed(&stored), "what is stored is not mirrored");
    shoot(&mut phone, "重新拍照", true);
    phone.wait_for("新拍的没有保存，前一张还在");
    phone.keep("refused-retake");
    assert_eq!(phone::case(&app, &open_id).await.portrait.as_ref(), Some(&kept));
    phone.complained(&["status of 422"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_cameras_the_other_can_be_chosen() {
    let Some(mut phone) = Phone::with_two_cameras() else { return };
    let app = bot().await;
    let (_, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.walk_to_camera();
    phone.browser.press("打开相机");
    phone.browser.wait(FILMS);
    phone.keep("two-cameras");
    let device = "document.querySelector('video').srcObject?.getVideoTracks()[0].getSettings().deviceId";
    let first = phone.browser.wait(device);
    phone.browser.wait("document.querySelectorAll('.choose option').length === 2");
    phone.browser.wait(
        "(() => { const select = document.querySelector('.choose select'); select.selectedIndex = 1; \
         return select.dispatchEvent(new Event('change', { bubbles: true })); })()",
    );
    phone.browser.wait(&format!("{device} && {device} !== {first} && {FILMS}"));
    phone.complained(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_turns_from_its_front_camera_to_its_rear_one_and_back() {
    let Some(mut phone) = Phone::with_two_cameras() else { return };
    let app = bot().await;
    let (_, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.walk_to_camera();
    // The test's cameras do not say which side they look to; a phone's do, and are asked for by it.
    phone.browser.wait(
        "(() => { const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices); \
         devices.getUserMedia = async ({ video }) => { const side = video.facingMode.ideal; \
         const cameras = (await devices.enumerateDevices()).filter((one) => one.kind === 'videoinput'); \
         const { deviceId } = cameras[side === 'user' ? 0 : 1]; \
         const stream = await ask({ video: { deviceId: { exact: deviceId } } }); \
         const [track] = stream.getVideoTracks(), settings = track.getSettings(); \
         track.getSettings = () => ({ ...settings, facingMode: side }); return stream; }; return true; })()",
    );
    phone.browser.press("打开相机");
    let device = "document.querySelector('video').srcObject?.getVideoTracks()[0].getSettings().deviceId";
    let side = |is_front: bool| {
        format!(
            "{FILMS} && {} && document.querySelector('video').matches('.mirror') === {is_front} && {device}",
            part("open")
        )
    };
    let front = phone.browser.wait(&side(true));
    phone.keep("front-camera");
    phone.browser.press("换前后镜头");
    let rear = phone.browser.wait(&side(false));
    assert_ne!(front, rear);
    phone.browser.press("换前后镜头");
    assert_eq!(phone.browser.wait(&side(true)), front);
    phone.complained(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_alone_lead_from_the_link_to_submitted() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    let (open_id, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.type_into("#tail", &phone::tail());
    let way = [
        ("开始", "请核对您的信息"),
        ("确认无误", "采集规范"),
        ("我知道了，去拍照", "拍照"),
        ("打开相机", "拍照"),
        ("拍照", "拍照"),
        ("用这张照片", "照片收到了，还没有提交"),
        ("我已摄像完成，下一步", "✅ 已提交市考办审核"),
    ];
    for (words, heading) in way {
        phone.press_by_key(words);
        phone.wait_for(heading);
    }
    app.settle().await;
    assert_eq!(phone::case(&app, &open_id).await.stage, Stage::PortraitAtCity);
    phone.complained(&[]);
}

/// However large the letters and however the phone is held: nothing is wider than the screen, and the button of the live
/// camera is on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_camera_fits_a_phone_on_its_side_and_large_letters() {
    let Some(mut phone) = Phone::filming() else { return };
    let app = bot().await;
    let (_, link) = candidate(&app).await;
    phone.open(&link, PHONE);
    phone.walk_to_camera();
    for size in [PHONE, SIDEWAYS] {
        for percent in ["112.5%", "225%"] {
            let name = percent.trim_end_matches('%');
            phone.open(&link, size);
            phone.browser.wait(&format!("document.documentElement.style.fontSize = '{percent}'"));
            phone.browser.press("打开相机");
            phone.browser.wait(FILMS);
            phone.browser.wait(&part("open"));
            phone.keep_screen(&format!("live-{name}"));
            for seen in ["[data-act=shoot]", ".hint"] {
                let inside = format!(
                    "[(() => {{ const box = document.querySelector('{seen}').getBoundingClientRect(); \
                     return box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth; }})()]"
                );
                assert_eq!(phone.browser.wait(&inside)[0], true, "{seen} at {percent}, {size:?}");
            }
            phone.browser.press("拍照");
            phone.browser.wait(SHOWN);
            phone.is_online(false);
            phone.browser.press("用这张照片");
            phone.browser.wait(&part("unsent"));
            phone.keep_screen(&format!("unsent-{name}"));
            phone.fits(&format!("unsent at {percent}"));
            phone.is_online(true);
            phone.browser.press("重新拍");
            phone.browser.wait(FILMS);
            phone.browser.wait(&part("open"));
            phone.browser.wait(
                "document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))",
            );
            phone.browser.wait(&part("trouble"));
            phone.keep_screen(&format!("trouble-{name}"));
            phone.fits(&format!("trouble at {percent}"));
        }
    }
    phone.complained(&["ERR_INTERNET_DISCONNECTED"]);
}
