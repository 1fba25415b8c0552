//! A Kubernetes cluster, through its API: what it is made of, and the scratch namespace that a proof of it works in.

mod cluster;
#[cfg(test)]
pub mod conversation;
pub mod diagnosis;
mod early;
mod node;
mod request;
mod scratch;
mod status;
mod watched;

pub use cluster::Cluster;
pub use kube::Kube;
pub use wanted::ensure_images_named;
pub use early::trouble_of;
pub use node::Node;
pub use request::cause;
pub use scratch::{ACCOUNT, Scratch};
pub use status::ClusterStatus;
pub use watched::{Late, Look, Watched};
