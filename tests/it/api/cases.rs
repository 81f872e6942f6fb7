//! Applications, and decisions on them.

use graduation_bot::{
    inbound::Reason,
    office::{Role, defects, keys::Scope},
    store::{ApiCall, Begun},
};
use serde_json::json;

use super::{bot, client::Client, hand_in};

const NUMBER: &str = "12345678";

#[tokio::test]
async fn a_city_lists_its_own_page_by_page_and_masked() {
    let app = bot().await;
    hand_in(&app, 0, "10000001", "广州市", "天河区").await;
    hand_in(&app, 1, "10000002", "广州市", "越秀区").await;
    hand_in(&app, 2, "10000003", "深圳市", "福田区").await;
    let city = Client::of(&app, "广州系统", "city:广州市").await;
    let first = city.get("/api/v1/cases?limit=1&stage=documents_at_city").await;
    let next = first.body["next"].as_str().unwrap();
    let link = format!("</api/v1/cases?limit=1&stage=documents_at_city&cursor={next}>; rel=\"next\"");
    assert_eq!(first.header("link"), link);
    assert_eq!(first.body["cases"][0]["stage_words"], "市考办审核证件");
    let name = first.body["cases"][0]["name"].as_str().unwrap();
    assert!(name.ends_with('*'), "{name}");
    let second = city.get(link.split(['<', '>']).nth(1).unwrap()).await;
    let number = |told: &super::client::Told| told.body["cases"][0]["number"].as_str().unwrap().to_owned();
    assert_eq!((number(&first), number(&second)), ("10000001".to_owned(), "10000002".to_owned()));
    assert_eq!((second.body["next"].as_str(), second.header("link")), (None, ""));
    let none = city.get("/api/v1/cases?city=深圳市").await;
    assert_eq!(none.body["cases"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn another_city_s_case_is_as_unknown_as_none() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let other = Client::of(&app, "深圳系统", "city:深圳市").await;
    let unknown = other.get("/api/v1/cases/99999999").await;
    for path in ["/api/v1/cases/12345678", "/api/v1/cases/1234-5678", "/api/v1/cases/12345678/candidate"] {
        let denied = other.get(path).await;
        assert_eq!((denied.status, &denied.body), (404, &unknown.body), "{path}");
    }
    for (path, body) in [
        ("approve", json!({ "round": 1 })),
        ("reject", json!({ "round": 1, "part": "documents", "reasons": ["D01"] })),
        ("take-back", json!({ "version": 1 })),
        ("onsite", json!({ "version": 1, "outcome": "passed" })),
    ] {
        let denied = other.post(&format!("/api/v1/cases/{NUMBER}/{path}"), path, &body).await;
        assert_eq!((denied.status, &denied.body), (404, &unknown.body), "{path}");
    }
    let own = Client::of(&app, "广州系统", "city:广州市").await;
    assert_eq!(own.get("/api/v1/cases/1234-5678").await.status, 200);
}

#[tokio::test]
async fn the_whole_number_needs_its_own_scope_and_every_look_is_audited() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let role = Role::Province;
    let masked = Client::with(&app, "遮盖", &role, &[Scope::CasesRead]).await;
    let case = masked.get("/api/v1/cases/12345678").await;
    assert!(case.body["candidate"]["document_no"].as_str().unwrap().contains("***"), "{case:?}");
    assert_eq!(masked.get("/api/v1/cases/12345678/candidate").await.problem(), "forbidden");
    let whole = Client::with(&app, "完整", &role, &[Scope::CasesWhole]).await;
    let candidate = whole.get("/api/v1/cases/12345678/candidate").await;
    assert!(!candidate.body["document_no"].as_str().unwrap().contains('*'), "{}", candidate.status);
    let id = format!("01J{NUMBER:0>23}");
    let audit = app.app.store.list_audit(Some(&id), 9).await.unwrap();
    let acts: Vec<(&str, &str)> =
        audit.iter().map(|row| (row.audit.actor.as_str(), row.audit.act.as_str())).collect();
    assert_eq!(acts[..2], [("staff:key:完整", "view_whole"), ("staff:key:遮盖", "view_case")]);
}

#[tokio::test]
async fn a_decision_sent_twice_is_made_once_and_may_be_taken_back() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let city = Client::of(&app, "广州系统", "city:广州市").await;
    let path = "/api/v1/cases/12345678/approve";
    let first = city.post(path, "one", &json!({ "round": 1 })).await;
    assert_eq!((first.status, &first.body["stage"]), (200, &"documents_at_province".into()), "{first:?}");
    assert_eq!(first.body["rounds"][0]["decisions"][0]["staff"], "key:广州系统");
    let again = city.post(path, "one", &json!({ "round": 1 })).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let other = city.post(path, "one", &json!({ "round": 2 })).await;
    assert_eq!((other.status, other.problem()), (422, "idempotency-key-reused"));
    let late = city.post(path, "two", &json!({ "round": 1 })).await;
    assert_eq!((late.status, late.problem()), (409, "conflict"), "the round is decided: {late:?}");
    let version = first.body["version"].as_i64().unwrap();
    let province = Client::of(&app, "省系统", "province").await;
    let back = "/api/v1/cases/12345678/take-back";
    let foreign = province.post(back, "one", &json!({ "version": version })).await;
    assert_eq!(foreign.problem(), "conflict", "another key's name is another key's: {foreign:?}");
    let taken = city.post(back, "three", &json!({ "version": version })).await;
    assert_eq!((taken.status, &taken.body["stage"]), (200, &"documents_at_city".into()), "{taken:?}");
    assert!(app.end(0).await.is_empty(), "nobody is told of what was taken back");
}

