//! One raw callback, opened: is it the platform, is it now, what is it (protocol §1).
//!
//! [`receive`] is the only way from bytes to an [`Inbound`]. When a message key is set only sealed callbacks are read
//! (in compatible mode only their `Encrypt`); a plain one is refused, whoever signed it. A plain signature does not
//! cover the body, so that plain callbacks come with what was [`Signed`]: the person's session lets one pair of
//! timestamp and nonce stand for one body. Every refusal says 400 or 403 and can be logged: it holds nothing of the
//! content. Deliberately elsewhere: repeated deliveries are remembered by `store`, used signatures by the session
//! (`turn`), HTTP is `web::webhook`.

use std::borrow::Cow;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::crypto::{CryptoError, KeyIndex, Keys};
use super::message::{self, ParseError};
use super::xml::{self, XmlError};
use crate::{inbound::Inbound, time::MAX_SKEW};

/// Longest body that is read.
pub const MAX_BODY: usize = xml::MAX_BYTES;

/// What the platform says in the address. Absent parameters are empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Over token, timestamp and nonce.
    pub signature: String,
    /// Wire seconds.
    pub timestamp: String,
    /// The platform's random number.
    pub nonce: String,
    /// Who sent the message; not covered by any signature.
    pub openid: String,
    /// `aes` when the body is sealed; empty or `raw` when not.
    pub encrypt_type: String,
    /// Over token, timestamp, nonce and the sealed text.
    pub msg_signature: String,
    /// To be returned by the answer to a GET.
    pub echostr: String,
}

/// A callback that is the platform's.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// What happened.
    pub inbound: Inbound,
    /// The key that opened it and has to seal the reply; `None` for a plain one.
    pub sealed_with: Option<KeyIndex>,
    /// For a plain one: what has to be remembered, across processes, until its timestamp no longer passes.
    pub signed: Option<Signed>,
}

/// A plain signature covers only `timestamp` and `nonce`. The same two with the same body are a retry; with another
/// body somebody has put words into a captured request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Wire seconds.
    pub timestamp: u32,
    /// The first eight bytes of the nonce's SHA-256.
    pub nonce: [u8; 8],
    /// SHA-256 of the body.
    pub body: [u8; 32],
}

/// Why a callback is refused. `Display` is safe to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// More than [`MAX_BODY`] bytes.
    #[error("the callback is larger than 64 KiB")]
    TooLarge,
    /// A body in plain that is not UTF-8, or an envelope that is not.
    #[error("the callback is not UTF-8")]
    NotUtf8,
    /// `encrypt_type` is neither `aes` nor `raw`.
    #[error("the callback has an unknown encrypt_type")]
    EncryptType,
    /// `timestamp` is not a number.
    #[error("the callback has no readable timestamp")]
    Timestamp,
    /// `signature` is not ours.
    #[error("the callback's signature is foreign: check wechat.token")]
    Signature,
    /// Rightly signed, but more than [`MAX_SKEW`] seconds away.
    #[error("the callback is dated {0} s from now: an old one is repeated, or a clock is wrong")]
    Stale(i64),
    /// Plain although a message key is set.
    #[error("the callback is plain although wechat.aes_key is set")]
    PlaintextRefused,
    /// Sealed although no message key is set.
    #[error("the callback is sealed but wechat.aes_key is not set")]
    NoKey,
    /// The envelope is not XML with one `Encrypt`; the vendor's -40002.
    #[error("the callback's envelope is malformed: {0}")]
    Envelope(XmlError),
    /// The envelope does not open.
    #[error("the callback does not open: {0}")]
    Crypto(CryptoError),
    /// The message inside is malformed.
    #[error("the callback's message is malformed: {0}")]
    Parse(#[from] ParseError),
    /// The openid of the address is not the sender.
    #[error("the callback's openid is not the sender's")]
    OpenId,
}

