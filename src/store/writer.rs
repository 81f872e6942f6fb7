//! The one task that writes: it joins what waits into one transaction.
//!
//! A commit to disk costs the same for one turn as for sixty, so the task takes what is queued, lets the others run a
//! moment to queue more, and stores all of it at once; only then does anybody get an answer. When a group fails (one
//! turn lost a race, one row was refused) it is rolled back and halved until the turn that is to blame stands
//! alone: the others are stored as if it had not been there. A lost connection is opened again and the group is
//! tried anew; should it have been committed already, the compare-and-swap says so and nothing is done twice.
//! The same task links the lines of the audit, one after the other, which nobody else in this process does.
//!
//! Two turns of one person never share a group: the second waits for the first, in order.

use std::{collections::VecDeque, time::Duration};

use sqlx::{AnyConnection, Connection, any::AnyConnectOptions};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, timeout},
};

use super::{
    StoreError,
    audit::{
        AuditInsert,
        chain::{Chain, Links},
    },
    commit::{self, Committed, TurnRows},
    dialect::Dialect,
    outbox::{Mark, MarkTexts},
    refused::Refused,
    statement::Done,
    tables::Tables,
    write::Write,
};

/// Turns and other writes in one transaction at most. Larger groups gain nothing and lose more when one turn fails.
const GROUP: usize = 64;

/// Turns waiting; beyond it callers wait to queue, which slows the platform's callers instead of eating memory.
const QUEUE: usize = 1_024;

/// How often at most the others may run, while each time more is queued, before a group is closed. Measured: the
/// largest lever on cost.
const GATHER: usize = 8;

/// After a lost connection or a crossed transaction, the pauses before another try.
const PAUSES: [Duration; 3] = [Duration::from_millis(20), Duration::from_millis(200), Duration::from_secs(1)];

/// How often for one group another chain of the audit is begun, because the last one was changed from outside.
const CHAINS: u32 = 2;

/// A connection that has not answered for so long is given up; after so long no group is tried again.
const PATIENCE: Duration = Duration::from_secs(10);

/// The handle: a queue to the task.
pub(super) struct Writer {
    queue: mpsc::Sender<Item>,
    task: Mutex<Option<JoinHandle<()>>>,
}

enum Item {
    Turn(Box<TurnRows>, oneshot::Sender<Result<Committed, StoreError>>),
    Writes(Vec<Write>, oneshot::Sender<Result<Vec<Done>, StoreError>>, Vec<Done>),
    Marks(Vec<Mark>, oneshot::Sender<Result<u64, StoreError>>, u64),
    Stop,
}

impl Writer {
    /// Starts the task on a connection that is prepared already.
    pub(super) fn start(
        dialect: Dialect,
        connect: AnyConnectOptions,
        connection: AnyConnection,
        chain: Chain,
    ) -> Self {
        let (queue, items) = mpsc::channel(QUEUE);
        let (tables, marks) = (Tables::new(dialect), MarkTexts::new(dialect));
        let database = Database { dialect, connect, tables, marks };
        let worker = Worker { database, connection: Some(connection), chain, items, later: VecDeque::new() };
        Self { queue, task: Mutex::new(Some(tokio::spawn(worker.run()))) }
    }

    /// Stores one turn; returns when it is durable or has lost.
    pub(super) async fn commit(&self, rows: TurnRows) -> Result<Committed, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Item::Turn(Box::new(rows), answer)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs all of it in one transaction, in order.
    pub(super) async fn run(&self, writes: Vec<Write>) -> Result<Vec<Done>, StoreError> {
        let (answer, answered) = oneshot::channel();
        let item = Item::Writes(writes, answer, Vec::new());
        self.queue.send(item).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Writes marks on outbox rows in one transaction; how many of their leases still held.
    pub(super) async fn mark(&self, marks: Vec<Mark>) -> Result<u64, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(Item::Marks(marks, answer, 0)).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Writes what is queued, then ends the task.
    pub(super) async fn stop(&self) {
        let stopped = self.queue.send(Item::Stop).await;
        if let Some(task) = self.task.lock().await.take()
            && stopped.is_ok()
        {
            // The task returns or has panicked, which was logged; there is nothing else to do about it here.
            let _ = task.await;
        }
    }
}

struct Worker {
    database: Database,
    connection: Option<AnyConnection>,
    chain: Chain,
    items: mpsc::Receiver<Item>,
    /// Second turns of people who are in the present group.
    later: VecDeque<Item>,
}

/// What does not change: how to connect and what to say.
struct Database {
    dialect: Dialect,
    connect: AnyConnectOptions,
    tables: Tables,
    marks: MarkTexts,
}

impl Worker {
    async fn run(mut self) {
        while let Some(group) = self.gather().await {
            self.settle(group).await;
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the writer's connection did not close cleanly");
        }
    }

