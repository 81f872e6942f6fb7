//! 订阅通知: what a person has asked to be told, once or for long (protocol §7).
//!
//! No window is needed, but the person's consent to this very template; without it the platform says 43101. There is
//! no key against doubling.

use serde_json::{Map, Value, json};

use super::{Client, ClientError};

/// A subscription message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionMessage {
    /// To whom.
    pub open_id: String,
    /// Which of the account's subscription templates; one of template messages is refused with 40037.
    pub template_id: String,
    /// The web page that a tap opens.
    pub page: Option<String>,
    /// The value of each placeholder, within its type's limits.
    pub values: Vec<(String, String)>,
}

impl Client {
    /// Sends a subscription message; the platform's id of it, if it names one.
    pub async fn send_subscription(
        &self,
        message: &SubscriptionMessage,
    ) -> Result<Option<String>, ClientError> {
        let values: Map<String, Value> =
            message.values.iter().map(|(key, value)| (key.clone(), json!({ "value": value }))).collect();
        let mut body =
            json!({ "touser": message.open_id, "template_id": message.template_id, "data": values });
        if let Some(page) = &message.page {
            body["page"] = json!(page);
        }
        let answer = self.post("/cgi-bin/message/subscribe/bizsend", &body).await?;
        Ok(match &answer["msgid"] {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        })
    }
}
