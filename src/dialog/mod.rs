//! PURE. Conversations as data: texts in, typed scripts out, all mistakes at once.
//!
//! Everything the bot says and asks lives in `dialogs/*.toml`. [`load`] reads those texts (the caller reads the
//! files), checks them against what Rust knows ([`Known`]) and gives either [`Scripts`], in which every name is
//! resolved and every template compiled, or every mistake with its place. What a person meant by a message is
//! decided by [`understand()`]; what they read is put together by [`Scripts::render`] and its neighbours.
//! Deliberately elsewhere: moving from state to state (`turn::step`), rules, guards and commands themselves.
//!
//! ```
//! use graduation_bot::dialog::{self, Known, Kind, Offer, Understood};
//!
//! let files = [
//!     ("dialogs/main.toml", "[dialog]\nid = 'main'\ntitle = '主菜单'\nstart = 'menu'\n\
//!       [state.menu]\nsay = '您好 {{ name }}，请回复数字：'\n\
//!       [[state.menu.choice]]\nlabel = '常见问题'\ngoto = 'menu'\n\
//!       [[state.menu.choice]]\nlabel = '再见'\ngoto = 'bye'\n\
//!       [state.bye]\nend = true\n"),
//!     ("dialogs/_global.toml", dialog::EXAMPLE_GLOBAL),
//!     ("dialogs/notices.toml", ""),
//! ];
//! let known = Known { variables: vec!["name"], ..Known::default() };
//! let scripts = dialog::load(&files, &known).map_err(|found| dialog::report(&found)).unwrap();
//!
//! let state = scripts.resolve("main.menu");
//! let context = minijinja::context! { name => "李雷" };
//! let offers = scripts.offers(state, &context, |_guard| true);
//! let said = scripts.ask(state, &context, &offers);
//! assert_eq!(said, "您好 李雷，请回复数字：\n1 常见问题\n2 再见");
//!
//! let offers: Vec<&Offer> = offers.iter().map(AsRef::as_ref).collect();
//! assert_eq!(dialog::understand("第二个吧", &offers, scripts.ears(), &[]), Understood::Choice(1));
//! let Kind::Choice(choices) = &state.kind else { unreachable!() };
//! assert_eq!(choices[1].offer.label, "再见");
//! ```

mod check;
mod known;
mod mistake;
mod question;
mod render;
mod script;
mod scripts;
mod source;
mod system;
mod traditional;
mod understand;

pub use check::load;
pub use known::{Known, Term};
pub use mistake::{Mistake, Noun, What, report};
pub use question::{Group, Question, Questions};
pub use render::{Text, number};
pub use script::{
    Act, Choice, Command, Dialog, Fallback, GiveUp, Interrupt, Kind, ListInput, Notice, PhotoInput, Purpose,
    State, StateId, Target, TextInput, Then,
};
pub use scripts::Scripts;
pub use system::SystemText;
pub use understand::{
    Asked, Courtesy, Ears, Listened, Offer, Understood, agrees, is_correction, is_number_of_a_list,
    is_question, is_statement, named, names_in, place_instead, understand, without_leave,
};

/// The smallest `_global.toml` that passes the check: for examples and tests.
pub const EXAMPLE_GLOBAL: &str = include_str!("example_global.toml");

#[cfg(test)]
mod tests;
