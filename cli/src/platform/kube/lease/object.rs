//! What a Lease says of its holder and of what it does.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease as Object, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::ObjectMeta;

use super::identity::identity;
use crate::plan::Interruption;

/// The Lease's name.
pub const NAME: &str = "shopctl";

/// A holder that has not been heard of for so long is dead.
pub const DURATION: Duration = Duration::from_secs(15);

/// How long a holder is watched that is dead by the clock of another machine: longer than from one heartbeat to the next.
pub const WATCH: Duration = Duration::from_secs(7);

/// The verb that is under way, or was when its holder died.
const OPERATION: &str = "shopmicro.dev/operation";

/// The step that is under way; none when the operation came to its end.
const STEP: &str = "shopmicro.dev/step";

/// The verb that was cut off, while the one that follows it has not begun a step of its own.
const CUT_OFF: &str = "shopmicro.dev/cut-off";

/// The Lease as this process takes it for a verb.
pub fn claimed(there: Option<Object>, operation: &str, now: Timestamp) -> Object {
    let mut lease = there.unwrap_or_else(|| Object {
        metadata: ObjectMeta {
            name: Some(NAME.to_owned()),
            ..ObjectMeta::default()
        },
        ..Object::default()
    });
    let said = annotations(&mut lease);
    let before = said.insert(OPERATION.to_owned(), operation.to_owned());
    if let Some(before) = before.filter(|_| said.contains_key(STEP)) {
        said.entry(CUT_OFF.to_owned()).or_insert(before);
    }
    lease.spec = Some(LeaseSpec {
        holder_identity: Some(identity().to_owned()),
        lease_duration_seconds: i32::try_from(DURATION.as_secs()).ok(),
        acquire_time: Some(MicroTime(now)),
        renew_time: Some(MicroTime(now)),
        ..LeaseSpec::default()
    });
    lease
}

/// A step is about to begin; what was cut off before is past.
pub fn begin_step(lease: &mut Object, step: &str) {
    let said = annotations(lease);
    said.insert(STEP.to_owned(), step.to_owned());
    said.remove(CUT_OFF);
}

/// The operation has come to its end.
pub fn end(lease: &mut Object) {
    let said = annotations(lease);
    said.remove(STEP);
    said.remove(CUT_OFF);
}

fn annotations(lease: &mut Object) -> &mut BTreeMap<String, String> {
    lease.metadata.annotations.get_or_insert_default()
}

/// When the holder was last heard of, by its own clock.
pub fn renewed(lease: &Object) -> Option<Timestamp> {
    Some(lease.spec.as_ref()?.renew_time.as_ref()?.0)
}

/// Who holds the lock, alive or not.
pub fn holder(lease: &Object) -> Option<&str> {
    let holder = lease.spec.as_ref()?.holder_identity.as_deref()?;
    Some(holder).filter(|holder| !holder.is_empty())
}

/// For how long the holder was not heard of, as far as its clock and this one agree.
pub fn age(lease: &Object) -> Duration {
    renewed(lease).map_or(Duration::MAX, |renewed| {
        Duration::try_from(Timestamp::now().duration_since(renewed)).unwrap_or_default()
    })
}

/// Whether the holder is dead that has said nothing while it was `watched`. Clocks of two machines are not trusted by
/// themselves, neither to take a lock from somebody who lives nor to wait for somebody who does not.
pub fn is_dead(lease: &Object, watched: Duration) -> bool {
    watched >= DURATION || (age(lease) >= DURATION && watched >= WATCH)
}

/// The holder, for the person who finds the lock taken.
pub fn said_of_holder(lease: &Object) -> String {
    let annotations = lease.metadata.annotations.as_ref();
    let operation = annotations.and_then(|all| all.get(OPERATION));
    format!(
        "`{}` of {}, last heard of {} s ago",
        operation.map_or("an operation", String::as_str),
        holder(lease).unwrap_or_default(),
        age(lease).as_secs()
    )
}

/// The operation that was begun and not ended, if one was.
pub fn cut_off(lease: &Object) -> Option<Interruption> {
    let annotations = lease.metadata.annotations.as_ref()?;
    Some(Interruption {
        step: annotations.get(STEP)?.clone(),
        operation: annotations
            .get(CUT_OFF)
            .or(annotations.get(OPERATION))?
            .clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_dead_when_it_says_nothing_while_somebody_listens() {
        let seconds = Duration::from_secs;
        let heard_of = |ago| claimed(None, "deploy", Timestamp::now() - seconds(ago));
        assert!(!is_dead(&heard_of(0), seconds(14)) && is_dead(&heard_of(0), seconds(15)));
        assert!(!is_dead(&heard_of(20), seconds(6)) && is_dead(&heard_of(20), seconds(7)));
        // However long ago it is by this clock: that may be ahead.
        assert!(!is_dead(&heard_of(3600), seconds(6)) && is_dead(&heard_of(3600), seconds(7)));
        // The holder's clock is ahead by an hour.
        let ahead = claimed(None, "deploy", Timestamp::now() + seconds(3600));
        assert!(!is_dead(&ahead, seconds(14)) && is_dead(&ahead, seconds(15)));
    }

    #[test]
    fn a_holder_is_told_with_what_it_does() {
        let lease = claimed(None, "deploy", Timestamp::now() - Duration::from_secs(3));
        let said = said_of_holder(&lease);
        assert!(
            said.starts_with("`deploy` of ") && said.ends_with(" s ago"),
            "{said}"
        );
        let mut released = lease;
        released.spec.as_mut().unwrap().holder_identity = None;
        assert_eq!(holder(&released), None);
    }

    #[test]
    fn a_step_that_was_begun_and_not_ended_was_cut_off() {
        let mut lease = claimed(None, "deploy", Timestamp::now());
        assert_eq!(cut_off(&lease), None);
        begin_step(&mut lease, "apply-services");
        let interruption = cut_off(&lease).unwrap();
        assert_eq!(
            (interruption.operation.as_str(), interruption.step.as_str()),
            ("deploy", "apply-services")
        );
    }

    #[test]
    fn a_verb_that_was_cut_off_is_known_until_the_next_one_begins_a_step() {
        let now = Timestamp::now();
        let mut lease = claimed(None, "up", now);
        begin_step(&mut lease, "apply-services");
        let mut lease = claimed(Some(claimed(Some(lease), "deploy", now)), "down", now);
        assert_eq!(cut_off(&lease).unwrap().operation, "up");
        assert!(said_of_holder(&lease).starts_with("`down` of "));
        begin_step(&mut lease, "build");
        assert_eq!(cut_off(&lease).unwrap().operation, "down");
        end(&mut lease);
        assert_eq!(cut_off(&lease), None);
        let next = claimed(Some(lease), "up", now);
        assert_eq!(cut_off(&next), None);
    }
}
