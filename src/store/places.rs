//! How often each place of a batch was chosen: shown beside it, and what keeps it from being taken away.

use std::collections::HashMap;

use sqlx::{AnyConnection, any::AnyRow};

use super::{Store, StoreError, column, dialect::Dialect, statement::Statement};
use crate::workflow::case::Stage;

/// How many applications have chosen each place, by city and district; those taken back left out.
pub type PlaceCounts = HashMap<(String, String), i64>;

impl Store {
    /// How many applications of a batch chose each place.
    pub async fn count_places(&self, batch: &str) -> Result<PlaceCounts, StoreError> {
        read(&self.read(count(batch)).await?)
    }
}

/// The same within a transaction until whose end nobody chooses one of the places `gone`; those of them that were chosen
/// before, if there are any.
pub(super) async fn left(
    dialect: Dialect,
    transaction: &mut AnyConnection,
    batch: &str,
    gone: &[(String, String)],
) -> Result<Result<PlaceCounts, PlaceCounts>, StoreError> {
    if let Some(lock) = dialect.still_cases().filter(|_| !gone.is_empty()) {
        Statement::new(lock).run(transaction).await?;
    }
    let counts = read(&count(batch).run(transaction).await?.rows)?;
    let chosen: PlaceCounts = counts.clone().into_iter().filter(|(key, _)| gone.contains(key)).collect();
    Ok(if chosen.is_empty() { Ok(counts) } else { Err(chosen) })
}

fn count(batch: &str) -> Statement {
    let statement = Statement::returning(
        "select city, district, count(*) from cases where batch = $1 and stage <> $2 \
         and city is not null and district is not null group by city, district",
    );
    statement.text(batch).text(Stage::Withdrawn.name())
}

fn read(rows: &[AnyRow]) -> Result<PlaceCounts, StoreError> {
    rows.iter().map(|row| Ok(((column(row, 0)?, column(row, 1)?), column(row, 2)?))).collect()
}
