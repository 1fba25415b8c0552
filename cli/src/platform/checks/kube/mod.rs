//! The checks of what a shop has in its cluster, one file each. What customers see of it is the matter of the other checks.
//!
//! | check | depends on |
//! |---|---|
//! | `handbook` | the names that an operator types from memory |
//! | `pods` | every pod being Ready and running the images of its release |
//! | `claims` | the volumes |
//! | `spread` | the scheduler, where there are several nodes |
//! | `autoscalers` | metrics-server, the controller of autoscalers |
//! | `network-policies` | a network that enforces them, and lets through what they allow |
//! | `pod-security` | the namespace's labels |
//! | `secrets-unseen` | logs, events and objects showing no password |

mod autoscalers;
mod claims;
#[cfg(test)]
mod conversations;
mod handbook;
mod list;
mod network_policies;
mod pod_logs;
mod pod_security;
mod pods;
#[cfg(test)]
mod probe_conversations;
mod probes;
mod run;
mod scene;
mod secret_values;
mod secrets_unseen;
mod spread;

pub use run::{in_turns, is_known, list, out_of_sight, run};
