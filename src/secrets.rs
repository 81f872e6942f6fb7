//! Keys derived from the one `data_key`, and what is done with them.
//!
//! Two kinds, because they age differently. *Sealing* keys (XChaCha20-Poly1305) rotate: each sealed value begins
//! with the id of its key, so values under previous keys still open. *Naming* keys (HMAC-SHA-256: blind indexes,
//! photo names, hashes of tickets) must not rotate, or nothing would be found again: they come from a random root
//! that the store keeps in its own database, sealed. A new `data_key` reseals the root and nothing else.
//!
//! A sealed value is bound to its place (table and column) and row: moved elsewhere it does not open.
//! Files and rows are sealed alike. Keyed states are prepared once; no call derives a key.

use std::fmt;

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce, aead::Generate};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Bytes of the configured `data_key`, and of every key derived here.
pub const KEY_LEN: usize = 32;

const KEY_ID_LEN: usize = 4;
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
const HEAD_LEN: usize = KEY_ID_LEN + NONCE_LEN;

/// By how many bytes a sealed value is longer than the plain one: key id, nonce and tag.
pub const OVERHEAD: usize = HEAD_LEN + TAG_LEN;

/// Why a sealed value did not open. Carries no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// None of the configured keys sealed it.
    #[error("sealed with a data_key that is not configured; add it to data_key_previous")]
    UnknownKey,
    /// It was changed, cut, or moved from another row.
    #[error("a sealed value was damaged or belongs to another row")]
    Damaged,
}

impl SecretsError {
    /// Never: the same bytes fail again.
    pub const fn is_transient(self) -> bool {
        false
    }
}

/// Seals and opens personal data; the first key seals, all of them open.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<SealingKey>,
}

#[derive(Clone)]
struct SealingKey {
    id: [u8; KEY_ID_LEN],
    cipher: XChaCha20Poly1305,
}

impl Keyring {
    /// Sealing keys from the present `data_key` and those it replaced.
    pub fn new(data_key: &[u8; KEY_LEN], previous: &[[u8; KEY_LEN]]) -> Self {
        Self { keys: std::iter::once(data_key).chain(previous).map(SealingKey::derive).collect() }
    }

    /// Seals `plain` for one row. `place` is table and column, or the kind of file; `row` the row's key.
    pub fn seal(&self, place: &str, row: &str, plain: &[u8]) -> Vec<u8> {
        let key = &self.keys[0];
        let nonce = XNonce::generate();
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
        sealed.extend_from_slice(&key.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = key
            .cipher
            .encrypt_inout_detached(&nonce, &address(place, row), (&mut sealed[HEAD_LEN..]).into())
            .expect("a value in memory is far shorter than the cipher's limit of 256 GiB");
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// Opens what [`Keyring::seal`] made for the same place and row.
    pub fn open(&self, place: &str, row: &str, sealed: &[u8]) -> Result<Vec<u8>, SecretsError> {
        if sealed.len() < OVERHEAD {
            return Err(SecretsError::Damaged);
        }
        let (head, rest) = sealed.split_at(HEAD_LEN);
        let (id, nonce) = head.split_at(KEY_ID_LEN);
        let (body, tag) = rest.split_at(rest.len() - TAG_LEN);
        let key = self.keys.iter().find(|key| key.id == id).ok_or(SecretsError::UnknownKey)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| SecretsError::Damaged)?;
        let tag = Tag::try_from(tag).map_err(|_| SecretsError::Damaged)?;
        let mut plain = body.to_vec();
        key.cipher
            .decrypt_inout_detached(&nonce, &address(place, row), plain.as_mut_slice().into(), &tag)
            .map_err(|_| SecretsError::Damaged)?;
        Ok(plain)
    }

    /// Whether the present key sealed this value; if not, it may be sealed again.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.starts_with(&self.keys[0].id)
    }
}

