//! Two people at browsers of their own and one application between them: each sees what the other does, and nothing is
//! decided twice. And an office of another city, to which the same application is not there, however it asks.

use graduation_bot::{
    ids::Ids,
    inbound::Part,
    office::{
        Role, Who,
        keys::{self, NewKey, Scope},
        lease,
    },
    workflow::case::Stage,
};
use serde_json::{Value, json};

use super::{
    bot,
    browser::account,
    review::{Candidacy, laid_out},
    screen::Screen,
};
use crate::support::app::TestApp;

const CITY: &str = "city:广州市";
/// The form of a decision.
const FORM: &str = "document.querySelector('form[data-until]')";

fn path(case: &Candidacy) -> String {
    format!("/staff/cases/{}", case.number)
}

/// Waits until this case stands on the screen.
fn wait_for_case(screen: &mut Screen, case: &Candidacy) {
    screen
        .browser
        .wait(&format!("location.pathname === '{}' && document.readyState === 'complete'", path(case)));
}

/// The same with its pictures, ready to be decided by a key.
fn wait_to_decide(screen: &mut Screen, case: &Candidacy) {
    wait_for_case(screen, case);
    screen.browser.wait(&format!(
        "{FORM} && document.querySelector('.is-chosen') && [...document.images].every((i) => i.naturalWidth)"
    ));
}

