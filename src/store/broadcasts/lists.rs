//! Lists of people that an audience can name: imported ones, and the people of the platform's tags.
//!
//! A list is replaced in one go, however long it is: its new members are written page by page under a name of their own,
//! and one statement then makes them the list's. Whoever counts or gathers meanwhile finds the old ones.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use crate::{
    store::{Store, StoreError, column, dialect::padded, statement::Statement, write::Write},
    time::Millis,
    turn::Audit,
};

/// Members of one statement. Fewer repeat the last one.
const SIZES: [usize; 3] = [8, 64, 256];
/// Members deleted in one transaction.
const DELETED_AT_ONCE: i64 = 10_000;

/// What kind of list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Exam numbers that somebody brought.
    Import,
    /// A tag's people.
    Tag,
    /// Who follows; nobody sees it.
    Followers,
}

impl ListKind {
    const ALL: [Self; 3] = [Self::Import, Self::Tag, Self::Followers];

    fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Tag => "tag",
            Self::Followers => "followers",
        }
    }
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceList {
    /// As conditions name it.
    pub id: String,
    /// What kind.
    pub kind: ListKind,
    /// As the offices name it.
    pub name: String,
    /// How many members it has.
    pub count: i64,
    /// Who brought it, or had it fetched.
    pub made_by: String,
    /// When. Business time.
    pub made_at: Millis,
}

/// A list whose members are being written.
#[derive(Debug, Clone)]
pub struct Filling {
    id: String,
    pub(super) members: String,
}

impl Store {
    /// An id for a list that somebody brings.
    pub fn list_id(&self, now: Millis) -> String {
        self.next_id(now)
    }

    /// Lists whose members are all there, the newest first.
    pub async fn audience_lists(&self) -> Result<Vec<AudienceList>, StoreError> {
        let statement = Statement::returning(
            "select id, kind, name, count, made_by, made_at from audience_lists where members is not null \
             order by made_at desc, id desc",
        );
        self.read(statement).await?.iter().map(read_list).collect()
    }

    /// One list, whatever its kind.
    pub async fn audience_list(&self, id: &str) -> Result<Option<AudienceList>, StoreError> {
        let statement = Statement::returning(
            "select id, kind, name, count, made_by, made_at from audience_lists where id = $1 and members is not null",
        );
        self.read(statement.text(id)).await?.first().map(read_list).transpose()
    }

    /// Begins to write a list, or other members of one. Whoever else was doing so has lost.
    pub async fn begin_list(&self, list: &AudienceList) -> Result<Filling, StoreError> {
        let id = list.id.as_str();
        let left = self.column_of(id, "filling").await?;
        let members = format!("{id}/{}", self.next_id(list.made_at));
        let statement = Statement::new(
            "insert into audience_lists (id, kind, name, count, filling, made_by, made_at) \
             values ($1, $2, $3, 0, $4, $5, $6) on conflict (id) do update set filling = excluded.filling",
        )
        .text(id)
        .text(list.kind.name())
        .text(list.name.as_str())
        .text(members.as_str())
        .text(list.made_by.as_str())
        .number(list.made_at.0);
        self.write_one(statement).await?;
        if let Some(left) = left {
            self.drop_members(&left).await?;
        }
        Ok(Filling { id: id.to_owned(), members })
    }

    /// Writes a page of members, in one transaction; those that are there already change nothing.
    pub async fn fill_list(&self, filling: &Filling, members: &[String]) -> Result<(), StoreError> {
        let statements = members.chunks(SIZES[SIZES.len() - 1]).map(|chunk| {
            let (nth, padded) = padded(&SIZES, chunk);
            let rows: Vec<String> = (2..SIZES[nth] + 2).map(|n| format!("($1, ${n})")).collect();
            let text = format!(
                "insert into audience_members (list, member) values {} on conflict do nothing",
                rows.join(", ")
            );
            padded.fold(
                Statement::new(AssertSqlSafe(text)).text(filling.members.as_str()),
                |statement, member| statement.text(member.as_str()),
            )
        });
        self.write(statements.collect()).await.map(drop)
    }

