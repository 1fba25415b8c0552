//! All checks of a shop's objects in the order of the report.

use super::scene::Scene;
use super::{
    autoscalers, claims, handbook, network_policies, pod_security, pods, secrets_unseen, spread,
};
use crate::platform::checks::check::{Check, Judging};

/// Judges what a shop has in its cluster.
pub type OfObjects = for<'a> fn(&'a Scene<'a>) -> Judging<'a>;

/// Every check; a new one is a file and a line here.
pub const CHECKS: &[Check<OfObjects>] = &[
    handbook::CHECK,
    pods::CHECK,
    claims::CHECK,
    spread::CHECK,
    autoscalers::CHECK,
    network_policies::CHECK,
    pod_security::CHECK,
    secrets_unseen::CHECK,
];
