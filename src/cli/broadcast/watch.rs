//! `broadcast watch`: a bar until nothing more is to be waited for.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Desk, show};
use crate::{
    cli::Failure,
    office::broadcasts::{self, steps},
    workflow::broadcast::State,
};

/// Between two looks.
const GLANCE: Duration = Duration::from_secs(1);

impl Desk<'_> {
    pub(super) async fn watch(&self, number: i64) -> Result<(), Failure> {
        let template = "{bar:30} {pos}/{len}  {per_sec}  还要 {eta}  {msg}";
        let style = ProgressStyle::with_template(template).expect("the template is well formed");
        let bar = ProgressBar::new(0).with_style(style);
        let (row, progress) = loop {
            let row = self.find(number).await?;
            let progress = broadcasts::progress(&self.app.store, &row).await?;
            bar.set_length(progress.total().unsigned_abs());
            bar.set_position(progress.done().unsigned_abs());
            bar.set_message(show::in_short(&progress));
            let is_waiting = progress.held > 0 && progress.done() + progress.held == progress.total();
            if row.state != State::Running || is_waiting && progress.people.is_some() {
                break (row, progress);
            }
            tokio::time::sleep(GLANCE).await;
        };
        bar.finish_and_clear();
        println!("公告 {number}：{}", steps::state(row.state));
        print!("{}", show::progress(&row, &progress, &self.app.runner.world.load().zone));
        Ok(())
    }
}
