//! Signatures and ciphertexts that others published or made.

use serde::Deserialize;

use crate::crypto::{self, Cipher, CryptoError};
use crate::xml;

#[derive(Deserialize)]
struct Vectors {
    signature: Vec<Signed>,
    crypto: Vec<Sealed>,
    negative: Vec<Sealed>,
    envelope_negative: Vec<Envelope>,
}

#[derive(Deserialize)]
struct Signed {
    id: String,
    token: String,
    timestamp: String,
    nonce: String,
    signature: String,
    valid: bool,
}

#[derive(Deserialize)]
struct Sealed {
    id: String,
    token: String,
    encoding_aes_key: String,
    appid: String,
    timestamp: String,
    nonce: String,
    encrypt: String,
    msg_signature: String,
    random16: Option<String>,
    plaintext: Option<String>,
    expected_error: Option<String>,
}

#[derive(Deserialize)]
struct Envelope {
    id: String,
    body: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn open(sealed: &Sealed) -> Result<String, CryptoError> {
    let cipher = Cipher::new(&sealed.encoding_aes_key, &sealed.appid)?;
    let parts = [sealed.token.as_str(), &sealed.timestamp, &sealed.nonce, &sealed.encrypt];
    if !crypto::same(&crypto::signature(&parts), &sealed.msg_signature) {
        return Err(CryptoError::Signature);
    }
    cipher.open(&sealed.encrypt)
}

#[test]
fn signatures_are_those_of_the_vectors() {
    for v in vectors().signature {
        let ours = crypto::signature(&[&v.token, &v.timestamp, &v.nonce]);
        assert_eq!(crypto::same(&ours, &v.signature), v.valid, "{}", v.id);
    }
}

#[test]
fn ciphertexts_open_and_are_made_again() {
    for v in vectors().crypto {
        let plaintext = v.plaintext.clone().unwrap();
        assert_eq!(open(&v), Ok(plaintext.clone()), "{}", v.id);
        if let Some(random) = &v.random16
            && let Ok(random) = <[u8; 16]>::try_from(random.as_bytes())
        {
            let cipher = Cipher::new(&v.encoding_aes_key, &v.appid).unwrap();
            assert_eq!(cipher.seal_with(random, &plaintext), v.encrypt, "{}", v.id);
        }
    }
}

#[test]
fn what_must_not_open_does_not() {
    for v in vectors().negative {
        let expected = match v.expected_error.as_deref().unwrap() {
            "appid_mismatch" => CryptoError::AppId,
            "bad_signature" => CryptoError::Signature,
            "decrypt_failed" => CryptoError::Decrypt,
            "bad_base64" => CryptoError::Base64,
            "bad_plaintext" => CryptoError::Text,
            "illegal_aes_key" => CryptoError::Key,
            "invalid_buffer" => CryptoError::Buffer,
            "invalid_buffer_or_accept" => continue,
            other => panic!("{}: unknown class {other}", v.id),
        };
        assert_eq!(open(&v), Err(expected), "{}", v.id);
    }
}

#[test]
fn what_is_no_envelope_is_refused() {
    for v in vectors().envelope_negative {
        let encrypt = xml::read(&v.body).ok().and_then(|root| root.text_of("Encrypt").map(str::to_owned));
        assert_eq!(encrypt, None, "{}", v.id);
    }
}
