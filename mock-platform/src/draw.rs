//! Randomness: identifiers, nonces and tokens.
//!
//! Everything that the platform invents by itself is drawn here, so that one place decides how it looks: openids
//! of 28 characters that begin with `o`, media ids of 64, access tokens of 136 (the platform asks clients to leave
//! room for 512). Nothing here is a secret worth more than a test run.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Random bytes of the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place of this crate that draws randomness")]
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut buffer = [0; N];
    getrandom::fill(&mut buffer).expect("the operating system gives randomness");
    buffer
}

/// A person's openid: `o` and 27 characters.
pub(crate) fn openid() -> String {
    format!("o{}", word(27))
}

/// A media id of 64 characters.
pub(crate) fn media_id() -> String {
    word(64)
}

/// An access token of 136 characters.
pub(crate) fn access_token() -> String {
    format!("{}_{}", number() % 90 + 10, word(133))
}

/// Has a text the form of [`access_token`]?
pub(crate) fn is_access_token(text: &str) -> bool {
    let word = |word: &str| word.len() == 133 && word.bytes().all(|byte| ALPHABET.contains(&byte));
    text.split_once('_').is_some_and(|(head, rest)| {
        head.len() == 2 && head.bytes().all(|byte| byte.is_ascii_digit()) && word(rest)
    })
}

/// Ten digits, as the platform's `nonce`.
pub(crate) fn nonce() -> String {
    format!("{:010}", number() % 10_000_000_000)
}

/// The request id that closes an `errmsg`: `8hex-8hex-8hex`.
pub(crate) fn rid() -> String {
    let b: [u8; 12] = bytes();
    format!("{}-{}-{}", hex(&b[..4]), hex(&b[4..8]), hex(&b[8..]))
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// `length` characters of the URL-safe base64 alphabet.
pub(crate) fn word(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let block: [u8; 32] = bytes();
        text.extend(block.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])));
    }
    text.truncate(length);
    text
}

fn number() -> u64 {
    u64::from_be_bytes(bytes())
}
