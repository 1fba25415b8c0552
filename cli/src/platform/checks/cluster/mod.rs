//! The checks that prove a cluster able to carry a shop, one file each.
//!
//! They run at the same time in one scratch namespace, and share the pods of it: one on every node that is Ready, which
//! serves a page, asks for a name and fetches the page of the next node through a Service.
//!
//! | check | depends on |
//! |---|---|
//! | `cluster-nodes` | every node being Ready, without pressure, at the version of the API |
//! | `cluster-image` | scheduler, kubelet, runtime and the registry, on every node |
//! | `cluster-dns` | `cluster-image`, the cluster's DNS, from every node |
//! | `cluster-service` | `cluster-image`, kube-proxy and the pod network, from every node to the next one |
//! | `cluster-claim` | `cluster-image`, the default storage class |
//! | `cluster-autoscaler` | `cluster-image`, metrics-server, the controller of autoscalers |
//! | `cluster-ingress` | `cluster-image`, the ingress controller, from where `shopctl` runs |

mod autoscaler;
mod claim;
#[cfg(test)]
mod conversations;
mod dns;
mod image;
mod ingress;
mod list;
mod nodes;
mod probe;
mod proof;
mod report;
mod run;
mod service;
mod why;

pub use run::{ensure_known, list, run};
