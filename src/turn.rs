//! PURE. The heart: one message in, one [`Turn`] out.
//!
//! [`step`] is total: no `Result`, no panic, no clock, no dice, no IO. What it needs from the world is given
//! ([`World`], [`Snapshot`], `now`, [`Fresh`]); what it wants done is data ([`Turn`]) that the caller commits in one
//! transaction. A lost race is answered by loading again and stepping again with the same [`Fresh`].
//!
//! Reading order: the types here, then [`step`], then the modules in the order of the list below.

mod data;

pub use data::{
    Answer, Audit, Binding, CaseChange, Fresh, Found, Job, Lookup, Notice, NoticeBody, RegistryAnswer, Reply,
    Session, Snapshot, Step, TicketChange, Turn,
};
