//! What is about the account: token, quotas, network, menu, codes.

use super::*;

#[tokio::test]
async fn a_dead_token_and_a_busy_platform_are_not_felt() {
    let (mock, client) = platform().await;
    client.api_addresses().await.unwrap();
    mock.expect_errcode("/cgi-bin/user/get", 42001);
    mock.fault(Fault::once("/cgi-bin/user/get", Kind::TokenExpired, 42001));
    assert_eq!(client.followers_after(None).await.unwrap().total, Some(0));
    for (kind, value) in [(Kind::Errcode, -1), (Kind::Status, 502), (Kind::Garbage, 0)] {
        mock.fault(Fault::once("/cgi-bin/getcallbackip", kind, value));
        assert!(!client.callback_addresses().await.unwrap().is_empty(), "{kind:?}");
    }
    assert_eq!(mock.faults_left(), 0);
    let plain = client.plain_token().await.unwrap();
    assert_eq!(plain.expires_in, Duration::from_hours(2));
    client.api_addresses().await.unwrap();
}

#[tokio::test]
async fn quotas_are_counted_and_cleared() {
    let (_mock, client) = platform().await;
    let path = "/cgi-bin/user/get";
    client.followers_after(None).await.unwrap();
    let quota = client.quota(path).await.unwrap();
    assert_eq!((quota.used, quota.limit - quota.left), (1, 1));
    client.clear_quota().await.unwrap();
    assert_eq!(client.quota(path).await.unwrap().used, 0);
    assert_eq!(refused(client.quota("/cgi-bin/nothing").await), 76021);
    for _ in 0..9 {
        client.clear_quota().await.unwrap();
    }
    assert_eq!(refused(client.clear_quota().await), 48006);
}

#[tokio::test]
async fn the_menu_is_pushed_as_it_is_checked() {
    let (_mock, client) = platform().await;
    assert_eq!(client.menu().await.unwrap(), None);
    let menu = json!({ "button": [
        { "type": "click", "name": "申请", "key": "APPLY" },
        { "name": "更多", "sub_button": [
            { "type": "view", "name": "省考试院", "url": "https://eea.example.test/" },
            { "type": "miniprogram", "name": "小程序", "appid": "wx0000000000000002", "pagepath": "pages/a",
              "url": "https://eea.example.test/" },
        ] },
    ] });
    client.create_menu(&menu).await.unwrap();
    assert_eq!(client.menu().await.unwrap().as_ref(), Some(&menu));
    assert!(client.present_menu().await.unwrap().is_open);
    assert_eq!(refused(client.create_menu(&json!({ "button": [] })).await), 40016);
    client.delete_menu().await.unwrap();
    assert_eq!(client.menu().await.unwrap(), None);
}

#[tokio::test]
async fn codes_are_made_and_scanned() {
    let (mock, client) = platform().await;
    let code = client.create_qr(&Scene::Text("天河区".into()), Duration::from_mins(1)).await.unwrap();
    assert_eq!(code.expires_in, Some(Duration::from_mins(1)));
    let picture = client.qr_picture_url(&code.ticket);
    assert!(picture.starts_with(mock.url()) && !picture.contains("access_token"));
    let status = |url: String| async move {
        http_client(Duration::from_secs(5)).unwrap().get(url).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(picture).await, 200);
    assert_eq!(status(client.qr_picture_url("nothing")).await, 404);
    let jpeg = client.qr_picture(&code.ticket).await.unwrap();
    assert_eq!(image::guess_format(&jpeg).unwrap(), image::ImageFormat::Jpeg);
    assert!(matches!(client.qr_picture("nothing").await, Err(ClientError::Status(404))));
    assert_eq!(client.create_permanent_qr(&Scene::Number(1)).await.unwrap().expires_in, None);
}
