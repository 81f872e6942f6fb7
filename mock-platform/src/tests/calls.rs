//! A client of the mock's API over real HTTP, for tests.

use serde_json::{Value, json};

use crate::Mock;

/// A client with a token.
pub(super) struct Client<'a> {
    mock: &'a Mock,
    http: reqwest::Client,
    pub(super) token: String,
}

impl<'a> Client<'a> {
    /// Draws a stable token.
    pub(super) async fn of(mock: &'a Mock) -> Self {
        let mut client = Self::without_token(mock);
        client.renew().await;
        client
    }

    /// For calls that need none.
    pub(super) fn without_token(mock: &'a Mock) -> Self {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { mock, http, token: String::new() }
    }

    /// Draws the stable token again.
    pub(super) async fn renew(&mut self) {
        let options = self.mock.options();
        let body = json!({ "grant_type": "client_credential", "appid": options.app_id, "secret": options.app_secret });
        let answer = self.post("/cgi-bin/stable_token", &body).await;
        self.token = answer["access_token"].as_str().unwrap().to_owned();
    }

    fn url(&self, path: &str) -> String {
        if self.token.is_empty() {
            return format!("{}{path}", self.mock.url());
        }
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{}{path}{joint}access_token={}", self.mock.url(), self.token)
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).await.unwrap()
    }

    /// The errcode of a post, 0 without one.
    pub(super) async fn code(&self, path: &str, body: &Value) -> i64 {
        self.post(path, body).await["errcode"].as_i64().unwrap_or(0)
    }

    /// The answer to a post, whole.
    pub(super) async fn posted(&self, path: &str, body: &Value) -> reqwest::Response {
        self.http.post(self.url(path)).json(body).send().await.unwrap()
    }

    pub(super) async fn try_post(&self, path: &str, body: &Value) -> Result<Value, reqwest::Error> {
        self.http.post(self.url(path)).json(body).send().await?.json().await
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        self.answer(path).await.json().await.unwrap()
    }

    pub(super) async fn answer(&self, path: &str) -> reqwest::Response {
        self.try_answer(path).await.unwrap()
    }

    pub(super) async fn try_answer(&self, path: &str) -> Result<reqwest::Response, reqwest::Error> {
        self.http.get(self.url(path)).send().await
    }

    pub(super) async fn raw(&self, path: &str, body: impl Into<reqwest::Body>) -> Value {
        self.http.post(self.url(path)).body(body).send().await.unwrap().json().await.unwrap()
    }

    /// A body without a content type; status and answer.
    pub(super) async fn plain(&self, path: &str, body: String) -> (u16, Value) {
        let answer = self.http.post(self.url(path)).body(body.into_bytes()).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub(super) async fn upload(&self, path: &str, bytes: &[u8]) -> Value {
        self.upload_as(path, "x", bytes, None).await
    }

    /// A file under a name, with the form's part `description` if it has one.
    pub(super) async fn upload_as(
        &self,
        path: &str,
        name: &str,
        bytes: &[u8],
        description: Option<&str>,
    ) -> Value {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let mut form = reqwest::multipart::Form::new().part("media", part);
        if let Some(description) = description {
            form = form.text("description", description.to_owned());
        }
        self.http.post(self.url(path)).multipart(form).send().await.unwrap().json().await.unwrap()
    }

    /// A customer text; the errcode.
    pub(super) async fn text(&self, openid: &str, content: &str) -> i64 {
        let body = json!({ "touser": openid, "msgtype": "text", "text": { "content": content } });
        self.post("/cgi-bin/message/custom/send", &body).await["errcode"].as_i64().unwrap()
    }
}
