//! A Kubernetes cluster, through its API: what it is made of, and the scratch namespace that a proof of it works in.

mod apply;
mod cluster;
mod connection;
#[cfg(test)]
pub mod conversation;
mod credentials;
pub mod diagnosis;
mod doctor;
pub mod down;
mod early;
mod gateway_class;
mod gone;
mod halted;
mod ingress_class;
pub mod labels;
mod lease;
mod logs;
mod migration;
mod namespace;
mod node;
mod observe;
mod preflight;
mod preview;
mod refused;
mod remedy;
mod request;
pub mod rollout;
mod scratch;
mod shop;
mod status;
mod steps;
mod target;
mod verified;
mod wanted;
mod watched;

pub use apply::{Change, Field, Inventory, ObjectKey, insist};
#[cfg(test)]
pub use apply::{Survey, fields};
pub use cluster::{Cluster, FIELD_MANAGER};
pub use early::trouble_of;
pub use gone::is_gone;
pub use halted::Halted;
pub use namespace::{MADE, kept_by};
pub use node::Node;
pub use preview::Preview;
pub use refused::Refused;
pub use request::{cause, innermost};
pub use scratch::{ACCOUNT, Scratch, is_forgotten};
pub use shop::{INGRESS, is_ready};
pub use status::ClusterStatus;
pub use target::Kube;
pub use wanted::{Images, can_find_images, ensure_images_named};
pub use watched::{Late, Look, Watched};
