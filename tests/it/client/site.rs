//! What stays and what is looked up: material, conditional menus, web pages, single requests, our own address.

use std::collections::HashMap;

use axum::{Router, extract::Query, routing::get};
use graduation_bot::{
    http::Base,
    wechat::{
        client::{AuthorizationError, Carrier, FilmText, MatchRule, Material, Phone, Probe, Scope},
        signature::jsapi_signature,
    },
};

use super::*;

#[tokio::test]
async fn material_is_kept_counted_listed_and_taken_away() {
    let (_mock, client) = platform().await;
    let stored = client.add_material(&picture(), &FilmText::default()).await.unwrap();
    assert!(stored.url.is_some_and(|url| url.starts_with("http")));
    assert!(client.get_material(&stored.media_id).await.unwrap() == Material::File(picture().bytes));
    assert_eq!(client.count_material().await.unwrap().images, 1);
    let page = client.list_material(MediaKind::Image, 0, 20).await.unwrap();
    assert_eq!((page.total, page.items[0].media_id.as_str()), (1, stored.media_id.as_str()));
    client.delete_material(&stored.media_id).await.unwrap();
    assert_eq!(refused(client.get_material(&stored.media_id).await), 40007);
}

#[tokio::test]
async fn some_people_see_another_menu() {
    let (mock, client) = platform().await;
    let openid = mock.user("小陈").await;
    let menu = |name: &str| json!({ "button": [{ "type": "click", "name": name, "key": "APPLY" }] });
    let rule = MatchRule { phone: Some(Phone::Android), ..MatchRule::default() };
    assert_eq!(refused(client.add_conditional_menu(&menu("安卓"), rule).await), 65303);
    client.create_menu(&menu("申请")).await.unwrap();
    let id = client.add_conditional_menu(&menu("安卓"), rule).await.unwrap();
    assert_eq!(client.conditional_menus().await.unwrap().len(), 1);
    assert!(client.try_menu(&openid).await.unwrap()[0]["name"].is_string());
    assert_eq!(refused(client.try_menu("nobody").await), 65302);
    client.delete_conditional_menu(&id).await.unwrap();
    assert_eq!(client.conditional_menus().await.unwrap().len(), 0);
    assert_eq!(refused(client.delete_conditional_menu(&id).await), 65301);
}

#[tokio::test]
async fn a_person_authorises_once_for_each_code() {
    let (mock, client) = platform().await;
    let openid = mock.user("小陈").await;
    let open = Base::parse(mock.url()).unwrap();
    let url = client.authorize_url(&open, "https://bot.example.test/h5", Scope::Profile, "st4te").unwrap();
    let as_person = url.replace("#wechat_redirect", &format!("&mock_openid={openid}&mock_consent=allow"));
    let answer = http_client(Duration::from_secs(5)).unwrap().get(as_person).send().await.unwrap();
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap();
    assert!(location.starts_with("https://bot.example.test/h5?") && location.ends_with("state=st4te"));

    let granted = client.authorize(code).await.unwrap();
    assert_eq!((granted.open_id.as_str(), granted.is_snapshot), (openid.as_str(), false));
    assert!(
        matches!(client.authorize(code).await, Err(AuthorizationError::Over(refused)) if refused.code == 40163)
    );
    assert_eq!(client.profile(&granted.access_token, &openid).await.unwrap().nickname, "小陈");
    assert!(client.is_authorized(&granted.access_token, &openid).await.unwrap());
    let renewed = client.renew_authorization(&granted.refresh_token).await.unwrap();
    assert_eq!(renewed.open_id, openid);
    assert!(!client.is_authorized("nothing", &openid).await.unwrap());
}

#[tokio::test]
async fn pages_are_signed_with_the_platforms_ticket() {
    let (mock, client) = platform().await;
    let url = "https://bot.example.test/h5?a=1";
    let (one, other) = (client.sign_page(url).await.unwrap(), client.sign_page(url).await.unwrap());
    assert_ne!(one.nonce, other.nonce);
    assert_ne!(one.signature, jsapi_signature("", &one.nonce, one.timestamp, url));
    let asked = mock.calls(0).into_iter().filter(|call| call.path == "/cgi-bin/ticket/getticket");
    assert_eq!(asked.count(), 1);
}

#[tokio::test]
async fn a_refused_call_is_found_again_by_its_rid() {
    let (_mock, client) = platform().await;
    let ClientError::Api(error) = client.get_media("nothing").await.err().unwrap() else { panic!("refused") };
    let found = client.request_record(error.rid().unwrap()).await.unwrap();
    assert!(found.request_url.contains("media_id=nothing"), "{}", found.request_url);
    assert!(found.response_body.contains("40007"), "{}", found.response_body);
    assert!(client.request_record("00000000-00000000-00000000").await.is_err());
    client.clear_quota_by_secret().await.unwrap();
}

#[tokio::test]
async fn the_platform_says_whether_it_reaches_us() {
    let (mock, client) = platform().await;
    let found = client.check_callback(Probe::All, Carrier::Any).await.unwrap();
    assert_eq!(found.ping[0].package_loss, "100%");
    let echo = get(|Query(asked): Query<HashMap<String, String>>| async move { asked["echostr"].clone() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    mock.set_bot(format!("http://{}/wechat", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/wechat", echo)).await });
    let found = client.check_callback(Probe::All, Carrier::Unicom).await.unwrap();
    assert_eq!((found.dns[0].ip.as_str(), found.ping[0].package_loss.as_str()), ("127.0.0.1", "0%"));
    let found = client.check_callback(Probe::Dns, Carrier::Any).await.unwrap();
    assert!(found.ping.is_empty());
}
