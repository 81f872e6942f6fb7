//! Accounts of the people who work at the offices: signing in, passwords, one-time codes, and what an admin does with
//! them.
//!
//! Nobody learns from an answer whether a name is known: an unknown name, a wrong password, an account that was stopped
//! and a wrong code all cost the same time, count in the same counter and are [`SignInError::Wrong`].

use totp_rs::{Builder, Secret, Totp};

use super::{Act, Role, Who};
use crate::{
    clock::Now,
    store::{Attempt, StaffRow, Store, StoreError, hash_password, is_password},
    time::Millis,
    turn::Audit,
};

/// Shortest password, in characters (NIST SP 800-63B asks for 8 beside a second factor, 15 without).
pub const PASSWORD_MIN: usize = 12;
/// Longest password, in characters: a sentence; hashing more is only work.
pub const PASSWORD_MAX: usize = 256;
/// Longest name of an account, in characters.
pub const NAME_MAX: usize = 32;

/// Bytes of a secret of one-time codes (RFC 4226 §4 recommends 160 bits).
pub const CODE_SECRET: usize = 20;
/// Under which name an authenticator app lists it. No colon may be in it.
const ISSUER: &str = "自考毕业申请助手";

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name, password or code do not fit.
    #[error("name, password or code do not fit")]
    Wrong,
    /// Tried too often in vain: not before this moment. Wire time.
    #[error("tried too often")]
    NotBefore(Millis),
    /// Too many others are signing in at this moment. Nothing was counted.
    #[error("too many sign in at once")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a browser brings to sign in.
pub struct Credentials<'c> {
    /// The account's.
    pub name: &'c str,
    /// The account's.
    pub password: &'c str,
    /// The one-time code, or empty.
    pub code: &'c str,
}

/// The account that these open.
pub async fn sign_in(store: &Store, given: Credentials<'_>, now: Now) -> Result<StaffRow, SignInError> {
    // PostgreSQL knows no text with a NUL, and nobody is called so.
    let fits = (1..=NAME_MAX).contains(&given.name.chars().count())
        && !given.name.contains('\0')
        && given.password.chars().count() <= PASSWORD_MAX;
    if !fits {
        return Err(SignInError::Wrong);
    }
    // Before anything is written.
    let Some(_place) = store.place_to_sign_in() else { return Err(SignInError::Busy) };
    if let Attempt::NotBefore(at) = store.begin_sign_in(given.name, now.wire).await? {
        return Err(SignInError::NotBefore(at));
    }
    let opened = match store.sign_in(given.name, given.password).await? {
        Some(staff) if has_code(store, &staff, given.code, now).await? => Some(staff),
        _ => None,
    };
    let Some(staff) = opened else {
        tracing::warn!("somebody tried to sign in to the console in vain");
        return Err(SignInError::Wrong);
    };
    store.forgive_sign_in(&staff.name).await?;
    store.append_audit(&own(&staff, "sign_in"), now.business).await?;
    Ok(staff)
}

async fn has_code(store: &Store, staff: &StaffRow, code: &str, now: Now) -> Result<bool, StoreError> {
    let Some(secret) = &staff.totp else { return Ok(true) };
    match step_of(secret, code, now) {
        Some(step) => store.use_code(&staff.name, step).await,
        None => Ok(false),
    }
}

/// The time step of a one-time code that is right now; half a minute early or late is right, too.
fn step_of(secret: &[u8], code: &str, now: Now) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = now.wire.as_seconds().max(0).unsigned_abs();
    totp(secret, "").and_then(|totp| totp.check(&digits, seconds)).map(|step| step as i64)
}

fn totp(secret: &[u8], account: &str) -> Option<Totp> {
    let builder = Builder::new().with_secret(Secret::from(secret.to_vec()));
    builder.with_account_name(account).with_issuer(Some(ISSUER)).build().ok()
}

/// What an authenticator app takes: the address inside a QR code, and the secret to type.
pub fn code_address(account: &str, secret: &[u8]) -> Option<(String, String)> {
    let totp = totp(secret, &account.replace(':', " "))?;
    Some((totp.to_url().ok()?, totp.secret().to_base32()))
}

