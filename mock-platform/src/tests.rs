//! The mock against the published vectors and against a tiny bot over real HTTP.

mod account;
mod agents;
mod api;
mod bot;
mod calls;
mod deliveries;
mod desk;
mod media;
mod menus;
mod network;
mod pages;
mod testing;
mod vectors;
