//! Who may open a link: inside WeChat by the platform, elsewhere by the end of the document number; and what of it is
//! written down.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use graduation_bot::{inbound::PhotoSource, workflow::case::Stage};
use mock_platform::{Fault, Kind};
use reqwest::{Response, multipart};
use tracing_subscriber::fmt::MakeWriter;

use super::site::{Bot, Device, TAIL, picture};

const IN_WECHAT: (&str, &str) = ("user-agent", "Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.50");

#[tokio::test]
async fn outside_wechat_the_end_of_the_document_number_opens_a_link() {
    for tail in [TAIL, "００３７", " 00 37 "] {
        let (bot, ticket) = Bot::with_link().await;
        let mut device = bot.device();
        let (_, html) = device.page(&ticket).await;
        assert!(html.contains("证件号码最后 4 位") && html.contains("name=\"tail\""), "{html}");
        let (status, html) = device.start(&ticket, tail).await;
        assert_eq!((status, html.contains("确认无误")), (200, true), "{tail}: {html}");
    }
}

#[tokio::test]
async fn three_wrong_tries_end_a_link_and_nothing_else_is_lost() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.device();
    for tail in ["", "003", "440103199003070037", "四个数字"] {
        let (status, html) = device.start(&ticket, tail).await;
        assert_eq!((status, html.contains("请输入证件号码的最后 4 位")), (422, true), "{tail}: {html}");
    }
    for left in [2, 1] {
        let (status, html) = device.start(&ticket, "003X").await;
        assert_eq!((status, html.contains(&format!("还可以试 {left} 次"))), (422, true), "{html}");
        assert!(!html.contains("0037"));
    }
    let (status, html) = device.start(&ticket, "0038").await;
    assert_eq!((status, html.contains("回复「新链接」")), (410, true), "{html}");
    let spent = device.start(&ticket, TAIL).await;
    assert_eq!(spent, (410, html), "the right one comes too late");
    assert_eq!(bot.device().page(&ticket).await.0, 410);
    assert!(device.cookie.is_none());
    assert_eq!(bot.case().await.stage, Stage::ScanAwaited);
    let new = bot.issue(2).await;
    assert_eq!(device.start(&new, TAIL).await.0, 200, "a new link begins anew");
}

#[tokio::test]
async fn however_many_try_at_once_three_are_all_there_are() {
    let (bot, ticket) = Bot::with_link().await;
    let device = bot.device();
    let (device, ticket) = (&device, &ticket);
    let wrong = async |n| device.send(ticket, "start", &[("tail", format!("100{n}").as_str())], &[]).await;
    for _ in 0..4 {
        let tries = futures_util::future::join_all((0..8).map(wrong)).await;
        assert!(tries.iter().all(|answer| [409, 410, 422].contains(&answer.status().as_u16())));
    }
    let row = bot.runner.store.ticket(ticket).await.unwrap().unwrap();
    assert_eq!((row.tries, row.device_hash), (3, None));
}

/// Where a browser is led, and the cookies that it was given.
fn led(answer: &Response) -> (String, Vec<String>) {
    let cookies = answer.headers().get_all("set-cookie").into_iter();
    let cookies = cookies.map(|value| value.to_str().unwrap().to_owned()).collect();
    (answer.headers()["location"].to_str().unwrap().to_owned(), cookies)
}

/// 「开始」 inside WeChat, up to the way back: its address, with the state's cookie kept.
async fn authorised(bot: &Bot, ticket: &str, device: &mut Device, by: &str) -> String {
    let left = device.send(ticket, "start", &[], &[IN_WECHAT]).await;
    assert_eq!(left.status(), 303);
    let (address, cookies) = led(&left);
    assert!(address.starts_with(&format!("{}/connect/oauth2/authorize?appid=", bot.mock.url())), "{address}");
    assert!(address.contains("scope=snsapi_base&state=") && address.ends_with("#wechat_redirect"));
    let [cookie] = cookies.as_slice() else { panic!("{cookies:?}") };
    assert!(cookie.starts_with("camera_state="), "{cookie}");
    let rest = format!("; Path=/camera/{ticket}; Max-Age=600; HttpOnly; SameSite=Lax");
    assert!(cookie.ends_with(&rest), "{cookie}");
    device.cookie = cookie.split(';').next().map(str::to_owned);
    let address = address.replace("#wechat_redirect", &format!("&mock_openid={by}"));
    let client = graduation_bot::http::http_client(std::time::Duration::from_secs(20)).unwrap();
    let (back, _) = led(&client.get(address).send().await.unwrap());
    let path = back.strip_prefix(&format!("http://{}", bot.address)).unwrap().to_owned();
    assert!(path.starts_with(&format!("/camera/{ticket}/back?code=")), "{path}");
    path
}

