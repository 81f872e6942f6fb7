//! What can go wrong at this edge. A lost race is no error: see [`super::Committed`].

use std::sync::Arc;

use super::dialect;
use crate::secrets::SecretsError;

/// Why the store could not do what it was asked. Never carries personal data.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// `database_url` cannot be used; the text says why.
    #[error("database_url: {0}")]
    Url(String),
    /// The database refused or is out of reach.
    #[error("database: {0}")]
    Database(#[from] Arc<sqlx::Error>),
    /// The schema could not be brought up to date.
    #[error("migration: {0}")]
    Migration(String),
    /// The database is not open with any configured `data_key`, or a value is damaged.
    #[error("{0} ({1})")]
    Sealed(SecretsError, &'static str),
    /// A stored value cannot be read as what it should be; `place` is table and column.
    #[error("{place} holds something unreadable: {reason}")]
    Unreadable {
        /// Table and column.
        place: &'static str,
        /// What the parser said.
        reason: String,
    },
    /// The database would not make commits survive a power cut.
    #[error(
        "the database does not write through to the disk (SQLite synchronous, PostgreSQL synchronous_commit)"
    )]
    NotDurable,
    /// A password could not be hashed or a stored hash is none.
    #[error("password hash: {0}")]
    Password(String),
    /// Somebody else wrote into this process's chain of the audit, again and again.
    #[error("the audit log was changed from outside: look with `graduation-bot audit verify`")]
    Unlinked,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// Whether the same call may succeed later: connections lost, locks, time-outs.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(error) => dialect::is_transient(error),
            _ => false,
        }
    }

    /// Whether a row of the same key is there already.
    pub(super) fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Database(error)
            if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation))
    }

    pub(super) fn unreadable(place: &'static str, reason: &dyn std::fmt::Display) -> Self {
        Self::Unreadable { place, reason: reason.to_string() }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}
