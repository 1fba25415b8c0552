//! The target itself.

use async_trait::async_trait;

use crate::config::Config;
use crate::plan::{Observed, Step};
use crate::platform::{
    Error, Events, Finding, Journal, LogQuery, LogStream, Platform, Shop, Status,
};

/// A shop of supervised child processes.
pub struct Local {}

impl Local {
    /// The shop that the configuration describes.
    pub fn new(_config: &Config) -> Self {
        Self {}
    }
}

#[async_trait]
impl Platform for Local {
    async fn observe(&self) -> Result<Observed, Error> {
        unimplemented!()
    }
    async fn begin(&self, _operation: &str) -> Result<Box<dyn Journal>, Error> {
        unimplemented!()
    }
    async fn carry_out(&self, _step: &Step, _events: &Events) -> Result<(), Error> {
        unimplemented!()
    }
    async fn abandon(&self, _events: &Events) -> Result<(), Error> {
        unimplemented!()
    }
    async fn shop(&self) -> Result<Shop, Error> {
        unimplemented!()
    }
    async fn status(&self) -> Result<Status, Error> {
        unimplemented!()
    }
    async fn logs(&self, _query: &LogQuery) -> Result<LogStream, Error> {
        unimplemented!()
    }
    async fn diagnose(&self) -> Result<Vec<Finding>, Error> {
        unimplemented!()
    }
}
