use super::*;

#[tokio::test]
async fn many_callers_share_one_fetch() {
    let world = World::start().await;
    let client = world.client();
    let outcomes = join_all((0..20).map(|_| client.send_text("o", "x"))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(world.token_calls(), 1);
    assert_eq!(world.stored(), Some(("token-0".into(), 1)));
    let asked = &world.platform.asked("/cgi-bin/stable_token")[0];
    let expected = json!({ "grant_type": "client_credential", "appid": "wx1", "secret": "s3cret", "force_refresh": false });
    assert_eq!((asked.json(), asked.method.as_str()), (expected, "POST"));
}

#[tokio::test]
async fn a_second_process_uses_the_stored_token() {
    let world = World::start().await;
    world.client().send_text("o", "x").await.unwrap();
    world.client().send_text("o", "x").await.unwrap();
    assert_eq!(world.token_calls(), 1);
}

#[tokio::test]
async fn the_next_token_is_fetched_five_minutes_early() {
    let world = World::start().await;
    let client = world.client();
    client.send_text("o", "x").await.unwrap();
    world.pass(7200 - 301);
    client.send_text("o", "x").await.unwrap();
    assert_eq!(world.token_calls(), 1);
    world.pass(1);
    world.platform.kill_token();
    client.send_text("o", "x").await.unwrap();
    assert_eq!(world.token_calls(), 2);
    assert_eq!(world.stored(), Some(("token-1".into(), 2)));
}

#[tokio::test]
async fn a_platform_that_gives_the_old_token_once_more_is_not_asked_for_every_call() {
    let world = World::start().await;
    world.platform.expires_in.store(290, Ordering::SeqCst);
    let client = world.client();
    for _ in 0..5 {
        client.send_text("o", "x").await.unwrap();
    }
    assert_eq!(world.token_calls(), 1);
    world.pass(10);
    client.send_text("o", "x").await.unwrap();
    assert_eq!(world.token_calls(), 2);
}

#[tokio::test]
async fn the_old_token_bridges_an_outage_until_it_ends() {
    let world = World::start().await;
    let client = world.client();
    client.send_text("o", "x").await.unwrap();
    world.pass(7200 - 200);
    world.platform.script_token(StatusCode::BAD_GATEWAY);
    client.send_text("o", "x").await.unwrap();
    world.pass(200);
    world.platform.script_token(StatusCode::BAD_GATEWAY);
    let error = refused(client.send_text("o", "x").await);
    assert!(
        matches!(error, ClientError::Token(_)) && error.is_transient() && !error.is_in_doubt(),
        "{error}"
    );
}

#[tokio::test]
async fn a_dead_token_is_replaced_and_the_call_repeated_once() {
    let world = World::start().await;
    let client = world.client();
    client.send_text("o", "x").await.unwrap();
    world.platform.kill_token();
    client.send_text("o", "y").await.unwrap();
    assert_eq!(world.stored(), Some(("token-1".into(), 2)));
    let sent = world.platform.asked("/cgi-bin/message/custom/send");
    let tokens: Vec<_> = sent.iter().map(|asked| asked.query["access_token"].as_str()).collect();
    assert_eq!(tokens, ["token-0", "token-0", "token-1"]);
}

#[tokio::test]
async fn a_token_that_another_process_replaced_is_not_fetched_again() {
    let world = World::start().await;
    let client = world.client();
    client.send_text("o", "x").await.unwrap();
    world.platform.kill_token();
    world.store("token-1", 7200, 2);
    let outcomes = join_all((0..4).map(|_| client.send_text("o", "x"))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(world.token_calls(), 1, "the first fetch only");
    assert_eq!(world.stored(), Some(("token-1".into(), 2)));
}

#[tokio::test]
async fn a_lost_race_takes_the_winners_token() {
    let world = World::start().await;
    let winner = StoredToken { value: "token-7".into(), expires_at_wire_ms: START + 7_200_000, version: 5 };
    *world.row.stolen.lock().unwrap() = Some(winner);
    world.platform.newest.store(7, Ordering::SeqCst);
    world.platform.script_token("{\"access_token\":\"token-6\",\"expires_in\":7200}");
    world.client().send_text("o", "x").await.unwrap();
    assert_eq!(world.platform.last().query["access_token"], "token-7");
    assert_eq!(world.stored(), Some(("token-7".into(), 5)));
}

#[tokio::test]
async fn a_token_that_the_platform_insists_on_is_forced_at_most_every_half_minute() {
    let world = World::start().await;
    let client = world.client();
    let dead = || "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}";
    client.send_text("o", "x").await.unwrap();
    world.platform.script(dead());
    client.send_text("o", "x").await.unwrap();
    let forced = || {
        let asked = world.platform.asked("/cgi-bin/stable_token");
        asked.iter().filter(|asked| asked.json()["force_refresh"] == true).count()
    };
    assert_eq!(forced(), 1);
    world.platform.script(dead());
    world.platform.script(dead());
    let error = refused(client.send_text("o", "x").await);
    assert!(matches!(error, ClientError::Api(_)) && error.advice() == Advice::BackOff, "{error}");
    assert_eq!(forced(), 1);
    world.pass(30);
    world.platform.script(dead());
    client.send_text("o", "x").await.unwrap();
    assert_eq!(forced(), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_for_the_operator() {
    let world = World::start().await;
    for code in [40001, 40125, 40164] {
        world.platform.script_token(json!({ "errcode": code, "errmsg": "invalid" }).to_string());
        let error = refused(world.client().send_text("o", "x").await);
        assert_eq!(error.advice(), Advice::Alert, "{error}");
    }
    for garbage in
        ["", "{}", "{\"access_token\":\"\",\"expires_in\":7200}", "{\"access_token\":\"t\",\"expires_in\":0}"]
    {
        world.platform.script_token(garbage);
        let error = refused(world.client().send_text("o", "x").await);
        assert!(error.is_transient() && !error.is_in_doubt(), "{garbage}: {error}");
    }
    assert_eq!(world.stored(), None);
}

#[tokio::test]
async fn what_another_process_fetches_is_waited_for() {
    let world = World::start().await;
    world.row.claimed_until.store(START + 5_000, Ordering::SeqCst);
    let client = world.client();
    let waiting = tokio::spawn(async move { client.send_text("o", "x").await });
    while world.row.loads.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    world.store("token-0", 7200, 1);
    waiting.await.unwrap().unwrap();
    assert_eq!(world.token_calls(), 0);
}

#[tokio::test]
async fn the_old_token_serves_while_another_process_fetches_the_next() {
    let world = World::start().await;
    world.store("token-0", 299, 1);
    world.row.claimed_until.store(START + 5_000, Ordering::SeqCst);
    world.client().send_text("o", "x").await.unwrap();
    assert_eq!(world.token_calls(), 0);
}

#[tokio::test]
async fn the_claim_of_a_process_that_died_ends() {
    let world = World::start().await;
    world.row.claimed_until.store(START, Ordering::SeqCst);
    world.client().send_text("o", "x").await.unwrap();
    assert_eq!(world.token_calls(), 1);
}

#[tokio::test]
async fn a_failed_fetch_answers_all_who_wait_and_leaves_no_claim() {
    let world = World::start().await;
    let client = world.client();
    world.platform.script_token(StatusCode::BAD_GATEWAY);
    let outcomes = join_all((0..20).map(|_| client.send_text("o", "x"))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(ClientError::Token(_)))));
    assert_eq!((world.token_calls(), world.row.claimed_until.load(Ordering::SeqCst)), (1, 0));
    world.pass(1);
    client.send_text("o", "x").await.unwrap();
    assert_eq!(world.token_calls(), 2);
}

#[tokio::test]
async fn a_dead_token_is_not_taken_up_again_while_the_next_does_not_come() {
    let world = World::start().await;
    let client = world.client();
    client.send_text("o", "x").await.unwrap();
    world.platform.kill_token();
    world.platform.script_token(StatusCode::BAD_GATEWAY);
    for _ in 0..3 {
        assert!(matches!(client.send_text("o", "x").await, Err(ClientError::Token(_))));
    }
    let sent = world.platform.asked("/cgi-bin/message/custom/send");
    assert_eq!((sent.len(), world.token_calls()), (2, 2), "one call found it dead, the others did not call");
}
