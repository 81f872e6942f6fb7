//! The platform's access token, shared by all processes: one of them fetches the next, the others wait for it; should two
//! fetch all the same, one wins.

use super::{Store, StoreError, column, statement::Statement};
use crate::time::Millis;

const VALUE: &str = "tokens/value";

/// A stored token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// The token.
    pub value: String,
    /// When it ends. Wire time.
    pub expires_at: Millis,
    /// To be named when it is replaced.
    pub version: i64,
}

impl Store {
    /// The token of a name, expired or not.
    pub async fn load_token(&self, name: &str) -> Result<Option<TokenRow>, StoreError> {
        let statement = Statement::returning(
            "select value, expires_at, version from tokens where name = $1 and version > 0",
        )
        .text(name);
        let rows = self.read(statement).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let sealed: Vec<u8> = column(row, 0)?;
        Ok(Some(TokenRow {
            value: self.open_text(VALUE, name, &sealed)?,
            expires_at: Millis(column(row, 1)?),
            version: column(row, 2)?,
        }))
    }

    /// Takes the right to fetch the token that follows the one read as `expected` (0 when there was none), until `until`.
    /// False when another process has it, or has stored a newer token. Wire time.
    pub async fn claim_token(
        &self,
        name: &str,
        expected: i64,
        now: Millis,
        until: Millis,
    ) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "insert into tokens (name, value, expires_at, version, claimed_until) values ($1, $2, 0, 0, $3) \
             on conflict (name) do update set claimed_until = excluded.claimed_until \
             where tokens.version = $4 and tokens.claimed_until <= $5",
        )
        .text(name)
        .blob(self.seal(VALUE, name, b""))
        .number(until.0)
        .number(expected)
        .number(now.0);
        Ok(self.write_alone(statement).await? == 1)
    }

    /// Gives the right taken until then back: no token came. Another's claim stays.
    pub async fn release_token(&self, name: &str, until: Millis) -> Result<(), StoreError> {
        let statement =
            Statement::new("update tokens set claimed_until = 0 where name = $1 and claimed_until = $2")
                .text(name)
                .number(until.0);
        self.write_alone(statement).await.map(drop)
    }

    /// Replaces the token read as `expected` (0 when there was none). False when another process was quicker: load
    /// and use its token.
    pub async fn swap_token(
        &self,
        name: &str,
        expected: i64,
        value: &str,
        expires_at: Millis,
    ) -> Result<bool, StoreError> {
        let statement = Statement::new(
            "insert into tokens (name, value, expires_at, version) values ($1, $2, $3, $4) \
             on conflict (name) do update set value = excluded.value, expires_at = excluded.expires_at, \
             version = excluded.version, claimed_until = 0 where tokens.version = excluded.version - 1",
        )
        .text(name)
        .blob(self.seal(VALUE, name, value.as_bytes()))
        .number(expires_at.0)
        .number(expected + 1);
        Ok(self.write_alone(statement).await? == 1)
    }
}
