//! Chooses the target.

use super::{Error, Platform, local::Local};
use crate::config::{Config, Target};

/// The platform that the configuration names; an error where a shop cannot be deployed to yet.
pub fn select(config: &Config) -> Result<Box<dyn Platform>, Error> {
    match config.target {
        Target::Local => Ok(Box::new(Local::new(config))),
        Target::Ec2 => Err(Error::NoMeaning {
            target: config.target.name(),
        }),
    }
}
