//! A tiny bot: verifies, opens, remembers, and answers what the test's function says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use crate::crypto::{self, Cipher};
use crate::xml::{self, Element, Writer};
use crate::{Mock, Mode, Options};

/// What the bot answers to a message.
pub(super) enum Reply {
    /// A text.
    Text(String),
    /// These elements after the head.
    Elements(Writer),
    /// This body, as it is.
    Raw(String),
    /// This status.
    Status(u16),
    /// `success`.
    Nothing,
    /// After so many milliseconds, a text.
    Slow(u64, String),
}

type Answer = dyn Fn(&Element, usize) -> Reply + Send + Sync;

struct Shared {
    options: Options,
    received: Mutex<Vec<String>>,
    answer: Box<Answer>,
}

/// A bot that runs.
pub(super) struct Bot {
    shared: Arc<Shared>,
    /// Its callback address.
    pub(super) url: String,
}

impl Bot {
    /// Starts a mock and its bot; `answer` gets the message and how many came before.
    pub(super) async fn with(
        options: Options,
        answer: impl Fn(&Element, usize) -> Reply + Send + Sync + 'static,
    ) -> (Mock, Self) {
        let mock = Mock::start(options.clone()).await.unwrap();
        let shared = Arc::new(Shared { options, received: Mutex::new(Vec::new()), answer: Box::new(answer) });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/wechat", listener.local_addr().unwrap());
        mock.set_bot(&url);
        let router = Router::new().route("/wechat", post(receive).get(echo)).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (mock, Self { shared, url })
    }

    /// The XML of all messages so far, decrypted.
    pub(super) fn received(&self) -> Vec<String> {
        self.shared.received.lock().unwrap().clone()
    }
}

async fn echo(State(shared): State<Arc<Shared>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let ours = crypto::signature(&[&shared.options.token, &query["timestamp"], &query["nonce"]]);
    if ours == query["signature"] {
        query["echostr"].clone().into_response()
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    body: String,
) -> Response {
    let Some(message) = open(&shared.options, &query, &body) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let before = {
        let mut received = shared.received.lock().unwrap();
        received.push(message.clone());
        received.len() - 1
    };
    let root = xml::read(&message).unwrap();
    let text = |content: &str| Writer::default().text("MsgType", "text").text("Content", content);
    let elements = match (shared.answer)(&root, before) {
        Reply::Raw(raw) => return raw.into_response(),
        Reply::Status(status) => return StatusCode::from_u16(status).unwrap().into_response(),
        Reply::Nothing => return "success".into_response(),
        Reply::Text(content) => text(&content),
        Reply::Elements(elements) => elements,
        Reply::Slow(millis, content) => {
            tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
            text(&content)
        }
    };
    sealed(&shared.options, &reply(&root, &elements)).into_response()
}

fn open(options: &Options, query: &HashMap<String, String>, body: &str) -> Option<String> {
    let (token, timestamp, nonce) = (options.token.as_str(), &query["timestamp"], &query["nonce"]);
    if crypto::signature(&[token, timestamp, nonce]) != query["signature"] {
        return None;
    }
    if options.mode == Mode::Plain {
        return (!query.contains_key("encrypt_type")).then(|| body.to_owned());
    }
    let root = xml::read(body).ok()?;
    let plain = root.text_of("MsgType").is_some();
    let encrypt = root.text_of("Encrypt")?;
    let fits = crypto::signature(&[token, timestamp, nonce, encrypt]) == query["msg_signature"]
        && query["encrypt_type"] == "aes"
        && plain == (options.mode == Mode::Compatible);
    if !fits {
        return None;
    }
    Cipher::new(options.aes_key.as_ref()?, &options.app_id).ok()?.open(encrypt).ok()
}

/// The answer's XML: To and From swapped, then the elements.
pub(super) fn reply(message: &Element, elements: &Writer) -> String {
    let head = Writer::default()
        .text("ToUserName", message.text_of("FromUserName").unwrap())
        .text("FromUserName", message.text_of("ToUserName").unwrap())
        .number("CreateTime", 1_700_000_000);
    Writer::default().nest("xml", head.then(elements)).finish()
}

/// In secure mode the envelope around an answer.
pub(super) fn sealed(options: &Options, xml: &str) -> String {
    if options.mode != Mode::Secure {
        return xml.to_owned();
    }
    let encrypt = Cipher::new(options.aes_key.as_ref().unwrap(), &options.app_id).unwrap().seal(xml);
    let signature = crypto::signature(&[&options.token, "1700000000", "n", &encrypt]);
    let envelope = Writer::default()
        .text("Encrypt", &encrypt)
        .text("MsgSignature", &signature)
        .number("TimeStamp", 1_700_000_000)
        .text("Nonce", "n");
    Writer::default().nest("xml", envelope).finish()
}
