//! Learns item-to-item affinities from orders, and serves recommendations.
//!
//! `dataset` knows baskets, `model` learns from them, `evaluation` measures what was learned, `published` is the form in
//! which a model leaves the process, `store` is the database, `serving` answers, and `commands` has one file per
//! subcommand. See README for the method and what it was measured to do.

pub mod commands;
pub mod dataset;
pub mod evaluation;
pub mod model;
pub mod published;
pub mod serving;
pub mod store;
pub mod training;