impl SealingKey {
    fn derive(data_key: &[u8; KEY_LEN]) -> Self {
        let master = Hkdf::<Sha256>::new(Some(b"graduation-bot data_key"), data_key);
        let mut id = [0; KEY_ID_LEN];
        let mut key = [0; KEY_LEN];
        master.expand(b"seal key id", &mut id).expect("four bytes are a legal output");
        master.expand(b"seal key", &mut key).expect("thirty-two bytes are a legal output");
        Self { id, cipher: XChaCha20Poly1305::new(&key.into()) }
    }
}

/// The associated data: what the value is and whose it is. The zero byte cannot occur in a place.
fn address(place: &str, row: &str) -> Vec<u8> {
    let mut address = Vec::with_capacity(place.len() + row.len() + 1);
    address.extend_from_slice(place.as_bytes());
    address.push(0);
    address.extend_from_slice(row.as_bytes());
    address
}

/// Everything secret about one installation: the [`Keyring`] and the names that outlive its keys.
#[derive(Clone)]
pub struct Secrets {
    keyring: Keyring,
    index: Hmac<Sha256>,
    photos: Hmac<Sha256>,
    tickets: Hmac<Sha256>,
    audit: Hmac<Sha256>,
}

impl Secrets {
    /// Joins the keys with the installation's naming root (see [`draw_root`]).
    pub fn new(keyring: Keyring, root: &[u8; KEY_LEN]) -> Self {
        let root = Hkdf::<Sha256>::new(Some(b"graduation-bot names"), root);
        Self {
            keyring,
            index: naming_key(&root, b"blind index"),
            photos: naming_key(&root, b"photo name"),
            tickets: naming_key(&root, b"secret hash"),
            audit: naming_key(&root, b"audit chain"),
        }
    }

    /// Seals and opens.
    pub fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// A value to search by without storing it: hex of HMAC(key, label ‖ value). Equal values of one label are equal.
    pub fn blind_index(&self, label: &str, value: &str) -> String {
        tagged(&self.index, label.as_bytes(), value.as_bytes())
    }

    /// The name under which a picture of a case is kept: the same content of the same case has the same name, and
    /// nobody without the key can tell whether a picture is there.
    pub fn photo_name(&self, case_id: &str, content: &[u8]) -> String {
        tagged(&self.photos, case_id.as_bytes(), content)
    }

    /// Tells equal values of one label apart from others by 64 bits, without anybody being able to guess them from
    /// those.
    pub fn hash_bytes(&self, label: &str, value: &[u8]) -> [u8; 8] {
        let whole = mac(&self.tickets, label.as_bytes(), value);
        std::array::from_fn(|at| whole[at])
    }

    /// What is stored of a camera ticket, device cookie or session token instead of the secret itself.
    pub fn hash_secret(&self, label: &str, secret: &str) -> String {
        tagged(&self.tickets, label.as_bytes(), secret.as_bytes())
    }

    /// Begins a MAC that vouches for a piece of the audit log; `what` tells the kinds of pieces apart.
    pub fn vouch(&self, what: &str) -> FieldMac {
        FieldMac(self.audit.clone()).bytes(what.as_bytes())
    }
}

/// A MAC over fields in a fixed order, each of a fixed length or led by its length: no two lists of fields look alike.
pub struct FieldMac(Hmac<Sha256>);

impl FieldMac {
    /// Adds a number.
    #[must_use]
    pub fn number(mut self, value: i64) -> Self {
        self.0.update(&value.to_be_bytes());
        self
    }

    /// Adds a text or another MAC.
    #[must_use]
    pub fn bytes(mut self, value: &[u8]) -> Self {
        self.0.update(&(value.len() as u64).to_be_bytes());
        self.0.update(value);
        self
    }

    /// The MAC.
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring of {}", self.keys.len())
    }
}

/// A new naming root, drawn once an installation from the operating system.
pub fn draw_root() -> [u8; KEY_LEN] {
    Generate::generate()
}

/// Sixty-four random bits to tell this process from others sharing its database.
pub fn draw_process_tag() -> u64 {
    Generate::generate()
}

fn naming_key(root: &Hkdf<Sha256>, label: &[u8]) -> Hmac<Sha256> {
    let mut key = [0; KEY_LEN];
    root.expand(label, &mut key).expect("thirty-two bytes are a legal output");
    Hmac::new_from_slice(&key).expect("HMAC takes a key of any length")
}

