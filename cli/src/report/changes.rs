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
    let mut quiet = true;
    for (key, change) in &survey.changes {
        if *change == Change::Same {
            continue;
        }
        quiet = false;
        printer.line(&format!("{} {key}", sign(change)));
        for line in lines(change) {
            printer.line(&format!("      {line}"));
        }
    }
    printer.line(if quiet {
        "nothing to do"
    } else {
        "nothing was changed"
    });
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
