//! How a figure is taken and told.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// The pages promise to be quicker than this at the 95th percentile, in milliseconds.
pub(crate) const LIMIT: f64 = 50.0;
/// Rounds before it counts.
const WARM: usize = 10;

/// What is asked on one database.
pub(crate) struct Report<'t> {
    pub(crate) database: &'t str,
    pub(crate) rounds: usize,
    /// The median of a page that asks for nothing but whose browser it is, in milliseconds.
    floor: f64,
    /// Figures above the limit.
    pub(crate) slow: usize,
}

impl<'t> Report<'t> {
    /// Takes the floor first.
    pub(crate) async fn above(
        database: &'t str,
        rounds: usize,
        what: &str,
        work: impl AsyncFnMut(usize),
    ) -> Self {
        let mut report = Self { database, rounds, floor: 0.0, slow: 0 };
        println!("{:48} {:>7} {:>7} {:>7} {:>7} {:>7}", "ms", "p50", "p95", "max", "CPU", "x floor");
        report.floor = report.line("floor", what, work).await;
        report
    }

    /// Does it again and again, and tells how long it took; the median, in milliseconds.
    pub(crate) async fn line(&mut self, who: &str, what: &str, mut work: impl AsyncFnMut(usize)) -> f64 {
        for round in 0..WARM {
            work(round).await;
        }
        let mut took: Vec<Duration> = Vec::with_capacity(self.rounds);
        let cpu = cpu_seconds();
        for round in WARM..WARM + self.rounds {
            let began = Instant::now();
            work(round).await;
            took.push(began.elapsed());
        }
        let cpu = 1000.0 * (cpu_seconds() - cpu) / self.rounds as f64;
        took.sort();
        let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1000.0;
        let (p50, p95, max) = (at(50), at(95), at(100));
        let times = if self.floor > 0.0 { p50 / self.floor } else { 1.0 };
        let mark = if p95 > LIMIT { "  TOO SLOW" } else { "" };
        let name = format!("{} {who}: {what}", self.database);
        println!("{name:48} {p50:7.2} {p95:7.2} {max:7.2} {cpu:7.2} {times:7.1}{mark}");
        self.slow += usize::from(p95 > LIMIT);
        p50
    }
}

/// Processor time so far of this process and of everything that it started, the database's server with it; 0 where the
/// system does not tell.
fn cpu_seconds() -> f64 {
    let processes: HashMap<u32, (u32, f64)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|process: u32| Some((process, parent_and_time(process)?)))
        .collect();
    let own = std::process::id();
    let is_ours = |process: u32| {
        let parents = std::iter::successors(Some(process), |child| Some(processes.get(child)?.0));
        parents.take(32).any(|process| process == own)
    };
    processes.iter().filter(|(process, _)| is_ours(**process)).map(|(_, (_, seconds))| seconds).sum()
}

/// A process's parent, and its processor time with that of the children that it has waited for.
fn parent_and_time(process: u32) -> Option<(u32, f64)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Fields 4 and 14 to 17, counted behind the program's name; a hundred ticks a second on every Linux.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|ticks| ticks.parse::<f64>().ok());
    Some((fields.get(1)?.parse().ok()?, ticks.sum::<f64>() / 100.0))
}