/// Why an account was not changed. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The acting account's role may not.
    #[error("the role may not do this")]
    Role,
    /// The present password is not this.
    #[error("the present password is another")]
    Password,
    /// Too short or too long.
    #[error("a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters")]
    Length,
    /// The same as before, or the account's name.
    #[error("the new password is too easy to guess")]
    Weak,
    /// Not the code of this moment.
    #[error("not the code of this moment")]
    Code,
    /// Not a name.
    #[error("a name has 1 to {NAME_MAX} characters without spaces")]
    Name,
    /// Not a role.
    #[error("there is no such role")]
    NoRole,
    /// The name is taken.
    #[error("the name is taken")]
    Taken,
    /// No such account.
    #[error("there is no such account")]
    Unknown,
    /// One's own account is not stopped or reset by oneself.
    #[error("not one's own account")]
    Own,
    /// Somebody else changed it in the same moment.
    #[error("changed meanwhile")]
    Contended,
    /// Tried too often in vain: not before this moment. Wire time.
    #[error("tried too often")]
    NotBefore(Millis),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a text may be a name: no spaces, nothing invisible.
pub fn is_name(name: &str) -> bool {
    (1..=NAME_MAX).contains(&name.chars().count())
        && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == ':')
}

/// What a new password must be.
pub fn check_password(staff: &str, password: &str) -> Result<(), AccountError> {
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&password.chars().count()) {
        return Err(AccountError::Length);
    }
    let mut characters: Vec<char> = password.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    if characters.len() < DIFFERENT || password.contains(staff) {
        return Err(AccountError::Weak);
    }
    Ok(())
}

/// Bytes of randomness in a first password.
pub const FIRST_PASSWORD: usize = 10;

/// A first password out of randomness, to be read to somebody: 16 letters and digits in groups of four.
pub fn first_password(random: [u8; FIRST_PASSWORD]) -> String {
    let letters = Secret::from(random.to_vec()).to_base32().to_lowercase();
    let letters: Vec<char> = letters.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// Fewer different characters are a pattern, not a password.
const DIFFERENT: usize = 5;

/// Somebody changes their own password; whatever else they are signed in to ends.
pub async fn change_password(
    store: &Store,
    staff: &StaffRow,
    present: &str,
    new: &str,
    now: Now,
) -> Result<StaffRow, AccountError> {
    prove(store, staff, present, now).await?;
    check_password(&staff.name, new)?;
    if present == new {
        return Err(AccountError::Weak);
    }
    let password_hash = hash_password(new.to_owned()).await?;
    let changed = StaffRow { password_hash, must_change: false, ..staff.clone() };
    change(store, changed, own(staff, "change_password"), now.business).await
}

/// The present password, before anything that would lock its owner out.
async fn prove(store: &Store, staff: &StaffRow, password: &str, now: Now) -> Result<(), AccountError> {
    if let Attempt::NotBefore(at) = store.begin_sign_in(&staff.name, now.wire).await? {
        return Err(AccountError::NotBefore(at));
    }
    if !is_password(staff.password_hash.clone(), password.chars().take(PASSWORD_MAX).collect()).await? {
        return Err(AccountError::Password);
    }
    Ok(store.forgive_sign_in(&staff.name).await?)
}

/// One-time codes are asked for from now on; `code` shows that the app has the secret.
pub async fn begin_codes(
    store: &Store,
    staff: &StaffRow,
    secret: [u8; CODE_SECRET],
    code: &str,
    now: Now,
) -> Result<StaffRow, AccountError> {
    let step = step_of(&secret, code, now).ok_or(AccountError::Code)?;
    let changed = StaffRow { totp: Some(secret.to_vec()), ..staff.clone() };
    let changed = change(store, changed, own(staff, "begin_codes"), now.business).await?;
    store.use_code(&staff.name, step).await?;
    Ok(changed)
}

/// One-time codes are no longer asked for.
pub async fn end_codes(
    store: &Store,
    staff: &StaffRow,
    password: &str,
    now: Now,
) -> Result<StaffRow, AccountError> {
    prove(store, staff, password, now).await?;
    let changed = StaffRow { totp: None, ..staff.clone() };
    change(store, changed, own(staff, "end_codes"), now.business).await
}

/// An account that is to be.
#[derive(Clone, Copy)]
pub struct NewAccount<'a> {
    /// For signing in, and in the audit.
    pub name: &'a str,
    /// What it is. The caller has looked whether the place exists.
    pub role: &'a Role,
    /// The first password, in the clear.
    pub password: &'a str,
    /// Its owner must replace the password: somebody else chose it.
    pub must_change: bool,
}

