//! A browser of the console: it keeps its cookie, follows where it is led, and sends back the token of its forms.

use graduation_bot::{
    http::http_client,
    office::accounts,
    store::{StaffRow, hash_password},
};
use reqwest::{Response, StatusCode, header, multipart};
use tokio::sync::OnceCell;

use crate::support::app::TestApp;

/// Every test account's.
pub(super) const PASSWORD: &str = "correct horse battery";

/// What a browser sees.
pub(super) struct Page {
    pub(super) status: u16,
    /// Where it ended up.
    pub(super) path: String,
    pub(super) html: String,
}

/// One browser.
pub(super) struct Browser {
    base: String,
    client: reqwest::Client,
    /// Of the console.
    pub(super) cookie: Option<String>,
    token: String,
}

/// Adds an active account with the test password.
pub(crate) async fn account(app: &TestApp, name: &str, role: &str) -> StaffRow {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH.get_or_init(async || hash_password(PASSWORD.to_owned()).await.unwrap()).await.clone();
    let (kind, scope) = role.split_once(':').unwrap_or((role, ""));
    let staff = StaffRow::new(name, hash, kind, scope);
    let added = app.app.store.add_staff(&staff, "operator", app.app.clock.business()).await.unwrap();
    assert!(added && accounts::is_name(name));
    staff
}

impl Browser {
    pub(super) fn new(app: &TestApp) -> Self {
        Self::at(&app.app.config.public_url)
    }

    /// One that looks for the bot at this address.
    pub(super) fn at(address: &str) -> Self {
        let client = http_client(std::time::Duration::from_secs(30)).unwrap();
        Self { base: address.to_owned(), client, cookie: None, token: String::new() }
    }

    /// One that is signed in.
    pub(super) async fn signed_in(app: &TestApp, name: &str) -> Self {
        let mut browser = Self::new(app);
        let page = browser.sign_in(name, PASSWORD, "").await;
        assert_eq!(page.status, 200, "{}", page.html);
        browser
    }

    pub(super) async fn sign_in(&mut self, name: &str, password: &str, code: &str) -> Page {
        let fields = [("name", name), ("password", password), ("code", code), ("next", "")];
        self.post("/staff/sign-in", &fields).await
    }

    /// Opens an address and whatever it leads to.
    pub(super) async fn get(&mut self, path: &str) -> Page {
        let mut path = path.to_owned();
        for _ in 0..4 {
            let answer = self.send(self.client.get(format!("{}{path}", self.base))).await;
            match led(&answer) {
                Some(next) => path = next,
                None => return self.read(path, answer).await,
            }
        }
        panic!("led round in circles: {path}");
    }

    /// Sends a form with the token of the page it stood on.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token.clone();
        let with_token = fields.iter().copied().chain([("token", token.as_str())]);
        self.post_as(path, &with_token.collect::<Vec<_>>()).await
    }

    /// Sends a form with a file, its token first.
    pub(super) async fn bring(
        &mut self,
        path: &str,
        fields: &[(&'static str, &str)],
        name: &str,
        file: impl Into<reqwest::Body>,
    ) -> Page {
        let mut form = multipart::Form::new().text("token", self.token.clone());
        for (field, value) in fields {
            form = form.text(*field, (*value).to_owned());
        }
        let form = form.part("file", multipart::Part::stream(file).file_name(name.to_owned()));
        self.bring_as(path, form).await
    }

    /// The same with a file that says how long it is, as browsers do.
    pub(super) async fn bring_large(&mut self, path: &str, file: reqwest::Body, bytes: u64) -> Page {
        let part = multipart::Part::stream_with_length(file, bytes).file_name("large.csv");
        let form = multipart::Form::new().text("token", self.token.clone()).part("file", part);
        self.bring_as(path, form).await
    }

    /// Sends a form that may bring a picture, its token first.
    pub(super) async fn fill(
        &mut self,
        path: &str,
        fields: &[(&'static str, &str)],
        picture: Option<Vec<u8>>,
    ) -> Page {
        let mut form = multipart::Form::new().text("token", self.token.clone());
        for (field, value) in fields {
            form = form.text(*field, (*value).to_owned());
        }
        if let Some(bytes) = picture {
            form = form.part("picture", multipart::Part::bytes(bytes).file_name("通知.png"));
        }
        self.bring_as(path, form).await
    }

    /// Sends this form and nothing else.
    pub(super) async fn bring_as(&mut self, path: &str, form: multipart::Form) -> Page {
        let request = self.client.post(format!("{}{path}", self.base)).multipart(form);
        let answer = self.send(request).await;
        match led(&answer) {
            Some(next) => self.get(&next).await,
            None => self.read(path.to_owned(), answer).await,
        }
    }

    /// What a form answers with, when it is no page.
    pub(super) async fn download(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let token = self.token.clone();
        let fields: Vec<_> = fields.iter().copied().chain([("token", token.as_str())]).collect();
        self.send(self.client.post(format!("{}{path}", self.base)).form(&fields)).await
    }

    /// Sends these fields and nothing else.
    pub(super) async fn post_as(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.client.post(format!("{}{path}", self.base)).form(fields);
        let answer = self.send(request).await;
        match led(&answer) {
            Some(next) => self.get(&next).await,
            None => self.read(path.to_owned(), answer).await,
        }
    }

    /// The answer as it is, without following.
    pub(super) async fn raw(&self, request: reqwest::RequestBuilder) -> Response {
        let request = match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub(super) fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Response {
        let answer = self.raw(request).await;
        for line in answer.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let pair = line.split(';').next().unwrap();
            let is_over = line.contains("Max-Age=0") || pair.ends_with('=');
            self.cookie = (!is_over).then(|| pair.to_owned());
        }
        answer
    }

    async fn read(&mut self, path: String, answer: Response) -> Page {
        let status = answer.status().as_u16();
        // Templates write a slash in words as its number.
        let html = answer.text().await.unwrap().replace("&#x2f;", "/");
        if let Some((_, rest)) = html.split_once("name=\"token\" value=\"") {
            rest.split('"').next().unwrap().clone_into(&mut self.token);
        }
        Page { status, path, html }
    }
}

/// Where an answer leads, if it does.
fn led(answer: &Response) -> Option<String> {
    let is_redirect = answer.status() == StatusCode::SEE_OTHER;
    is_redirect.then(|| answer.headers()[header::LOCATION].to_str().unwrap().to_owned())
}
