//! Delivery of callbacks: sign, encrypt, post, and try again like the platform (protocol §1, §4).
//!
//! One message is delivered at most three times with the same body and MsgId; each try has its own timestamp, nonce
//! and signature, and five seconds from the push to the complete answer. A time-out, a refused connection, a status
//! other than 200 and a malformed body count alike. Tries begin five seconds apart however soon the one before
//! failed, and each goes to where the bot is by then: a bot that restarts in between is found. Nothing is locked while
//! the bot thinks: several messages of one person can be under way at once, as on the real platform.

use std::sync::Arc;
use std::time::Instant;

use crate::act;
use crate::clock;
use crate::crypto;
use crate::draw;
use crate::faults::{CALLBACK, Fault, Kind};
use crate::model::item::Body;
use crate::model::{Callback, Entry, Sent};
use crate::options::Mode;
use crate::platform::Platform;
use crate::reply::{self, Answer};
use crate::xml::Writer;

/// Deliveries of one message, at most (protocol §4).
const ATTEMPTS: u32 = 3;
/// No answer of a bot is longer; what is, is malformed.
const MAX_ANSWER: usize = 256 * 1024;

/// How the delivery of one message ended.
#[derive(Debug, Default)]
pub(crate) struct Delivery {
    /// Tries that were needed; 0 when no bot is configured.
    pub(crate) attempts: u32,
    /// What the person gets to see.
    pub(crate) body: Option<Body>,
    /// The answer's XML, decrypted.
    pub(crate) xml: Option<String>,
    /// All tries came to nothing.
    pub(crate) failed: bool,
}

/// An event of the platform's own about somebody, as it is sent.
pub(crate) fn event(platform: &Platform, openid: &str, event: &str, fields: &Writer) -> Sent {
    let xml = act::platform_event(&platform.options.original_id, openid, event, fields);
    Sent { openid: openid.to_owned(), xml, is_event: true, answered: false }
}

/// Delivers an event whose answer nobody sees; a failure is only in the log.
pub(crate) async fn tell(platform: &Arc<Platform>, event: &Sent) {
    drop(deliver(platform, event).await);
}

/// Delivers until the bot has answered, three tries are over, or the platform closes.
pub(crate) async fn deliver(platform: &Arc<Platform>, sent: &Sent) -> Delivery {
    let pushed = tokio::time::Instant::now();
    for attempt in 1..=ATTEMPTS {
        if attempt > 1 {
            let begins = pushed + platform.options.callback_interval * (attempt - 1);
            tokio::select! {
                () = tokio::time::sleep_until(begins) => {}
                () = platform.closed() => break,
            }
        }
        let Some(bot) = platform.state().bot.clone() else {
            return Delivery::default();
        };
        let result = attempt_with_faults(platform, &bot, sent, attempt).await;
        platform.delivered.notify_waiters();
        if let Ok(answer) = result {
            return Delivery { attempts: attempt, body: answer.body, xml: answer.xml, failed: false };
        }
    }
    Delivery { attempts: ATTEMPTS, failed: true, ..Delivery::default() }
}

async fn attempt_with_faults(
    platform: &Arc<Platform>,
    bot: &str,
    sent: &Sent,
    attempt: u32,
) -> Result<Answer, String> {
    let fault = platform.state().faults.take(CALLBACK);
    let Some(fault) = fault else {
        return try_once(platform, bot, sent, attempt, None).await;
    };
    hold_back(platform, &fault).await;
    if fault.kind == Kind::Duplicate {
        let other = fault.value.as_str().unwrap_or(bot);
        let (first, second) = tokio::join!(
            try_once(platform, bot, sent, attempt, Some(&fault)),
            try_once(platform, other, sent, attempt, Some(&fault)),
        );
        return first.or(second);
    }
    try_once(platform, bot, sent, attempt, Some(&fault)).await
}

async fn hold_back(platform: &Platform, fault: &Fault) {
    match fault.kind {
        Kind::Delay => tokio::time::sleep(fault.wait(1000)).await,
        Kind::Reorder => {
            let next = platform.delivered.notified();
            // Too late is as good as the next one: the order is broken or there is nothing to swap with.
            drop(tokio::time::timeout(fault.wait(2000), next).await);
        }
        _ => {}
    }
}

