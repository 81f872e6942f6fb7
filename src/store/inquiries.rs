//! Messages that people left for the offices: written with the turn that takes them in, ended by an answer or by hand.

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;

use super::{Commit, Order, Store, StoreError, column, statement::Statement, time_column};
use crate::{
    time::Millis,
    turn::{Answered, Audit, Inquiry},
    workflow::case::Place,
};

const BODY: &str = "inquiries/body";
const ANSWER: &str = "inquiries/answer";
const COLUMNS: &str = "id, open_id, city, district, state, ended_by, created_at, ended_at, \
                       (select c.number from cases c where c.id = inquiries.case_id)";

/// Where an inquiry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InquiryState {
    /// Waits for an office.
    Open,
    /// An office has answered; the answer is a push.
    Answered,
    /// Ended without an answer here: by telephone, or because there was nothing to answer.
    Closed,
}

/// An inquiry as lists show it; the words stay sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InquirySummary {
    /// ULID.
    pub id: String,
    /// Whoever left it.
    pub open_id: String,
    /// The place of the application of then.
    pub place: Option<Place>,
    /// Its number.
    pub case_number: Option<String>,
    /// Where it stands.
    pub state: InquiryState,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// When it was left.
    pub created_at: Millis,
    /// When it was ended.
    pub ended_at: Option<Millis>,
}

/// Which inquiries a list is of. Those of people who have chosen no place yet are in every one.
#[derive(Debug, Clone, Default)]
pub struct InquiryFilter {
    /// Also those that were answered or closed.
    pub all: bool,
    /// City of the place.
    pub city: Option<String>,
    /// District of the place.
    pub district: Option<String>,
    /// Of this person.
    pub open_id: Option<String>,
    /// Which come first.
    pub order: Order,
    /// Behind the one of this id, in that order.
    pub after: Option<String>,
    /// At most so many; 0 means 100.
    pub limit: u32,
}

/// What an inquiry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InquiryWords {
    /// As written.
    pub text: String,
    /// The candidate's name, when one was bound.
    pub name: Option<String>,
    /// The candidate's exam number.
    pub exam_no: Option<String>,
    /// What an office answered; stands beside the rest, because it comes later.
    #[serde(skip)]
    pub answer: Option<String>,
}

impl Store {
    /// Inquiries, the oldest first unless asked otherwise.
    pub async fn list_inquiries(&self, filter: &InquiryFilter) -> Result<Vec<InquirySummary>, StoreError> {
        let limit = if filter.limit == 0 { 100 } else { filter.limit };
        let end = format!(" order by id {} limit {limit}", filter.order.word());
        let statement = filter.statement(COLUMNS, &end, filter.after.as_deref());
        self.read(statement).await?.iter().map(summary).collect()
    }

    /// How many there are, the limit and where a page begins left aside.
    pub async fn count_inquiries(&self, filter: &InquiryFilter) -> Result<i64, StoreError> {
        let rows = self.read(filter.statement("count(*)", "", None)).await?;
        rows.first().map_or(Ok(0), |row| column(row, 0))
    }

    /// How many of a person's inquiries wait.
    pub async fn waiting_inquiries(&self, open_id: &str) -> Result<i64, StoreError> {
        let text = "select count(*) from inquiries where open_id = $1 and state = 'open'";
        let rows = self.read(Statement::returning(text).text(open_id)).await?;
        rows.first().map_or(Ok(0), |row| column(row, 0))
    }

