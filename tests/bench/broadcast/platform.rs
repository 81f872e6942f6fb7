//! The platform in a process of its own, with people whose openids the bot knows by their number.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Stdio},
};

use mock_platform::{Crowd, Mock, Options, Received};
use serde_json::{Value, json};

use crate::apart;

/// Each openid begins so.
const PREFIX: &str = "oCrowd";

/// The openid of one of the people.
pub(crate) fn openid(number: usize) -> String {
    Crowd::openid(PREFIX, number)
}

/// Serves for as long as the standard input is open; its address and its memory on standard output.
pub(crate) async fn serve(people: usize) {
    // What is on screens would be most of its memory; the count is all that is asked for.
    let options = Options { unlimited_daily: true, keep: Some(0), bot: None, ..Options::default() };
    let before = apart::memory_mb("VmRSS:");
    let mock = Mock::start(options).await.unwrap();
    drop(mock.crowd(&Crowd { count: people, wrote: true, prefix: Some(PREFIX.to_owned()) }));
    let took = apart::memory_mb("VmRSS:") - before;
    println!("{}", json!({ "url": mock.url(), "mb": took }));
    std::io::stdout().flush().unwrap();
    tokio::task::spawn_blocking(|| std::io::stdin().lines().for_each(drop)).await.unwrap();
}

/// The platform's process.
pub(crate) struct Platform {
    child: Child,
    /// Where it listens.
    pub(crate) url: String,
    /// What its people take there, in MB.
    pub(crate) mb: u64,
}

impl Platform {
    pub(crate) fn start(people: usize) -> Self {
        let mut command = apart::on_core(1, "platform");
        let mut child = command
            .args(["--people", &people.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        Self { url: told["url"].as_str().unwrap().to_owned(), mb: told["mb"].as_u64().unwrap(), child }
    }

    /// What its people have received.
    pub(crate) async fn received(&self) -> Received {
        let client = graduation_bot::http::http_client(std::time::Duration::from_mins(1)).unwrap();
        client.get(format!("{}/test/received", self.url)).send().await.unwrap().json().await.unwrap()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
