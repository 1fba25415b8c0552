//! Pure planning: a request and what was observed become a list of steps. No async, no input or output.

pub mod cluster;
mod cluster_name;
mod component;
mod deploy;
pub mod down;
pub mod hash;
pub mod manifest;
mod observed;
mod step;
pub mod up;

pub use cluster::{ClusterStep, Playbook};
pub use cluster_name::ClusterName;
pub use component::Component;
pub use observed::{Difference, Interruption, Observed, Serving};
pub use step::{Plan, Step};
