//! 订阅通知: what a person has asked to be told, once or for long (protocol §7).
//!
//! No window is needed, but the person's consent to this very template; without it the platform says 43101. There is
//! no key against doubling.

use serde::Deserialize;
use serde_json::{Value, json};

use super::messages::MiniProgram;
use super::{Client, ClientError, answer, template};

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

/// A subscription template that the account has added.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SubscriptionTemplate {
    /// By which messages name it.
    #[serde(rename = "priTmplId")]
    pub template_id: String,
    /// The card's heading.
    #[serde(default)]
    pub title: String,
    /// Lines with placeholders.
    #[serde(default)]
    pub content: String,
}

impl Client {
    /// Sends a subscription message; the platform's id of it, if it names one, by which its end is reported
    /// (`subscribe_msg_sent_event`).
    pub async fn send_subscription(
        &self,
        message: &SubscriptionMessage,
    ) -> Result<Option<String>, ClientError> {
        self.send_subscription_body(message.body()).await
    }

    /// The same, with a tap that opens a mini program instead of the page.
    pub async fn send_subscription_opening(
        &self,
        message: &SubscriptionMessage,
        page: &MiniProgram,
    ) -> Result<Option<String>, ClientError> {
        let mut body = message.body();
        body["miniprogram"] = page.body();
        self.send_subscription_body(body).await
    }

    async fn send_subscription_body(&self, body: Value) -> Result<Option<String>, ClientError> {
        let answer = self.send("/cgi-bin/message/subscribe/bizsend", &body).await?;
        Ok(answer::id(&answer, "msgid").ok())
    }

    /// The account's subscription templates.
    pub async fn subscription_templates(&self) -> Result<Vec<SubscriptionTemplate>, ClientError> {
        answer::typed(&self.get("/wxaapi/newtmpl/gettemplate", &[]).await?, "data")
    }
}

impl SubscriptionTemplate {
    /// The names of its placeholders `{{name.DATA}}`, in order.
    pub fn fields(&self) -> Vec<&str> {
        template::placeholders(&self.content)
    }
}

impl SubscriptionMessage {
    fn body(&self) -> Value {
        let data = template::data(&self.values);
        let mut body = json!({ "touser": self.open_id, "template_id": self.template_id, "data": data });
        if let Some(page) = &self.page {
            body["page"] = json!(page);
        }
        body
    }
}