/// A bot whose link belongs to somebody that the platform knows.
async fn known_to_the_platform() -> (Bot, String) {
    let mut bot = Bot::start().await;
    bot.person = bot.mock.user("小陈").await;
    let ticket = bot.issue(1).await;
    (bot, ticket)
}

#[tokio::test]
async fn inside_wechat_the_platform_says_who_it_is() {
    let (bot, ticket) = known_to_the_platform().await;
    let mut device = bot.device();
    let back = authorised(&bot, &ticket, &mut device, &bot.person).await;
    assert_eq!(bot.case().await.stage, Stage::ScanAwaited, "nothing is claimed on the way");
    let answer = device.get(&back).await;
    assert_eq!(answer.status(), 303);
    let (address, cookies) = led(&answer);
    assert_eq!(address, format!("/camera/{ticket}"));
    let own = cookies.iter().find(|cookie| cookie.starts_with("camera_device=")).unwrap();
    assert!(
        cookies.iter().any(|cookie| cookie.starts_with("camera_state=; ") && cookie.contains("Max-Age=0"))
    );
    device.cookie = own.split(';').next().map(str::to_owned);
    assert!(device.page(&ticket).await.1.contains("确认无误"));
    assert_eq!(device.get(&back).await.status(), 303, "reloaded, it leads on");
}

#[tokio::test]
async fn somebody_elses_wechat_opens_nothing_and_consumes_nothing() {
    let (bot, ticket) = known_to_the_platform().await;
    let stranger = bot.mock.user("别人").await;
    let mut device = bot.device();
    let back = authorised(&bot, &ticket, &mut device, &stranger).await;
    let answer = device.get(&back).await;
    assert_eq!(answer.status(), 403);
    let html = answer.text().await.unwrap();
    assert!(html.contains("不是发给这个微信的") && !html.contains("陈样例"), "{html}");
    assert_eq!(bot.case().await.stage, Stage::ScanAwaited);
    let row = bot.runner.store.ticket(&ticket).await.unwrap().unwrap();
    assert_eq!((row.tries, row.device_hash), (0, None));
    let mut own = bot.device();
    let back = authorised(&bot, &ticket, &mut own, &bot.person).await;
    assert_eq!(own.get(&back).await.status(), 303);
}

#[tokio::test]
async fn what_another_browser_began_or_nobody_answered_is_asked_for_anew() {
    let (bot, ticket) = known_to_the_platform().await;
    let mut device = bot.device();
    let back = authorised(&bot, &ticket, &mut device, &bot.person).await;
    let refused = format!("{}?state={}", back.split('?').next().unwrap(), back.rsplit('=').next().unwrap());
    let forged = format!("{}0", &back[..back.len() - 1]);
    let no_cookie = bot.device().get(&back).await;
    for answer in [no_cookie, device.get(&refused).await, device.get(&forged).await] {
        assert_eq!(answer.status(), 400);
        let html = answer.text().await.unwrap();
        assert!(html.contains("请再点一次「开始」") && html.contains("/start\""), "{html}");
    }
    bot.mock.fault(Fault::once("/sns/oauth2/access_token", Kind::Errcode, 40163));
    assert_eq!(device.get(&back).await.status(), 400, "a code that was used");
    bot.mock.fault(Fault::once("/sns/oauth2/access_token", Kind::Status, 502));
    let away = device.get(&back).await;
    assert_eq!(away.status(), 503);
    let html = away.text().await.unwrap();
    assert!(html.contains("微信暂时没有回应") && html.contains("/start\""), "{html}");
    assert_eq!(bot.case().await.stage, Stage::ScanAwaited);
    assert_eq!(device.get(&back).await.status(), 303, "the code was good all the time");
}

