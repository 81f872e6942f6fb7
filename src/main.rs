//! The program: reads the command line and leaves with its exit code. Everything else is `graduation_bot::cli`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    graduation_bot::cli::run().await
}