/// Hex of HMAC(label ‖ 0 ‖ value), from a keyed state that is copied instead of keyed anew.
fn tagged(key: &Hmac<Sha256>, label: &[u8], value: &[u8]) -> String {
    hex(&mac(key, label, value))
}

fn mac(key: &Hmac<Sha256>, label: &[u8], value: &[u8]) -> [u8; 32] {
    let mut mac = key.clone();
    mac.update(label);
    mac.update(&[0]);
    mac.update(value);
    mac.finalize().into_bytes().into()
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: [u8; KEY_LEN] = [1; KEY_LEN];
    const NEW: [u8; KEY_LEN] = [2; KEY_LEN];

    #[test]
    fn a_sealed_value_opens_only_at_its_place_and_row() {
        let keys = Keyring::new(&NEW, &[]);
        let sealed = keys.seal("sessions/body", "o1", "陈样例".as_bytes());
        assert_eq!(sealed.len(), "陈样例".len() + OVERHEAD);
        assert_eq!(keys.open("sessions/body", "o1", &sealed).unwrap(), "陈样例".as_bytes());
        assert_eq!(keys.open("sessions/body", "o2", &sealed), Err(SecretsError::Damaged));
        assert_eq!(keys.open("cases/body", "o1", &sealed), Err(SecretsError::Damaged));
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_noticed() {
        let keys = Keyring::new(&NEW, &[]);
        let sealed = keys.seal("p", "r", b"13800138000");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keys.open("p", "r", &changed).is_err(), "byte {at}");
            assert!(keys.open("p", "r", &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same_twice() {
        let keys = Keyring::new(&NEW, &[]);
        assert_ne!(keys.seal("p", "r", b"x"), keys.seal("p", "r", b"x"));
    }

    #[test]
    fn previous_keys_open_and_the_present_one_seals() {
        let old = Keyring::new(&OLD, &[]).seal("p", "r", b"x");
        let rotated = Keyring::new(&NEW, &[OLD]);
        assert_eq!(rotated.open("p", "r", &old).unwrap(), b"x");
        assert!(!rotated.is_current(&old));
        assert!(rotated.is_current(&rotated.seal("p", "r", b"x")));
        assert_eq!(Keyring::new(&NEW, &[]).open("p", "r", &old), Err(SecretsError::UnknownKey));
    }

    #[test]
    fn names_depend_on_root_label_and_value_but_not_on_the_data_key() {
        let names = |key, root| Secrets::new(Keyring::new(&key, &[]), &root);
        let base = names(NEW, [7; KEY_LEN]);
        let name = base.blind_index("exam_no", "010112345678");
        assert_eq!(name.len(), 64);
        assert_eq!(names(OLD, [7; KEY_LEN]).blind_index("exam_no", "010112345678"), name);
        assert_ne!(names(NEW, [8; KEY_LEN]).blind_index("exam_no", "010112345678"), name);
        assert_ne!(base.blind_index("document_no", "010112345678"), name);
        assert_ne!(base.photo_name("exam_no", b"010112345678"), name);
        assert_ne!(base.photo_name("case-1", b"jpeg"), base.photo_name("case-2", b"jpeg"));
    }

    #[test]
    fn fields_are_vouched_for_by_kind_order_and_border() {
        let secrets = Secrets::new(Keyring::new(&NEW, &[]), &[7; KEY_LEN]);
        let mac = |what: &str, first: &[u8], second: &[u8]| {
            secrets.vouch(what).number(1).bytes(first).bytes(second).finish()
        };
        let base = mac("line", b"ab", b"c");
        assert_eq!(mac("line", b"ab", b"c"), base);
        for other in [mac("chain", b"ab", b"c"), mac("line", b"a", b"bc"), mac("line", b"c", b"ab")] {
            assert_ne!(other, base);
        }
    }

    #[test]
    fn bytes_become_hex() {
        assert_eq!(hex(&[0x00, 0x9f, 0xff]), "009fff");
    }
}
