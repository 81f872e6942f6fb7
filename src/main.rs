//! Bot.
fn main() {}
