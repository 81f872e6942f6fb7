//! What is deleted when, as the offices see it.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
};

use graduation_bot::{
    inbound::Onsite,
    mask,
    office::{Who, onsite, retention as office},
    secrets,
    store::{Commit, Committed, OutboxFilter},
    turn::{Audit, DeletionChange, Turn},
    workflow::{case::Stage, retention::Pictures},
};
use mock_platform::Mode;
use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::{
    bot,
    browser::{Browser, account},
};
use crate::{
    retention::apply,
    store::candidate,
    support::{app::TestApp, db::TestDb},
};

const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn deletions_are_shown_before_they_happen_and_after() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    assert!(browser.get("/staff/retention").await.html.contains("没有保留任何照片"));
    apply(&app.app.store, 0, Stage::NotGraduated).await;
    apply(&app.app.store, 1, Stage::Graduated).await;
    let html = browser.get("/staff/retention").await.html;
    for words in ["将于 2026-06-19 结束", "没通过的照片", "2026-07-19", "60 天内", "待移交"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    app.pass(5 * DAY).await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    assert!(browser.get("/staff/retention").await.html.contains("已到期，正在删除"));
    app.settle().await;
    // An account that is called like the subject of these lines hides none of them.
    account(&app, "retention", "announcer").await;
    for _ in 0..31 {
        let [actor, act, subject, detail] =
            ["staff:retention", "sign_in", "retention", ""].map(str::to_owned);
        let line = Audit { actor, act, subject, detail };
        app.app.store.append_audit(&line, app.app.clock.business()).await.unwrap();
    }
    let html = browser.get("/staff/retention").await.html;
    assert!(html.contains("已于 2026-06-19 结束") && !html.contains("已到期"), "{html}");
    let (_, lately) = html.split_once("最近删除的").unwrap();
    assert!(lately.contains("没通过的照片") && lately.contains("未毕业考生的毕业证照片"), "{lately}");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_batch_is_held_from_the_page_and_let_go_again() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    apply(&app.app.store, 0, Stage::NotGraduated).await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    let lay = |case: &'static str, until: &'static str, reason: &'static str| {
        [("batch", "2026-06"), ("case", case), ("until", until), ("reason", reason)]
    };
    let rows = [
        (lay("", "2026-06-14", "有争议，等复核"), "最后一天要在今天到 2027年6月15日 之间"),
        (lay("", "", "有争议，等复核"), "最后一天要在"),
        (lay("", "2026-09-01", "争"), "原因太短"),
        (lay("", "2026-09-01", "来电 13912345678 有争议"), "原因里有号码"),
        (lay("12345678", "2026-09-01", "有争议，等复核"), "没有这个编号的申请"),
    ];
    for (fields, said) in rows {
        let page = browser.post("/staff/retention/holds", &fields).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
    }
    let page = browser.post("/staff/retention/holds", &lay("", "2026-09-01", "有争议，等复核")).await;
    for words in ["整批暂缓", "到 2026-09-01", "有争议，等复核"] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    let end = page.html.split("action=\"/staff/retention/holds/").nth(1).unwrap().split('"').next().unwrap();
    let end = format!("/staff/retention/holds/{end}");
    let page = browser.post(&end, &[]).await;
    assert!(page.html.contains("暂缓已结束") && !page.html.contains("整批暂缓"), "{}", page.html);
    let page = browser.post(&end, &[]).await;
    assert_eq!((page.status, page.html.contains("已经处理过了")), (422, true));
}