    /// The next group, or `None` when all is written and nobody will ask again.
    async fn gather(&mut self) -> Option<Vec<Item>> {
        let mut group = Vec::with_capacity(GROUP);
        for item in std::mem::take(&mut self.later) {
            self.admit(item, &mut group);
        }
        if group.is_empty() {
            let item = self.items.recv().await?;
            self.admit(item, &mut group);
        }
        for _ in 0..GATHER {
            let waiting = self.items.len();
            tokio::task::yield_now().await;
            if self.items.len() == waiting {
                break;
            }
        }
        while group.len() < GROUP
            && self.later.len() < GROUP
            && let Ok(item) = self.items.try_recv()
        {
            self.admit(item, &mut group);
        }
        if self.database.dialect == Dialect::Postgres {
            // Other processes write their groups in the same order, so that none waits in a circle.
            group.sort_by(|a, b| a.person().cmp(&b.person()));
        }
        Some(group)
    }

    fn admit(&mut self, item: Item, group: &mut Vec<Item>) {
        match item.person() {
            _ if matches!(item, Item::Stop) => self.items.close(),
            Some(person) if group.iter().any(|other| other.person() == Some(person)) => {
                self.later.push_back(item);
            }
            _ => group.push(item),
        }
    }

    /// Writes a group, halving it around whatever fails, and answers everybody.
    async fn settle(&mut self, group: Vec<Item>) {
        let mut groups = vec![group];
        while let Some(mut group) = groups.pop() {
            match self.try_patiently(&mut group).await {
                Ok(()) => group.into_iter().for_each(Item::stored),
                Err(refused) if group.len() > 1 && refused.transient().is_none() => {
                    groups.push(group.split_off(group.len() / 2));
                    groups.push(group);
                }
                Err(Refused::Failed(error)) => group.into_iter().for_each(|item| item.failed(&error)),
                Err(Refused::Turn(committed)) => group.into_iter().for_each(|item| item.ended(committed)),
            }
        }
    }

    /// Tries again what only time or a new connection can mend.
    async fn try_patiently(&mut self, group: &mut [Item]) -> Result<(), Refused> {
        let started = Instant::now();
        let mut pauses = PAUSES.into_iter();
        let mut chains = CHAINS;
        loop {
            let Err(refused) = self.try_once(group).await else { return Ok(()) };
            if refused.is_unlinked() && chains > 0 {
                tracing::error!("{}; another chain is begun", StoreError::Unlinked);
                chains -= 1;
                continue;
            }
            let Some(error) = refused.transient() else { return Err(refused) };
            let Some(pause) = pauses.next().filter(|_| started.elapsed() < PATIENCE) else {
                return Err(refused);
            };
            tracing::warn!(%error, waiting = group.len(), "the database is out of reach; trying again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn try_once(&mut self, group: &mut [Item]) -> Result<(), Refused> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.database.open().await?,
        };
        // Whatever happens to the connection in between, it is put back only when it is known to be in order.
        let tried = timeout(PATIENCE, self.database.transact(&mut connection, &mut self.chain, group)).await;
        let Ok(tried) = tried else { return Err(out_of_patience().into()) };
        if !tried.as_ref().is_err_and(|refused| self.database.is_lost(refused)) {
            self.connection = Some(connection);
        }
        tried
    }
}

impl Database {
    async fn open(&self) -> Result<AnyConnection, Refused> {
        let opening = async {
            let mut connection = AnyConnection::connect_with(&self.connect).await?;
            self.dialect.prepare(&mut connection).await?;
            Ok::<_, sqlx::Error>(connection)
        };
        Ok(timeout(PATIENCE, opening).await.unwrap_or_else(|_| Err(out_of_patience()))?)
    }

    async fn transact(
        &self,
        connection: &mut AnyConnection,
        chain: &mut Chain,
        group: &mut [Item],
    ) -> Result<(), Refused> {
        let mut links = match group.iter().find_map(Item::first_line) {
            Some(at) => Some(chain.links(self.dialect, connection, at).await?),
            None => None,
        };
        let mut transaction = connection.begin_with(self.dialect.begin()).await?;
        let written = self.write(&mut transaction, links.as_mut(), group).await;
        let Err(refused) = written else {
            let Some(links) = links else { return Ok(transaction.commit().await?) };
            // Should nobody say how this ended, the chain is not where it was any more.
            chain.leave();
            transaction.commit().await?;
            chain.go_on(links);
            return Ok(());
        };
        if refused.is_unlinked() {
            chain.leave();
        }
        transaction.rollback().await?;
        match (&refused, &*group) {
            (Refused::Failed(error), [Item::Turn(turn, _)]) if error.is_unique_violation() => {
                Err(Refused::Turn(commit::explain_violation(turn, connection).await?))
            }
            _ => Err(refused),
        }
    }

