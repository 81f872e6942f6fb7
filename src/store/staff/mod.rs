//! Who works at the offices: accounts and passwords. What a role may do is decided by its users, not here.

mod attempts;
mod links;
mod sign_ins;

use std::{collections::BTreeMap, fmt};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use sqlx::any::AnyRow;
use tokio::sync::Semaphore;

pub use attempts::Attempt;
pub(super) use attempts::TRIES;
pub use sign_ins::SignIn;

use super::{Store, StoreError, column, statement::Statement, time_column};
use crate::{time::Millis, turn::Audit};

const TOTP: &str = "staff/totp";

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// The name to sign in with, and in the audit.
    pub name: String,
    /// PHC string of Argon2id.
    pub password_hash: String,
    /// `city`, `district`, `province`, `announcer` or `admin`.
    pub role: String,
    /// City or district of the first two roles, else empty.
    pub scope: String,
    /// May sign in.
    pub active: bool,
    /// Somebody else chose the password: nothing else can be done before it is changed.
    pub must_change: bool,
    /// Secret of the one-time codes, if any are asked for.
    pub totp: Option<Vec<u8>>,
    /// Counted up by each change: whatever was signed in before it is no longer.
    pub stamp: i64,
    /// The account's own WeChat account, if one is linked. Use [`Store::staff_open_id`] to reach it.
    pub open_id: Option<String>,
    /// Since when it is linked.
    pub linked_at: Option<Millis>,
}

impl StaffRow {
    /// An active account as it is first stored.
    pub fn new(name: &str, password_hash: String, role: &str, scope: &str) -> Self {
        Self {
            name: name.to_owned(),
            password_hash,
            role: role.to_owned(),
            scope: scope.to_owned(),
            active: true,
            must_change: false,
            totp: None,
            stamp: 0,
            open_id: None,
            linked_at: None,
        }
    }

    /// `city:广州市`, `province`.
    pub fn role_text(&self) -> String {
        if self.scope.is_empty() { self.role.clone() } else { format!("{}:{}", self.role, self.scope) }
    }
}

impl fmt::Debug for StaffRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StaffRow({}, {})", self.name, self.role_text())
    }
}

