//! Template messages: they need no open window, and have a key against doubling (protocol §7).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::messages::MiniProgram;
use super::{Client, ClientError, answer};

/// Longest key against doubling, in bytes.
const MAX_CLIENT_MSG_ID: usize = 32;

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

/// A template that the account has added.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Template {
    /// By which messages name it.
    pub template_id: String,
    /// The card's heading.
    #[serde(default)]
    pub title: String,
    /// Lines with placeholders.
    #[serde(default)]
    pub content: String,
    /// The lines filled in.
    #[serde(default)]
    pub example: String,
    /// The trade that it belongs to.
    #[serde(default)]
    pub primary_industry: String,
    /// And the branch of it.
    #[serde(default)]
    pub deputy_industry: String,
}

impl Client {
    /// Sends a template message; the platform's id of it, by which its end is reported.
    pub async fn send_template(&self, message: &TemplateMessage) -> Result<String, ClientError> {
        self.send_template_body(message, message.body()).await
    }

    /// The same, with a tap that opens a mini program; it wins over the address, which older clients open.
    pub async fn send_template_opening(
        &self,
        message: &TemplateMessage,
        page: &MiniProgram,
    ) -> Result<String, ClientError> {
        let mut body = message.body();
        body["miniprogram"] = page.body();
        self.send_template_body(message, body).await
    }

    async fn send_template_body(
        &self,
        message: &TemplateMessage,
        body: Value,
    ) -> Result<String, ClientError> {
        if message.client_msg_id.is_empty() || message.client_msg_id.len() > MAX_CLIENT_MSG_ID {
            return Err(ClientError::Invalid("client_msg_id has 1 to 32 bytes"));
        }
        let answer = self.post("/cgi-bin/message/template/send", &body).await?;
        answer::id(&answer, "msgid")
    }

    /// The account's templates.
    pub async fn templates(&self) -> Result<Vec<Template>, ClientError> {
        let answer = self.get("/cgi-bin/template/get_all_private_template", &[]).await?;
        answer::typed(&answer, "template_list")
    }

    /// Adds a template of the platform's library by its short id, with the keywords that its lines shall have; its id.
    pub async fn add_template(&self, short_id: &str, keywords: &[&str]) -> Result<String, ClientError> {
        let mut body = json!({ "template_id_short": short_id });
        if !keywords.is_empty() {
            body["keyword_name_list"] = json!(keywords);
        }
        let answer = self.post("/cgi-bin/template/api_add_template", &body).await?;
        answer::text(&answer, "template_id")
    }

    /// Takes a template away.
    pub async fn delete_template(&self, template_id: &str) -> Result<(), ClientError> {
        let body = json!({ "template_id": template_id });
        self.post("/cgi-bin/template/del_private_template", &body).await.map(|_| ())
    }
}

impl Template {
    /// The names of its placeholders `{{name.DATA}}`, in order.
    pub fn fields(&self) -> Vec<&str> {
        placeholders(&self.content)
    }
}

impl TemplateMessage {
    fn body(&self) -> Value {
        let mut body = json!({
            "touser": self.open_id,
            "template_id": self.template_id,
            "client_msg_id": self.client_msg_id,
            "data": data(&self.values),
        });
        if let Some(url) = &self.url {
            body["url"] = json!(url);
        }
        body
    }
}

/// The names in `{{name.DATA}}`, in order.
pub(super) fn placeholders(content: &str) -> Vec<&str> {
    let found = content.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
    found.filter_map(|(name, _)| name.trim().strip_suffix(".DATA")).collect()
}

/// `{key:{value}}`, in the order given.
pub(super) fn data(values: &[(String, String)]) -> Map<String, Value> {
    values.iter().map(|(key, value)| (key.clone(), json!({ "value": value }))).collect()
}