#[tokio::test]
async fn the_province_confirms_what_it_gave_away() {
    let app = bot().await;
    let province = account(&app, "李老师", "province").await;
    account(&app, "主管", "admin").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    let case = apply(store, 0, Stage::Graduated).await;
    let name = case.portrait.as_ref().unwrap().name.clone();
    files.put(&name, b"a portrait").await.unwrap();
    let now = app.app.clock.business();
    let who = Who::Staff(&province);
    let order = office::Order { batch: "2026-06", id: "h1", most: None };
    let written = office::hand_over(store, files, who, order, now, |_| Ok(())).await.unwrap();
    assert_eq!(written.portraits, 1);
    let mut admin = Browser::signed_in(&app, "主管").await;
    let html = admin.get("/staff/retention").await.html;
    assert!(html.contains("1 张等待确认") && !html.contains("制证部门已收到"), "{html}");
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    let confirm = "/staff/retention/handovers/h1/confirm";
    for pictures in [&[][..], &[("pictures", "2")]] {
        let page = browser.post(confirm, pictures).await;
        for words in
            ["确定制证部门已经收到", "2026-06", "1 张", "李老师", "确认删除", "name=\"pictures\" value=\"1\""]
        {
            assert!(page.html.contains(words), "{words}: {}", page.html);
        }
    }
    app.settle().await;
    assert!(files.get(&name).await.unwrap().is_some(), "one press deletes nothing");
    let page = browser.post(confirm, &[("pictures", "1")]).await;
    assert!(page.html.contains("已确认移交") && page.html.contains("1 张正在删除"), "{}", page.html);
    app.settle().await;
    assert_eq!(files.get(&name).await.unwrap(), None);
    let html = browser.get("/staff/retention").await.html;
    assert!(html.contains("已移交的毕业证照片") && !html.contains("正在删除"), "{html}");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

/// Zx: the place says that nobody came, and that is the last word.
#[tokio::test]
async fn whoever_never_came_is_told_and_holds_up_nobodys_term() {
    // Half past six in the evening of the last day on site.
    let app = TestApp::start(TestDb::sqlite(), Mode::Secure, "2026-06-18T18:30").await;
    let district = account(&app, "天河", "district:天河区").await;
    account(&app, "李老师", "province").await;
    let (store, runner) = (&app.app.store, &app.app.runner);
    let missed = apply(store, 0, Stage::Submitted).await;
    let record =
        async |version, outcome| onsite::record(runner, &district, &missed.id, version, outcome).await;
    let kept = async || store.case_by_id(&missed.id).await.unwrap().unwrap().pictures();
    let written = record(missed.version, Onsite::Absent).await.unwrap();
    assert_eq!((written.stage, written.missed_at().is_some()), (Stage::Submitted, true));
    app.settle().await;
    let rows = store.list_outbox(&OutboxFilter::default()).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.event.as_str()).collect::<Vec<_>>(), ["onsite_absent"]);
    let waiting = async || {
        let mut browser = Browser::signed_in(&app, "李老师").await;
        browser.get("/staff/retention").await.html.contains("1 份申请还没有结论")
    };
    assert!(!waiting().await);
    let corrected = record(written.version, Onsite::Papers("登记表没有盖章".into())).await.unwrap();
    assert!(waiting().await, "they came after all");
    record(corrected.version, Onsite::Absent).await.unwrap();
    app.pass(29 * DAY).await;
    app.settle().await;
    let documents = Pictures { documents: 3, ..Pictures::default() };
    assert_eq!(kept().await, documents, "they have thirty days");
    app.pass(2 * DAY).await;
    app.settle().await;
    assert_eq!(kept().await, Pictures::default(), "and not half a year");
}

