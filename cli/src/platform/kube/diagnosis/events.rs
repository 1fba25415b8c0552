//! What the cluster has told about an object.

use k8s_openapi::api::core::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::jiff::Timestamp;

use super::snapshot::Snapshot;

impl Snapshot {
    /// The messages of the events about one object with one of these reasons, the newest first. What was told about an
    /// older object of the same name does not count.
    pub(super) fn told<'a>(
        &'a self,
        kind: &str,
        object: &ObjectMeta,
        reasons: &[&str],
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let told = self.about(kind, object, reasons).into_iter();
        told.filter_map(|event| event.message.as_deref())
    }

    /// The newest of these events, its reason and its message.
    pub(super) fn newest<'a>(
        &'a self,
        kind: &str,
        object: &ObjectMeta,
        reasons: &[&str],
    ) -> Option<(&'a str, &'a str)> {
        let newest = self.about(kind, object, reasons).into_iter().next()?;
        let message = newest.message.as_deref().unwrap_or_default();
        Some((newest.reason.as_deref()?, message))
    }

    fn about(&self, kind: &str, object: &ObjectMeta, reasons: &[&str]) -> Vec<&Event> {
        let mut told: Vec<_> = self
            .events
            .iter()
            .filter(|event| is_about(event, kind, object))
            .filter(|event| {
                let reason = event.reason.as_deref();
                reason.is_some_and(|reason| reasons.contains(&reason))
            })
            .collect();
        told.sort_by_key(|event| std::cmp::Reverse(last_seen(event)));
        told
    }

    /// The newest warning about an object, with its reason.
    pub fn warning(&self, kind: &str, object: &ObjectMeta) -> Option<String> {
        let warnings = self.events.iter().filter(|event| {
            event.type_.as_deref() == Some("Warning") && is_about(event, kind, object)
        });
        let newest = warnings.max_by_key(|event| last_seen(event))?;
        let reason = newest.reason.as_deref().unwrap_or_default();
        let message = newest.message.as_deref().unwrap_or_default();
        Some(format!("{reason}: {}", message.trim()))
    }
}

fn is_about(event: &Event, kind: &str, object: &ObjectMeta) -> bool {
    let about = &event.involved_object;
    let same_life = match (&about.uid, &object.uid) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    about.kind.as_deref() == Some(kind) && about.name == object.name && same_life
}

/// When it happened last. Events that repeat are counted, and only some of the clocks move on.
fn last_seen(event: &Event) -> Option<Timestamp> {
    let series = event.series.as_ref();
    let clocks = [
        series.and_then(|series| series.last_observed_time.as_ref().map(|time| time.0)),
        event.last_timestamp.as_ref().map(|time| time.0),
        event.event_time.as_ref().map(|time| time.0),
        event
            .metadata
            .creation_timestamp
            .as_ref()
            .map(|time| time.0),
    ];
    clocks.into_iter().flatten().max()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::kube::diagnosis::testing::object;

    #[test]
    fn what_was_told_of_an_earlier_life_does_not_count() {
        let told = |uid: &str, at: &str, message: &str| {
            object(
                json!({"metadata": {}, "type": "Warning", "reason": "Unhealthy", "message": message,
                "lastTimestamp": at, "involvedObject": {"kind": "Pod", "name": "postgres-0", "uid": uid}}),
            )
        };
        let snapshot = Snapshot {
            events: vec![
                told("new", "2026-11-23T10:00:05Z", "second"),
                told("new", "2026-11-23T10:00:01Z", "first"),
                told("old", "2026-11-23T10:00:09Z", "other"),
            ],
            ..Snapshot::default()
        };
        let pod = ObjectMeta {
            name: Some("postgres-0".to_owned()),
            uid: Some("new".to_owned()),
            ..ObjectMeta::default()
        };
        let told: Vec<_> = snapshot.told("Pod", &pod, &["Unhealthy"]).collect();
        assert_eq!(told, ["second", "first"]);
        assert_eq!(snapshot.warning("Pod", &pod).unwrap(), "Unhealthy: second");
    }
}
