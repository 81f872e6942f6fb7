//! `platform check`: everything about the account that a wrong setting breaks, each with what to do about it.
//!
//! Nothing is sent to anybody and nothing is changed. Whatever needs a token is left out when there is none.

use std::collections::BTreeMap;

use super::{
    super::{Failure, menu, refused::explain},
    quota,
};
use crate::{
    app::Dialogs,
    config::Config,
    dialog::Scripts,
    wechat::client::{CallbackCheck, Carrier, Client, ClientError, Probe, Quota},
};

/// One line of the report: good, what is wrong and what to do, or what only somebody can see for themselves.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Good(String),
    Wrong { what: String, to_do: String },
    Unasked(String),
}

use Finding::{Good, Unasked, Wrong};

pub(super) async fn check(config: &Config, client: &Client) -> Result<(), Failure> {
    let scripts = Dialogs::read(&config.dialogs_dir)?.scripts()?;
    let mut findings = Vec::new();
    match client.api_addresses().await {
        Ok(addresses) => {
            findings
                .push(Good(format!("凭证：能取得 access_token。平台接口的地址 {} 个。", addresses.len())));
            findings.push(callback_addresses(client.callback_addresses().await));
            findings.push(callback(config, client.check_callback(Probe::All, Carrier::Any).await));
            findings.push(web_domain(config));
            findings.extend(templates(config, &scripts, client).await);
            findings.extend(subscriptions(config, &scripts, client).await);
            findings.push(present_menu(&scripts, client).await);
            let quotas = quota::ask(client).await;
            if let Ok(rows) = &quotas {
                print!("{}", quota::table(rows));
            }
            findings.extend(quotas_left(quotas));
        }
        Err(error) => findings.push(failed("凭证", &error)),
    }
    report(&findings)
}

fn report(findings: &[Finding]) -> Result<(), Failure> {
    let mut wrong = 0;
    for finding in findings {
        match finding {
            Good(text) => println!("✓ {text}"),
            Unasked(text) => println!("？{text}"),
            Wrong { what, to_do } => {
                wrong += 1;
                println!("✗ {what}\n  {to_do}");
            }
        }
    }
    if wrong > 0 {
        return Err(Failure::failed(format!("有 {wrong} 处要处理，见上面 ✗ 的各行。")));
    }
    println!("都好。");
    Ok(())
}

fn failed(what: &str, error: &ClientError) -> Finding {
    let (happened, to_do) = explain(error);
    Wrong { what: format!("{what}：{happened}"), to_do }
}

fn callback_addresses(found: Result<Vec<String>, ClientError>) -> Finding {
    match found {
        Ok(found) => Good(format!("回调从平台的 {} 个地址（段）来：{}", found.len(), shortened(&found))),
        Err(error) => failed("回调的来源地址", &error),
    }
}

/// The first few; the platform has more than a hundred.
fn shortened(addresses: &[String]) -> String {
    const SHOWN: usize = 4;
    let rest = if addresses.len() > SHOWN { " …" } else { "" };
    format!("{}{rest}", addresses[..addresses.len().min(SHOWN)].join(" "))
}

fn callback(config: &Config, found: Result<CallbackCheck, ClientError>) -> Finding {
    let found = match found {
        Ok(found) => found,
        Err(error) => return failed("平台访问本服务", &error),
    };
    if found.dns.is_empty() {
        let what = format!("平台访问本服务：解析不到 {}。", config.public_url);
        return Wrong {
            what, to_do: "核对 public_url、域名解析和公众平台上的服务器配置。".to_owned()
        };
    }
    if found.ping.is_empty() {
        return Good(format!("平台访问本服务：解析到 {}", found.dns[0].ip));
    }
    let lines = found.ping.iter().map(|to| format!("{} 丢包 {}", to.ip, to.package_loss));
    let what = format!("平台访问本服务：{}", lines.collect::<Vec<_>>().join("，"));
    if found.ping.iter().all(|reached| reached.package_loss.starts_with("100")) {
        let to_do =
            "核对 serve 有没有在运行，防火墙和反向代理有没有放行平台的地址；ping 也要放行。".to_owned();
        return Wrong { what, to_do };
    }
    Good(what)
}

