//! The camera page, pressed as a phone would.

use reqwest::{Client, Response, header, multipart};

use crate::support::{app::TestApp, samples};

/// A phone: it knows the newest link it has seen, and keeps that page's cookie.
pub(super) struct Phone {
    client: Client,
    link: String,
    /// The link before it.
    older: String,
    cookie: Option<String>,
}

impl Phone {
    pub(super) fn new() -> Self {
        let client = graduation_bot::http::http_client(std::time::Duration::from_secs(20)).unwrap();
        Self { client, link: String::new(), older: String::new(), cookie: None }
    }

    /// Remembers the newest camera link of a screen.
    pub(super) fn see(&mut self, text: &str) {
        let mut found = text
            .lines()
            .filter(|line| line.contains("/camera/"))
            .filter_map(|line| line.find("http").map(|at| &line[at..]));
        if let Some(link) = found.next_back()
            && link.trim() != self.link
        {
            self.older = std::mem::replace(&mut self.link, link.trim().to_owned());
            self.cookie = None;
        }
    }

    /// The newest link's secret, which nobody may log.
    pub(super) fn secret(&self) -> Option<&str> {
        self.link.split_once("/camera/").map(|(_, secret)| secret)
    }

    /// Opens the link or presses a button; what the page says first.
    pub(super) async fn act(&mut self, app: &TestApp, what: &str) -> String {
        let response = match what {
            "打开" => self.ask(self.client.get(&self.link)).await,
            "打开旧链接" => self.client.get(&self.older).send().await.unwrap(),
            "别人打开" => self.client.get(&self.link).send().await.unwrap(),
            "开始" => {
                let tail = self.tail(app).await;
                self.start(&tail).await
            }
            "确认无误" => self.press("confirm").await,
            "我知道了，去拍照" => self.press("standard").await,
            "我已摄像完成，下一步" => self.press("finish").await,
            other => match other.split_once(' ') {
                Some(("开始", tail)) => self.start(tail).await,
                Some(("拍照", name)) => self.upload(name).await,
                _ => panic!("no act on the page: {other}"),
            },
        };
        heading(&response.text().await.unwrap())
    }

    /// The end of the document number of the link's own candidate; of a link that opens nothing, any.
    async fn tail(&self, app: &TestApp) -> String {
        let (store, secret) = (&app.app.store, self.secret().unwrap_or_default());
        let Some(ticket) = store.ticket(secret).await.unwrap() else { return "0000".to_owned() };
        let case = store.case_by_id(&ticket.case_id).await.unwrap().unwrap();
        let person = samples::people().unwrap().into_iter().find(|person| person.exam_no == case.exam_no);
        let number: Vec<char> = person.unwrap().document_no.chars().collect();
        number[number.len() - 4..].iter().collect()
    }

    async fn start(&mut self, tail: &str) -> Response {
        let request = self.client.post(format!("{}/start", self.link)).form(&[("tail", tail)]);
        self.follow(request).await
    }

    async fn press(&mut self, act: &str) -> Response {
        let request = self.client.post(format!("{}/{act}", self.link));
        self.follow(request).await
    }

    async fn upload(&mut self, name: &str) -> Response {
        let part = multipart::Part::bytes(super::pictures::picture(name))
            .file_name("photo.jpg")
            .mime_str("image/jpeg")
            .unwrap();
        let form = multipart::Form::new().text("live", "yes").part("photo", part);
        let request = self.client.post(format!("{}/photo", self.link)).multipart(form);
        self.follow(request).await
    }

    async fn follow(&mut self, request: reqwest::RequestBuilder) -> Response {
        let origin = self.link.split("/camera/").next().unwrap().to_owned();
        let response = self.ask(request.header(header::ORIGIN, origin)).await;
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        if response.status().is_redirection() {
            return self.ask(self.client.get(&self.link)).await;
        }
        response
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Response {
        let request = match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        };
        request.send().await.unwrap()
    }
}

/// The page's heading, and its notice if there is one. What is only shown once a picture was chosen is not read.
fn heading(html: &str) -> String {
    let text = |open: &str, close: &str| {
        let start = html.find(open)? + open.len();
        let start = start + html[start..].find('>')? + 1;
        let end = start + html[start..].find(close)?;
        Some(html[start..end].split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let heading = text("<h1", "</h1>").unwrap_or_default();
    let heading = heading.split("<span class=\"after\">").next().unwrap_or_default();
    let heading = heading.replace("<span class=\"before\">", "").replace("</span>", "");
    match text("role=\"alert\"", "</") {
        Some(notice) => format!("{heading}　{notice}"),
        None => heading,
    }
}