#[tokio::test]
async fn whoever_may_decide_and_not_read_learns_where_the_case_stands_and_no_more() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let role = Role::parse("city:广州市").unwrap();
    let city = Client::with(&app, "广州系统", &role, &[Scope::CasesDecide]).await;
    let done = city.post("/api/v1/cases/12345678/approve", "one", &json!({ "round": 1 })).await;
    assert_eq!((done.status, &done.body["stage"]), (200, &"documents_at_province".into()), "{done:?}");
    assert_eq!((&done.body["candidate"], &done.body["rounds"]), (&json!(null), &json!([])), "{done:?}");
}

#[tokio::test]
async fn a_case_that_somebody_has_open_waits() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let city = Client::of(&app, "广州系统", "city:广州市").await;
    let (store, wire, id) = (&app.app.store, app.app.clock.wire(), format!("01J{NUMBER:0>23}"));
    store.take_case(&id, "王老师", wire, wire.plus_seconds(600)).await.unwrap();
    let path = "/api/v1/cases/12345678/approve";
    let held = city.post(path, "one", &json!({ "round": 1 })).await;
    assert_eq!((held.status, held.problem()), (409, "conflict"), "{held:?}");
    assert!(held.body["detail"].as_str().unwrap().contains("王老师 正在看"), "{held:?}");
    let wait: i64 = held.header("retry-after").parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    assert!(store.release_case(&id, "王老师").await.unwrap());
    assert_eq!(city.post(path, "two", &json!({ "round": 1 })).await.status, 200);
}

#[tokio::test]
async fn a_picture_needs_its_own_scope_and_comes_with_a_mark() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let path = "/api/v1/cases/1234-5678/photos/1/front";
    let city = Role::City("广州市".into());
    let reader = Client::with(&app, "看申请", &city, &[Scope::CasesRead]).await;
    let photos = reader.get("/api/v1/cases/12345678").await.body["rounds"][0]["photos"].clone();
    let expected = json!({ "slot": "front", "width": 1200, "height": 800, "source": "聊天发送",
        "findings": [{ "code": "BLUR", "words": defects::words("BLUR") }], "measures": { "longer_side": 1200.0 } });
    assert_eq!(photos[0], expected);
    assert_eq!(reader.get(path).await.problem(), "forbidden");
    let mut content = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(1200, 800).write_to(&mut content, image::ImageFormat::Jpeg).unwrap();
    app.app.photos.files().put(&format!("{:064x}", 1), content.get_ref()).await.unwrap();
    let eyes = Client::with(&app, "看照片", &city, &[Scope::Photos]).await;
    let answer = eyes.request(reqwest::Method::GET, &format!("{path}?side=400")).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"image/jpeg".parse().unwrap())
    );
    let shown = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap().into_luma8();
    assert_eq!(shown.width(), 400);
    assert!(shown.pixels().any(|pixel| pixel.0[0] > 30), "a mark is burnt in");
    assert_eq!(eyes.get(&format!("{path}?side=4000")).await.problem(), "invalid");
    let other = Client::with(&app, "深圳", &Role::City("深圳市".into()), &[Scope::Photos]).await;
    for denied in [other.get(path).await, eyes.get("/api/v1/cases/12345678/photos/2/front").await] {
        assert_eq!(denied.problem(), "not-found");
    }
    let audit = app.app.store.list_audit_by("staff:key:看照片", 9).await.unwrap();
    let lines: Vec<_> = audit.iter().map(|row| (row.audit.act.as_str(), row.audit.detail.as_str())).collect();
    assert_eq!(lines, [("view_photo", "round 1 front")]);
}