async fn try_once(
    platform: &Arc<Platform>,
    bot: &str,
    sent: &Sent,
    attempt: u32,
    fault: Option<&Fault>,
) -> Result<Answer, String> {
    let began = Instant::now();
    let result = match fault.map(|fault| fault.kind) {
        Some(Kind::Drop) => Err("lost on the way (fault)".to_owned()),
        Some(Kind::Garbage) => post(platform, bot, sent, "<xml><ToUser".to_owned()).await,
        Some(Kind::Status) => {
            drop(post(platform, bot, sent, body_of(platform, sent)).await);
            Err(format!("HTTP {} (fault)", fault.map_or(500, |fault| fault.number(500))))
        }
        _ => post(platform, bot, sent, body_of(platform, sent)).await,
    };
    let outcome = match &result {
        Ok(answer) => answer.note.clone(),
        Err(reason) => reason.clone(),
    };
    let label = fault.map(|fault| format!("[{}] ", fault.label())).unwrap_or_default();
    let mut state = platform.state();
    let entry = Callback {
        seq: state.next(),
        at: platform.now(),
        openid: sent.openid.clone(),
        attempt,
        message: sent.xml.clone(),
        outcome: format!("{label}{outcome}"),
        reply: result.as_ref().ok().and_then(|answer| answer.xml.clone()),
        duration_ms: began.elapsed().as_millis() as u64,
    };
    state.record(Entry::Callback(entry));
    drop(state);
    platform.announce();
    result
}

/// The body of one try: fresh randomness in the ciphertext, the same XML inside.
fn body_of(platform: &Platform, sent: &Sent) -> String {
    let to = &platform.options.original_id;
    match (&platform.cipher, platform.options.mode) {
        (Some(cipher), Mode::Secure) => {
            let inner = Writer::default().text("ToUserName", to).text("Encrypt", &cipher.seal(&sent.xml));
            Writer::default().nest("xml", inner).finish()
        }
        (Some(cipher), Mode::Compatible) => {
            let encrypt = Writer::default().text("Encrypt", &cipher.seal(&sent.xml)).finish();
            let open = sent.xml.strip_suffix("</xml>").expect("every message is one xml element");
            format!("{open}{encrypt}</xml>")
        }
        _ => sent.xml.clone(),
    }
}

async fn post(platform: &Platform, bot: &str, sent: &Sent, body: String) -> Result<Answer, String> {
    let query = query_of(platform, sent, &body);
    let request = platform
        .http
        .post(bot)
        .query(&query)
        .header("content-type", "text/xml")
        .timeout(platform.options.callback_timeout)
        .body(body);
    let response = request.send().await.map_err(|error| said(&error))?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(format!("HTTP {}", response.status().as_u16()));
    }
    let bytes = response.bytes().await.map_err(|error| said(&error))?;
    if bytes.len() > MAX_ANSWER {
        return Err("the answer is too long".to_owned());
    }
    reply::read(platform, sent, &bytes)
}

/// `signature` in every mode; `msg_signature` and `encrypt_type` where something is encrypted.
fn query_of(platform: &Platform, sent: &Sent, body: &str) -> Vec<(&'static str, String)> {
    let token = platform.options.token.as_str();
    let timestamp = clock::wire_seconds().to_string();
    let nonce = draw::nonce();
    let signature = crypto::signature(&[token, &timestamp, &nonce]);
    let encrypted = crate::xml::read(body).ok().and_then(|root| root.text_of("Encrypt").map(str::to_owned));
    let msg_signature = encrypted.map(|text| crypto::signature(&[token, &timestamp, &nonce, &text]));
    let mut query = vec![
        ("signature", signature),
        ("timestamp", timestamp),
        ("nonce", nonce),
        ("openid", sent.openid.clone()),
    ];
    if let Some(msg_signature) = msg_signature {
        query.push(("encrypt_type", "aes".to_owned()));
        query.push(("msg_signature", msg_signature));
    }
    query
}

fn said(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no complete answer in time".to_owned()
    } else if error.is_connect() {
        "the connection was refused".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

/// The console's check of a server URL: a signed GET whose `echostr` comes back verbatim.
pub(crate) async fn verify(platform: &Platform) -> bool {
    let Some(bot) = platform.state().bot.clone() else { return false };
    let (timestamp, nonce, echo) = (clock::wire_seconds().to_string(), draw::nonce(), draw::word(19));
    let signature = crypto::signature(&[&platform.options.token, &timestamp, &nonce]);
    let query = [("signature", &signature), ("timestamp", &timestamp), ("nonce", &nonce), ("echostr", &echo)];
    let request = platform.http.get(bot).query(&query).timeout(platform.options.callback_timeout);
    match request.send().await {
        Ok(response) if response.status() == reqwest::StatusCode::OK => {
            response.text().await.is_ok_and(|body| body == echo)
        }
        _ => false,
    }
}
