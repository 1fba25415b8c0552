//! What `up` would do to a cluster.

use serde::Serialize;

use super::Printer;
use super::besides;
use super::failure::{Error, explain};
use crate::platform::kube::{Change, Field, ObjectKey, Preview};

#[derive(Debug, Serialize)]
struct Model<'a> {
    changes: bool,
    objects: Vec<ObjectModel>,
    images_to_push: bool,
    secrets_to_make: &'a [String],
    not_ready: Vec<&'static str>,
    unfinished: bool,
    refusals: Vec<Error<'a>>,
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

/// Prints what `up` would do, field by field. What must not be seen is masked already.
pub fn changes(printer: &Printer, preview: &Preview) {
    if !printer.is_human() {
        printer.document(&model(preview));
        return;
    }
    for line in text(preview) {
        printer.line(&line);
    }
    for refusal in &preview.refusals {
        explain(printer, refusal);
    }
}

fn text(preview: &Preview) -> Vec<String> {
    let mut text = besides::lines(preview);
    for (key, change) in &preview.survey.changes {
        if *change == Change::Same {
            continue;
        }
        text.push(format!("{} {key}", sign(change)));
        let lines = lines(change).into_iter();
        text.extend(lines.map(|line| format!("      {line}")));
    }
    let end = if text.is_empty() && besides::is_idle(preview) {
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

fn model(preview: &Preview) -> Model<'_> {
    let refusals = preview.refusals.iter();
    Model {
        changes: !besides::is_idle(preview),
        objects: preview.survey.changes.iter().map(object).collect(),
        images_to_push: preview.difference.images_missing,
        secrets_to_make: &preview.secrets,
        not_ready: preview.unready.iter().map(|part| part.name()).collect(),
        unfinished: preview.unfinished,
        refusals: refusals.map(|refusal| Error::of(refusal)).collect(),
    }
}

fn object((key, change): &(ObjectKey, Change)) -> ObjectModel {
    ObjectModel {
        object: key.to_string(),
        action: action(change),
        fields: match change {
            Change::Update(fields) => fields.iter().map(field).collect(),
            _ => Vec::new(),
        },
        conflicts: match change {
            Change::Conflict(taken) => taken.clone(),
            _ => Vec::new(),
        },
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
    use crate::plan::Difference;
    use crate::plan::manifest::Phase;
    use crate::platform::kube::{Survey, fields};
    use crate::report::besides::besides_objects;

    fn key(kind: &str, name: &str) -> ObjectKey {
        ObjectKey {
            api_version: "v1".to_owned(),
            kind: kind.to_owned(),
            namespace: Some("shop".to_owned()),
            name: name.to_owned(),
        }
    }

    /// A release that changes a password in both places where one can be.
    fn preview() -> Preview {
        let secret = |data: &str| json!({ "kind": "Secret", "data": { "url": data } });
        let entry = json!({ "name": "REDIS_PASSWORD", "value": "hunter3" });
        let settings = |env| json!({ "spec": { "replicas": 2, "env": env } });
        let settings = fields(&settings(json!([])), &settings(json!([entry])));
        let taken = "spec.replicas was set by `kubectl-edit`".to_owned();
        let changes = vec![
            (key("Service", "new"), Change::Create),
            (
                key("Secret", "redis"),
                Change::Update(fields(&secret("aHVudGVyMQ=="), &secret("aHVudGVyMg=="))),
            ),
            (key("Deployment", "backend"), Change::Update(settings)),
            (key("Deployment", "frontend"), Change::Conflict(vec![taken])),
            (key("Service", "same"), Change::Same),
            (key("Service", "old"), Change::Delete),
        ];
        Preview {
            survey: Survey { changes },
            difference: Difference {
                phases: [Phase::Services].into(),
                ..Difference::default()
            },
            ..Preview::default()
        }
    }

    #[test]
    fn people_see_what_changes_and_no_password() {
        assert_eq!(
            text(&preview()),
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
        assert_eq!(text(&Preview::default()), ["nothing to do"]);
    }

    #[test]
    fn programs_see_what_changes_and_no_password() {
        let document = serde_json::to_value(model(&preview())).unwrap();
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
        let nothing = serde_json::to_value(model(&Preview::default())).unwrap();
        assert_eq!(nothing["changes"], false);
    }

    #[test]
    fn there_is_nothing_to_do_only_where_up_does_nothing() {
        assert_eq!(
            text(&besides_objects()).last().unwrap(),
            "nothing was changed"
        );
        let refused = Preview {
            refusals: besides_objects().refusals,
            ..Preview::default()
        };
        assert_eq!(text(&refused), ["nothing was changed"]);
    }

    #[test]
    fn programs_see_what_else_up_would_do() {
        let document = serde_json::to_value(model(&besides_objects())).unwrap();
        assert_eq!(
            document,
            json!({
                "changes": true,
                "objects": [],
                "images_to_push": true,
                "secrets_to_make": ["redis-credentials"],
                "not_ready": ["backend"],
                "unfinished": true,
                "refusals": [{ "message": "Secret `tls` is missing", "hint": "make it" }],
            })
        );
    }
}
