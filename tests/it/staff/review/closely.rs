//! Pictures held side by side, of this round and of earlier ones; and a phone that is called.

use graduation_bot::inbound::Part;
use serde_json::json;

use super::{
    super::{
        bot,
        browser::{Browser, account},
        screen::Screen,
    },
    CITY,
    cases::{laid_out, laid_out_again},
};

/// What the two sides show, and how.
const SIDES: &str = "[...document.querySelectorAll('#compare[open] [data-pane]')].map((pane) => \
    [pane.querySelector('img').alt, pane.className, pane.querySelector('img').naturalWidth > 0].join(' '))";

fn wait_for_sides(screen: &mut Screen, left: &str, right: &str) {
    let wanted = json!([left, right]);
    screen.browser.wait(&format!("JSON.stringify({SIDES}) === JSON.stringify({wanted})"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_pictures_are_held_side_by_side_turned_and_looked_at_closely() {
    let app = bot().await;
    let bundle = laid_out(&app, 1, Part::Both).await;
    let again = laid_out_again(&app, 2, "p_calm_ok_white.jpg").await;
    account(&app, "王老师", CITY).await;
    let Some(mut screen) = Screen::signed_in(&app, "王老师") else { return };
    let opened = "document.querySelector('.is-chosen') && [...document.images].every((i) => i.naturalWidth)";
    screen.go(&format!("/staff/cases/{}", bundle.number));
    screen.browser.wait(opened);
    screen.browser.key("s");
    wait_for_sides(&mut screen, "毕业证照片，第 1 轮  true", "身份证人像面，第 1 轮 is-chosen true");
    screen.keep("compare");
    screen.browser.key("k");
    screen.browser.key("m");
    wait_for_sides(
        &mut screen,
        "毕业证照片，第 1 轮  true",
        "身份证人像面，第 1 轮 is-chosen turn-1 zoom-1 true",
    );
    // It lies within its frame, and is moved in it by the arrows.
    let place = "(() => { const frame = document.querySelector('.turn-1 .frame'); \
        const [a, b] = [frame, frame.querySelector('img')].map((e) => e.getBoundingClientRect()); \
        return [frame.scrollLeft, Math.round(b.width / a.width * 10), Math.round(b.height / a.height * 10)]; })()";
    let before = screen.browser.wait(place);
    assert_eq!((&before[1], &before[2]), (&json!(20), &json!(20)), "as large as the frame, twice");
    screen.browser.key("ArrowRight");
    screen.browser.wait(&format!("{place}[0] > {}", before[0]));
    screen.keep("compare-close");
    // The other side by itself.
    screen.browser.key("x");
    screen.browser.key("ArrowRight");
    screen.browser.key("k");
    wait_for_sides(
        &mut screen,
        "身份证人像面，第 1 轮 is-chosen turn-1 true",
        "身份证人像面，第 1 轮 turn-1 zoom-1 true",
    );
    screen.browser.key("s");
    screen.browser.wait("!document.querySelector('#compare').open");

    // One picture on the screen, and the one of the round before beside it.
    screen.go(&format!("/staff/cases/{}", again.number));
    screen.browser.wait(opened);
    screen.browser.key("s");
    wait_for_sides(&mut screen, "毕业证照片，第 2 轮  true", "毕业证照片，第 1 轮 is-chosen true");
    screen.keep("compare-rounds");
    let views = app.app.store.list_audit(Some(&again.case(&app).await.id), 99).await.unwrap();
    let seen = |round: &str| {
        views.iter().any(|row| row.audit.act == "view_photo" && row.audit.detail.contains(round))
    };
    assert!(seen("round 1") && seen("round 2"), "{views:?}");
    assert_eq!(screen.browser.complaints, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_is_shown_whole_and_what_is_typed_stays() {
    let app = bot().await;
    let case = laid_out(&app, 1, Part::Portrait).await;
    account(&app, "王老师", CITY).await;
    let Some(mut screen) = Screen::signed_in(&app, "王老师") else { return };
    screen.go(&format!("/staff/cases/{}", case.number));
    screen.wait_for("138****8001");
    screen.browser.key("3");
    screen.browser.press("显示完整电话，会记入审计");
    screen.wait_for("138 0013 8001");
    screen.browser.wait("document.querySelector('[value=P03]').checked");
    screen.keep("case-phone");
    let audit = app.app.store.list_audit(Some(&case.case(&app).await.id), 99).await.unwrap();
    let of_phone: Vec<_> = audit.iter().filter(|row| row.audit.act == "view_phone").collect();
    assert_eq!(of_phone.len(), 1, "{audit:?}");
    assert_eq!(of_phone[0].audit.actor, "staff:王老师");
    // Without scripts it is a page of its own.
    let mut plain = Browser::signed_in(&app, "王老师").await;
    let path = format!("/staff/cases/{}", case.number);
    assert!(!plain.get(&path).await.html.contains("138 0013 8001"));
    let page = plain.post(&format!("{path}/phone"), &[]).await;
    assert!(page.status == 200 && page.html.contains("138 0013 8001"), "{}", page.html);
    account(&app, "深圳老师", "city:深圳市").await;
    let mut elsewhere = Browser::signed_in(&app, "深圳老师").await;
    elsewhere.get("/staff/queue").await;
    assert_eq!(elsewhere.post(&format!("{path}/phone"), &[]).await.status, 404);
}
