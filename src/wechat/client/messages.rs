//! Messages that we send of our own accord: customer-service messages and templates (protocol §6, §7).
//!
//! A customer message needs an open window (the person wrote lately) and counts against it; the platform keeps the
//! count and says 45015 or 45047. It has no key against doubling. A template needs none of that, and has one:
//! `client_msg_id`. What is sent to whom, and which of the two, is the worker's.

use serde_json::{Map, Value, json};

use super::{Client, ClientError};

/// Longest customer text in bytes (protocol §4 gives 2047 or 2048 for texts; the smaller one is safe).
const MAX_TEXT: usize = super::super::reply::MAX_TEXT;
/// Longest key against doubling, in bytes.
const MAX_CLIENT_MSG_ID: usize = 32;

/// A message with items to tap; a tap comes back as a text with the item's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuMessage {
    /// Above the items.
    pub head: String,
    /// Id and label of each item.
    pub items: Vec<(String, String)>,
    /// Below the items; may be empty.
    pub tail: String,
}

/// The line 「对方正在输入」.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// Show it for a while.
    Show,
    /// Take it away.
    Cancel,
}

/// A template message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateMessage {
    /// To whom.
    pub open_id: String,
    /// Which of the account's templates.
    pub template_id: String,
    /// Where a tap leads.
    pub url: Option<String>,
    /// The key against doubling: at most 32 bytes; the platform remembers it for about ten minutes.
    pub client_msg_id: String,
    /// The value of each placeholder, in the template's order and within its types' limits.
    pub values: Vec<(String, String)>,
}

impl Client {
    /// Sends a text of 1–2047 bytes.
    pub async fn send_text(&self, open_id: &str, content: &str) -> Result<(), ClientError> {
        if content.trim().is_empty() || content.len() > MAX_TEXT {
            return Err(ClientError::Invalid("a text has 1 to 2047 bytes"));
        }
        self.send(open_id, "text", json!({ "content": content })).await
    }

    /// Sends a picture that was uploaded.
    pub async fn send_image(&self, open_id: &str, media_id: &str) -> Result<(), ClientError> {
        self.send(open_id, "image", json!({ "media_id": media_id })).await
    }

    /// Sends items to tap.
    pub async fn send_menu(&self, open_id: &str, menu: &MenuMessage) -> Result<(), ClientError> {
        let length = |texts: [&str; 2]| texts.map(str::len).iter().sum::<usize>();
        let items: usize = menu.items.iter().map(|(id, label)| length([id, label])).sum();
        if menu.items.is_empty() || length([&menu.head, &menu.tail]) + items > MAX_TEXT {
            return Err(ClientError::Invalid("a menu message has items and at most 2047 bytes"));
        }
        let list: Vec<_> =
            menu.items.iter().map(|(id, label)| json!({ "id": id, "content": label })).collect();
        let content = json!({ "head_content": menu.head, "list": list, "tail_content": menu.tail });
        self.send(open_id, "msgmenu", content).await
    }

    /// Shows or takes away the typing line. Only for decoration: callers may ignore a failure.
    pub async fn set_typing(&self, open_id: &str, typing: Typing) -> Result<(), ClientError> {
        let command = match typing {
            Typing::Show => "Typing",
            Typing::Cancel => "CancelTyping",
        };
        let body = json!({ "touser": open_id, "command": command });
        self.post("/cgi-bin/message/custom/typing", &body).await.map(|_| ())
    }

    /// Sends a template message; the platform's id of it, by which its end is reported.
    pub async fn send_template(&self, message: &TemplateMessage) -> Result<String, ClientError> {
        if message.client_msg_id.is_empty() || message.client_msg_id.len() > MAX_CLIENT_MSG_ID {
            return Err(ClientError::Invalid("client_msg_id has 1 to 32 bytes"));
        }
        let answer = self.post("/cgi-bin/message/template/send", &message.body()).await?;
        match &answer["msgid"] {
            Value::String(id) => Ok(id.clone()),
            Value::Number(id) => Ok(id.to_string()),
            _ => Err(ClientError::Unreadable),
        }
    }

    async fn send(&self, open_id: &str, kind: &str, content: Value) -> Result<(), ClientError> {
        let mut body = json!({ "touser": open_id, "msgtype": kind });
        body[kind] = content;
        self.post("/cgi-bin/message/custom/send", &body).await.map(|_| ())
    }
}

impl TemplateMessage {
    fn body(&self) -> Value {
        let values: Map<String, Value> =
            self.values.iter().map(|(key, value)| (key.clone(), json!({ "value": value }))).collect();
        let mut body = json!({
            "touser": self.open_id,
            "template_id": self.template_id,
            "client_msg_id": self.client_msg_id,
            "data": values,
        });
        if let Some(url) = &self.url {
            body["url"] = json!(url);
        }
        body
    }
}