/// Adds an account.
pub async fn add(
    store: &Store,
    who: Who<'_>,
    new: NewAccount<'_>,
    now: Now,
) -> Result<StaffRow, AccountError> {
    may_manage(who)?;
    if !is_name(new.name) {
        return Err(AccountError::Name);
    }
    check_password(new.name, new.password)?;
    let (kind, scope) = new.role.columns();
    let hash = hash_password(new.password.to_owned()).await?;
    let staff = StaffRow { must_change: new.must_change, ..StaffRow::new(new.name, hash, kind, scope) };
    let added = store.add_staff(&staff, &who.actor(), now.business).await?;
    if added { Ok(staff) } else { Err(AccountError::Taken) }
}

/// What an admin does to somebody else's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Another first password, which its owner must replace; one-time codes are off until they are set up again.
    Reset {
        /// In the clear.
        password: String,
    },
    /// One-time codes are off until they are set up again: the phone is lost.
    Codes,
    /// It may no longer sign in.
    Stop,
    /// It may again.
    Resume,
    /// Another role.
    Role(Role),
}

/// An admin changes somebody else's account, or whoever runs the program any; whatever it is signed in to ends. The only
/// admin who has lost the password has nobody else to ask.
pub async fn manage(
    store: &Store,
    who: Who<'_>,
    name: &str,
    what: Change,
    now: Now,
) -> Result<StaffRow, AccountError> {
    may_manage(who)?;
    if matches!(who, Who::Staff(admin) if admin.name == name) {
        return Err(AccountError::Own);
    }
    let mut staff = store.staff(name).await?.ok_or(AccountError::Unknown)?;
    let (act, detail) = match what {
        Change::Reset { password } => {
            check_password(name, &password)?;
            staff.password_hash = hash_password(password).await?;
            (staff.must_change, staff.totp) = (true, None);
            ("reset_staff", String::new())
        }
        Change::Codes => {
            staff.totp = None;
            ("reset_codes", String::new())
        }
        Change::Stop => {
            staff.active = false;
            ("stop_staff", String::new())
        }
        Change::Resume => {
            staff.active = true;
            ("resume_staff", String::new())
        }
        Change::Role(role) => {
            let (kind, scope) = role.columns();
            (staff.role, staff.scope) = (kind.to_owned(), scope.to_owned());
            ("change_role", staff.role_text())
        }
    };
    let audit = Audit { actor: who.actor(), act: act.to_owned(), subject: name.to_owned(), detail };
    change(store, staff, audit, now.business).await
}

async fn change(store: &Store, staff: StaffRow, audit: Audit, now: Millis) -> Result<StaffRow, AccountError> {
    if store.change_staff(&staff, &audit, now).await? {
        Ok(StaffRow { stamp: staff.stamp + 1, ..staff })
    } else {
        Err(AccountError::Contended)
    }
}

fn may_manage(who: Who<'_>) -> Result<(), AccountError> {
    if who.may(Act::ManageAccounts) { Ok(()) } else { Err(AccountError::Role) }
}

fn own(staff: &StaffRow, act: &str) -> Audit {
    Audit {
        actor: Who::Staff(staff).actor(),
        act: act.to_owned(),
        subject: staff.name.clone(),
        detail: String::new(),
    }
}
