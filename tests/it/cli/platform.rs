//! `platform` and `menu` against the mock platform: what an operator reads, and the exit codes.

use std::{collections::HashMap, fs};

use axum::{Router, extract::Query, routing::get};
use mock_platform::{Fault, Kind, Mock, Mode, Options, SubscribeTemplate, Template};

use super::Desk;

impl Desk {
    /// With the settings of a mock's account, and one template.
    pub(super) fn beside(mock: &Mock) -> Self {
        let desk = Self::new();
        let (settings, options) = (desk.settings(), mock.options());
        let settings = settings
            .replace("app_id = 'wx1'", &format!("app_id = '{}'", options.app_id))
            .replace("app_secret = 's'", &format!("app_secret = '{}'", options.app_secret));
        let more = format!(
            "api_base = '{0}'\nmp_base = '{0}'\n[templates]\nportrait_approved = 'T1'\n[subscriptions]\nportrait_rejected = 'S1'\n",
            mock.url()
        );
        desk.write("graduation-bot.toml", settings + &more);
        desk
    }

    /// With a menu of its own.
    fn with_menu(&self, menu: &str) {
        let folder = self.home.path().join("dialogs");
        fs::create_dir_all(&folder).unwrap();
        for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/dialogs")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        fs::write(folder.join("menu.toml"), menu).unwrap();
    }
}

pub(super) async fn mock(content: &str) -> Mock {
    let templates = vec![Template::new("T1", "审核结果", content)];
    let subscribe_templates = vec![SubscribeTemplate {
        template_id: "S1".into(),
        title: "照片审核通知".into(),
        content: content.into(),
        long_term: false,
    }];
    let options = Options { mode: Mode::Plain, templates, subscribe_templates, ..Options::default() };
    Mock::start(Options { strict_escapes: true, ..options }).await.unwrap()
}

/// A service that the platform reaches: it gives the verification back.
async fn echo() -> String {
    let echo = get(|Query(asked): Query<HashMap<String, String>>| async move { asked["echostr"].clone() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/wechat", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/wechat", echo)).await });
    url
}

pub(super) const FIELDS: &str = "{{thing1.DATA}}\n{{phrase2.DATA}}\n{{thing3.DATA}}";

