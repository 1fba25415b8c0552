//! What a release would change in a cluster.

use serde::Serialize;

use super::Printer;
use crate::platform::kube::{Change, Field, Survey};

#[derive(Debug, Serialize)]
struct Model {
    changes: bool,
    objects: Vec<ObjectModel>,
}

#[derive(Debug, Serialize)]
struct ObjectModel {
    object: String,
    action: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldModel>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conflicts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct FieldModel {
    path: String,
    before: Option<String>,
    after: Option<String>,
}

/// Prints what would change, field by field. What must not be seen is masked already.
pub fn changes(printer: &Printer, survey: &Survey) {
    if !printer.is_human() {
        printer.document(&model(survey));
        return;
    }
    for line in text(survey) {
        printer.line(&line);
    }
}

fn text(survey: &Survey) -> Vec<String> {
    let mut text = Vec::new();
    for (key, change) in &survey.changes {
        if *change == Change::Same {
            continue;
        }
        text.push(format!("{} {key}", sign(change)));
        let lines = lines(change).into_iter();
        text.extend(lines.map(|line| format!("      {line}")));
    }
    let end = if text.is_empty() {
        "nothing to do"
    } else {
        "nothing was changed"
    };
    text.push(end.to_owned());
    text
}

fn lines(change: &Change) -> Vec<String> {
    match change {
        Change::Update(fields) => fields.iter().map(line).collect(),
        Change::Conflict(taken) => taken.clone(),
        Change::Create | Change::Same | Change::Delete => Vec::new(),
    }
}

fn line(
    Field {
        path,
        before,
        after,
    }: &Field,
) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{path}: {before} → {after}"),
        (None, Some(after)) => format!("{path}: + {after}"),
        (Some(before), None) => format!("{path}: - {before}"),
        (None, None) => path.clone(),
    }
}

const fn sign(change: &Change) -> &'static str {
    match change {
        Change::Create => "  +",
        Change::Update(_) => "  ~",
        Change::Conflict(_) => "  !",
        Change::Delete => "  -",
        Change::Same => "   ",
    }
}

const fn action(change: &Change) -> &'static str {
    match change {
        Change::Create => "create",
        Change::Update(_) => "update",
        Change::Conflict(_) => "conflict",
        Change::Delete => "delete",
        Change::Same => "none",
    }
}

fn model(survey: &Survey) -> Model {
    let differs = |change: &Change| *change != Change::Same;
    let object = |(key, change): &(_, Change)| ObjectModel {
        object: ToString::to_string(key as &crate::platform::kube::ObjectKey),
        action: action(change),
        fields: match change {
            Change::Update(fields) => fields.iter().map(field).collect(),
            _ => Vec::new(),
        },
        conflicts: match change {
            Change::Conflict(taken) => taken.clone(),
            _ => Vec::new(),
        },
    };
    Model {
        changes: survey.changes.iter().any(|(_, change)| differs(change)),
        objects: survey.changes.iter().map(object).collect(),
    }
}

fn field(field: &Field) -> FieldModel {
    FieldModel {
        path: field.path.clone(),
        before: field.before.clone(),
        after: field.after.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::kube::{ObjectKey, fields};

    fn key(kind: &str, name: &str) -> ObjectKey {
        ObjectKey {
            api_version: "v1".to_owned(),
            kind: kind.to_owned(),
            namespace: Some("shop".to_owned()),
            name: name.to_owned(),
        }
    }

    /// A release that changes a password in both places where one can be.
    fn survey() -> Survey {
        let secret = |data: &str| json!({ "kind": "Secret", "data": { "url": data } });
        let entry = json!({ "name": "REDIS_PASSWORD", "value": "hunter3" });
        let settings = |env| json!({ "spec": { "replicas": 2, "env": env } });
        let settings = fields(&settings(json!([])), &settings(json!([entry])));
        let taken = "spec.replicas was set by `kubectl-edit`".to_owned();
        Survey {
            changes: vec![
                (key("Service", "new"), Change::Create),
                (
                    key("Secret", "redis"),
                    Change::Update(fields(&secret("aHVudGVyMQ=="), &secret("aHVudGVyMg=="))),
                ),
                (key("Deployment", "backend"), Change::Update(settings)),
                (key("Deployment", "frontend"), Change::Conflict(vec![taken])),
                (key("Service", "same"), Change::Same),
                (key("Service", "old"), Change::Delete),
            ],
        }
    }

    #[test]
    fn people_see_what_changes_and_no_password() {
        assert_eq!(
            text(&survey()),
            [
                "  + service/new",
                "  ~ secret/redis",
                "      data.url: ••• → •••",
                "  ~ deployment/backend",
                "      spec.env[REDIS_PASSWORD]: + •••",
                "  ! deployment/frontend",
                "      spec.replicas was set by `kubectl-edit`",
                "  - service/old",
                "nothing was changed",
            ]
        );
        assert_eq!(text(&Survey::default()), ["nothing to do"]);
    }

    #[test]
    fn programs_see_what_changes_and_no_password() {
        let document = serde_json::to_value(model(&survey())).unwrap();
        assert_eq!(document["changes"], true);
        let objects = document["objects"].as_array().unwrap();
        let actions: Vec<_> = objects.iter().map(|one| &one["action"]).collect();
        assert_eq!(
            actions,
            ["create", "update", "update", "conflict", "none", "delete"]
        );
        assert_eq!(
            objects[1]["fields"],
            json!([{ "path": "data.url", "before": "•••", "after": "•••" }])
        );
        assert_eq!(
            objects[2]["fields"],
            json!([{ "path": "spec.env[REDIS_PASSWORD]", "before": null, "after": "•••" }])
        );
        let text = document.to_string();
        assert!(
            !text.contains("hunter") && !text.contains("aHVudGVy"),
            "{text}"
        );
        let nothing = serde_json::to_value(model(&Survey::default())).unwrap();
        assert_eq!(nothing["changes"], false);
    }
}
