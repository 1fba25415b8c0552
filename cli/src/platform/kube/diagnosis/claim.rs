//! Claims without a volume.

use k8s_openapi::api::core::v1::PersistentVolumeClaim;

use super::cause::Cause;
use super::reason::Reason;
use super::snapshot::Snapshot;

/// The events that say why there is none. `WaitForFirstConsumer` is not among them: it is how it should be.
const FAILED: [&str; 2] = ["FailedBinding", "ProvisioningFailed"];

/// The event that somebody else is to make the volume.
const EXPECTED: [&str; 1] = ["ExternalProvisioning"];

/// The event that somebody else has begun to.
const BEGUN: [&str; 1] = ["Provisioning"];

/// Why a claim is not bound.
pub fn cause(claim: &PersistentVolumeClaim, snapshot: &Snapshot) -> Option<Cause> {
    let name = claim.metadata.name.as_deref()?;
    let phase = claim.status.as_ref()?.phase.as_deref();
    if phase != Some("Pending") {
        return None;
    }
    let told = |reasons: &[&str]| {
        let told = snapshot.told("PersistentVolumeClaim", &claim.metadata, reasons);
        told.into_iter().next()
    };
    let ignored = || told(&EXPECTED).filter(|_| told(&BEGUN).is_none());
    let message = told(&FAILED).or_else(ignored)?;
    let class = claim.spec.as_ref()?.storage_class_name.as_deref();
    let reason = if class.is_none_or(str::is_empty) {
        Reason::NoStorageClass
    } else {
        Reason::ClaimPending
    };
    Some(Cause::of(
        format!("persistentvolumeclaim/{name}"),
        reason,
        message,
    ))
}
