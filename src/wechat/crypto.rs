//! What does it say? The platform's message encryption (protocol §1), both ways.
//!
//! AES-256-CBC with the key's first half as the initial vector, over `random(16) + length(u32 BE) + message + app id`,
//! padded to a multiple of 32. The signature over the ciphertext is what authenticates it, so [`Keys::open`] checks
//! that before it touches a byte. Keys are expanded once, buffers are worked on in place.
//! Randomness comes from the caller: this module draws none, and so every answer can be reproduced by a test.

use std::fmt;

use aes::{Aes256Dec, Aes256Enc};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};
use cbc::cipher::{Block, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit};

use super::signature;

/// Length of the EncodingAESKey.
const ENCODED_KEY: usize = 43;
/// Random bytes and the message's length come before the message.
const HEADER: usize = 20;
/// Padding runs to a multiple of this, not of the cipher's 16.
const PAD_TO: usize = 32;
const CIPHER_BLOCK: usize = 16;

/// The vendor's own demonstration key ends in a character with non-zero trailing bits; the platform accepts such keys.
const KEY_BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// What this account shares with the platform: token, app id, and up to two message keys.
pub struct Keys {
    token: String,
    app_id: String,
    aes_key: Option<MessageKey>,
    previous_aes_key: Option<MessageKey>,
}

/// Which of the account's two keys opened a message; the reply is sealed with the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyIndex {
    /// The EncodingAESKey in force.
    Current,
    /// The one before, which the platform may still use for a while after a change.
    Previous,
}

/// Settings that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// Without a token everybody could sign.
    #[error("wechat.token is empty")]
    Token,
    /// Without an app id no message can be attributed.
    #[error("wechat.app_id is empty")]
    AppId,
    /// The vendor's -40004.
    #[error("wechat.aes_key is not 43 characters of base64")]
    AesKey,
    /// The same for the previous key, or a previous key without a current one.
    #[error("wechat.previous_aes_key is not 43 characters of base64, or wechat.aes_key is missing")]
    PreviousAesKey,
}

/// Why a sealed message was not opened, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// `msg_signature` is not ours.
    #[error("the message signature is foreign")]
    Signature,
    /// `Encrypt` is not base64.
    #[error("the ciphertext is not base64")]
    Base64,
    /// Empty, or not whole cipher blocks, or there is no key to open it.
    #[error("the ciphertext cannot be decrypted")]
    Decrypt,
    /// Padding, header or length are wrong: mostly another key.
    #[error("the decrypted buffer is malformed")]
    Buffer,
    /// Sealed for another account.
    #[error("the message is for another app id")]
    AppId,
    /// The message is not UTF-8.
    #[error("the decrypted message is not UTF-8")]
    Plaintext,
}

impl CryptoError {
    /// The code that the vendor's samples give to this failure (protocol §1).
    pub fn code(self) -> i32 {
        match self {
            Self::Signature => -40001,
            Self::Plaintext => -40002,
            Self::AppId => -40005,
            Self::Decrypt => -40007,
            Self::Buffer => -40008,
            Self::Base64 => -40010,
        }
    }

    /// Never: the same bytes fail again.
    pub fn is_transient(self) -> bool {
        false
    }
}

impl Keys {
    /// Expands the keys. An EncodingAESKey is 43 characters of the whole base64 alphabet.
    pub fn new(
        token: &str,
        app_id: &str,
        aes_key: Option<&str>,
        previous_aes_key: Option<&str>,
    ) -> Result<Self, KeysError> {
        if token.is_empty() {
            return Err(KeysError::Token);
        }
        if app_id.is_empty() {
            return Err(KeysError::AppId);
        }
        if aes_key.is_none() && previous_aes_key.is_some() {
            return Err(KeysError::PreviousAesKey);
        }
        Ok(Self {
            token: token.to_owned(),
            app_id: app_id.to_owned(),
            aes_key: aes_key.map(|key| MessageKey::expand(key).ok_or(KeysError::AesKey)).transpose()?,
            previous_aes_key: previous_aes_key
                .map(|key| MessageKey::expand(key).ok_or(KeysError::PreviousAesKey))
                .transpose()?,
        })
    }

    /// Whether messages are sealed: then plaintext callbacks are refused.
    pub fn seals(&self) -> bool {
        self.aes_key.is_some()
    }

    /// Whether `signature` is the platform's over timestamp and nonce. It does not cover a body.
    pub fn is_signed(&self, timestamp: &str, nonce: &str, signature: &str) -> bool {
        signature::verify([&self.token, timestamp, nonce], signature)
    }

