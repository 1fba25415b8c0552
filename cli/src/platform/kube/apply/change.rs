//! What applying an object would change, field by field.

use serde_json::{Map, Value};

/// What is shown in the place of a value that must not be seen.
const MASK: &str = "•••";

/// Parts of names whose values are not shown.
const SECRET: [&str; 4] = ["PASSWORD", "SECRET", "TOKEN", "CREDENTIAL"];

/// What the API server writes by itself.
const OWN: [&str; 5] = [
    "managedFields",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "uid",
];

/// What becomes of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is not there yet.
    Create,
    /// It says something else in these fields.
    Update(Vec<Field>),
    /// It is as it is wanted.
    Same,
    /// Somebody else has set these fields: who, and which.
    Conflict(Vec<String>),
    /// The release no longer has it.
    Delete,
}

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where it is, such as `spec.template.spec.containers[backend].image`.
    pub path: String,
    /// What it says; none when it is not there.
    pub before: Option<String>,
    /// What it will say; none when it goes.
    pub after: Option<String>,
}

/// The fields in which an object will differ from what it is.
pub fn fields(before: &Value, after: &Value) -> Vec<Field> {
    let mut fields = Vec::new();
    compare("", Some(before), Some(after), false, &mut fields);
    fields
}

fn compare(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    hidden: bool,
    fields: &mut Vec<Field>,
) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            objects(path, before, after, hidden, fields);
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            arrays(path, before, after, hidden, fields);
        }
        (before, after) if before == after => {}
        (before, after) => fields.push(Field {
            path: path.to_owned(),
            before: before.map(|value| text(value, hidden)),
            after: after.map(|value| text(value, hidden)),
        }),
    }
}

fn objects(
    path: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    hidden: bool,
    fields: &mut Vec<Field>,
) {
    let is_secret = |name: &Value| {
        let name = name.as_str().unwrap_or_default().to_uppercase();
        SECRET.iter().any(|part| name.contains(part))
    };
    let hidden = hidden || after.get("name").is_some_and(is_secret);
    let added = after.keys().filter(|key| !before.contains_key(*key));
    for key in before.keys().chain(added) {
        let is_servers_own = (path == "metadata" && OWN.contains(&key.as_str()))
            || (path.is_empty() && key == "status");
        if !is_servers_own {
            let path = inner(path, key);
            compare(&path, before.get(key), after.get(key), hidden, fields);
        }
    }
}

fn inner(path: &str, key: &str) -> String {
    if path.is_empty() {
        return key.to_owned();
    }
    format!("{path}.{key}")
}

/// Entries with names are compared by name, others by place.
fn arrays(path: &str, before: &[Value], after: &[Value], hidden: bool, fields: &mut Vec<Field>) {
    let name = |value: &Value| Some(value.get("name")?.as_str()?.to_owned());
    let named = before
        .iter()
        .chain(after)
        .all(|value| name(value).is_some());
    if !named {
        for place in 0..before.len().max(after.len()) {
            let path = format!("{path}[{place}]");
            compare(&path, before.get(place), after.get(place), hidden, fields);
        }
        return;
    }
    let find = |values: &'_ [Value], wanted: &str| {
        let mut values = values.iter();
        values
            .find(|value| name(value).as_deref() == Some(wanted))
            .cloned()
    };
    let mut names: Vec<_> = before.iter().chain(after).filter_map(name).collect();
    names.sort();
    names.dedup();
    for name in names {
        let path = format!("{path}[{name}]");
        let (before, after) = (find(before, &name), find(after, &name));
        compare(&path, before.as_ref(), after.as_ref(), hidden, fields);
    }
}

fn text(value: &Value, hidden: bool) -> String {
    if hidden {
        return MASK.to_owned();
    }
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(before: &Value, after: &Value) -> Vec<(String, Option<String>, Option<String>)> {
        let fields = fields(before, after).into_iter();
        fields
            .map(|field| (field.path, field.before, field.after))
            .collect()
    }

    #[test]
    fn what_the_server_writes_is_no_change() {
        let before = json!({ "metadata": { "name": "a", "uid": "1", "managedFields": [] }, "status": { "x": 1 } });
        let after =
            json!({ "metadata": { "name": "a", "uid": "2", "generation": 3 }, "status": {} });
        assert_eq!(rows(&before, &after), []);
    }

    #[test]
    fn containers_are_found_by_their_names() {
        let before = json!({ "containers": [{ "name": "a", "image": "x:1" }, { "name": "b" }] });
        let after = json!({ "containers": [{ "name": "b" }, { "name": "a", "image": "x:2", "tty": true }] });
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            rows(&before, &after),
            [
                ("containers[a].image".to_owned(), some("x:1"), some("x:2")),
                ("containers[a].tty".to_owned(), None, some("true")),
            ]
        );
    }

    #[test]
    fn what_must_not_be_seen_is_not_shown() {
        let before = json!({ "env": [{ "name": "API_TOKEN", "value": "old" }] });
        let after = json!({ "env": [{ "name": "API_TOKEN", "value": "new" }] });
        let masked = Some(MASK.to_owned());
        assert_eq!(
            rows(&before, &after),
            [("env[API_TOKEN].value".to_owned(), masked.clone(), masked)]
        );
    }
}