#[tokio::test]
async fn a_file_is_live_only_when_the_pages_camera_says_so_before_it() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    let file = |shade| {
        let part = multipart::Part::bytes(picture(600, 800, [shade; 3])).file_name("a.jpg");
        part.mime_str("image/jpeg").unwrap()
    };
    let form = multipart::Form::new;
    let rows = [
        (form().part("photo", file(240)), PhotoSource::PageFile),
        (form().text("live", "yes").part("photo", file(239)), PhotoSource::CameraPage),
        (form().text("live", "no").part("photo", file(238)), PhotoSource::PageFile),
        (form().text("live", "y".repeat(100_000)).part("photo", file(237)), PhotoSource::PageFile),
        (form().part("photo", file(236)).text("live", "yes"), PhotoSource::PageFile),
    ];
    for (form, expected) in rows {
        assert_eq!(device.upload_form(&ticket, form).await.0, 200);
        assert_eq!(bot.case().await.portrait.as_ref().unwrap().source, expected);
    }
}

#[tokio::test]
async fn whoever_is_no_longer_the_candidates_person_is_told_so() {
    let (bot, ticket) = Bot::with_link().await;
    let unclaimed = bot.device();
    let mut device = bot.at_camera(&ticket).await;
    bot.unbind().await;
    for (status, html) in [device.page(&ticket).await, device.press(&ticket, "finish").await] {
        assert_eq!((status, html.contains("绑定已解除")), (410, true), "{html}");
        assert!(!html.contains("陈样例"));
    }
    assert!(!unclaimed.page(&ticket).await.1.contains("绑定"), "nobody else learns it");
}

#[tokio::test]
async fn a_computer_hands_the_camera_over_by_a_code_of_the_accounts() {
    let (bot, ticket) = Bot::with_link().await;
    let device = bot.at_camera(&ticket).await;
    let path = format!("/camera/{ticket}/handover");
    bot.mock.fault(Fault::once("/cgi-bin/qrcode/create", Kind::Errcode, 45009));
    assert_eq!(device.get(&path).await.status(), 503, "its place in the page has words");
    for _ in 0..2 {
        let code = device.get(&path).await;
        assert_eq!(
            (code.status().as_u16(), &code.headers()["content-type"]),
            (200, &"image/svg+xml".parse().unwrap())
        );
        assert!(code.text().await.unwrap().contains("<svg"));
    }
    let made = bot.mock.calls(0).into_iter().filter(|call| call.path == "/cgi-bin/qrcode/create");
    assert_eq!(made.count(), 2, "one that was refused, and one for all");
    assert_eq!(bot.device().get(&path).await.status(), 410);
}

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_however_fine_names_a_link_or_its_secrets() {
    let log = Log::default();
    // Times are digits, too, and four of them are soon anybody's.
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .without_time()
        .with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let (bot, ticket) = known_to_the_platform().await;
    let mut device = bot.device();
    device.start(&ticket, "0038").await;
    bot.mock.fault(Fault::once("/sns/oauth2/access_token", Kind::Status, 502));
    let back = authorised(&bot, &ticket, &mut device, &bot.person).await;
    let state = device.cookie.clone().unwrap();
    assert_eq!(device.get(&back).await.status(), 503);
    device.press(&ticket, "start").await;
    device.upload(&ticket, b"no picture".to_vec()).await;
    device.post(&ticket, "photo", &[("content-type", "multipart/form-data; boundary=x")]).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("another document number") && text.contains("does not say who opens"), "{text}");
    let code = back.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let device = device.cookie.unwrap();
    let secrets = [ticket.as_str(), code, &state[13..], device.split('=').nth(1).unwrap(), "陈样例"];
    for secret in secrets {
        assert!(!text.contains(secret), "the log names {secret}");
    }
    // Part of a port or of an id it may be.
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    assert!(!words.any(|word| word == "0038"), "the log names the end of a number");
}
