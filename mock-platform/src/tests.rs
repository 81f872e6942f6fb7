//! The mock against the published vectors and against a tiny bot over real HTTP.

mod agents;
mod api;
mod bot;
mod calls;
mod deliveries;
mod drafts;
mod mass;
mod people;
mod subscribe;
mod templates;
mod testing;
mod vectors;
