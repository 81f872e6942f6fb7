//! The mock against the published vectors and against a tiny bot over real HTTP.

mod agents;
mod api;
mod bot;
mod browser;
mod calls;
mod deliveries;
mod page;
mod testing;
mod vectors;
