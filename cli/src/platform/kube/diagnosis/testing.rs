//! Objects as the API server has them, written short.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::snapshot::Snapshot;

/// Any object from its JSON form.
pub fn object<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// A pod with one container in that status.
pub fn pod(name: &str, phase: &str, container: &Value) -> Value {
    let mut status =
        json!({"name": "backend", "image": "i", "imageID": "", "ready": false, "restartCount": 0});
    let fields = status.as_object_mut().unwrap();
    fields.extend(container.as_object().unwrap().clone());
    json!({"metadata": {"name": name}, "status": {"phase": phase, "containerStatuses": [status]}})
}

/// An event about an object.
pub fn event(kind: &str, name: &str, reason: &str, message: &str) -> Value {
    json!({"metadata": {}, "involvedObject": {"kind": kind, "name": name}, "reason": reason, "message": message})
}

/// A snapshot with these pods and events.
pub fn snapshot(pods: Vec<Value>, events: Vec<Value>) -> Snapshot {
    Snapshot {
        pods: pods.into_iter().map(object).collect(),
        events: events.into_iter().map(object).collect(),
        ..Snapshot::default()
    }
}
