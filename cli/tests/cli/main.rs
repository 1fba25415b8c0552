//! The command line as people and pipelines meet it: the real binary, exact bytes, real servers.

mod configuration;
mod house;
mod rooms;
mod shopctl;
mod usage;
