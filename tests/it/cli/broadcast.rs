//! `broadcast`: written by one account, approved by another, and what each is told.

use super::review::desk;

const WORDS: &str = "因台风影响，6月16日的现场初审暂停。";

#[tokio::test]
async fn an_announcement_is_brought_on_its_way_from_the_command_line() {
    let desk = desk().await;
    desk.add_staff("甲", "announcer");
    desk.add_staff("乙", "announcer");
    let run = |arguments: &str, by: &str| {
        let mut words: Vec<&str> = vec!["broadcast"];
        words.extend(arguments.split_whitespace());
        words.extend(["--as", by]);
        desk.run(&words)
    };
    assert!(run("list", "甲").good().out.contains("没有公告"));
    run("list", "天河").failed(2, &["账号“天河”不能发公告"]);
    run("create --title 停办", "甲").failed(2, &["公告说什么"]);
    run(&format!("create --title 停办 --text {WORDS} --until 明天"), "甲").failed(2, &["2026-06-16T09:00"]);
    run(&format!("create --title 停办 --text {WORDS} --to 城市:广洲市"), "甲").failed(2, &["是不是"]);
    run(&format!("create --title 停办 --text {WORDS} --to 城市:广州市"), "甲").good();
    run("edit 1 --to 所有人", "甲").good();
    run("start 1", "甲").failed(2, &["现在是“草稿”"]);
    run("propose 1", "甲").good();
    run("approve 1 --version 2", "甲").failed(2, &["要由另一位"]);
    run("edit 1 --title 台风停办", "乙").good();
    run("propose 1", "甲").good();
    run("approve 1 --version 2", "甲").failed(2, &["刚才被改过"]);
    run("approve 1 --version 3", "乙").failed(2, &["要由另一位"]);
    run("approve 1 --version 3", "甲").good();
    run("show 2", "甲").failed(2, &["没有编号 2 的公告"]);
    let page = run("show 1", "乙").good().out;
    for words in ["台风停办（第 3 版，已批准）", WORDS, "最后由 乙", "批准的人：甲", "怎么发：单发"]
    {
        assert!(page.contains(words), "{words}:\n{page}");
    }
    run("start 1", "乙").good();
    run("pause 1", "甲").good();
    let seen = run("watch 1", "甲").good().out;
    assert!(seen.contains("已暂停") && seen.contains("要有人按“继续”"), "{seen}");
    run("cancel 1 --reason 台风转向", "甲").good();
    run("resume 1", "甲").failed(2, &["现在是“已取消”"]);
    let list = run("list", "甲").good().out;
    assert!(list.contains("台风停办") && list.contains("已取消"), "{list}");
    let store = desk.store().await;
    let seen = store.broadcast_numbered(1).await.unwrap().unwrap();
    let lines = store.list_audit(Some(&seen.id), 100).await.unwrap();
    store.close().await;
    let done: Vec<&str> = lines.iter().rev().map(|line| line.audit.act.as_str()).collect();
    let steps = ["write", "edit", "propose", "edit", "propose", "approve", "start", "pause", "cancel"];
    assert_eq!(done, steps.map(|step| format!("{step}_broadcast")));
}