    /// Checks the signature over `encrypt` and opens it, with the current key, else with the previous one.
    pub fn open(
        &self,
        timestamp: &str,
        nonce: &str,
        encrypt: &str,
        msg_signature: &str,
    ) -> Result<(String, KeyIndex), CryptoError> {
        if !signature::verify([&self.token, timestamp, nonce, encrypt], msg_signature) {
            return Err(CryptoError::Signature);
        }
        let sealed = STANDARD.decode(encrypt).map_err(|_| CryptoError::Base64)?;
        if sealed.is_empty() || !sealed.len().is_multiple_of(CIPHER_BLOCK) {
            return Err(CryptoError::Decrypt);
        }
        let Some(current) = &self.aes_key else { return Err(CryptoError::Decrypt) };
        let Some(previous) = &self.previous_aes_key else {
            return Ok((current.open(sealed, &self.app_id)?, KeyIndex::Current));
        };
        let refused = match current.open(sealed.clone(), &self.app_id) {
            Ok(message) => return Ok((message, KeyIndex::Current)),
            Err(refused) => refused,
        };
        match previous.open(sealed, &self.app_id) {
            Ok(message) => Ok((message, KeyIndex::Previous)),
            Err(_) => Err(refused),
        }
    }

    /// Seals `message` as the platform does: the base64 text of `Encrypt`. `None` when that key is not set.
    /// `random` must be fresh for every call: it is what hides equal messages.
    pub fn seal(&self, key: KeyIndex, random: [u8; 16], message: &str) -> Option<String> {
        let key = match key {
            KeyIndex::Current => self.aes_key.as_ref(),
            KeyIndex::Previous => self.previous_aes_key.as_ref(),
        };
        key.map(|key| key.seal(random, message, &self.app_id))
    }

    /// The `msg_signature` of a sealed text.
    pub fn sign_sealed(&self, timestamp: &str, nonce: &str, encrypt: &str) -> signature::Signature {
        signature::sign([&self.token, timestamp, nonce, encrypt])
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("app_id", &self.app_id)
            .field("seals", &self.seals())
            .finish_non_exhaustive()
    }
}

/// One EncodingAESKey, expanded for both directions.
struct MessageKey {
    encryptor: Aes256Enc,
    decryptor: Aes256Dec,
    iv: [u8; CIPHER_BLOCK],
}

impl MessageKey {
    fn expand(encoded: &str) -> Option<Self> {
        if encoded.len() != ENCODED_KEY {
            return None;
        }
        let key: [u8; 32] = KEY_BASE64.decode(encoded).ok()?.try_into().ok()?;
        let mut iv = [0; CIPHER_BLOCK];
        iv.copy_from_slice(&key[..CIPHER_BLOCK]);
        Some(Self { encryptor: Aes256Enc::new(&key.into()), decryptor: Aes256Dec::new(&key.into()), iv })
    }

    /// Opens whole cipher blocks, in place.
    fn open(&self, mut buffer: Vec<u8>, app_id: &str) -> Result<String, CryptoError> {
        let (blocks, _) = Block::<Aes256Dec>::slice_as_chunks_mut(&mut buffer);
        cbc::Decryptor::inner_iv_init(&self.decryptor, &self.iv.into()).decrypt_blocks(blocks);
        let length = message_length(&buffer, app_id)?;
        buffer.copy_within(HEADER..HEADER + length, 0);
        buffer.truncate(length);
        String::from_utf8(buffer).map_err(|_| CryptoError::Plaintext)
    }

    fn seal(&self, random: [u8; 16], message: &str, app_id: &str) -> String {
        let bare = HEADER + message.len() + app_id.len();
        let pad = PAD_TO - bare % PAD_TO;
        let mut buffer = Vec::with_capacity(bare + pad);
        buffer.extend_from_slice(&random);
        let length = u32::try_from(message.len()).expect("a reply is far below 4 GiB");
        buffer.extend_from_slice(&length.to_be_bytes());
        buffer.extend_from_slice(message.as_bytes());
        buffer.extend_from_slice(app_id.as_bytes());
        buffer.resize(bare + pad, pad as u8);
        let (blocks, _) = Block::<Aes256Enc>::slice_as_chunks_mut(&mut buffer);
        cbc::Encryptor::inner_iv_init(&self.encryptor, &self.iv.into()).encrypt_blocks(blocks);
        STANDARD.encode(buffer)
    }
}

