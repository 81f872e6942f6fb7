//! Keys of the JSON API: what an office's system shows instead of a sign-in. The secret half is nowhere, only its hash.

use std::fmt;

use sqlx::any::AnyRow;

use super::{Store, StoreError, column, statement::Statement, time_column};
use crate::{time::Millis, turn::Audit};

const COLUMNS: &str = "id, name, role, scope, uses, hash, created_at, expires_at, used_at, revoked_at";

/// A key.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Sixteen hex digits.
    pub id: String,
    /// For people, and in the audit.
    pub name: String,
    /// As of an account: `city`, `district`, `province`, `announcer` or `admin`.
    pub role: String,
    /// City or district of the first two roles, else empty.
    pub scope: String,
    /// Names of what it may be used for, with blanks between.
    pub uses: String,
    /// SHA-256 of the secret.
    pub hash: Vec<u8>,
    /// Business time.
    pub created_at: Millis,
    /// From then on it opens nothing. Business time.
    pub expires_at: Millis,
    /// Give or take a minute. Business time.
    pub used_at: Option<Millis>,
    /// Since when it opens nothing, because somebody said so. Business time.
    pub revoked_at: Option<Millis>,
}

impl fmt::Debug for ApiKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyRow({}, {})", self.id, self.name)
    }
}

impl Store {
    /// Adds a key, with its line of the audit. False when id or name is taken; then neither is written.
    pub async fn add_api_key(&self, key: &ApiKeyRow, audit: &Audit, now: Millis) -> Result<bool, StoreError> {
        let add = Statement::new(
            "insert into api_keys (id, name, role, scope, uses, hash, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        )
        .text(key.id.as_str())
        .text(key.name.as_str())
        .text(key.role.as_str())
        .text(key.scope.as_str())
        .text(key.uses.as_str())
        .blob(key.hash.clone())
        .number(key.created_at.0)
        .number(key.expires_at.0);
        // Ids are drawn: only the row just written has this one with this name.
        let (line, _) = self.audit_of(audit, now, "api_keys where id = $7 and name = $8");
        let line = line.text(key.id.as_str()).text(key.name.as_str());
        let done = self.write_all(vec![add.into(), line.into()]).await?;
        Ok(done.first().is_some_and(|done| done.affected == 1))
    }

    /// Revokes the key of a name for good, with its line of the audit. False when there is none that still opens anything;
    /// then neither is written.
    pub async fn revoke_api_key(&self, name: &str, audit: &Audit, now: Millis) -> Result<bool, StoreError> {
        let skip_locked = self.inner.dialect.skip_locked();
        let of = format!("api_keys where name = $7 and revoked_at is null{skip_locked}");
        let (line, line_id) = self.audit_of(audit, now, &of);
        let revoke = Statement::new(
            "update api_keys set revoked_at = $1 where name = $2 and exists (select 1 from audit where id = $3)",
        )
        .number(now.0)
        .text(name)
        .text(line_id);
        self.write_told(line.text(name), revoke).await
    }

    /// The key of an id, whether or not it still opens anything.
    pub async fn api_key(&self, id: &str) -> Result<Option<ApiKeyRow>, StoreError> {
        let text = format!("select {COLUMNS} from api_keys where id = $1");
        let rows = self.read(Statement::returning(sqlx::AssertSqlSafe(text)).text(id)).await?;
        rows.first().map(key_row).transpose()
    }

    /// Every key, by name.
    pub async fn list_api_keys(&self) -> Result<Vec<ApiKeyRow>, StoreError> {
        let text = format!("select {COLUMNS} from api_keys order by name");
        let rows = self.read(Statement::returning(sqlx::AssertSqlSafe(text))).await?;
        rows.iter().map(key_row).collect()
    }

    /// Notes that a key is in use.
    pub async fn note_api_key(&self, id: &str, now: Millis) -> Result<(), StoreError> {
        let statement = Statement::new("update api_keys set used_at = $1 where id = $2");
        self.write_one(statement.number(now.0).text(id)).await.map(drop)
    }
}

fn key_row(row: &AnyRow) -> Result<ApiKeyRow, StoreError> {
    Ok(ApiKeyRow {
        id: column(row, 0)?,
        name: column(row, 1)?,
        role: column(row, 2)?,
        scope: column(row, 3)?,
        uses: column(row, 4)?,
        hash: column(row, 5)?,
        created_at: Millis(column(row, 6)?),
        expires_at: Millis(column(row, 7)?),
        used_at: time_column(row, 8)?,
        revoked_at: time_column(row, 9)?,
    })
}
