//! Pictures whose time is over: how many there are, and taking them out of their cases.
//!
//! A case that no longer names a picture, the job that deletes the file, and the audit's line are one transaction: after
//! a crash there is never a file that nobody will delete. What goes when is decided in
//! [`crate::workflow::retention`]; here only which rows have anything of the kind, by the counts beside each case.

mod deletions;
mod handovers;
mod holds;

use std::{collections::HashSet, sync::Arc};

use sqlx::AssertSqlSafe;

pub use deletions::OpenDeletion;
pub(super) use deletions::deletion_statement;
pub use handovers::Handover;
pub use holds::Hold;

use super::{
    Store, StoreError,
    cases::{BODY, stage_column},
    column,
    statement::Statement,
    time_column,
    write::Write,
};
use crate::{
    time::Millis,
    turn::{Audit, Job},
    workflow::{
        case::{Case, Stage},
        retention::{Going, Kind, Pictures, is_to_hand_over, waits_for_office},
    },
};

/// What is kept of the cases of a batch that stand at one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The batch.
    pub batch: String,
    /// The stage.
    pub stage: Stage,
    /// How many cases have any picture.
    pub cases: i64,
    /// All theirs.
    pub pictures: Pictures,
    /// Of the portraits: written out, and confirmed to have arrived.
    pub handed_over: i64,
    /// Of the portraits: written out, and not confirmed yet.
    pub written_out: i64,
}

/// What became of one look for pictures of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Cases that no longer name them.
    pub cases: usize,
    /// Pictures they no longer name.
    pub pictures: usize,
}

/// Cases whose pictures are listed at once.
const NAMES_AT_ONCE: i64 = 500;
const KEPT: &str = "c.kept_rejected + c.kept_documents + c.kept_portraits > 0";

impl Store {
    /// What is kept of all batches.
    pub async fn kept_pictures(&self) -> Result<Vec<Kept>, StoreError> {
        let text = format!(
            "select c.batch, c.stage, count(*), cast(sum(c.kept_rejected) as bigint), \
             cast(sum(c.kept_documents) as bigint), cast(sum(c.kept_portraits) as bigint), \
             cast(sum(case when h.confirmed_at is not null then c.kept_portraits else 0 end) as bigint), \
             cast(sum(case when h.id is not null and h.confirmed_at is null then c.kept_portraits else 0 end) as bigint) \
             from cases c left join handovers h on h.id = c.handover where {KEPT} \
             group by c.batch, c.stage order by c.batch, c.stage"
        );
        let rows = self.read(Statement::returning(AssertSqlSafe(text))).await?;
        let kept = rows.iter().map(|row| {
            Ok(Kept {
                batch: column(row, 0)?,
                stage: stage_column(row, 1)?,
                cases: column(row, 2)?,
                pictures: Pictures {
                    rejected: column(row, 3)?,
                    documents: column(row, 4)?,
                    portraits: column(row, 5)?,
                },
                handed_over: column(row, 6)?,
                written_out: column(row, 7)?,
            })
        });
        kept.collect()
    }

    /// How many cases of a batch an office still owes a word, and when the offices' last word on any of them was.
    pub async fn last_word(&self, batch: &str) -> Result<(i64, Option<Millis>), StoreError> {
        let rows = self.read(last_word(batch)).await?;
        let Some(row) = rows.first() else { return Ok((0, None)) };
        let words = [time_column(row, 1)?, time_column(row, 2)?, time_column(row, 3)?];
        Ok((column(row, 0)?, words.into_iter().flatten().max()))
    }

    /// Takes what is due of a kind out of up to `limit` cases of a batch, in one transaction with the jobs that delete the
    /// files and the audit's line. Call it again as long as it takes any.
    pub async fn take_pictures(
        &self,
        batch: &str,
        kind: Kind,
        limit: u32,
        now: Millis,
    ) -> Result<Taken, StoreError> {
        let mut after = String::new();
        loop {
            let ids = self.cases_with(batch, kind, &after, limit, now).await?;
            let Some(last) = ids.last() else { return Ok(Taken::default()) };
            after.clone_from(last);
            let mut cases = Vec::with_capacity(ids.len());
            for id in &ids {
                match self.case_by_id(id).await {
                    Ok(case) => cases.extend(case),
                    Err(error) if error.is_transient() => return Err(error),
                    // Nobody can tell which pictures are its own.
                    Err(error) => tracing::error!(case.id = id, %error, "a case cannot be opened"),
                }
            }
            let taken = self.take_out(batch, kind, &cases, now).await?;
            if taken.cases > 0 {
                return Ok(taken);
            }
        }
    }

