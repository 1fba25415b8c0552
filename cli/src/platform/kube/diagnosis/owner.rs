//! Who has made an object.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// Whether the object was made by that owner, and not by an earlier one of the same name.
pub fn is_owned_by(object: &ObjectMeta, kind: &str, owner: &ObjectMeta) -> bool {
    let mut owners = object.owner_references.iter().flatten();
    owners.any(|one| {
        let same_life = owner.uid.as_ref().is_none_or(|uid| *uid == one.uid);
        one.kind == kind && Some(&one.name) == owner.name.as_ref() && same_life
    })
}
