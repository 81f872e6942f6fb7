//! What every answer brings along, whatever was asked: headers, and words that people understand.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use graduation_bot::workflow::case::Stage;
use reqwest::{Method, Response};

use super::site::{Bot, TAIL, picture};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src 'self' blob: data:; media-src 'self' blob:; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'self'";

fn said<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_is_locked_down() {
    let (bot, ticket) = Bot::with_link().await;
    let below = ["", "/", "/foo", "/foo/bar", "/start", "/photo/", "/portrait", "/back"];
    let paths = below.map(|below| format!("/camera/{ticket}{below}"));
    let others = ["/camera/nonsense", "/camera/%ff", "/camera/assets/page.css", "/camera/assets/a/b"];
    for path in paths.into_iter().chain(others.map(str::to_owned)) {
        let response = bot.device().get(&path).await;
        let policy = format!("{POLICY} {}", bot.mock.url());
        assert_eq!(said(&response, "content-security-policy"), policy, "{path}");
        let permissions = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()";
        assert_eq!(said(&response, "permissions-policy"), permissions, "{path}");
        assert_eq!(said(&response, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(said(&response, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(said(&response, "cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(said(&response, "strict-transport-security"), "", "{path}: not over plain http");
        let cache = if path.ends_with("css") { "public, max-age=600" } else { "no-store" };
        assert_eq!(said(&response, "cache-control"), cache, "{path}");
    }
}

#[tokio::test]
async fn over_https_cookies_are_secure_and_browsers_are_told_to_stay_there() {
    let (bot, ticket) = Bot::with_link().await;
    bot.behind_https();
    let claimed = bot.device().post(&ticket, "start", &[]).await;
    assert_eq!(claimed.status(), 303);
    let (name, rest) = said(&claimed, "set-cookie").split_once('=').unwrap();
    let (secret, rest) = rest.split_once("; ").unwrap();
    assert_eq!((name, secret.len()), ("camera_device", 22));
    assert_eq!(rest, format!("Path=/camera/{ticket}; Max-Age=86400; HttpOnly; SameSite=Lax; Secure"));
    assert_eq!(said(&claimed, "strict-transport-security"), "max-age=63072000");
    assert_eq!(said(&claimed, "content-security-policy"), format!("{POLICY} {}", bot.mock.url()));
}

#[tokio::test]
async fn a_slash_at_the_end_leads_to_the_page() {
    let (bot, ticket) = Bot::with_link().await;
    let led = bot.device().get(&format!("/camera/{ticket}/")).await;
    assert_eq!((led.status().as_u16(), said(&led, "location")), (303, format!("/camera/{ticket}").as_str()));
    assert_eq!(bot.device().get("/camera/x%0d%0a/").await.status(), 404);
}

#[tokio::test]
async fn nobody_is_answered_in_the_words_of_a_library() {
    let (bot, ticket) = Bot::with_link().await;
    let client = graduation_bot::http::http_client(std::time::Duration::from_secs(20)).unwrap();
    let base = format!("http://{}/camera/{ticket}", bot.address);
    let form = "application/x-www-form-urlencoded";
    let ask = |method: Method, below: &str| client.request(method, format!("{base}{below}"));
    let rows = [
        (
            "a form that is none",
            ask(Method::POST, "/start").header("content-type", "text/plain").body("x"),
            422,
        ),
        (
            "a field that is none",
            ask(Method::POST, "/start").header("content-type", form).body("by_wechat=x"),
            422,
        ),
        (
            "a form far too large",
            ask(Method::POST, "/start").header("content-type", form).body("9".repeat(3000)),
            413,
        ),
        ("a way back that cannot be read", ask(Method::GET, "/back?code=a&code=b"), 400),
        ("another method", ask(Method::PUT, "/confirm"), 405),
        ("no link at all", client.get(format!("http://{}/camera/%ff", bot.address)), 400),
    ];
    for (name, request, status) in rows {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{name}");
        assert_eq!(said(&response, "content-type"), "text/html; charset=utf-8", "{name}");
        let html = response.text().await.unwrap();
        assert!(html.contains("<h1>") && html.contains("请"), "{name}: {html}");
    }
    let row = bot.runner.store.ticket(&ticket).await.unwrap().unwrap();
    assert_eq!((row.tries, row.device_hash), (0, None), "nothing of it is a try");
    assert_eq!(bot.device().start(&ticket, TAIL).await.0, 200);
}

#[tokio::test]
async fn a_picture_that_nobody_wants_any_more_is_not_looked_at() {
    let (bot, ticket) = Bot::with_link().await;
    let mut device = bot.at_camera(&ticket).await;
    bot.stand_at(Stage::DocumentsWanted).await;
    let (status, html) = device.upload(&ticket, picture(600, 800, [240; 3])).await;
    assert_eq!((status, html.contains("这个链接不能用了")), (404, true), "{html}");
    assert!(bot.stored().await.is_empty());
}