#[tokio::test(flavor = "multi_thread")]
async fn a_good_account_is_checked_line_by_line() {
    let mock = mock(FIELDS).await;
    mock.set_bot(echo().await);
    let desk = Desk::beside(&mock);
    desk.run(&["platform", "check"]).failed(
        1,
        &["✗ 菜单：和 dialogs/menu.toml 不一致。\n  graduation-bot menu show", "✓ 凭证：能取得 access_token"],
    );
    desk.run(&["menu", "push", "--yes"]).good();
    let checked = desk.run(&["platform", "check"]).good().out;
    for line in [
        "接口            今天已用  一天上限\n",
        "✓ 菜单：和 dialogs/menu.toml 一致。",
        "✓ templates.portrait_approved：「审核结果」，字段 thing1、phrase2、thing3 都对得上。",
        "✓ subscriptions.portrait_rejected：「照片审核通知」，字段",
        "✓ 额度：今天都还有。",
        "✓ 平台访问本服务",
        "？网页授权域名：平台不给查",
        "都好。",
    ] {
        assert!(checked.contains(line), "does not say {line:?}:\n{checked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_account_is_said_with_the_way_on() {
    let mock = mock("{{thing1.DATA}}\n{{time4.DATA}}").await;
    let desk = Desk::beside(&mock);
    desk.run(&["platform", "check"]).failed(
        1,
        &[
            "模板里没有 phrase2、thing3；我们没有填 time4。",
            "改 dialogs/notices.toml 里 [portrait_approved] 的 template",
            "✗ subscriptions.portrait_rejected：和模板「照片审核通知」的字段对不上",
            "处要处理",
        ],
    );
    mock.fault(Fault::once("/cgi-bin/get_api_domain_ip", Kind::Errcode, 48001));
    desk.run(&["platform", "check"])
        .failed(1, &["✗ 凭证：公众平台没有接受：公众号没有这个接口的权限（48001"]);

    let settings = fs::read_to_string(desk.home.path().join("graduation-bot.toml")).unwrap();
    let secret = format!("app_secret = '{}'", mock.options().app_secret);
    let fresh = Desk::new();
    let of_fresh = settings.replace(&desk.db.url, &fresh.db.url);
    fresh.write("graduation-bot.toml", of_fresh.replace(&secret, "app_secret = 'wrong'"));
    fresh.run(&["platform", "check"]).failed(
        1,
        &["✗ 凭证：取不到 access_token。公众平台没有接受：AppSecret 不对", "核对 wechat.app_secret"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_are_shown_and_cleared_after_asking() {
    let mock = mock(FIELDS).await;
    let desk = Desk::beside(&mock);
    desk.run(&["menu", "show"]).good();
    let shown = desk.run(&["platform", "quota"]).good().out;
    assert!(shown.contains("查看菜单        1         10000\n"), "{shown}");
    desk.run(&["platform", "quota", "--clear"]).failed(2, &["清零吗？", "--yes"]);
    let cleared = desk.run(&["platform", "quota", "--clear", "--yes"]).good().out;
    assert!(cleared.contains("已清零。\n") && cleared.contains("查看菜单        0  "), "{cleared}");
    desk.run(&["platform", "quota", "--yes"]).failed(2, &["--clear"]);
    for _ in 0..9 {
        desk.run(&["platform", "quota", "--clear", "--yes"]).good();
    }
    desk.run(&["platform", "quota", "--clear", "--yes"])
        .failed(1, &["本月的清零次数用完了（48006", "每月 10 次"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_menu_is_compared_asked_about_and_pushed() {
    let mock = mock(FIELDS).await;
    let desk = Desk::beside(&mock);
    let settings = fs::read_to_string(desk.home.path().join("graduation-bot.toml")).unwrap();
    let ours = format!("dialogs_dir = '{}/dialogs'", env!("CARGO_MANIFEST_DIR"));
    desk.write("graduation-bot.toml", settings.replace(&ours, "dialogs_dir = 'dialogs'"));
    desk.with_menu(
        "[[button]]\nname = '网站'\ntype = 'view'\nurl = 'https://eea.example.test/'\n\
         [[button]]\nname = '小程序'\ntype = 'miniprogram'\nappid = 'wx0000000000000002'\npagepath = 'pages/a'\n\
         url = 'https://eea.example.test/'\n",
    );
    desk.run(&["menu", "push"]).failed(
        2,
        &[
            "+ 网站  view https://eea.example.test/\n",
            "+ 小程序  miniprogram https://eea.example.test/ wx0000000000000002 pages/a\n",
            "推到公众号吗？",
        ],
    );
    let shown = desk.run(&["menu", "show"]).good().out;
    assert!(shown.contains("公众号还没有菜单"), "nothing goes without a yes: {shown}");
    mock.fault(Fault::once("/cgi-bin/menu/create", Kind::Errcode, 40055));
    desk.run(&["menu", "push", "--yes"])
        .failed(1, &["公众平台没有接受：按钮的网址平台不接受（40055", "小程序要先和公众号关联"]);
    desk.run(&["menu", "push", "--yes"]).good();
    assert!(desk.run(&["menu", "show"]).good().out.contains("小程序  miniprogram"));
    assert!(desk.run(&["menu", "push"]).good().out.contains("已经是这样"));
    desk.with_menu("[[button]]\nname = '网站'\ntype = 'view'\nurl = 'eea.example.test'\n");
    desk.run(&["menu", "push", "--yes"]).failed(2, &["dialogs/menu.toml:4:7", "https://"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_call_is_looked_up_by_its_rid() {
    let mock = mock(FIELDS).await;
    let desk = Desk::beside(&mock);
    desk.run(&["menu", "show"]).good();
    mock.fault(Fault::once("/cgi-bin/menu/get", Kind::Errcode, 48001));
    let refused = desk.run(&["menu", "show"]);
    refused.failed(1, &["公众号没有这个接口的权限（48001，请求编号 "]);
    let rid = refused.err.split("请求编号 ").nth(1).unwrap().split('）').next().unwrap();
    let found = desk.run(&["platform", "rid", rid]).good().out;
    for words in ["请求        参数 access_token\n", "48001：", "不显示"] {
        assert!(found.contains(words), "does not say {words:?}:\n{found}");
    }
    assert!(!found.contains("access_token="), "{found}");
    desk.run(&["platform", "rid", "00000000-00000000-00000000"]).failed(1, &["公众平台没有接受"]);
    desk.run(&["platform", "rid", "48001"]).failed(2, &["“48001”不是请求编号", "原样复制"]);
}
