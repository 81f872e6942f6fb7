//! Lists that come in pages, and web pages of ours.

use futures_util::TryStreamExt as _;

use super::*;

#[tokio::test]
async fn followers_come_page_by_page_whatever_the_last_page_says() {
    let world = World::start().await;
    let client = world.client();
    let page = |people: &[&str], next: &str| {
        json!({ "total": 3, "count": people.len(), "data": { "openid": people }, "next_openid": next })
            .to_string()
    };
    let empty = || json!({ "total": 3, "count": 0, "next_openid": "" }).to_string();
    // The last page names a next one, and the page after it is empty; or it names nobody; or the one asked for.
    let rows: [(&[String], usize); 3] = [
        (&[page(&["a", "b"], "b"), page(&["c"], "c"), empty()], 3),
        (&[page(&["a", "b"], "b"), page(&["c"], "")], 2),
        (&[page(&["a", "b"], "b"), page(&["c"], "b")], 2),
    ];
    for (answers, calls) in rows {
        let before = world.platform.asked("/cgi-bin/user/get").len();
        for answer in answers {
            world.platform.script(answer.clone());
        }
        let pages: Vec<Vec<String>> = client.followers().try_collect().await.unwrap();
        assert_eq!(pages, [vec!["a", "b"], vec!["c"]]);
        let asked = world.platform.asked("/cgi-bin/user/get");
        assert_eq!(asked.len() - before, calls);
        assert_eq!(asked[before].query.get("next_openid"), None);
        assert_eq!(asked[before + 1].query["next_openid"], "b");
    }
    world.platform.script(empty());
    assert_eq!(client.blocked().try_collect::<Vec<_>>().await.unwrap(), Vec::<Vec<String>>::new());
    world.platform.script(page(&["a"], ""));
    assert_eq!(client.tagged(7).try_collect::<Vec<_>>().await.unwrap(), [["a"]]);
    world.platform.script(page(&["a"], "a"));
    world.platform.script("{\"errcode\":48001,\"errmsg\":\"api unauthorized\"}");
    let mut pages = Box::pin(client.followers());
    assert_eq!(pages.try_next().await.unwrap().unwrap(), ["a"]);
    assert!(pages.try_next().await.is_err(), "a page that fails is not the end");
}

#[tokio::test]
async fn people_are_sent_to_authorise_with_the_parameters_in_order() {
    let world = World::start().await;
    let open = Base::parse("https://open.example.test").unwrap();
    let client = world.client();
    let url =
        client.authorize_url(&open, "https://bot.example.test/a?b=c&d=考", Scope::Base, "st4te").unwrap();
    assert_eq!(
        url,
        "https://open.example.test/connect/oauth2/authorize?appid=wx1\
         &redirect_uri=https%3A%2F%2Fbot.example.test%2Fa%3Fb%3Dc%26d%3D%E8%80%83&response_type=code\
         &scope=snsapi_base&state=st4te#wechat_redirect"
    );
    for state in ["x".repeat(129), "a b".into(), "考".into()] {
        let error =
            client.authorize_url(&open, "https://bot.example.test/", Scope::Profile, &state).unwrap_err();
        assert!(matches!(error, ClientError::Invalid(_)), "{state}");
    }
}

#[tokio::test]
async fn a_pages_ticket_is_kept_until_five_minutes_before_its_end() {
    let world = World::start().await;
    let client = world.client();
    let path = "/cgi-bin/ticket/getticket";
    let ticket = |value: &str| json!({ "errcode": 0, "ticket": value, "expires_in": 7200 }).to_string();
    world.platform.script(ticket("t1"));
    let signed = join_all((0..5).map(|_| client.sign_page("https://bot.example.test/h5?a=1#x"))).await;
    assert_eq!(world.platform.asked(path).len(), 1);
    assert_eq!(world.platform.last().query["type"], "jsapi");
    let mut nonces: Vec<String> = Vec::new();
    for page in signed {
        let page = page.unwrap();
        assert_eq!((page.app_id.as_str(), page.timestamp), ("wx1", START / 1000));
        let url = "https://bot.example.test/h5?a=1";
        let expected = crate::wechat::signature::jsapi_signature("t1", &page.nonce, page.timestamp, url);
        assert_eq!(page.signature, expected);
        nonces.push(page.nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 5, "each page has its own");

    world.pass(7200 - 301);
    client.sign_page("https://bot.example.test/").await.unwrap();
    assert_eq!(world.platform.asked(path).len(), 1);
    world.pass(1);
    world.platform.script(json!({ "errcode": 0, "ticket": "t2", "expires_in": 0 }).to_string());
    let error = client.sign_page("https://bot.example.test/").await.unwrap_err();
    assert!(matches!(error, ClientError::Unreadable), "{error}");
    world.platform.script(ticket("t2"));
    client.sign_page("https://bot.example.test/").await.unwrap();
}
