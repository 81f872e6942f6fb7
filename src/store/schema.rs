//! The tables: `migrations/` compiled in, applied in order.
//!
//! sqlx keeps the list of what was applied, with checksums. PostgreSQL serialises several processes that start at
//! once by an advisory lock; SQLite makes the later ones fail on its write lock or on a table already there, and they
//! look again.

use std::{borrow::Cow, time::Duration};

use sqlx::{
    AnyConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use super::{StoreError, dialect::Dialect};

const MIGRATIONS: [(i64, &str, &str); 16] = [
    (1, "people", include_str!("../../migrations/0001_people.sql")),
    (2, "cases", include_str!("../../migrations/0002_cases.sql")),
    (3, "inbox", include_str!("../../migrations/0003_inbox.sql")),
    (4, "outbox", include_str!("../../migrations/0004_outbox.sql")),
    (5, "tickets", include_str!("../../migrations/0005_tickets.sql")),
    (6, "staff", include_str!("../../migrations/0006_staff.sql")),
    (7, "imports", include_str!("../../migrations/0007_imports.sql")),
    (8, "keys", include_str!("../../migrations/0008_keys.sql")),
    (9, "inquiries", include_str!("../../migrations/0009_inquiries.sql")),
    (10, "audit", include_str!("../../migrations/0010_audit.sql")),
    (11, "retention", include_str!("../../migrations/0011_retention.sql")),
    (12, "api", include_str!("../../migrations/0012_api.sql")),
    (13, "broadcasts", include_str!("../../migrations/0013_broadcasts.sql")),
    (14, "mass_reports", include_str!("../../migrations/0014_mass_reports.sql")),
    (15, "reminders", include_str!("../../migrations/0015_reminders.sql")),
    (16, "audience", include_str!("../../migrations/0016_audience.sql")),
];

/// How often SQLite looks again when another process migrates at the same time.
const LOOKS: u32 = 5;

/// Brings the schema up to date; does nothing when it is.
pub(super) async fn migrate(dialect: Dialect, connection: &mut AnyConnection) -> Result<(), StoreError> {
    let mut migrator =
        Migrator::with_migrations(MIGRATIONS.iter().map(|row| migration(dialect, *row)).collect());
    // Old code runs on the new schema while machines are replaced one by one.
    migrator.set_ignore_missing(true);
    let mut looks = 0;
    while let Err(error) = migrator.run(&mut *connection).await {
        looks += 1;
        if looks == LOOKS || dialect == Dialect::Postgres || !is_race(&error) {
            return Err(StoreError::Migration(error.to_string()));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

fn migration(dialect: Dialect, (version, name, sql): (i64, &'static str, &'static str)) -> Migration {
    Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, dialect.schema(sql), false)
}

fn is_race(error: &MigrateError) -> bool {
    matches!(error, MigrateError::Execute(_) | MigrateError::ExecuteMigration(..))
}
