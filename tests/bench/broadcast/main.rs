//! An announcement to many, end to end:
//! `cargo bench --bench broadcast [-- --people 10000,100000,1000000 --route single|mass --rate 4000]`.
//!
//! For each size two new processes, each on a core of its own where `taskset` is to be had: the mock platform, its quotas
//! of the day lifted, those of the minute not; and the bot with an SQLite database whose commits are durable. So many
//! people have just written. An announcement to everybody is written, approved and started; the worker gathers its people
//! and sends. Told are how long gathering and sending took, the bot's processor time, its memory at its peak beside what it
//! stood at before, and what the platform counts: everybody has one message, or the benchmark fails.

#![expect(clippy::unwrap_used, reason = "a benchmark may panic")]

#[path = "../apart.rs"]
mod apart;
mod laid_out;
mod measured;
mod platform;
#[path = "../../../examples/demo/samples.rs"]
#[expect(dead_code, reason = "the demo uses all of it")]
mod samples;

use graduation_bot::workflow::broadcast::plan::Route;

/// What is asked for.
pub(crate) struct Asked {
    pub(crate) people: usize,
    pub(crate) route: Route,
    /// Single messages a second at most.
    pub(crate) rate: i64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str, otherwise: &str| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)).map_or(otherwise, String::as_str).to_owned()
    };
    let (people, route) = (given("--people", "10000,100000"), given("--route", "single"));
    let rate = given("--rate", "4000");
    let asked = || Asked {
        people: people.parse().unwrap(),
        route: if route == "mass" { Route::Mass } else { Route::Single },
        rate: rate.parse().unwrap(),
    };
    match arguments.first().map(String::as_str) {
        Some("platform") => apart::runtime().block_on(platform::serve(asked().people)),
        Some("bot") => apart::runtime().block_on(measured::measure(&asked())),
        _ => {
            for size in people.split(',') {
                let mut command = apart::on_core(0, "bot");
                let arguments = ["--people", size, "--route", &route, "--rate", &rate];
                let done = command.args(arguments).status().unwrap();
                if !done.success() {
                    std::process::exit(done.code().unwrap_or(1));
                }
            }
        }
    }
}