    /// The names of all pictures that any case names.
    pub async fn picture_names(&self) -> Result<HashSet<String>, StoreError> {
        let (mut names, mut after) = (HashSet::new(), String::new());
        let text = format!(
            "select c.id, c.version, c.body from cases c where {KEPT} and c.id > $1 order by c.id limit $2"
        );
        loop {
            let statement = Statement::returning(AssertSqlSafe(text.clone())).text(after.as_str());
            let rows = self.read(statement.number(NAMES_AT_ONCE)).await?;
            let Some(last) = rows.last() else { return Ok(names) };
            after = column(last, 0)?;
            for row in &rows {
                let (id, body): (String, Vec<u8>) = (column(row, 0)?, column(row, 2)?);
                let case = self.open_case(&id, column(row, 1)?, &body)?;
                names.extend(case.photos().map(|photo| photo.name.clone()));
            }
        }
    }

    async fn cases_with(
        &self,
        batch: &str,
        kind: Kind,
        after: &str,
        limit: u32,
        now: Millis,
    ) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "select c.id from cases c where c.batch = $1 and c.id > $2 and {KEPT} and {} and not exists \
             (select 1 from retention_holds h where h.batch = c.batch and h.case_id = c.id and h.until > $3 \
             and h.ended_at is null) order by c.id limit $4",
            having(kind)
        );
        let statement = Statement::returning(AssertSqlSafe(text)).text(batch).text(after);
        let rows = self.read(statement.number(now.0).number(i64::from(limit))).await?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    async fn take_out(
        &self,
        batch: &str,
        kind: Kind,
        cases: &[Arc<Case>],
        now: Millis,
    ) -> Result<Taken, StoreError> {
        let mut writes: Vec<Write> = Vec::with_capacity(2 * cases.len() + 1);
        let mut pictures = Vec::with_capacity(cases.len());
        for case in cases {
            let mut left = Case::clone(case);
            let names = left.forget_pictures(going(kind));
            if names.is_empty() {
                continue;
            }
            pictures.push(names.len());
            writes.push(self.lighter_statement(&left, "").into());
            writes.push(self.clearing_statement(&left, names, now).into());
        }
        if pictures.is_empty() {
            return Ok(Taken::default());
        }
        let line = deleted(batch, kind, pictures.len(), pictures.iter().sum());
        writes.push(self.line(&line, now).into());
        let done = self.write_all(writes).await?;
        let written: Vec<bool> =
            done.chunks(2).take(pictures.len()).map(|two| two[0].affected == 1).collect();
        let taken = Taken {
            cases: written.iter().filter(|is_written| **is_written).count(),
            pictures: pictures.iter().zip(&written).filter(|(_, is)| **is).map(|(count, _)| count).sum(),
        };
        if taken.cases < written.len() {
            // Somebody was moving them. The line has counted them: it is set right, and they are taken next time.
            let line = deleted(batch, kind, taken.cases, taken.pictures);
            let line = Audit { act: "delete_fewer_pictures".to_owned(), ..line };
            self.append_audit(&line, now).await?;
        }
        Ok(taken)
    }

    /// Takes pictures out of one case because its candidate asks for it, in one transaction with the job that deletes the
    /// files and the audit's line; how many. Where there is none, the line tells that it was asked for. `None` when the case
    /// has changed since it was read; then nothing is written.
    pub async fn take_pictures_of(
        &self,
        case: &Case,
        going: Going,
        audit: &Audit,
        now: Millis,
    ) -> Result<Option<usize>, StoreError> {
        let mut left = case.clone();
        let names = left.forget_pictures(going);
        let pictures = names.len();
        if pictures == 0 {
            self.append_audit(audit, now).await?;
            return Ok(Some(0));
        }
        // Locked from here on: otherwise the line might be written, and the case change before its pictures go.
        let unchanged = format!("cases where id = $7 and version = $8{}", self.inner.dialect.skip_locked());
        let (line, told) = self.audit_of(audit, now, &unchanged);
        let line = line.text(case.id.as_str()).number(case.version);
        let lighter =
            self.lighter_statement(&left, "and exists (select 1 from audit where id = $7)").text(told);
        let clearing = self.clearing_statement(&left, names, now);
        let done = self.write_all(vec![line.into(), lighter.into(), clearing.into()]).await?;
        Ok((done[1].affected == 1).then_some(pictures))
    }

    /// A case with fewer pictures, unless it has changed since. Nothing that is searched by changes. `also` is a further
    /// condition, with parameters from $7 on.
    fn lighter_statement(&self, case: &Case, also: &str) -> Statement {
        let kept = case.pictures();
        let text = format!(
            "with picked as (select id from cases where id = $1 and version = $2 {also}{}) \
             update cases set version = $2 + 1, body = $3, kept_rejected = $4, kept_documents = $5, \
             kept_portraits = $6 where id in (select id from picked)",
            self.inner.dialect.skip_locked()
        );
        Statement::new(AssertSqlSafe(text))
            .text(case.id.as_str())
            .number(case.version)
            .blob(self.seal_json(BODY, &case.id, case))
            .number(kept.rejected)
            .number(kept.documents)
            .number(kept.portraits)
    }

    /// The job that deletes the files, if the case is the lighter one now.
    fn clearing_statement(&self, case: &Case, names: Vec<String>, now: Millis) -> Statement {
        let job = Job::ClearPhotos { case_id: case.id.clone(), names };
        self.job_statement(&job, now, "id = $6 and version = $7")
            .text(case.id.as_str())
            .number(case.version + 1)
    }
}