    async fn write(
        &self,
        connection: &mut AnyConnection,
        mut links: Option<&mut Links>,
        group: &mut [Item],
    ) -> Result<(), Refused> {
        let turns: Vec<&TurnRows> = group.iter().filter_map(Item::turn).collect();
        if !turns.is_empty() {
            commit::write(&self.tables, connection, links.as_deref_mut(), &turns).await?;
        }
        self.mark(connection, group).await?;
        for item in group {
            if let Item::Writes(writes, _, done) = item {
                done.clear();
                let mut is_written = false;
                for write in writes {
                    done.push(match (write, links.as_deref_mut()) {
                        (Write::Line(line), Some(links)) => links.append_line(connection, line).await?,
                        (Write::Statement(statement), _) => {
                            let ran = statement.run(connection).await?;
                            is_written = ran.affected > 0;
                            ran
                        }
                        (Write::WhenWritten(_) | Write::Outbox(_), _) if !is_written => Done::default(),
                        (Write::WhenWritten(statement), _) => statement.run(connection).await?,
                        (Write::Outbox(rows), _) => self.tables.insert_outbox(connection, rows).await?,
                        (Write::Reminded(rows), _) => {
                            is_written = !rows.is_empty();
                            self.tables.insert_reminded(connection, rows).await?
                        }
                        (Write::Line(_), None) => unreachable!("a group with a line goes on with a chain"),
                    });
                }
            }
        }
        if let Some(links) = links {
            links.close(connection).await?;
        }
        Ok(())
    }

    async fn mark(&self, connection: &mut AnyConnection, group: &mut [Item]) -> Result<(), Refused> {
        let all: Vec<&Mark> = group.iter().flat_map(Item::marks).collect();
        if all.is_empty() {
            return Ok(());
        }
        let written = self.marks.write(connection, &all).await.map_err(Refused::Failed)?;
        for item in group {
            if let Item::Marks(marks, _, held) = item {
                *held = marks.iter().filter(|mark| written.contains(&mark.lease().id)).count() as u64;
            }
        }
        Ok(())
    }

    fn is_lost(&self, refused: &Refused) -> bool {
        matches!(refused, Refused::Failed(StoreError::Database(error)) if self.dialect.is_lost(error))
    }
}

impl Item {
    fn turn(&self) -> Option<&TurnRows> {
        match self {
            Self::Turn(turn, _) => Some(turn),
            _ => None,
        }
    }

    /// The time of its first line of the audit, if it has any.
    fn first_line(&self) -> Option<i64> {
        match self {
            Self::Turn(turn, _) => turn.audit.first().map(AuditInsert::at),
            Self::Writes(writes, ..) => writes.iter().find_map(|write| match write {
                Write::Line(line) => Some(line.at()),
                _ => None,
            }),
            Self::Marks(..) | Self::Stop => None,
        }
    }

    fn marks(&self) -> &[Mark] {
        match self {
            Self::Marks(marks, ..) => marks,
            _ => &[],
        }
    }

    fn person(&self) -> Option<&str> {
        self.turn().map(|turn| turn.session.open_id.as_str())
    }

    fn stored(self) {
        // An answer that nobody waits for any more is no loss: what is stored is stored.
        match self {
            Self::Turn(_, answer) => drop(answer.send(Ok(Committed::Stored))),
            Self::Writes(_, answer, done) => drop(answer.send(Ok(done))),
            Self::Marks(_, answer, held) => drop(answer.send(Ok(held))),
            Self::Stop => {}
        }
    }

    fn ended(self, committed: Committed) {
        if let Self::Turn(_, answer) = self {
            drop(answer.send(Ok(committed)));
        }
    }

    fn failed(self, error: &StoreError) {
        match self {
            Self::Turn(_, answer) => drop(answer.send(Err(error.clone()))),
            Self::Writes(_, answer, _) => drop(answer.send(Err(error.clone()))),
            Self::Marks(_, answer, _) => drop(answer.send(Err(error.clone()))),
            Self::Stop => {}
        }
    }
}

fn out_of_patience() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database did not answer"))
}
