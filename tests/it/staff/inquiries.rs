//! What people leave for the offices: for their own office, answered once.

use graduation_bot::workflow::case::Stage;

use super::{
    bot,
    browser::{Browser, account},
    candidates::known,
};

#[tokio::test]
async fn a_message_is_read_and_answered_by_its_own_office() {
    let app = bot().await;
    for (name, role) in [
        ("赵老师", "district:天河区"),
        ("钱老师", "district:越秀区"),
        ("王老师", "city:广州市"),
        ("孙老师", "city:深圳市"),
    ] {
        account(&app, name, role).await;
    }
    let person = known(&app, 1, Stage::Submitted, "天河区").await;
    person.leave(&app, "01A", "我改过姓名，初审要带什么").await;
    person.leave(&app, "01B", "<谢谢>").await;

    let mut browser = Browser::signed_in(&app, "赵老师").await;
    let list = browser.get("/staff/inquiries").await;
    for words in ["/staff/inquiries/01A", "/staff/inquiries/01B", "1234-5671", "广州市天河区", "等着回复 2"]
    {
        assert!(list.html.contains(words), "{words}: {}", list.html);
    }
    for sealed in ["改过姓名", person.candidate.name.as_str(), person.open_id.as_str()] {
        assert!(!list.html.contains(sealed), "{sealed}");
    }
    let page = browser.get("/staff/inquiries/01A").await;
    for words in ["我改过姓名，初审要带什么", "陈**", "同一位考生的其他留言", "/staff/inquiries/01B"]
    {
        assert!(page.html.contains(words), "{words}: {}", page.html);
    }
    assert!(!page.html.contains(&person.candidate.name) && !page.html.contains("/staff/cases"));

    // Others' messages are not there, by any address.
    for name in ["钱老师", "孙老师"] {
        let mut other = Browser::signed_in(&app, name).await;
        assert!(other.get("/staff/inquiries?all=true").await.html.contains("还没有人留言"), "{name}");
        assert_eq!(other.get("/staff/inquiries/01A").await.status, 404, "{name}");
        for act in ["answer", "close"] {
            let page = other.post(&format!("/staff/inquiries/01A/{act}"), &[("text", "别人的回复")]).await;
            assert_eq!(page.status, 404, "{name} {act}");
        }
    }

    let answer = "/staff/inquiries/01A/answer";
    let long = "长".repeat(501);
    for (text, said) in [(" ", "回复是空的"), (long.as_str(), "回复有 501 个字，最多 500 个")] {
        let page = browser.post(answer, &[("text", text)]).await;
        assert_eq!((page.status, page.html.contains(said)), (422, true), "{said}: {}", page.html);
        assert!(page.html.contains(&format!("{text}</textarea>")), "what was typed is kept");
    }
    let page = browser.post(answer, &[("text", "请带户口簿和公安证明")]).await;
    assert!(page.path.starts_with("/staff/inquiries?") && page.html.contains("已回复，马上通知考生"));
    assert!(!page.html.contains("/staff/inquiries/01A"), "it does not wait any more");
    assert!(person.told(&app).await.contains("请带户口簿和公安证明"));
    let page = browser.post(answer, &[("text", "再说一遍")]).await;
    assert_eq!((page.status, page.html.contains("已经回复过或结束了")), (422, true), "{}", page.html);

    let mut city = Browser::signed_in(&app, "王老师").await;
    let page = city.get("/staff/inquiries/01A").await;
    for words in ["请带户口簿和公安证明", "赵老师　2026-06-15 09:3", "我改过姓名，初审要带什么"]
    {
        assert!(page.html.contains(words), "a colleague sees what was said: {words}: {}", page.html);
    }
    assert!(!page.html.contains("<textarea"), "once");
    let page = city.get("/staff/inquiries/01B").await;
    assert!(page.html.contains("&lt;谢谢&gt;") && page.html.contains("/staff/cases/12345671"));
    let page = city.post("/staff/inquiries/01B/close", &[]).await;
    assert!(page.html.contains("已结束这条留言") && page.html.contains("没有等着回复的留言"));
    let page = city.post("/staff/inquiries/01B/close", &[]).await;
    assert_eq!(page.status, 422, "a second press changes nothing");
    let all = city.get("/staff/inquiries?all=true").await.html;
    let (newer, older) = (all.find("inquiries/01B").unwrap(), all.find("inquiries/01A").unwrap());
    assert!(newer < older && all.contains("已回复") && all.contains("已结束"));

    let audit = app.app.store.list_audit(Some("01A"), 9).await.unwrap();
    let acts: Vec<&str> = audit.iter().map(|row| row.audit.act.as_str()).collect();
    assert_eq!(acts.iter().filter(|act| **act == "answer_message").count(), 1);
    assert_eq!(acts.last(), Some(&"read_message"));
    assert_eq!(app.end(0).await, Vec::<String>::new());
}