/// How many cases of a batch wait, and three moments of a last word.
pub(in crate::store) fn last_word(batch: &str) -> Statement {
    let waiting = stages(waits_for_office);
    let concluded = stages(|stage| matches!(stage, Stage::Graduated | Stage::NotGraduated));
    let text = format!(
        "select (select count(*) from cases where batch = $1 and stage in ({waiting})) \
         - (select count(*) from cases where batch = $1 and missed_at is not null), \
         (select max(missed_at) from cases where batch = $1 and missed_at is not null), \
         (select max(entered_at) from cases where batch = $1 and stage in ({concluded})), \
         (select max(at) from decisions where batch = $1 and taken_back_at is null)"
    );
    Statement::returning(AssertSqlSafe(text)).text(batch)
}

/// Which cases have anything of a kind to take, on the columns of `cases c`.
fn having(kind: Kind) -> String {
    match kind {
        Kind::Rejected => "c.kept_rejected > 0".to_owned(),
        Kind::Documents => "c.kept_documents > 0".to_owned(),
        Kind::Portraits => format!("c.kept_portraits > 0 and c.stage not in ({})", stages(is_to_hand_over)),
        Kind::HandedOver => "c.kept_portraits > 0 and c.handover in \
                             (select id from handovers where confirmed_at is not null)"
            .to_owned(),
    }
}

/// Stages as a list of SQL.
fn stages(chosen: impl Fn(Stage) -> bool) -> String {
    let chosen = Stage::ALL.into_iter().filter(|stage| chosen(*stage));
    chosen.map(|stage| format!("'{}'", stage.name())).collect::<Vec<_>>().join(", ")
}

fn going(kind: Kind) -> Going {
    match kind {
        Kind::Rejected => Going { rejected: true, ..Going::default() },
        Kind::Documents => Going { documents: true, ..Going::default() },
        Kind::Portraits | Kind::HandedOver => Going { portraits: true, ..Going::default() },
    }
}

/// The subject of all lines about deletions by date.
pub const RETENTION: &str = "retention";

fn deleted(batch: &str, kind: Kind, cases: usize, pictures: usize) -> Audit {
    Audit {
        actor: "system".to_owned(),
        act: "delete_pictures".to_owned(),
        subject: RETENTION.to_owned(),
        detail: format!("{batch} {} cases={cases} pictures={pictures}", kind.name()),
    }
}