#[tokio::test]
async fn a_rejection_says_why() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let city = Client::of(&app, "广州系统", "city:广州市").await;
    let path = "/api/v1/cases/12345678/reject";
    let rows = [
        (json!({ "round": 1, "part": "documents" }), "refused", "/opinion"),
        (json!({ "round": 1.0, "part": "documents", "opinion": "字" }), "refused", "/opinion"),
        (json!({ "round": 1, "part": "documents", "reasons": ["P01"] }), "refused", "/reasons"),
        (json!({ "round": 1, "part": "portrait", "reasons": ["P01"] }), "refused", "/part"),
        (json!({ "round": 1, "part": "documents", "reasons": ["D99"] }), "invalid", "/reasons/0"),
        (json!({ "round": 1, "part": "documents", "why": "" }), "invalid", "/why"),
        (json!({ "round": 1.5, "part": "documents" }), "invalid", "/round"),
    ];
    for (at, (body, problem, pointer)) in rows.into_iter().enumerate() {
        let refused = city.post(path, &format!("no-{at}"), &body).await;
        let found = (refused.problem(), &refused.body["errors"][0]["pointer"]);
        assert_eq!(found, (problem, &pointer.into()), "{body}: {refused:?}");
    }
    let body =
        json!({ "round": 1, "part": "documents", "reasons": ["D02", "D01"], "opinion": "请在亮处重拍" });
    let done = city.post(path, "yes", &body).await;
    assert_eq!(done.status, 200, "{done:?}");
    let decision = &done.body["rounds"][0]["decisions"][0];
    assert_eq!((&decision["approved"], &decision["reasons"]), (&false.into(), &json!(["D01", "D02"])));
    let whole = [Reason::D01.wording(), Reason::D02.wording(), "请在亮处重拍"].join("；");
    assert_eq!(decision["opinion"], whole);
}

/// A process has died between the act and writing its answer down: who asks again is told what is so.
#[tokio::test]
async fn a_retry_after_a_crash_finds_the_round_decided() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let city = Client::of(&app, "广州系统", "city:广州市").await;
    let path = "/api/v1/cases/12345678/approve";
    assert_eq!(city.post(path, "one", &json!({ "round": 1 })).await.status, 200);
    let (store, wire) = (&app.app.store, app.app.clock.wire());
    let key_id = store.list_api_keys().await.unwrap().remove(0).id;
    let call = |name: &str, asked: &str, lease: &str| ApiCall {
        key_id: key_id.clone(),
        name: name.to_owned(),
        asked: asked.to_owned(),
        lease: lease.to_owned(),
    };
    let dead = call("two", "what it asked", "dead");
    assert_eq!(store.begin_api_call(&dead, wire).await.unwrap(), Begun::Now);
    let retry = call("two", "what it asked", "retry");
    assert_eq!(store.begin_api_call(&retry, wire).await.unwrap(), Begun::Elsewhere, "its lease holds");
    let later = wire.plus_seconds(121);
    assert_eq!(store.begin_api_call(&retry, later).await.unwrap(), Begun::Now, "it may begin again");
    let again = city.post(path, "three", &json!({ "round": 1 })).await;
    assert_eq!((again.status, again.problem()), (409, "conflict"), "and the round refuses: {again:?}");
    assert!(again.body["detail"].as_str().unwrap().contains("轮到省考办审核"), "{again:?}");
}

#[tokio::test]
async fn a_candidate_is_found_by_a_whole_number_and_freed() {
    let app = bot().await;
    hand_in(&app, 0, NUMBER, "广州市", "天河区").await;
    let province = Client::of(&app, "省系统", "province").await;
    let sought = |by: &str, value: &str| json!({ "by": by, "value": value });
    let search = "/api/v1/people/search";
    let found = province.post(search, "-", &sought("exam_no", "010126000001")).await;
    assert_eq!(
        (found.status, &found.body["people"][0]["case"]["number"]),
        (200, &NUMBER.into()),
        "{found:?}"
    );
    assert!(found.body["people"][0]["name"].as_str().unwrap().ends_with('*'));
    let part = province.post(search, "-", &sought("exam_no", "01012600")).await;
    assert_eq!(part.body["people"], json!([]));
    let audit = app.app.store.list_audit_by("staff:key:省系统", 9).await.unwrap();
    assert_eq!(audit.len(), 2);
    assert!(audit.iter().all(|row| row.audit.act == "find_people" && !row.audit.detail.contains("0101")));
    let unbind = "/api/v1/people/unbind";
    let named = format!("{}换了微信", crate::store::candidate(0).name);
    for (key, reason) in [("a", "字"), ("a1", "来电 13912345678"), ("a2", named.as_str())] {
        let body = json!({ "exam_no": "010126000001", "reason": reason });
        let refused = province.post(unbind, key, &body).await;
        assert_eq!(
            (refused.problem(), &refused.body["errors"][0]["pointer"]),
            ("refused", &"/reason".into())
        );
    }
    let body = json!({ "exam_no": "010126000001", "reason": "考生换了微信" });
    assert_eq!(province.post(unbind, "b", &body).await.status, 200);
    assert_eq!(province.post(unbind, "c", &body).await.problem(), "not-found", "nobody holds it any more");
    let unlock = "/api/v1/people/unlock";
    let body = json!({ "exam_no": "010126000001", "reason": "已核对身份" });
    let unlocked = province.post(unlock, "e", &body).await;
    assert_eq!(unlocked.problem(), "not-found", "nobody has tried it in vain: {unlocked:?}");
    let admin = Client::with(&app, "广州", &Role::City("广州市".into()), &[Scope::People]).await;
    assert_eq!(admin.post(unbind, "d", &body).await.problem(), "forbidden");
}