/// The platform has no interface that tells it: people who open a camera link in WeChat are the first to see it is wrong.
fn web_domain(config: &Config) -> Finding {
    let host = config.public_url.split("://").last().unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    Unasked(format!(
        "网页授权域名：平台不给查，请到公众平台看一眼（接口权限 › 网页授权），应是 {host}；\
         不对的话，考生在微信里打不开拍照链接。"
    ))
}

async fn templates(config: &Config, scripts: &Scripts, client: &Client) -> Vec<Finding> {
    if config.templates.is_empty() {
        return vec![Good("模板消息：没有设 templates.…，通知等考生下次发消息再送。".to_owned())];
    }
    let found = match client.templates().await {
        Ok(found) => found,
        Err(error) => return vec![failed("模板消息", &error)],
    };
    let account: Vec<Card> = found
        .iter()
        .map(|one| Card { id: &one.template_id, title: &one.title, fields: one.fields() })
        .collect();
    config.templates.iter().map(|(name, id)| card("templates", name, id, scripts, &account)).collect()
}

async fn subscriptions(config: &Config, scripts: &Scripts, client: &Client) -> Vec<Finding> {
    if config.subscriptions.is_empty() {
        return Vec::new();
    }
    let found = match client.subscription_templates().await {
        Ok(found) => found,
        Err(error) => return vec![failed("订阅通知", &error)],
    };
    let account: Vec<Card> = found
        .iter()
        .map(|one| Card { id: &one.template_id, title: &one.title, fields: one.fields() })
        .collect();
    config.subscriptions.iter().map(|(name, id)| card("subscriptions", name, id, scripts, &account)).collect()
}

/// A template of the account, of either family.
struct Card<'a> {
    id: &'a str,
    title: &'a str,
    fields: Vec<&'a str>,
}

/// Whether the account has a template, and its fields are those that we send.
fn card(kind: &str, name: &str, id: &str, scripts: &Scripts, account: &[Card]) -> Finding {
    let sent: BTreeMap<_, _> = scripts.notice(name).map(|notice| notice.template.clone()).unwrap_or_default();
    if sent.is_empty() {
        let what = format!("{kind}.{name}：dialogs/notices.toml 里这个通知没有 template，用不上。");
        return Wrong {
            what, to_do: format!("在 [{name}] 里写 template = {{ … }}，或去掉 {kind}.{name}。")
        };
    }
    let Some(card) = account.iter().find(|card| card.id == id) else {
        let what = format!("{kind}.{name}：公众号里没有模板 {id}。");
        let page = if kind == "templates" { "模板消息" } else { "订阅通知" };
        return Wrong {
            what, to_do: format!("到公众平台「{page} › 我的模板」复制模板编号。")
        };
    };
    let unknown: Vec<&str> =
        sent.keys().map(String::as_str).filter(|key| !card.fields.contains(key)).collect();
    let missing: Vec<&str> = card.fields.iter().copied().filter(|key| !sent.contains_key(*key)).collect();
    if unknown.is_empty() && missing.is_empty() {
        return Good(format!(
            "{kind}.{name}：「{}」，字段 {} 都对得上。",
            card.title,
            card.fields.join("、")
        ));
    }
    let part = |words: &str, fields: &[&str]| format!("{words} {}", fields.join("、"));
    let parts = [part("模板里没有", &unknown), part("我们没有填", &missing)];
    let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.ends_with(' ')).collect();
    Wrong {
        what: format!("{kind}.{name}：和模板「{}」的字段对不上：{}。", card.title, parts.join("；")),
        to_do: format!("改 dialogs/notices.toml 里 [{name}] 的 template，或换一个模板。"),
    }
}

