//! Pages that come only after something was done: looked at like those of `appearance`.

use graduation_bot::{
    inbound::Part,
    office::{
        Role, Who,
        accounts::{self, NewAccount},
    },
    store::{Commit, Committed},
    turn::{DeletionChange, Turn},
    workflow::case::Stage,
};

use super::{
    bot,
    browser::{Browser, PASSWORD, account},
    review::laid_out,
    screen::Screen,
};
use crate::{retention::apply, support::app::TestApp};

const DAY: i64 = 24 * 3600;

async fn ask_to_delete(app: &TestApp, open_id: &str, id: &str, number: &str) {
    let before = app.app.store.load(open_id, "2026-06").await.unwrap();
    let mut turn = Turn::of_session(before.session.clone());
    turn.deletion = Some(DeletionChange::Asked { id: id.into(), number: number.to_owned() });
    let commit = Commit::new(turn, before, "2026-06", app.app.clock.business());
    assert_eq!(app.app.store.commit(commit).await.unwrap(), Committed::Stored);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_is_looked_at_before_and_after() {
    let app = bot().await;
    account(&app, "李老师", "province").await;
    let store = &app.app.store;
    let failed = apply(store, 0, Stage::NotGraduated).await;
    let waiting = apply(store, 1, Stage::OnsitePassed).await;
    let graduated = apply(store, 2, Stage::Graduated).await;
    ask_to_delete(&app, "o1", "01B", &waiting.number).await;
    app.pass(5 * DAY).await;
    app.settle().await;
    let Some(mut screen) = Screen::signed_in(&app, "李老师") else { return };
    screen.go("/staff/retention");
    screen.wait_for("不删除，办结并通知考生");
    screen.wait_for("没通过的照片");
    screen.keep("retention-requests");
    let number = if failed.photos().count() > 0 { &graduated.number } else { &failed.number };
    screen.type_into("[action$=delete] [name=case]", number);
    screen.type_into("[action$=delete] [name=reason]", "考生来电要求删除");
    screen.browser.press("删除照片……");
    screen.wait_for("确定删除这份申请的照片");
    screen.keep("retention-sure");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_and_keys_are_looked_at_when_there_are_some() {
    let app = bot().await;
    let admin = account(&app, "主管", "admin").await;
    account(&app, "王老师", "city:广州市").await;
    let new = NewAccount { name: "新老师", role: &Role::Province, password: PASSWORD, must_change: true };
    accounts::add(&app.app.store, Who::Staff(&admin), new, app.app.clock.now()).await.unwrap();
    let mut browser = Browser::signed_in(&app, "主管").await;
    browser.get("/staff/keys").await;
    let key = [
        ("name", "广州市考籍系统"),
        ("kind", "city"),
        ("place", "广州市"),
        ("days", "90"),
        ("scope", "cases:read"),
        ("scope", "cases:decide"),
    ];
    assert_eq!(browser.post("/staff/keys", &key).await.status, 200);
    let Some(mut screen) = Screen::signed_in(&app, "主管") else { return };
    screen.go("/staff/keys");
    screen.wait_for("广州市考籍系统");
    screen.keep("keys-some");
    screen.go("/staff/accounts?of=%E7%8E%8B%E8%80%81%E5%B8%88");
    screen.wait_for("停用");
    screen.keep("accounts-open");
    let mut newcomer = Screen::signed_in(&app, "新老师").unwrap();
    newcomer.wait_for("请先换成自己的密码");
    newcomer.keep("password-first");
}

/// A batch that is over is still looked at, and nothing of it is decided any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_earlier_batch_is_chosen_from_the_list_and_only_read() {
    let app = bot().await;
    account(&app, "王老师", "city:广州市").await;
    account(&app, "李老师", "province").await;
    let case = laid_out(&app, 1, Part::Portrait).await;
    apply(&app.app.store, 3, Stage::NotGraduated).await;
    let Some(mut screen) = Screen::signed_in(&app, "王老师") else { return };
    screen.go("/staff/queue");
    screen.browser.wait("document.readyState === 'complete' && [!document.querySelector('[name=batch]')]");
    app.import("2026-12").await;
    app.pass(190 * DAY).await;
    let mut screen = Screen::signed_in(&app, "王老师").unwrap();
    screen.go("/staff/queue");
    screen.wait_for("没有符合条件的申请");
    screen.browser.wait("document.querySelector('[name=batch]').value = '2026-06'");
    screen.browser.press("查找");
    screen.browser.wait("location.search.includes('batch=2026-06')");
    screen.wait_for("5000-0001");
    screen
        .browser
        .wait("[![...document.querySelectorAll('button')].some((b) => b.textContent.includes('开始审核'))]");
    screen.keep("queue-batch");
    screen.go(&format!("/staff/cases/{}", case.number));
    screen.wait_for("批次 2026-06 不是当前批次，不能再审核");
    let mut province = Screen::signed_in(&app, "李老师").unwrap();
    province.go("/staff/onsite/conclude?ended=true&batch=2026-06");
    province.wait_for("不是当前批次，只能看，不能再审核或更正");
    province.wait_for("毕业审核不通过");
    province.browser.wait("[!document.querySelector('.acts')]");
    province.keep("conclude-batch");
}
