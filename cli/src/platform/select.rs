//! Chooses the target.

use super::{Platform, kube::Kube, local::Local};
use crate::config::{Config, Target};

/// The platform that the configuration names.
pub fn select(config: &Config) -> Box<dyn Platform> {
    match config.target {
        Target::Local => Box::new(Local::new(config)),
        Target::Kube | Target::Ec2 => Box::new(Kube::new(config)),
    }
}
