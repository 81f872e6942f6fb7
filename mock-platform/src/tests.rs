//! The mock against the published vectors and against a tiny bot over real HTTP.

mod account;
mod agents;
mod api;
mod bot;
mod browser;
mod calls;
mod crowds;
mod deliveries;
mod desk;
mod drafts;
mod faults;
mod mass;
mod media;
mod menus;
mod network;
mod page;
mod pages;
mod people;
mod subscribe;
mod templates;
mod testing;
mod vectors;
