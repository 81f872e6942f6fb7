//! Who reviews: accounts and passwords. What a role may do is decided by its users, not here.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use sqlx::any::AnyRow;

use super::{Store, StoreError, column, statement::Statement};
use crate::{time::Millis, turn::Audit};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl Store {
    /// Adds an account, active, with its line of the audit. False when the name is taken; then neither is written.
    pub async fn add_staff(&self, staff: &StaffRow, actor: &str, now: Millis) -> Result<bool, StoreError> {
        let role = if staff.scope.is_empty() {
            staff.role.clone()
        } else {
            format!("{}:{}", staff.role, staff.scope)
        };
        let audit = Audit {
            actor: actor.to_owned(),
            act: "add_staff".to_owned(),
            subject: staff.name.clone(),
            detail: role,
        };
        let add = Statement::new(
            "insert into staff (name, password_hash, role, scope, active, created_at) \
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        )
        .text(staff.name.as_str())
        .text(staff.password_hash.as_str())
        .text(staff.role.as_str())
        .text(staff.scope.as_str())
        .number(i64::from(staff.active))
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

    /// Replaces password, role, scope and activity of an account. False when there is none of this name.
    pub async fn change_staff(&self, staff: &StaffRow) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "update staff set password_hash = $1, role = $2, scope = $3, active = $4 where name = $5",
        )
        .text(staff.password_hash.as_str())
        .text(staff.role.as_str())
        .text(staff.scope.as_str())
        .number(i64::from(staff.active))
        .text(staff.name.as_str());
        Ok(self.write_one(statement).await? == 1)
    }

    /// The account of a name, active or not.
    pub async fn staff(&self, name: &str) -> Result<Option<StaffRow>, StoreError> {
        let statement = Statement::returning(
            "select name, password_hash, role, scope, active from staff where name = $1",
        )
        .text(name);
        self.read(statement).await?.first().map(read_staff).transpose()
    }

    /// Every account, by name.
    pub async fn list_staff(&self) -> Result<Vec<StaffRow>, StoreError> {
        let statement =
            Statement::returning("select name, password_hash, role, scope, active from staff order by name");
        self.read(statement).await?.iter().map(read_staff).collect()
    }

    /// The active account that this name and password open. Takes as long for an unknown name as for a wrong password.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<Option<StaffRow>, StoreError> {
        let staff = self.staff(name).await?.filter(|staff| staff.active);
        let hash = staff.as_ref().map_or(NOBODY, |staff| staff.password_hash.as_str()).to_owned();
        let password = password.to_owned();
        let right = tokio::task::spawn_blocking(move || is_password(&hash, &password))
            .await
            .map_err(|error| StoreError::Password(error.to_string()))??;
        Ok(staff.filter(|_| right))
    }
}

/// A hash that no password has: what is checked for a name that nobody has.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Argon2id with the crate's parameters (19 MiB, two passes: OWASP's first choice) and a random salt, as a PHC
/// string. Takes tens of milliseconds: keep it off the runtime's threads.
pub fn hash_password(password: &str) -> Result<String, StoreError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash: PasswordHash| hash.to_string()).map_err(|error| StoreError::Password(error.to_string()))
}

/// Whether a password has this hash, in constant time. As slow as hashing.
pub fn is_password(hash: &str, password: &str) -> Result<bool, StoreError> {
    let hash = PasswordHash::new(hash).map_err(|error| StoreError::Password(error.to_string()))?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn read_staff(row: &AnyRow) -> Result<StaffRow, StoreError> {
    Ok(StaffRow {
        name: column(row, 0)?,
        password_hash: column(row, 1)?,
        role: column(row, 2)?,
        scope: column(row, 3)?,
        active: column::<i64>(row, 4)? != 0,
    })
}