#[tokio::test]
async fn portraits_are_taken_along_as_an_archive_until_they_arrived() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    account(&app, "主管", "admin").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    let mut expected = BTreeMap::new();
    let mut list = vec!["exam_no,file,bytes,sha256".to_owned()];
    for at in 0..3 {
        let case = apply(store, at, Stage::Graduated).await;
        let jpeg = format!("a portrait of {at}").into_bytes();
        if at < 2 {
            files.put(&case.portrait.as_ref().unwrap().name, &jpeg).await.unwrap();
            let (exam_no, digest) = (&case.exam_no, secrets::hex(&Sha256::digest(&jpeg)));
            list.push(format!("{exam_no},{exam_no}.jpg,{},{digest}", jpeg.len()));
            expected.insert(format!("{exam_no}.jpg"), jpeg);
        }
    }
    expected.insert("manifest.csv".to_owned(), (list.join("\n") + "\n").into_bytes());
    let mut browser = Browser::signed_in(&app, "李老师").await;
    assert!(browser.get("/staff/retention").await.html.contains("一次最多 1000 张"));
    let page = browser.post("/staff/retention/handovers", &[("batch", "2026-06")]).await;
    let missing = &store.case_by_id("0002").await.unwrap().unwrap().number;
    let missing = format!("{}-{}", &missing[..4], &missing[4..]);
    for words in ["2 张等待确认", "下载照片（ZIP）", "没有毕业证照片的申请", &missing] {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    let archive = page.html.split("/archive\"").next().unwrap().rsplit('"').next().unwrap();
    let archive = format!("{archive}/archive");
    for _ in 0..2 {
        let answer = browser.download(&archive, &[]).await;
        assert_eq!(answer.headers()["content-type"], "application/zip");
        let mut zip = ZipArchive::new(Cursor::new(answer.bytes().await.unwrap())).unwrap();
        let mut found = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            found.insert(file.name().unwrap().into_owned(), content);
        }
        assert_eq!(found, expected, "as often as somebody wants");
    }
    let page = browser.post("/staff/retention/handovers", &[("batch", "2026-06")]).await;
    assert!(page.html.contains("没有可以移交的毕业证照片"), "{}", page.html);
    let mut admin = Browser::signed_in(&app, "主管").await;
    let html = admin.get("/staff/retention").await.html;
    assert!(!html.contains("下载照片") && html.contains("由省考办的账号移交"), "{html}");
    for path in ["/staff/retention/handovers", &archive] {
        assert_eq!(admin.download(path, &[("batch", "2026-06")]).await.status(), 403, "{path}");
    }
    let lines = store.list_audit_by("staff:李老师", 9).await.unwrap();
    let acts: Vec<&str> = lines.iter().map(|row| row.audit.act.as_str()).take(3).collect();
    assert_eq!(acts, ["take_portraits", "take_portraits", "write_out_portraits"]);
    let confirm = archive.replace("/archive", "/confirm");
    browser.get("/staff/retention").await;
    browser.post(&confirm, &[("pictures", "2")]).await;
    assert_eq!(browser.download(&archive, &[]).await.status(), 422, "they are going");
}

