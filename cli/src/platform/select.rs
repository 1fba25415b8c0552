//! Chooses the target.

use super::{Error, Platform, kube::Kube, local::Local};
use crate::config::{Config, Target};

/// The platform that the configuration names.
pub fn select(config: &Config) -> Result<Box<dyn Platform>, Error> {
    match config.target {
        Target::Local => Ok(Box::new(Local::new(config))),
        Target::Kube | Target::Ec2 => Ok(Box::new(Kube::new(config))),
    }
}
