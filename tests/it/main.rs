//! The one integration binary: conversations through the whole stack, and what cannot be said beside the code.

mod batches;
mod camera;
mod chats;
mod cli;
mod dialogs;
mod mistakes;
mod pushes;
mod shape;
mod store;
mod support;
mod webhook;
