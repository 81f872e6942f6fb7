//! A database for each test: an SQLite file always, and a database of a throw-away PostgreSQL server when its
//! binaries are there.
//!
//! The server is started once a test process, on a Unix socket in a temporary folder, and ends with the process: a
//! shell waits for its standard input to close and cleans up. With `BOT_TEST_POSTGRES=required` a missing server is a
//! failure; `tests/run.sh` sets it.

use std::{
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use graduation_bot::{
    store::{Import, ImportNote, Store, StoreOptions},
    time::Millis,
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use tempfile::TempDir;

/// The key of every test database, unless the test is about keys.
pub(crate) const KEY: [u8; 32] = [7; 32];

/// One test's database; gone with the value.
pub(crate) struct TestDb {
    /// As in `database_url`.
    pub(crate) url: String,
    /// Of an SQLite database.
    pub(crate) file: Option<PathBuf>,
    _home: Option<TempDir>,
}

impl TestDb {
    /// A fresh SQLite database.
    pub(crate) fn sqlite() -> Self {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("data").join("bot.db");
        Self { url: format!("sqlite:{}", file.display()), file: Some(file), _home: Some(home) }
    }

    /// A fresh PostgreSQL database, if there is a server to be had.
    pub(crate) async fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let name = format!("t{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect(&server.url("postgres")).await;
        admin.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
        admin.close().await.unwrap();
        Some(Self { url: server.url(&name), file: None, _home: None })
    }

    /// For tests that are compiled twice, as `x` and as `x_on_postgres`: the kind that their module's path names.
    /// Without a server both are SQLite.
    pub(crate) async fn of(module: &str) -> Self {
        let wanted = if module.contains("_on_postgres") { Self::postgres().await } else { None };
        wanted.unwrap_or_else(Self::sqlite)
    }

    /// The same for a test that is not asynchronous, or calls helpers that are not.
    pub(crate) fn of_blocking(module: &'static str) -> Self {
        // On a thread of its own: the caller may be inside a runtime.
        let of = move || tokio::runtime::Runtime::new().unwrap().block_on(Self::of(module));
        std::thread::spawn(of).join().unwrap()
    }

    /// Opens it as the bot does.
    pub(crate) async fn store(&self) -> Store {
        Store::open(StoreOptions::new(&self.url, KEY)).await.unwrap()
    }

    /// A connection of the test's own.
    pub(crate) async fn connect(&self) -> AnyConnection {
        connect(&self.url).await
    }
}

/// A fresh database of every kind; a test about the store loops over them.
pub(crate) async fn each() -> Vec<TestDb> {
    let mut all = vec![TestDb::sqlite()];
    all.extend(TestDb::postgres().await);
    all
}

/// Imports what the test takes for granted.
pub(crate) async fn import(store: &Store, import: Import<'_>) {
    let now = Millis(1_781_227_800_000);
    let note = ImportNote { actor: "operator", detail: "for a test", now, seen: None };
    assert!(store.import(import, &note, &|_| ()).await.unwrap().is_stored());
}

/// A connection of the test's own.
pub(crate) async fn connect(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(url).await.unwrap()
}

struct Server {
    folder: String,
    // Its standard input closes with this process, and that ends the server.
    _shell: Child,
}

impl Server {
    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.folder)
    }
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| binaries().map(|folder| start(&folder))).as_ref()
}

fn start(binaries: &Path) -> Server {
    let mut shell = if is_root() {
        // PostgreSQL refuses to run as root.
        let mut as_other = Command::new("runuser");
        as_other.args(["-u", if has_user("postgres") { "postgres" } else { "nobody" }, "--", "sh"]);
        as_other
    } else {
        Command::new("sh")
    };
    let mut shell = shell
        .args(["-c", SCRIPT, "sh"])
        .arg(binaries)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell starts");
    let mut folder = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    let folder = folder.trim().to_owned();
    assert!(!folder.is_empty(), "PostgreSQL did not start; its log is above");
    Server { folder, _shell: shell }
}

const SCRIPT: &str = r#"
d=$(mktemp -d /tmp/graduation-bot-pg.XXXXXX) || exit 1
trap 'rm -rf "$d"' EXIT
"$1/initdb" -D "$d/data" -U postgres -A trust -E UTF8 --locale=C -N >"$d/log" 2>&1 || { cat "$d/log" >&2; exit 1; }
"$1/postgres" -D "$d/data" -k "$d" -c listen_addresses= -c fsync=off -c max_connections=400 \
    >>"$d/log" 2>&1 </dev/null &
pid=$!
until "$1/pg_isready" -q -h "$d" -U postgres; do
    kill -0 $pid 2>/dev/null || { cat "$d/log" >&2; exit 1; }
    sleep 0.1
done
echo "$d"
cat >/dev/null
kill -QUIT $pid
wait $pid
"#;

/// The folder of the newest server's binaries.
fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    let path = setting("PATH").unwrap_or_default();
    let found =
        versions.into_iter().rev().chain(path.split(':').map(PathBuf::from)).find(|folder| {
            ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).is_file())
        });
    if found.is_none() {
        assert!(
            setting("BOT_TEST_POSTGRES").as_deref() != Some("required"),
            "BOT_TEST_POSTGRES=required, but there is no PostgreSQL server: install the package postgresql"
        );
        // Not `eprintln`, which a test that passes keeps to itself: whoever reads the result has to know.
        let _ = writeln!(
            std::io::stderr(),
            "\nNO POSTGRESQL SERVER: everything is tested on SQLite only; tests/run.sh installs one\n"
        );
    }
    found
}

/// A variable that a test is told something by.
#[expect(clippy::disallowed_methods, reason = "a test's switch is no setting of the bot")]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn is_root() -> bool {
    says("id", &["-u"]).as_deref() == Some("0")
}

fn has_user(name: &str) -> bool {
    says("id", &["-u", name]).is_some()
}

fn says(command: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(command).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