/// Checks padding, header, length and app id of a decrypted buffer; how long the message behind the header is.
/// Like the vendor's samples it looks at the last pad byte only: the signature has vouched for all of them.
fn message_length(buffer: &[u8], app_id: &str) -> Result<usize, CryptoError> {
    let pad = buffer.last().map_or(0, |&byte| usize::from(byte));
    if !(1..=PAD_TO).contains(&pad) || buffer.len() < pad + HEADER {
        return Err(CryptoError::Buffer);
    }
    let (header, body) = buffer[..buffer.len() - pad].split_at(HEADER);
    let length = u32::from_be_bytes([header[16], header[17], header[18], header[19]]) as usize;
    let trailer = body.get(length..).ok_or(CryptoError::Buffer)?;
    if trailer != app_id.as_bytes() {
        return Err(CryptoError::AppId);
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wechat::vectors::{self, Row};

    fn keys(row: &Row) -> Keys {
        Keys::new(row.text("token"), row.text("appid"), Some(row.text("encoding_aes_key")), None).unwrap()
    }

    fn open(keys: &Keys, row: &Row) -> Result<(String, KeyIndex), CryptoError> {
        keys.open(row.text("timestamp"), row.text("nonce"), row.text("encrypt"), row.text("msg_signature"))
    }

    #[test]
    fn every_vector_opens_and_seals_to_the_same_bytes() {
        for row in vectors::rows("crypto") {
            let keys = keys(&row);
            let opened = open(&keys, &row);
            assert_eq!(opened, Ok((row.text("plaintext").to_owned(), KeyIndex::Current)), "{}", row.id());
            let random: [u8; 16] = row.text("random16").as_bytes().try_into().unwrap();
            let sealed = keys.seal(KeyIndex::Current, random, row.text("plaintext")).unwrap();
            assert_eq!(sealed, row.text("encrypt"), "{}", row.id());
            let signed = keys.sign_sealed(row.text("timestamp"), row.text("nonce"), &sealed);
            assert_eq!(signature::as_text(&signed), row.text("msg_signature"), "{}", row.id());
            assert!(keys.is_signed(row.text("timestamp"), row.text("nonce"), row.text("signature")));
        }
    }

    #[test]
    fn every_negative_vector_fails_as_expected() {
        for row in vectors::rows("negative") {
            let key = Some(row.text("encoding_aes_key"));
            if row.text("expected_error") == "illegal_aes_key" {
                let refused = Keys::new(row.text("token"), row.text("appid"), key, None).unwrap_err();
                assert_eq!(refused, KeysError::AesKey, "{}", row.id());
                continue;
            }
            let outcome = open(&keys(&row), &row);
            let expected = match row.text("expected_error") {
                "bad_signature" => CryptoError::Signature,
                "appid_mismatch" => CryptoError::AppId,
                "decrypt_failed" => CryptoError::Decrypt,
                "invalid_buffer" => CryptoError::Buffer,
                "bad_base64" => CryptoError::Base64,
                "bad_plaintext" => CryptoError::Plaintext,
                "invalid_buffer_or_accept" => {
                    assert!(outcome.is_ok() || outcome == Err(CryptoError::Buffer), "{}", row.id());
                    continue;
                }
                other => panic!("{}: unknown class {other}", row.id()),
            };
            assert_eq!(outcome, Err(expected), "{}", row.id());
            assert!(row.codes().contains(&expected.code().into()), "{}: {}", row.id(), expected.code());
        }
    }

    #[test]
    fn the_previous_key_still_opens_and_answers() {
        let rows = vectors::rows("crypto");
        let row = rows.iter().find(|row| row.id() == "text-chinese").unwrap();
        let other = "RJe/zrF21w3ORNrXD85OKKjIxDBZ9rUZ0imCAsyc/vM";
        let old = Some(row.text("encoding_aes_key"));
        let keys = Keys::new(row.text("token"), row.text("appid"), Some(other), old).unwrap();
        assert_eq!(open(&keys, row), Ok((row.text("plaintext").to_owned(), KeyIndex::Previous)));
        let random: [u8; 16] = row.text("random16").as_bytes().try_into().unwrap();
        assert_eq!(
            keys.seal(KeyIndex::Previous, random, row.text("plaintext")).unwrap(),
            row.text("encrypt")
        );
        assert_ne!(keys.seal(KeyIndex::Current, random, row.text("plaintext")).unwrap(), row.text("encrypt"));
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let good = "wViKp8Mi2B8ePtUKKePSqykLhJMjcotO+bLpWm4+VGU";
        let rows = [
            (Keys::new("", "wx", None, None), KeysError::Token),
            (Keys::new("t", "", None, None), KeysError::AppId),
            (Keys::new("t", "wx", Some("短"), None), KeysError::AesKey),
            (Keys::new("t", "wx", Some(&good.replace('+', "-")), None), KeysError::AesKey),
            (Keys::new("t", "wx", Some(good), Some(&good[1..])), KeysError::PreviousAesKey),
            (Keys::new("t", "wx", None, Some(good)), KeysError::PreviousAesKey),
        ];
        for (outcome, expected) in rows {
            assert_eq!(outcome.unwrap_err(), expected);
        }
    }

    #[test]
    fn keys_do_not_show_their_secrets() {
        let keys =
            Keys::new("s3cret", "wx1", Some("wViKp8Mi2B8ePtUKKePSqykLhJMjcotO+bLpWm4+VGU"), None).unwrap();
        assert_eq!(format!("{keys:?}"), "Keys { app_id: \"wx1\", seals: true, .. }");
    }
}
