//! Signatures and the message cipher, written from the platform's document (protocol §1) and from nothing else.
//!
//! The bot has its own implementation; the two must agree because both agree with the published test vectors, not
//! because they share lines. AES-256-CBC with the first half of the key as IV, PKCS#7 padding to a multiple of 32
//! done by hand (the cipher's own padding would use 16), buffer = 16 random bytes, length, message, app id.

use aes::Aes256;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

use crate::draw;

/// Why an envelope could not be opened; the numbers are those of protocol §1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CryptoError {
    /// -40001.
    #[error("-40001: the signature does not fit")]
    Signature,
    /// -40004.
    #[error("-40004: an EncodingAESKey has 43 characters of base64")]
    Key,
    /// -40005.
    #[error("-40005: the app id inside is another account's")]
    AppId,
    /// -40007.
    #[error("-40007: the ciphertext cannot be decrypted")]
    Decrypt,
    /// -40008.
    #[error("-40008: the decrypted buffer is not a message")]
    Buffer,
    /// -40010.
    #[error("-40010: not base64")]
    Base64,
    /// The text inside is not UTF-8.
    #[error("the message inside is not UTF-8")]
    Text,
}

/// SHA-1 over the byte-wise sorted parts, in lower-case hex: `signature` and `msg_signature`.
pub(crate) fn signature(parts: &[&str]) -> String {
    let mut sorted = parts.to_vec();
    sorted.sort_unstable_by_key(|part| part.as_bytes());
    draw::hex(&Sha1::digest(sorted.concat()))
}

/// Compares two signatures in constant time.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The cipher of one account: its key and its app id.
#[derive(Clone)]
pub(crate) struct Cipher {
    key: [u8; 32],
    app_id: String,
}

impl Cipher {
    /// Reads an `EncodingAESKey` of 43 characters. Trailing bits may be non-zero: the vendor's own key has them.
    pub(crate) fn new(encoding_aes_key: &str, app_id: &str) -> Result<Self, CryptoError> {
        if encoding_aes_key.len() != 43 {
            return Err(CryptoError::Key);
        }
        let lax = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
        let engine = GeneralPurpose::new(&alphabet::STANDARD, lax);
        let key = engine.decode(format!("{encoding_aes_key}=")).map_err(|_| CryptoError::Key)?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| CryptoError::Key)?;
        Ok(Self { key, app_id: app_id.to_owned() })
    }

    /// Encrypts a message with fresh randomness; base64.
    pub(crate) fn seal(&self, message: &str) -> String {
        self.seal_with(draw::bytes(), message)
    }

    /// Encrypts with the 16 bytes given, for test vectors.
    pub(crate) fn seal_with(&self, random: [u8; 16], message: &str) -> String {
        let mut buffer = random.to_vec();
        buffer.extend((message.len() as u32).to_be_bytes());
        buffer.extend(message.as_bytes());
        buffer.extend(self.app_id.as_bytes());
        let padding = 32 - buffer.len() % 32;
        buffer.extend(std::iter::repeat_n(padding as u8, padding));
        let cipher = cbc::Encryptor::<Aes256>::new(&self.key.into(), &self.iv().into());
        STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(&buffer))
    }

    /// Decrypts, in the order of checks of protocol §1; the signature is checked by the caller before.
    pub(crate) fn open(&self, encrypted: &str) -> Result<String, CryptoError> {
        let bytes = STANDARD.decode(encrypted).map_err(|_| CryptoError::Base64)?;
        if bytes.is_empty() || bytes.len() % 16 != 0 {
            return Err(CryptoError::Decrypt);
        }
        let cipher = cbc::Decryptor::<Aes256>::new(&self.key.into(), &self.iv().into());
        let buffer = cipher.decrypt_padded_vec::<NoPadding>(&bytes).map_err(|_| CryptoError::Decrypt)?;
        self.message_in(&buffer)
    }

    fn message_in(&self, buffer: &[u8]) -> Result<String, CryptoError> {
        let padding = usize::from(*buffer.last().ok_or(CryptoError::Buffer)?);
        if !(1..=32).contains(&padding) || buffer.len() < padding + 20 {
            return Err(CryptoError::Buffer);
        }
        let content = &buffer[16..buffer.len() - padding];
        let (length, rest) = content.split_first_chunk::<4>().ok_or(CryptoError::Buffer)?;
        let length = u32::from_be_bytes(*length) as usize;
        let (message, app_id) = rest.split_at_checked(length).ok_or(CryptoError::Buffer)?;
        if app_id != self.app_id.as_bytes() {
            return Err(CryptoError::AppId);
        }
        String::from_utf8(message.to_vec()).map_err(|_| CryptoError::Text)
    }

    fn iv(&self) -> [u8; 16] {
        *self.key.first_chunk().expect("a key of 32 bytes has 16")
    }
}