    /// One inquiry with its words.
    pub async fn inquiry(&self, id: &str) -> Result<Option<(InquirySummary, InquiryWords)>, StoreError> {
        let text = format!("select {COLUMNS}, body, answer from inquiries where id = $1");
        let rows = self.read(Statement::returning(sqlx::AssertSqlSafe(text)).text(id)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (body, answer): (Vec<u8>, Option<Vec<u8>>) = (column(row, 9)?, column(row, 10)?);
        let answer = answer.map(|sealed| self.open_text(ANSWER, id, &sealed)).transpose()?;
        let words = InquiryWords { answer, ..self.open_json(BODY, id, &body)? };
        Ok(Some((summary(row)?, words)))
    }

    /// Ends an inquiry without an answer, with its line of the audit. False when it does not wait; then nothing is
    /// written.
    pub async fn close_inquiry(&self, id: &str, staff: &str, now: Millis) -> Result<bool, StoreError> {
        let audit = Audit {
            actor: format!("staff:{staff}"),
            act: "close_message".to_owned(),
            subject: id.to_owned(),
            detail: String::new(),
        };
        let skip_locked = self.inner.dialect.skip_locked();
        let of = format!("inquiries where id = $7 and state = 'open'{skip_locked}");
        let (line, line_id) = self.audit_of(&audit, now, &of);
        let close = Statement::new(
            "update inquiries set state = 'closed', ended_by = $1, ended_at = $2 \
             where id = $3 and exists (select 1 from audit where id = $4)",
        )
        .text(staff)
        .number(now.0)
        .text(id)
        .text(line_id);
        self.write_told(line.text(id), close).await
    }

    pub(super) fn inquiry_statement(&self, commit: &Commit, inquiry: &Inquiry) -> Statement {
        let candidate = commit.before.candidate.as_deref();
        let words = InquiryWords {
            text: inquiry.text.clone(),
            name: candidate.map(|candidate| candidate.name.clone()),
            exam_no: candidate.map(|candidate| candidate.exam_no.clone()),
            answer: None,
        };
        let case = commit.before.case.as_deref();
        let place = case.and_then(|case| case.place.as_ref());
        Statement::new(
            "insert into inquiries (id, open_id, case_id, city, district, body, state, created_at) \
             values ($1, $2, $3, $4, $5, $6, 'open', $7)",
        )
        .text(inquiry.id.as_str())
        .text(commit.turn.session.open_id.as_str())
        .text_or_null(case.map(|case| case.id.as_str()))
        .text_or_null(place.map(|place| place.city.as_str()))
        .text_or_null(place.map(|place| place.district.as_str()))
        .blob(self.seal_json(BODY, &inquiry.id, &words))
        .number(commit.now.0)
    }

    /// One row, unless it does not wait any more.
    pub(super) fn answered_statement(&self, answered: &Answered, now: Millis) -> Statement {
        Statement::new(
            "update inquiries set state = 'answered', ended_by = $1, ended_at = $2, answer = $3 \
             where id = $4 and state = 'open'",
        )
        .text(answered.staff.as_str())
        .number(now.0)
        .blob(self.seal(ANSWER, &answered.id, answered.text.as_bytes()))
        .text(answered.id.as_str())
    }
}

impl InquiryFilter {
    fn statement(&self, columns: &str, end: &str, after: Option<&str>) -> Statement {
        let mut conditions = vec![if self.all { "1 = 1" } else { "state = 'open'" }.to_owned()];
        let mut values = Vec::new();
        for (name, wanted) in [("city", &self.city), ("district", &self.district)] {
            if let Some(value) = wanted {
                values.push(value.as_str());
                conditions.push(format!("({name} is null or {name} = ${})", values.len()));
            }
        }
        let beyond = if self.order == Order::OldestFirst { "id >" } else { "id <" };
        for (condition, wanted) in [("open_id =", self.open_id.as_deref()), (beyond, after)] {
            if let Some(value) = wanted {
                values.push(value);
                conditions.push(format!("{condition} ${}", values.len()));
            }
        }
        let text = format!("select {columns} from inquiries where {}{end}", conditions.join(" and "));
        values.into_iter().fold(Statement::returning(sqlx::AssertSqlSafe(text)), Statement::text)
    }
}

fn summary(row: &AnyRow) -> Result<InquirySummary, StoreError> {
    let (city, district): (Option<String>, Option<String>) = (column(row, 2)?, column(row, 3)?);
    let state: String = column(row, 4)?;
    Ok(InquirySummary {
        id: column(row, 0)?,
        open_id: column(row, 1)?,
        place: city.zip(district).map(|(city, district)| Place { city, district }),
        state: match state.as_str() {
            "open" => InquiryState::Open,
            "answered" => InquiryState::Answered,
            _ => InquiryState::Closed,
        },
        ended_by: column(row, 5)?,
        created_at: Millis(column(row, 6)?),
        ended_at: time_column(row, 7)?,
        case_number: column(row, 8)?,
    })
}
