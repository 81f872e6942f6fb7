//! The offices' own address: what is reached there, and what is not reached from outside any more.

use std::{future, net::Ipv4Addr, sync::Arc};

use graduation_bot::app::Sockets;
use mock_platform::Mode;
use reqwest::{Method, header};
use tokio::net::TcpListener;

use super::browser::{Browser, PASSWORD, account};
use crate::support::{app::TestApp, db::TestDb};

#[tokio::test]
async fn the_console_is_not_reached_from_outside() {
    let [people, offices] = [listener().await, listener().await];
    let [outside, inside] =
        [&people, &offices].map(|listener| format!("http://{}", listener.local_addr().unwrap()));
    let at_desk = inside.clone();
    let app = TestApp::start_with(TestDb::sqlite(), Mode::Secure, "2026-06-15T09:30", |config| {
        config.staff_listen = "127.0.0.1:0".to_owned();
        config.staff_url = at_desk;
    })
    .await;
    account(&app, "王老师", "province").await;
    let serving = Arc::clone(&app.app);
    let sockets = Sockets { people, offices: Some(offices) };
    let served = tokio::spawn(async move { serving.serve(sockets, false, future::pending()).await });
    // What is asked for, at which of the two addresses it is.
    let rows = [
        ("/", false, true),
        ("/staff/sign-in", false, true),
        ("/staff/assets/staff.css", false, true),
        ("/camera/assets/page.css", true, false),
        ("/health/live", true, true),
    ];
    for (path, is_outside, is_inside) in rows {
        for (address, is_there) in [(&outside, is_outside), (&inside, is_inside)] {
            let page = Browser::at(address).get(path).await;
            assert_eq!(page.status, if is_there { 200 } else { 404 }, "{address}{path}");
        }
    }
    let page = Browser::at(&inside).get("/nothing").await;
    assert!(page.status == 404 && page.html.contains("/staff/assets/staff.css"), "{}", page.html);
    let signature = "/wechat?signature=0&timestamp=0&nonce=0&echostr=0";
    assert_eq!(Browser::at(&inside).get(signature).await.status, 404);
    assert_ne!(Browser::at(&outside).get(signature).await.status, 404);
    let mut browser = Browser::at(&inside);
    let sent_from = async |address: &str| {
        let form = [("name", "王老师"), ("password", PASSWORD)];
        let request = browser.request(Method::POST, "/staff/sign-in").header(header::ORIGIN, address);
        browser.raw(request.form(&form)).await.status().as_u16()
    };
    assert_eq!(sent_from(&outside).await, 403, "a form of people's pages");
    assert_eq!(sent_from(&inside).await, 303);
    assert_eq!(browser.sign_in("王老师", PASSWORD, "").await.status, 200);
    served.abort();
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

async fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap()
}
