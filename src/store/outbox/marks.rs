//! What every message writes: that its call begins, and that it was delivered. The writer puts the marks of a group into
//! one statement each, because a statement of its own for each costs more than the message.

use std::{collections::HashSet, sync::Arc};

use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor as _, any::AnyArguments};

use super::Channel;
use crate::{
    store::{
        Lease, Store, StoreError, column,
        dialect::{Dialect, padded},
    },
    time::Millis,
};

/// Something that the holder of a lease writes down. It counts only while the lease holds.
#[derive(Debug, Clone)]
pub(in crate::store) enum Mark {
    /// The call of a customer message or 订阅通知 begins. Wire time.
    Begun { lease: Lease, counts: bool, at: Millis },
    /// It is tried as a template message; the first try counts. Business time.
    Tried { lease: Lease, at: Millis },
    /// The platform took it. Business time.
    Delivered { lease: Lease, channel: Channel, platform_id: Option<String>, counted: bool, at: Millis },
}

impl Mark {
    pub(in crate::store) fn lease(&self) -> &Lease {
        match self {
            Self::Begun { lease, .. } | Self::Tried { lease, .. } | Self::Delivered { lease, .. } => lease,
        }
    }

    /// Those of a group are written with the latest of their times: they are milliseconds apart.
    fn at(&self) -> Millis {
        match self {
            Self::Begun { at, .. } | Self::Tried { at, .. } | Self::Delivered { at, .. } => *at,
        }
    }
}

/// One statement of each kind in several sizes: fewer rows repeat the last one.
const SIZES: [usize; 5] = [1, 4, 16, 64, 128];

/// The statements, each by its size. Values come in texts: a `values` list has no other types on PostgreSQL.
pub(in crate::store) struct MarkTexts {
    begun: Vec<Arc<str>>,
    tried: Vec<Arc<str>>,
    delivered: Vec<Arc<str>>,
}

impl MarkTexts {
    pub(in crate::store) fn new(dialect: Dialect) -> Self {
        let of = |change: &str, still: &str, times: usize, columns: usize| {
            let change = (1..=times)
                .fold(change.to_owned(), |change, n| change.replace(&format!("${n}"), &dialect.parameter(n)));
            let text = |rows: usize| -> Arc<str> {
                let values = dialect.tuples(times, rows, columns);
                format!(
                    "update outbox set {change} from (values {values}) as v \
                     where outbox.id = v.column1 and outbox.lease = v.column2 and {still} \
                     returning outbox.id"
                )
                .into()
            };
            SIZES.map(text).to_vec()
        };
        Self {
            begun: of("called_at = $1, counts = cast(v.column3 as bigint)", "state = 'leased'", 1, 3),
            tried: of("tried_at = coalesce(tried_at, $1), called_at = null", "state = 'leased'", 1, 2),
            delivered: of(
                "state = 'delivered', leased_until = null, called_at = null, due_at = null, tried_at = null, \
                 reason = null, ended_at = $1, channel = v.column3, platform_id = v.column4, \
                 spent = spent + cast(v.column5 as bigint), \
                 spent_at = case v.column5 when '1' then $2 else spent_at end",
                // Its lease may have ended meanwhile; while nobody else has taken it, its holder knows best.
                "state in ('leased', 'due')",
                2,
                5,
            ),
        }
    }

    /// Writes marks inside an open transaction; the ids of the rows whose lease still held.
    pub(in crate::store) async fn write(
        &self,
        connection: &mut AnyConnection,
        marks: &[&Mark],
    ) -> Result<HashSet<String>, StoreError> {
        let mut written = HashSet::new();
        let kinds = [(&self.begun, 0), (&self.tried, 1), (&self.delivered, 2)];
        for (texts, kind) in kinds {
            let of_kind: Vec<&Mark> = marks.iter().copied().filter(|mark| kind_of(mark) == kind).collect();
            for chunk in of_kind.chunks(SIZES[SIZES.len() - 1]) {
                let (nth, padded) = padded(&SIZES, chunk);
                let query = sqlx::query_with::<Any, _>(
                    AssertSqlSafe(Arc::clone(&texts[nth])),
                    values(padded.copied(), if kind == 2 { 2 } else { 1 }),
                );
                for row in connection.fetch_all(query).await? {
                    written.insert(column(&row, 0)?);
                }
            }
        }
        Ok(written)
    }
}

fn kind_of(mark: &Mark) -> u8 {
    match mark {
        Mark::Begun { .. } => 0,
        Mark::Tried { .. } => 1,
        Mark::Delivered { .. } => 2,
    }
}

/// The times, then a row for each mark.
fn values<'m>(marks: impl Iterator<Item = &'m Mark>, times: usize) -> AnyArguments {
    let mut values = AnyArguments::default();
    let marks: Vec<&Mark> = marks.collect();
    let at = marks.iter().map(|mark| mark.at().0).max().unwrap_or_default();
    for _ in 0..times {
        sqlx::Arguments::add(&mut values, at).expect("Any encodes numbers without failing");
    }
    let mut add = |text: Option<String>| {
        sqlx::Arguments::add(&mut values, text).expect("Any encodes texts without failing");
    };
    for mark in marks {
        add(Some(mark.lease().id.clone()));
        add(Some(mark.lease().token.clone()));
        match mark {
            Mark::Begun { counts, .. } => add(Some(u8::from(*counts).to_string())),
            Mark::Tried { .. } => {}
            Mark::Delivered { channel, platform_id, counted, .. } => {
                add(Some(channel.name().to_owned()));
                add(platform_id.clone());
                add(Some(u8::from(*counted).to_string()));
            }
        }
    }
    values
}

impl Store {
    /// Writes marks in one transaction; how many of the leases still held.
    pub(super) async fn mark(&self, marks: Vec<Mark>) -> Result<u64, StoreError> {
        self.inner.writer.mark(marks).await
    }
}
