//! What `shopctl` knows of clusters between two calls: kubeconfigs, logs, journals, and which one is meant.

mod contexts;
mod kubeconfig;
mod place;

pub use kubeconfig::{merge, unmerge};
pub use place::Place;