impl Store {
    /// Adds an account, with its line of the audit. False when the name is taken; then neither is written.
    pub async fn add_staff(&self, staff: &StaffRow, actor: &str, now: Millis) -> Result<bool, StoreError> {
        let audit = Audit {
            actor: actor.to_owned(),
            act: "add_staff".to_owned(),
            subject: staff.name.clone(),
            detail: staff.role_text(),
        };
        let add = Statement::new(
            "insert into staff (name, password_hash, role, scope, active, must_change, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        )
        .text(staff.name.as_str())
        .text(staff.password_hash.as_str())
        .text(staff.role.as_str())
        .text(staff.scope.as_str())
        .number(i64::from(staff.active))
        .number(i64::from(staff.must_change))
        .number(now.0);
        // The salt is new each time: only the row just written has this hash. Accounts are never deleted.
        let (line, _) = self.audit_of(
            &audit,
            now,
            "staff where name = $7 and password_hash = $8 \
             and not exists (select 1 from audit where subject = $7 and act = 'add_staff')",
        );
        let line = line.text(staff.name.as_str()).text(staff.password_hash.as_str());
        let done = self.write_all(vec![add.into(), line.into()]).await?;
        Ok(done.first().is_some_and(|done| done.affected == 1))
    }

    /// Replaces everything but the name and the WeChat account of an account as it was read, with its line of the audit, and ends whatever is
    /// signed in. False when it has been changed since; then neither is written.
    pub async fn change_staff(
        &self,
        staff: &StaffRow,
        audit: &Audit,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let sealed = staff.totp.as_deref().map(|secret| self.seal(TOTP, &staff.name, secret));
        let of = format!("staff where name = $7 and stamp = {}", staff.stamp);
        let (line, line_id) = self.audit_of(audit, now, &of);
        let change = Statement::new(
            "update staff set password_hash = $1, role = $2, scope = $3, active = $4, must_change = $5, \
             totp = $6, stamp = stamp + 1 where name = $7 and exists (select 1 from audit where id = $8)",
        )
        .text(staff.password_hash.as_str())
        .text(staff.role.as_str())
        .text(staff.scope.as_str())
        .number(i64::from(staff.active))
        .number(i64::from(staff.must_change))
        .blob_or_null(sealed)
        .text(staff.name.as_str())
        .text(line_id);
        self.write_told(line.text(staff.name.as_str()), change).await
    }

    /// The account of a name, active or not.
    pub async fn staff(&self, name: &str) -> Result<Option<StaffRow>, StoreError> {
        let statement = Statement::returning(
            "select name, password_hash, role, scope, active, must_change, totp, stamp, open_id, linked_at \
             from staff where name = $1",
        )
        .text(name);
        self.read(statement).await?.first().map(|row| self.read_staff(row)).transpose()
    }

    /// When each account signed in last, by name; those that never did, or not within the time of the log, left out.
    pub async fn last_sign_ins(&self) -> Result<BTreeMap<String, Millis>, StoreError> {
        let statement = Statement::returning(
            "select s.name, (select a.at from audit a where a.subject = s.name and a.act = 'sign_in' \
             order by a.id desc limit 1) from staff s",
        );
        let rows = self.read(statement).await?;
        let found = rows.iter().map(|row| Ok((column(row, 0)?, time_column(row, 1)?)));
        let found = found.collect::<Result<Vec<(String, Option<Millis>)>, StoreError>>()?;
        Ok(found.into_iter().filter_map(|(name, at)| Some((name, at?))).collect())
    }

    /// Every account, by name.
    pub async fn list_staff(&self) -> Result<Vec<StaffRow>, StoreError> {
        let statement = Statement::returning(
            "select name, password_hash, role, scope, active, must_change, totp, stamp, open_id, linked_at \
             from staff order by name",
        );
        self.read(statement).await?.iter().map(|row| self.read_staff(row)).collect()
    }

    /// The active account that this name and password open. Takes as long for an unknown name as for a wrong password.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Option<StaffRow>, StoreError> {
        let staff = self.staff(name).await?.filter(|staff| staff.active);
        let hash = staff.as_ref().map_or(NOBODY, |staff| staff.password_hash.as_str()).to_owned();
        let right = is_password(hash, password.to_owned()).await?;
        Ok(staff.filter(|_| right))
    }

    /// Uses up a one-time code's time step. False when it, or a later one, was used before.
    pub async fn use_code(&self, name: &str, step: i64) -> Result<bool, StoreError> {
        let statement = Statement::new("update staff set totp_step = $1 where name = $2 and totp_step < $1")
            .number(step)
            .text(name);
        Ok(self.write_one(statement).await? == 1)
    }

    fn read_staff(&self, row: &AnyRow) -> Result<StaffRow, StoreError> {
        let name: String = column(row, 0)?;
        let sealed: Option<Vec<u8>> = column(row, 6)?;
        let totp = sealed.map(|sealed| self.unseal(TOTP, &name, &sealed)).transpose()?;
        Ok(StaffRow {
            name,
            password_hash: column(row, 1)?,
            role: column(row, 2)?,
            scope: column(row, 3)?,
            active: column::<i64>(row, 4)? != 0,
            must_change: column::<i64>(row, 5)? != 0,
            totp,
            stamp: column(row, 7)?,
            open_id: column(row, 8)?,
            linked_at: time_column(row, 9)?,
        })
    }
}

/// A hash that no password has: what is checked for a name that nobody has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashings at once in a process: each takes 19 MiB and a core. Whoever comes more often waits in line.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Argon2id with the crate's parameters (19 MiB, two passes: OWASP's first choice) and a random salt, as a PHC
/// string. Takes tens of milliseconds, on a thread of its own.
pub async fn hash_password(password: String) -> Result<String, StoreError> {
    work(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash: PasswordHash| hash.to_string())
            .map_err(|error| StoreError::Password(error.to_string()))
    })
    .await
}

/// Whether a password has this hash, in constant time. As slow as hashing.
pub async fn is_password(hash: String, password: String) -> Result<bool, StoreError> {
    work(move || {
        let hash = PasswordHash::new(&hash).map_err(|error| StoreError::Password(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

async fn work<T: Send + 'static>(
    hashing: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let _turn = HASHING.acquire().await.map_err(|_| StoreError::Closed)?;
    tokio::task::spawn_blocking(hashing).await.map_err(|error| StoreError::Password(error.to_string()))?
}
