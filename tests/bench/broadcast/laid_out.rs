//! People who have just written, as rows: a million commits would take longer than what is measured.

use graduation_bot::{config::Config, store::Store, time::Millis, turn::Session};
use sqlx::{AnyConnection, Connection as _, QueryBuilder};

use crate::platform::openid;

/// Rows of a statement.
const AT_ONCE: usize = 500;
/// Rows of a transaction.
const TOGETHER: usize = 50_000;

/// Stores so many sessions as turns would have left them.
pub(crate) async fn lay_out(config: &Config, store: &Store, people: usize, now: Millis) {
    let mut connection = AnyConnection::connect(&config.database_url).await.unwrap();
    let body = serde_json::to_vec(&Session::new("")).unwrap();
    for start in (0..people).step_by(TOGETHER) {
        let mut transaction = connection.begin().await.unwrap();
        let end = (start + TOGETHER).min(people);
        for from in (start..end).step_by(AT_ONCE) {
            let open_ids = (from..(from + AT_ONCE).min(end)).map(openid);
            let mut insert = QueryBuilder::new(
                "insert into sessions (open_id, version, followed, talked_at, body, signed) ",
            );
            insert.push_values(open_ids, |mut row, open_id| {
                let sealed = store.secrets().keyring().seal("sessions/body", &open_id, &body);
                row.push_bind(open_id).push_bind(1_i64).push_bind(1_i64).push_bind(now.0);
                row.push_bind(sealed).push_bind(Vec::<u8>::new());
            });
            insert.build().execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }
    connection.close().await.unwrap();
}