    /// Makes what was written the list's members, with a line of the audit where somebody of the staff did it. How many
    /// they are; `None` when somebody else has begun since.
    pub async fn finish_list(
        &self,
        filling: &Filling,
        list: &AudienceList,
        audit: Option<&Audit>,
    ) -> Result<Option<i64>, StoreError> {
        let old = self.column_of(&filling.id, "members").await?;
        let update = Statement::new(
            "update audience_lists set members = filling, filling = null, name = $1, made_by = $2, made_at = $3, \
             count = (select count(*) from audience_members m where m.list = audience_lists.filling) \
             where id = $4 and filling = $5",
        )
        .text(list.name.as_str())
        .text(list.made_by.as_str())
        .number(list.made_at.0)
        .text(filling.id.as_str())
        .text(filling.members.as_str());
        let mut writes: Vec<Write> = vec![update.into()];
        writes.extend(audit.map(|audit| Write::from(self.line(audit, list.made_at))));
        let is_ours = self.write_all(writes).await?.first().is_some_and(|done| done.affected == 1);
        let gone = if is_ours { old } else { Some(filling.members.clone()) };
        if let Some(gone) = gone {
            self.drop_members(&gone).await?;
        }
        Ok(if is_ours { self.audience_list(&filling.id).await?.map(|list| list.count) } else { None })
    }

    /// Drops what was being written; the list keeps the members that it has, and one without any is gone.
    pub async fn abandon_list(&self, filling: &Filling) -> Result<(), StoreError> {
        let gone =
            Statement::new("delete from audience_lists where id = $1 and filling = $2 and members is null");
        let kept = Statement::new("update audience_lists set filling = null where id = $1 and filling = $2");
        let of = |statement: Statement| statement.text(filling.id.as_str()).text(filling.members.as_str());
        self.write(vec![of(gone), of(kept)]).await?;
        self.drop_members(&filling.members).await
    }

    /// Removes a list, with its line of the audit. False when there is none.
    pub async fn remove_list(&self, id: &str, audit: &Audit, now: Millis) -> Result<bool, StoreError> {
        let (members, filling) = (self.column_of(id, "members").await?, self.column_of(id, "filling").await?);
        let lock = self.inner.dialect.lock_row();
        let (line, line_id) = self.audit_of(audit, now, &format!("audience_lists where id = $7{lock}"));
        let delete = Statement::new(
            "delete from audience_lists where id = $1 and exists (select 1 from audit where id = $2)",
        );
        let is_gone = self.write_told(line.text(id), delete.text(id).text(line_id)).await?;
        for name in members.into_iter().chain(filling).filter(|_| is_gone) {
            self.drop_members(&name).await?;
        }
        Ok(is_gone)
    }

    /// Which of these exam numbers a candidate has, imported, bound or with an application.
    pub async fn known_exam_numbers(&self, exam_nos: &[String]) -> Result<HashSet<String>, StoreError> {
        let mut known = HashSet::new();
        for chunk in exam_nos.chunks(SIZES[SIZES.len() - 1]) {
            let (nth, padded) = padded(&SIZES, chunk);
            let among: Vec<String> = (1..=SIZES[nth]).map(|n| format!("${n}")).collect();
            let tables = ["candidates", "bindings", "cases"].map(|table| {
                format!("select exam_key from {table} where exam_key in ({})", among.join(", "))
            });
            let statement = Statement::returning(AssertSqlSafe(tables.join(" union ")));
            let statement = padded.fold(statement, |statement, number| statement.text(self.exam_key(number)));
            let found: HashSet<String> =
                self.read(statement).await?.iter().map(|row| column(row, 0)).collect::<Result<_, _>>()?;
            known.extend(chunk.iter().filter(|number| found.contains(&self.exam_key(number))).cloned());
        }
        Ok(known)
    }

    /// Deletes members under a name that no list has any more; a few at a time, because they may be a million.
    async fn drop_members(&self, members: &str) -> Result<(), StoreError> {
        let text = "delete from audience_members where list = $1 and member in \
                    (select member from audience_members where list = $1 order by member limit $2)";
        while self.write_one(Statement::new(text).text(members).number(DELETED_AT_ONCE)).await? > 0 {}
        Ok(())
    }

    async fn column_of(&self, id: &str, name: &str) -> Result<Option<String>, StoreError> {
        let text = format!("select {name} from audience_lists where id = $1");
        let rows = self.read(Statement::returning(AssertSqlSafe(text)).text(id)).await?;
        Ok(rows.first().map(|row| column::<Option<String>>(row, 0)).transpose()?.flatten())
    }
}

fn read_list(row: &sqlx::any::AnyRow) -> Result<AudienceList, StoreError> {
    let kind: String = column(row, 1)?;
    let kind = ListKind::ALL.into_iter().find(|known| known.name() == kind);
    Ok(AudienceList {
        id: column(row, 0)?,
        kind: kind.ok_or_else(|| StoreError::unreadable("audience_lists/kind", &"no such kind"))?,
        name: column(row, 2)?,
        count: column(row, 3)?,
        made_by: column(row, 4)?,
        made_at: Millis(column(row, 5)?),
    })
}
