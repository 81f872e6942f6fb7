//! A person's screen as a chat file writes it down.

use std::fmt::Write as _;

use mock_platform::{Body, Channel, From, Item};

/// By which way it came, as the file says it.
pub(super) fn channel(item: &Item) -> &'static str {
    match (item.from, item.channel) {
        (From::System, _) => "(平台)",
        (_, Some(Channel::Custom)) => "(客服)",
        (_, Some(Channel::Template)) => "(模板)",
        (_, Some(Channel::Subscribe)) => "(订阅)",
        _ => "",
    }
}

/// What a person reads, the second line on indented; items to tap stand in brackets.
pub(super) fn written(item: &Item) -> String {
    hide_links(&read(item)).replace('\n', "\n    ")
}

fn read(item: &Item) -> String {
    let Body::Msgmenu { head_content, list, tail_content } = &item.body else { return item.text() };
    let items = list.iter().map(|item| format!("［{}］", item.content));
    let lines = [head_content.clone()].into_iter().chain(items).chain([tail_content.clone()]);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Secrets and ports differ from run to run.
fn hide_links(text: &str) -> String {
    let mut shown = String::new();
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            shown.push('\n');
        }
        match line.find("/camera/") {
            Some(at) => {
                let start = line[..at].rfind("http").unwrap_or(at);
                write!(shown, "{}〔拍照链接〕", &line[..start]).unwrap();
            }
            None => shown.push_str(line),
        }
    }
    shown
}