#[tokio::test]
async fn whoever_asks_for_it_need_not_wait_once_nothing_is_under_way() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    let (store, files) = (&app.app.store, app.app.photos.files());
    let failed = apply(store, 0, Stage::NotGraduated).await;
    let graduated = apply(store, 1, Stage::Graduated).await;
    let waiting = apply(store, 2, Stage::OnsitePassed).await;
    let left = async |id: &str| store.case_by_id(id).await.unwrap().unwrap().photos().count();
    let portrait = failed.portrait.as_ref().unwrap().name.clone();
    files.put(&portrait, b"a portrait").await.unwrap();
    let wish = |number: &str, reason: &str| {
        [("case".to_owned(), number.to_owned()), ("reason".to_owned(), reason.to_owned())]
    };
    let ask = async |browser: &mut Browser, number: &str, reason: &str| {
        let fields = wish(number, reason);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.post("/staff/retention/delete", &fields).await
    };
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    let page = ask(&mut browser, &failed.number, "考生来电要求删除").await;
    assert_eq!((page.status, page.html.contains("办理期间依法要保留")), (422, true), "{}", page.html);
    app.pass(5 * DAY).await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    browser.get("/staff/retention").await;
    for (number, reason, said) in [
        (&waiting.number, "考生来电要求删除", "办理期间依法要保留"),
        (&failed.number, "删", "原因太短"),
        (&failed.number, &format!("{}来电要求", candidate(0).name), "原因里有号码或姓名"),
        (&"99999999".to_owned(), "考生来电要求删除", "没有这个编号的申请"),
    ] {
        let page = ask(&mut browser, number, reason).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
    }
    for (case, pictures, stage) in [(&failed, 5, "毕业审核不通过"), (&graduated, 4, "毕业审核通过")]
    {
        let number = &case.number;
        let person = candidate(usize::from(*number == graduated.number));
        let name = &person.name;
        let page = ask(&mut browser, number, "考生来电要求删除").await;
        let pictures = format!("{pictures} 张");
        for words in ["确定删除这份申请的照片", &mask::name(name), stage, &pictures, "考生来电要求删除"]
        {
            assert!(page.html.contains(words), "{words}: {}", page.html);
        }
        assert!(!page.html.contains(name) && left(&case.id).await > 0, "one press deletes nothing");
        let version = page.html.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let sure = [("case", number.as_str()), ("reason", "考生来电要求删除"), ("version", version)];
        let old = [sure[0], sure[1], ("version", "0")];
        let page = browser.post("/staff/retention/delete", &old).await;
        assert!(page.html.contains("确定删除这份申请的照片"), "what was looked at is not what is there");
        let page = browser.post("/staff/retention/delete", &sure).await;
        assert!(page.html.contains("文件马上删除"), "{}", page.html);
        let page = ask(&mut browser, number, "考生来电要求删除").await;
        let said = if stage == "毕业审核通过" {
            "只剩毕业证照片，要先移交制证"
        } else {
            "没有可以删除的照片"
        };
        assert!(page.html.contains(said), "{said}: {}", page.html);
    }
    app.settle().await;
    assert_eq!(files.get(&portrait).await.unwrap(), None);
    assert_eq!(left(&failed.id).await, 0);
    let kept = store.case_by_id(&graduated.id).await.unwrap().unwrap();
    assert!(kept.portrait.is_some() && kept.documents.is_empty(), "it is still to be handed over");
    let lines = store.list_audit(Some(&failed.id), 9).await.unwrap();
    let acts: Vec<&str> = lines.iter().map(|row| row.audit.act.as_str()).take(3).collect();
    let expected = ["nothing_to_delete", "delete_on_request", "view_case"];
    assert_eq!(acts, expected, "looked at, then deleted, then asked for in vain");
    assert_eq!(lines[0].audit.detail, "考生来电要求删除");
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_request_is_seen_until_it_is_carried_out_or_answered() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    let store = &app.app.store;
    let (failed, waiting) =
        (apply(store, 0, Stage::NotGraduated).await, apply(store, 1, Stage::OnsitePassed).await);
    for (open_id, id, case) in [("o0", "01A", &failed), ("o1", "01B", &waiting)] {
        let before = store.load(open_id, "2026-06").await.unwrap();
        let mut turn = Turn::of_session(before.session.clone());
        turn.deletion = Some(DeletionChange::Asked { id: id.into(), number: case.number.clone() });
        let commit = Commit::new(turn, before, "2026-06", app.app.clock.business());
        assert_eq!(store.commit(commit).await.unwrap(), Committed::Stored);
    }
    let mut browser = Browser::signed_in(&app, "李老师").await;
    let html = browser.get("/staff/retention").await.html;
    assert_eq!(html.matches("批次没有结束，或考办还没有给结论").count(), 2, "{html}");
    app.pass(5 * DAY).await;
    app.settle().await;
    let mut browser = Browser::signed_in(&app, "李老师").await;
    let html = browser.get("/staff/retention").await.html;
    assert_eq!((html.contains("requests/01A"), html.contains("requests/01B")), (false, true), "{html}");
    assert_eq!(store.case_by_id(&failed.id).await.unwrap().unwrap().photos().count(), 0);
    let settle = "/staff/retention/requests/01B/settle";
    let named = format!("{}：还没有给结论", candidate(1).name);
    for (answer, said) in [("不", "回复太短"), (named.as_str(), "回复里有号码或姓名")] {
        let page = browser.post(settle, &[("answer", answer)]).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
    }
    let answer = "省考办还没有给结论，出了结论再删除";
    let page = browser.post(settle, &[("answer", answer)]).await;
    assert!(page.html.contains("正在发给考生") && page.html.contains("没有等着办的"), "{}", page.html);
    let page = browser.post(settle, &[("answer", answer)]).await;
    assert_eq!((page.status, page.html.contains("已经处理过了")), (422, true), "{}", page.html);
    app.settle().await;
    let rows = store.list_outbox(&OutboxFilter::default()).await.unwrap();
    let mut told: Vec<(&str, &str)> =
        rows.iter().map(|row| (row.open_id.as_str(), row.event.as_str())).collect();
    told.sort_unstable();
    assert_eq!(told, [("o0", "photos_deleted"), ("o1", "deletion_answered")]);
    let lines = store.list_audit(Some(&waiting.id), 5).await.unwrap();
    let done: Vec<(&str, &str)> =
        lines.iter().map(|line| (line.audit.actor.as_str(), line.audit.act.as_str())).collect();
    assert!(done.contains(&("staff:李老师", "settle_deletion")), "{done:?}");
}
