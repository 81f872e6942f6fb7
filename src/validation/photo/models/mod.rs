//! PURE. The photo models: networks from bytes that somebody else has read and whose hashes were checked.

pub mod network;