impl CallbackError {
    /// The HTTP status that belongs to it: 403 for whom we do not believe, 400 for what we cannot read.
    pub fn status(self) -> u16 {
        match self {
            Self::Signature
            | Self::Stale(_)
            | Self::PlaintextRefused
            | Self::NoKey
            | Self::OpenId
            | Self::Crypto(CryptoError::Signature | CryptoError::AppId) => 403,
            Self::TooLarge
            | Self::NotUtf8
            | Self::EncryptType
            | Self::Timestamp
            | Self::Envelope(_)
            | Self::Crypto(_)
            | Self::Parse(_) => 400,
        }
    }

    /// Never: the same bytes fail again.
    pub fn is_transient(self) -> bool {
        false
    }
}

/// Opens a POST. `now` is wire time in seconds.
pub fn receive(keys: &Keys, query: &Query, body: &[u8], now: i64) -> Result<Received, CallbackError> {
    if body.len() > MAX_BODY {
        return Err(CallbackError::TooLarge);
    }
    let body = std::str::from_utf8(body).map_err(|_| CallbackError::NotUtf8)?;
    let received = match query.encrypt_type.as_str() {
        "aes" => receive_sealed(keys, query, body, now)?,
        "" | "raw" => receive_plain(keys, query, body, now)?,
        _ => return Err(CallbackError::EncryptType),
    };
    if !query.openid.is_empty() && query.openid != received.inbound.open_id {
        return Err(CallbackError::OpenId);
    }
    Ok(received)
}

/// Answers a GET: the text to return verbatim. The platform's check of the address is never sealed, in any mode.
pub fn verify<'q>(keys: &Keys, query: &'q Query, now: i64) -> Result<&'q str, CallbackError> {
    check_signature(keys, query)?;
    check_time(query, now)?;
    Ok(&query.echostr)
}

fn receive_sealed(keys: &Keys, query: &Query, body: &str, now: i64) -> Result<Received, CallbackError> {
    if !keys.seals() {
        return Err(CallbackError::NoKey);
    }
    let encrypt = sealed_text(body).map_err(CallbackError::Envelope)?;
    let (xml, key) = keys
        .open(&query.timestamp, &query.nonce, &encrypt, &query.msg_signature)
        .map_err(CallbackError::Crypto)?;
    check_time(query, now)?;
    Ok(Received { inbound: message::parse(&xml)?, sealed_with: Some(key), signed: None })
}

fn receive_plain(keys: &Keys, query: &Query, body: &str, now: i64) -> Result<Received, CallbackError> {
    if keys.seals() {
        return Err(CallbackError::PlaintextRefused);
    }
    check_signature(keys, query)?;
    let timestamp = check_time(query, now)?;
    let inbound = message::parse(body)?;
    let mut nonce = [0; 8];
    nonce.copy_from_slice(&Sha256::digest(query.nonce.as_bytes())[..8]);
    let signed = Signed { timestamp, nonce, body: Sha256::digest(body.as_bytes()).into() };
    Ok(Received { inbound, sealed_with: None, signed: Some(signed) })
}

fn check_signature(keys: &Keys, query: &Query) -> Result<(), CallbackError> {
    let signed = keys.is_signed(&query.timestamp, &query.nonce, &query.signature);
    if signed { Ok(()) } else { Err(CallbackError::Signature) }
}

/// Comes after the signature: only then is a wrong date worth an operator's attention.
fn check_time(query: &Query, now: i64) -> Result<u32, CallbackError> {
    let text = &query.timestamp;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let timestamp: u32 = text.parse().ok().filter(|_| is_number).ok_or(CallbackError::Timestamp)?;
    let away = now.saturating_sub(i64::from(timestamp));
    if away.abs() <= MAX_SKEW { Ok(timestamp) } else { Err(CallbackError::Stale(away)) }
}

/// The one `Encrypt` of an envelope; in compatible mode the plain elements beside it are not looked at.
fn sealed_text(body: &str) -> Result<Cow<'_, str>, XmlError> {
    let mut encrypt = None;
    xml::leaves(body, |path, text| match path {
        "Encrypt" if encrypt.replace(text).is_some() => Err(XmlError::Malformed),
        _ => Ok(()),
    })?;
    encrypt.ok_or(XmlError::Malformed)
}

#[cfg(test)]
mod tests;
