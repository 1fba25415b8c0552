//! What applying an object would change, field by field.

use serde_json::{Map, Value};

use super::mask::{announces_secret, is_secret_name, text};

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
    /// It is not there yet, or is to be made again.
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
    let is_secret = after.get("kind").is_some_and(|kind| kind == "Secret");
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        compare("", Some(before), Some(after), is_secret, &mut fields);
        return fields;
    };
    let names = before
        .keys()
        .chain(after.keys().filter(|key| !before.contains_key(*key)));
    for name in names.filter(|name| *name != "status") {
        let hidden = is_secret && matches!(name.as_str(), "data" | "stringData");
        compare(name, before.get(name), after.get(name), hidden, &mut fields);
    }
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
    let hidden = hidden || after.get("name").is_some_and(is_secret_name);
    let are_free = path.ends_with("annotations");
    let added = after.keys().filter(|key| !before.contains_key(*key));
    for key in before.keys().chain(added) {
        let is_servers_own = path == "metadata" && OWN.contains(&key.as_str());
        if !is_servers_own {
            let hidden = hidden || (are_free && is_secret_name(&key.as_str().into()));
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
    let have_names = before
        .iter()
        .chain(after)
        .all(|value| name(value).is_some());
    if !have_names {
        for place in 0..before.len().max(after.len()) {
            let earlier = place.checked_sub(1);
            let hidden = hidden
                || [before, after].into_iter().any(|values| {
                    earlier.is_some_and(|place| values.get(place).is_some_and(announces_secret))
                });
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::kube::apply::mask::MASK;

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

    #[test]
    fn an_entry_that_appears_or_goes_is_masked_as_a_whole() {
        let with = json!({ "spec": { "env": [{ "name": "API_TOKEN", "value": "seen" }] } });
        let without = json!({ "spec": { "env": [] } });
        let masked = Some(MASK.to_owned());
        let path = "spec.env[API_TOKEN]".to_owned();
        assert_eq!(
            rows(&without, &with),
            [(path.clone(), None, masked.clone())]
        );
        assert_eq!(rows(&with, &without), [(path, masked.clone(), None)]);
        assert_eq!(rows(&json!({}), &with), [("spec".to_owned(), None, masked)]);
    }

    #[test]
    fn the_values_of_a_secret_are_masked() {
        let before = json!({ "kind": "Secret", "data": { "a": "b2xk" } });
        let after =
            json!({ "kind": "Secret", "data": { "a": "bmV3" }, "stringData": { "b": "x" } });
        let masked = Some(MASK.to_owned());
        assert_eq!(
            rows(&before, &after),
            [
                ("data.a".to_owned(), masked.clone(), masked.clone()),
                ("stringData".to_owned(), None, masked),
            ]
        );
    }

    #[test]
    fn passwords_are_masked_wherever_they_stand() {
        let with = |password: &str| {
            json!({
                "metadata": { "annotations": { "example.com/api-token": password, "example.com/team": "shop" } },
                "containers": [{
                    "name": "a",
                    "args": [
                        "--password", password, format!("--auth-token={password}"),
                        format!("redis://:{password}@redis:6379/0"),
                    ],
                    "env": [
                        { "name": "OTLP_ENDPOINT", "value": format!("https://me:{password}@otel:4318") },
                        { "name": "OTLP_HEADERS", "value": password },
                    ],
                }],
            })
        };
        let rows = rows(&with("before"), &with("after"));
        assert_eq!(rows.len(), 6, "{rows:?}");
        let shown = format!("{rows:?}");
        assert!(
            !shown.contains("before") && !shown.contains("after"),
            "{shown}"
        );
        assert!(shown.contains("https://•••@otel:4318"), "{shown}");
    }
}
