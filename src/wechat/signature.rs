//! Who sent this? SHA-1 over sorted parts, as the platform does it (protocol §1).
//!
//! [`sign`] is the one algorithm behind `signature` (token, timestamp, nonce) and `msg_signature` (the same and the
//! `Encrypt` text). Comparison is constant-time and knows lower-case hex only, which is all the platform ever sends.
//! SHA-1 is the platform's choice, not ours; nothing else of ours relies on it.

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// A signature as it travels: 40 lower-case hex digits.
pub type Signature = [u8; 40];

/// Signs the parts: they are sorted as bytes, joined without anything between, and hashed.
pub fn sign<const N: usize>(mut parts: [&str; N]) -> Signature {
    parts.sort_unstable();
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize().into())
}

/// Whether `claimed` is the signature of the parts. Takes the same time wherever they differ.
pub fn verify<const N: usize>(parts: [&str; N], claimed: &str) -> bool {
    sign(parts).as_slice().ct_eq(claimed.as_bytes()).into()
}

/// The signature that a page hands to `wx.config` (protocol §12): over the address exactly as the browser gives it,
/// without the part from `#` on. `timestamp` is in seconds.
pub fn jsapi_signature(ticket: &str, nonce: &str, timestamp: i64, url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let text = format!("jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}");
    hex(&Sha1::digest(text.as_bytes()).into()).iter().map(|&digit| char::from(digit)).collect()
}

/// Reads a signature as text.
pub fn as_text(signature: &Signature) -> &str {
    std::str::from_utf8(signature).expect("hex digits are ASCII")
}

fn hex(bytes: &[u8; 20]) -> Signature {
    let mut out = [0; 40];
    write_hex(bytes, &mut out);
    out
}

/// Writes `bytes` as lower-case hex into `out`, which has room for twice as many.
pub(super) fn write_hex(bytes: &[u8], out: &mut [u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (pair, byte) in out.chunks_exact_mut(2).zip(bytes) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wechat::vectors;

    #[test]
    fn published_signatures_verify_and_changed_ones_do_not() {
        for row in vectors::rows("signature") {
            let parts = [row.text("token"), row.text("timestamp"), row.text("nonce")];
            let valid = verify(parts, row.text("signature"));
            assert_eq!(valid, row.flag("valid"), "{}", row.id());
        }
    }

    #[test]
    fn a_signature_of_another_length_is_foreign() {
        let parts = ["token", "1", "2"];
        let right = as_text(&sign(parts)).to_owned();
        assert!(verify(parts, &right));
        for wrong in ["", &right[..39], &format!("{right}0")] {
            assert!(!verify(parts, wrong), "{wrong}");
        }
    }

    #[test]
    fn pages_are_signed_as_the_guide_prints() {
        for row in vectors::rows("jsapi") {
            let sign = |url: &str| {
                jsapi_signature(row.text("jsapi_ticket"), row.text("noncestr"), row.number("timestamp"), url)
            };
            assert_eq!(sign(row.text("url")), row.text("signature"), "{}", row.id());
            assert_eq!(
                sign(&format!("{}#/a", row.text("url"))),
                row.text("signature"),
                "{} with #",
                row.id()
            );
        }
    }
}