async fn present_menu(scripts: &Scripts, client: &Client) -> Finding {
    let Some(wanted) = scripts.menu() else {
        return Good("菜单：没有 dialogs/menu.toml，不核对。".to_owned());
    };
    match client.menu().await {
        Ok(Some(present)) if menu::lines(&present) == menu::lines(wanted) => {
            Good("菜单：和 dialogs/menu.toml 一致。".to_owned())
        }
        Ok(_) => Wrong {
            what: "菜单：和 dialogs/menu.toml 不一致。".to_owned(),
            to_do: "graduation-bot menu show 看差别，menu push 推送。".to_owned(),
        },
        Err(error) => failed("菜单", &error),
    }
}

fn quotas_left(found: Result<Vec<(&'static str, Option<Quota>)>, ClientError>) -> Vec<Finding> {
    let rows = match found {
        Ok(rows) => rows,
        Err(error) => return vec![failed("额度", &error)],
    };
    let used_up: Vec<Finding> = rows
        .into_iter()
        .filter(|(_, quota)| quota.is_some_and(|quota| quota.left <= 0))
        .map(|(name, _)| Wrong {
            what: format!("额度：{name}今天的次数用完了。"),
            to_do: "0 点恢复；等不及就 graduation-bot platform quota --clear。".to_owned(),
        })
        .collect();
    if used_up.is_empty() { vec![Good("额度：今天都还有。".to_owned())] } else { used_up }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wechat::client::{Pinged, Resolved};

    fn checked(loss: &str) -> CallbackCheck {
        let ip = "1.2.3.4".to_owned();
        let dns = vec![Resolved { ip: ip.clone(), real_operator: "UNICOM".into() }];
        let (from_operator, time) = ("CAP".into(), "23ms".into());
        CallbackCheck { dns, ping: vec![Pinged { ip, from_operator, package_loss: loss.into(), time }] }
    }

    #[test]
    fn a_service_that_the_platform_does_not_reach_is_wrong() {
        let config = Config::default();
        let is_wrong = |found: CallbackCheck| matches!(callback(&config, Ok(found)), Wrong { .. });
        assert!(!is_wrong(checked("0%")));
        assert!(is_wrong(checked("100%")) && is_wrong(checked("100.00%")));
        let mut half = checked("100%");
        half.ping.extend(checked("0%").ping);
        assert!(!is_wrong(half), "one network that reaches it is enough");
        assert!(is_wrong(CallbackCheck { dns: Vec::new(), ping: Vec::new() }));
        assert!(!is_wrong(CallbackCheck { ping: Vec::new(), ..checked("0%") }));
    }

    #[test]
    fn what_the_platform_does_not_tell_is_left_to_people() {
        let mut config = Config::default();
        for (url, host) in
            [("https://bot.example.cn", "bot.example.cn；"), ("http://127.0.0.1:80/", "127.0.0.1；")]
        {
            url.clone_into(&mut config.public_url);
            let Unasked(text) = web_domain(&config) else { panic!("{url} is judged") };
            assert!(text.contains(&format!("应是 {host}")), "{text}");
        }
    }

    #[test]
    fn a_day_that_is_used_up_is_wrong() {
        let quota = |left| Some(Quota { limit: 10, used: 10 - left, left });
        let found = quotas_left(Ok(vec![("客服消息", quota(0)), ("模板消息", quota(1)), ("上传图片", None)]));
        assert!(matches!(&found[..], [Wrong { what, .. }] if what.contains("客服消息")), "{found:?}");
        assert!(matches!(&quotas_left(Ok(vec![("模板消息", quota(1))]))[..], [Good(_)]));
    }

    #[test]
    fn a_hundred_addresses_are_not_all_shown() {
        let addresses: Vec<String> = (0..9).map(|n| format!("1.1.1.{n}")).collect();
        assert_eq!(shortened(&addresses), "1.1.1.0 1.1.1.1 1.1.1.2 1.1.1.3 …");
        assert_eq!(shortened(&addresses[..1]), "1.1.1.0");
    }
}
