//! All checks of a cluster in the order of the report.

use super::proof::Proof;
use super::{autoscaler, claim, dns, image, ingress, nodes, service};
use crate::platform::checks::check::{Check, Judging};

/// Judges a cluster.
pub type OfCluster = for<'a> fn(&'a Proof<'a>) -> Judging<'a>;

/// Every check; a new one is a file and a line here.
pub const CHECKS: &[Check<OfCluster>] = &[
    nodes::CHECK,
    image::CHECK,
    dns::CHECK,
    service::CHECK,
    claim::CHECK,
    ingress::CHECK,
    autoscaler::CHECK,
];
