//! A kubeconfig as data: what is added to it and taken out of it.
//!
//! It is kept as it was read, not as types, so that nothing that somebody else has written into it is lost.

use serde_json::{Map, Value, json};

/// A kubeconfig.
pub type Config = Map<String, Value>;

/// Marks an entry as written by `shopctl`. kubectl keeps extensions that it does not know.
const MARK: &str = "shopctl";

/// The lists of a kubeconfig with named entries.
const LISTS: [&str; 3] = ["clusters", "contexts", "users"];

/// The only cluster and user of a kubeconfig that a playbook has fetched.
fn only<'a>(fetched: &'a Config, list: &str, kind: &str) -> Option<&'a Value> {
    fetched.get(list)?.get(0)?.get(kind)
}

/// Adds the fetched kubeconfig's cluster and user to the operator's under one name. Fails with the name of the list in
/// which somebody else has that name already.
pub fn add(own: &mut Config, fetched: &Config, name: &str) -> Result<(), String> {
    let (Some(cluster), Some(user)) = (
        only(fetched, "clusters", "cluster"),
        only(fetched, "users", "user"),
    ) else {
        return Err("the cluster's kubeconfig has no cluster and user".to_owned());
    };
    let context = json!({
        "cluster": name,
        "user": name,
        "extensions": [{ "name": MARK, "extension": { "managed-by": MARK } }],
    });
    let ours = is_ours(own, name);
    let entries = [
        ("clusters", json!({ "name": name, "cluster": cluster })),
        ("contexts", json!({ "name": name, "context": context })),
        ("users", json!({ "name": name, "user": user })),
    ];
    for (list, _) in &entries {
        if !ours && position(own, list, name).is_some() {
            return Err(format!(
                "it has an entry `{name}` in `{list}` that `shopctl` has not written"
            ));
        }
    }
    own.entry("apiVersion").or_insert_with(|| json!("v1"));
    own.entry("kind").or_insert_with(|| json!("Config"));
    for (list, entry) in entries {
        put(own, list, name, entry);
    }
    let unset = own
        .get("current-context")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if unset.is_empty() {
        own.insert("current-context".to_owned(), json!(name));
    }
    Ok(())
}

/// Takes out what [`add`] has added; whether there was anything.
pub fn take_out(own: &mut Config, name: &str) -> bool {
    if !is_ours(own, name) {
        return false;
    }
    for list in LISTS {
        if let Some(place) = position(own, list, name)
            && let Some(entries) = own.get_mut(list).and_then(Value::as_array_mut)
        {
            entries.remove(place);
        }
    }
    if own.get("current-context").and_then(Value::as_str) == Some(name) {
        own.insert("current-context".to_owned(), json!(""));
    }
    true
}

/// Whether the context of that name carries the mark.
fn is_ours(own: &Config, name: &str) -> bool {
    let context = position(own, "contexts", name).map(|place| &own["contexts"][place]["context"]);
    let extensions = context.and_then(|context| context.get("extensions")?.as_array());
    extensions.is_some_and(|all| all.iter().any(|extension| extension["name"] == MARK))
}

fn position(own: &Config, list: &str, name: &str) -> Option<usize> {
    let entries = own.get(list)?.as_array()?;
    entries.iter().position(|entry| entry["name"] == name)
}

fn put(own: &mut Config, list: &str, name: &str, entry: Value) {
    let entries = own.entry(list).or_insert_with(|| json!([]));
    if !entries.is_array() {
        // An empty list that somebody has written as nothing at all.
        *entries = json!([]);
    }
    let Some(entries) = entries.as_array_mut() else {
        return;
    };
    match entries.iter_mut().find(|entry| entry["name"] == name) {
        Some(present) => *present = entry,
        None => entries.push(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(value: Value) -> Config {
        serde_json::from_value(value).unwrap()
    }

    fn fetched(server: &str) -> Config {
        config(json!({
            "clusters": [{ "name": "kubernetes", "cluster": { "server": server } }],
            "users": [{ "name": "kubernetes-admin", "user": { "client-key-data": "c2VjcmV0" } }],
        }))
    }

    fn somebodys() -> Config {
        config(json!({
            "apiVersion": "v1",
            "kind": "Config",
            "preferences": { "colors": true },
            "current-context": "work",
            "clusters": [{ "name": "work", "cluster": { "server": "https://work" } }],
            "contexts": [{ "name": "work", "context": { "cluster": "work", "user": "me" } }],
            "users": [{ "name": "me", "user": { "token": "mine" } }],
        }))
    }

    #[test]
    fn what_is_there_stays_and_the_current_context_too() {
        let mut own = somebodys();
        add(&mut own, &fetched("https://one"), "shopmicro-one").unwrap();
        assert_eq!(own["current-context"], "work");
        assert_eq!(own["users"][0]["user"]["token"], "mine");
        assert_eq!(own["contexts"][1]["context"]["cluster"], "shopmicro-one");
        assert_eq!(own["clusters"][1]["cluster"]["server"], "https://one");
        assert!(take_out(&mut own, "shopmicro-one"));
        assert_eq!(own, somebodys());
    }

    #[test]
    fn our_own_entry_is_replaced() {
        let mut own = Config::new();
        add(&mut own, &fetched("https://one"), "shopmicro-one").unwrap();
        add(&mut own, &fetched("https://two"), "shopmicro-one").unwrap();
        assert_eq!(own["clusters"].as_array().unwrap().len(), 1);
        assert_eq!(own["clusters"][0]["cluster"]["server"], "https://two");
        assert_eq!(own["current-context"], "shopmicro-one");
    }

    #[test]
    fn somebody_elses_entry_of_that_name_is_not_touched() {
        let mut own = somebodys();
        let error = add(&mut own, &fetched("https://one"), "work").unwrap_err();
        assert_eq!(
            error,
            "it has an entry `work` in `clusters` that `shopctl` has not written"
        );
        assert_eq!(own, somebodys());
        assert!(!take_out(&mut own, "work"));
        assert_eq!(own, somebodys());
    }
}
