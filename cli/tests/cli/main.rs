//! The command line as people and pipelines meet it: the real binary, exact bytes, real servers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod breakage;
mod cluster;
mod configuration;
mod customer;
mod database;
mod doctor;
mod example;
mod faults;
mod house;
mod image;
mod installed;
mod interruption;
mod logs;
mod patience;
mod permit;
mod port;
mod privilege;
mod process;
mod readme;
mod render;
mod rooms;
mod security;
mod shop;
mod shopctl;
mod status;
mod up;
mod usage;
mod verify;