/// Whether there is a form to decide with.
fn may_decide(screen: &mut Screen) -> bool {
    screen.browser.wait(&format!("[!!{FORM}]"))[0] == true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_reviewers_see_each_other_and_decide_once() {
    let app = bot().await;
    let shared = laid_out(&app, 1, Part::Portrait).await;
    let other = laid_out(&app, 2, Part::Portrait).await;
    let anna = account(&app, "王老师", CITY).await;
    account(&app, "李老师", CITY).await;
    let Some(mut first) = Screen::signed_in(&app, &anna.name) else { return };
    let mut second = Screen::signed_in(&app, "李老师").unwrap();
    first.go(&path(&shared));
    wait_to_decide(&mut first, &shared);

    // What the first has open the second may look at, and is told; the next one is another.
    second.go(&path(&shared));
    second.wait_for("王老师 正在看这份申请");
    assert!(!may_decide(&mut second));
    second.keep("together-held");
    second.browser.key("n");
    wait_to_decide(&mut second, &other);

    // Decided, taken back within ten seconds, and again: the second sees how it stands each time.
    first.browser.key("a");
    first.wait_for("已通过：申请 5000-0001");
    first.browser.key("u");
    wait_to_decide(&mut first, &shared);
    first.wait_for("已收回，考生不会收到通知");
    second.go(&path(&shared));
    second.wait_for("还没有决定");
    second.wait_for("王老师 正在看这份申请");
    assert_eq!(shared.case(&app).await.stage, Stage::PortraitAtCity);

    // Ten minutes in which she touched nothing: it is the second's, who decides. Her own page knows nothing of it yet.
    lease::release(&app.app.store, &anna, &shared.case(&app).await.id).await.unwrap();
    second.go(&path(&shared));
    wait_to_decide(&mut second, &shared);
    second.browser.key("3");
    second.browser.key("r");
    second.wait_for("已定为不通过：申请 5000-0001");
    first.browser.key("a");
    first.wait_for("这一轮已经有了决定");
    first.wait_for("市考办不通过");
    assert!(!may_decide(&mut first));
    first.keep("together-refused");

    app.pass(10).await;
    app.settle().await;
    let case = shared.case(&app).await;
    let told = shared.chat(&app);
    assert_eq!(case.rounds[0].decisions.len(), 1, "one word on the round");
    assert!(told.contains("有阴影或其他物体") && !told.contains("审核通过"), "{told}");
    for complaint in first.browser.complaints.iter().chain(&second.browser.complaints) {
        assert!(complaint.contains("status of 422"), "{complaint}");
    }
    assert_eq!(app.end(0).await, Vec::<String>::new());
}

/// An office's own system, asked from its page: the status, and what it is told.
fn fetch(screen: &mut Screen, key: &str, method: &str, path: &str, body: &str) -> (Value, String) {
    let nth = path.rsplit('/').next();
    let how = json!({
        "method": method,
        "headers": { "authorization": format!("Bearer {key}"), "content-type": "application/json", "idempotency-key": nth },
        "body": (method == "POST").then_some(body),
    });
    // What is waited for is looked at again and again; it is asked for once.
    let path = json!(path);
    let ask = format!(
        "globalThis.asked = fetch({path}, {how}).then(async (a) => ({{ status: a.status, text: await a.text() }}))"
    );
    let wanted = json!({ "expression": ask, "awaitPromise": true, "returnByValue": true });
    let told = screen.browser.send("Runtime.evaluate", &wanted)["result"]["value"].clone();
    (told["status"].clone(), told["text"].as_str().unwrap().to_owned())
}

async fn key_of(app: &TestApp, role: &str) -> String {
    let role = Role::parse(role).unwrap();
    let scopes = [Scope::CasesRead, Scope::CasesWhole, Scope::CasesDecide, Scope::Photos];
    let new = NewKey { name: &role.columns().1.replace('市', ""), role: &role, scopes: &scopes, days: 30 };
    let now = app.app.clock.business();
    keys::add(&app.app.store, &Ids::random(), Who::Operator, &new, now).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_city_is_denied_by_page_and_by_api() {
    let app = bot().await;
    let case = laid_out(&app, 1, Part::Both).await;
    account(&app, "深圳老师", "city:深圳市").await;
    let Some(mut screen) = Screen::signed_in(&app, "深圳老师") else { return };
    let of_the_person = ["考生1", "010100000001", "440103199000000001", "13800138001", "天河区"];
    let sees_nobody = |screen: &mut Screen| {
        let seen = screen.browser.wait("[document.documentElement.outerHTML, document.images.length]");
        for words in of_the_person {
            assert!(!seen[0].as_str().unwrap().contains(words), "{words}: {}", seen[0]);
        }
        assert_eq!(seen[1], 0);
    };

    // A typed address, the one of a picture, and a number that is looked for.
    for of in ["", "/photos/1/portrait"] {
        screen.go(&format!("{}{of}", path(&case)));
        screen.wait_for("没有这一页");
        screen.wait_for("它不在您的账号能看的范围里");
        sees_nobody(&mut screen);
    }
    screen.keep("denied");
    screen.go("/staff/queue");
    screen.wait_for("没有符合条件的申请");
    screen.browser.key("/");
    screen.browser.wait("document.activeElement.name === 'number'");
    screen.browser.enter(&case.number);
    screen.wait_for("或者它不在您能看的范围里");
    sees_nobody(&mut screen);

    // A form that is made by hand, with the token of a page of its own.
    for (act, more) in [("decide", "verdict=approve&round=1"), ("take-back", "version=1"), ("leave", "")] {
        screen.go("/staff/queue");
        let send = format!(
            "(() => {{ const form = document.createElement('form'); form.method = 'post'; form.action = '{}/{act}'; \
             for (const [name, value] of [['token', document.querySelector('[name=token]').value], \
               ...new URLSearchParams('{more}')]) \
               form.append(Object.assign(document.createElement('input'), {{ name, value, type: 'hidden' }})); \
             document.body.append(form); form.submit(); return true; }})()",
            path(&case)
        );
        screen.browser.wait(&format!("[{send}]"));
        screen.wait_for("没有这一页");
        sees_nobody(&mut screen);
    }

    let (own, theirs) = (key_of(&app, "city:广州市").await, key_of(&app, "city:深圳市").await);
    let api = format!("/api/v1/cases/{}", case.number);
    let (status, text) = fetch(&mut screen, &own, "GET", &api, "");
    assert!(status == 200 && text.contains(&case.number), "{status} {text}");
    let asked = [
        ("GET", "", ""),
        ("GET", "/candidate", ""),
        ("GET", "/photos/1/portrait", ""),
        ("POST", "/approve", r#"{"round":1}"#),
        ("POST", "/take-back", r#"{"version":1}"#),
    ];
    for (method, of, body) in asked {
        let (status, text) = fetch(&mut screen, &theirs, method, &format!("{api}{of}"), body);
        assert_eq!(status, 404, "{of}: {text}");
        assert!(text.contains("它不在这把密钥能看的地方"), "{of}: {text}");
        assert!(of_the_person.iter().all(|words| !text.contains(words)), "{of}: {text}");
    }
    let (_, listed) = fetch(&mut screen, &theirs, "GET", "/api/v1/cases", "");
    assert!(!listed.contains(&case.number), "{listed}");

    let now = case.case(&app).await;
    assert!(now.rounds[0].decisions.is_empty());
    let audit = app.app.store.list_audit(Some(&now.id), 99).await.unwrap();
    assert!(audit.iter().all(|row| !row.audit.actor.contains("深圳")), "{audit:?}");
    let wire = app.app.clock.wire();
    assert!(app.app.store.case_holder(&now.id, wire).await.unwrap().is_none(), "nothing was taken");
}
