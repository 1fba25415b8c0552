//! PostgreSQL and Redis: how they are made, who may do what in them.

pub mod cluster;
pub mod passwords;
pub mod postgres;
pub mod redis;
pub mod roles;
