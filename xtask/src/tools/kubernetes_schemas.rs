//! JSON Schemas of the kinds of Kubernetes, made from what its own sources say, so that no network is needed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::go::go_module;
use crate::repository::Repository;

/// The supported versions of Kubernetes.
pub const KUBERNETES: [&str; 3] = ["1.35.4", "1.36.3", "1.37.2"];

/// The version of the Gateway API, whose kinds are not part of Kubernetes.
const GATEWAY_API: &str = "1.6.3";

/// The kinds of the Gateway API that are used here.
const GATEWAY_KINDS: [&str; 2] = ["gateways", "httproutes"];

/// Where kubeconform finds the schemas, as it wants to be told; they are made once.
pub fn kubernetes_schemas(repository: &Repository) -> Result<String> {
    let root = repository
        .cache
        .join(format!("kubernetes-schemas-1-{}", KUBERNETES.join("-")));
    for version in KUBERNETES {
        let directory = root.join(format!("v{version}"));
        // Written last: schemas that were cut off are made again.
        let complete = directory.join("complete");
        if !complete.exists() {
            fs::create_dir_all(&directory)?;
            kinds_of_kubernetes(repository, version, &directory)?;
            kinds_of_gateway_api(repository, &directory)?;
            fs::write(complete, "")?;
        }
    }
    Ok(format!(
        "{}/{{{{.NormalizedKubernetesVersion}}}}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json",
        root.display()
    ))
}

fn kinds_of_kubernetes(repository: &Repository, version: &str, directory: &Path) -> Result<()> {
    let module = go_module(repository, "k8s.io/kubernetes", version)?;
    let text = fs::read(module.join("api/openapi-spec/swagger.json"))?;
    let swagger: Value = serde_json::from_slice(&text)?;
    let definitions = swagger["definitions"]
        .as_object()
        .context("the description of Kubernetes has no definitions")?;
    for (name, definition) in definitions {
        let [kind] = kinds(definition) else {
            continue;
        };
        let (group, version) = (text_of(kind, "group"), text_of(kind, "version"));
        let mut path = vec![name.as_str()];
        let schema = strict(definition, definitions, &mut path);
        let file = file_name(text_of(kind, "kind"), group, version);
        fs::write(directory.join(file), serde_json::to_vec(&schema)?)?;
    }
    Ok(())
}

fn kinds_of_gateway_api(repository: &Repository, directory: &Path) -> Result<()> {
    let module = go_module(repository, "sigs.k8s.io/gateway-api", GATEWAY_API)?;
    for kind in GATEWAY_KINDS {
        let name = format!("config/crd/standard/gateway.networking.k8s.io_{kind}.yaml");
        let text = fs::read_to_string(module.join(name))?;
        let crd: Value = serde_yaml::from_str(&text)?;
        let spec = &crd["spec"];
        for version in spec["versions"].as_array().into_iter().flatten() {
            let schema = &version["schema"]["openAPIV3Schema"];
            let schema = strict(schema, &Map::new(), &mut Vec::new());
            let kind = text_of(&spec["names"], "kind");
            let file = file_name(kind, text_of(spec, "group"), text_of(version, "name"));
            fs::write(directory.join(file), serde_json::to_vec(&schema)?)?;
        }
    }
    Ok(())
}

/// The kinds that a definition describes; one that is shared by many, as `DeleteOptions`, is no object.
fn kinds(definition: &Value) -> &[Value] {
    definition["x-kubernetes-group-version-kind"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn file_name(kind: &str, group: &str, version: &str) -> PathBuf {
    let group = group.split('.').next().unwrap_or_default();
    let parts = [kind, group, version];
    let named: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}.json", named.join("-").to_lowercase()).into()
}

/// The schema with everything that it refers to inside, and without room for fields that it does not know.
fn strict<'a>(
    schema: &'a Value,
    definitions: &'a Map<String, Value>,
    path: &mut Vec<&'a str>,
) -> Value {
    if let Some(name) = text_of(schema, "$ref").strip_prefix("#/definitions/") {
        // A description of descriptions contains itself.
        let Some(definition) = definitions.get(name).filter(|_| !path.contains(&name)) else {
            return json!({});
        };
        path.push(name);
        let inside = strict(definition, definitions, path);
        path.pop();
        return if name.ends_with(".resource.Quantity") {
            json!({ "type": ["string", "number"] })
        } else {
            inside
        };
    }
    if schema["format"] == "int-or-string" || schema["x-kubernetes-int-or-string"] == true {
        return json!({ "type": ["string", "integer"] });
    }
    let mut inside = |value: &'a Value| strict(value, definitions, path);
    match schema {
        Value::Object(fields) => {
            let mut copied = Map::new();
            for (key, value) in fields {
                match key.as_str() {
                    "description" | "format" | "default" => {}
                    "properties" => {
                        let properties = value.as_object().into_iter().flatten();
                        let properties: Map<_, _> = properties
                            .map(|(name, value)| (name.clone(), inside(value)))
                            .collect();
                        copied.insert(key.clone(), properties.into());
                    }
                    other if other.starts_with("x-kubernetes-") => {}
                    _ => {
                        copied.insert(key.clone(), inside(value));
                    }
                }
            }
            let is_closed = copied.contains_key("properties")
                && !copied.contains_key("additionalProperties")
                && schema["x-kubernetes-preserve-unknown-fields"] != true;
            if is_closed {
                copied.insert("additionalProperties".to_owned(), false.into());
            }
            copied.into()
        }
        Value::Array(values) => values.iter().map(inside).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_and_unknown_fields_are_refused() {
        let definitions = json!({
            "a.Spec": { "type": "object", "properties": {
                "size": { "$ref": "#/definitions/x.resource.Quantity" },
                "description": { "type": "string", "description": "gone" },
                "again": { "$ref": "#/definitions/a.Spec" },
                "port": { "type": "string", "format": "int-or-string" },
            } },
            "x.resource.Quantity": { "type": "string" },
        });
        let definitions = definitions.as_object().unwrap();
        let schema = json!({ "properties": { "spec": { "$ref": "#/definitions/a.Spec" } } });
        let made = strict(&schema, definitions, &mut Vec::new());
        let spec = json!({ "type": "object", "additionalProperties": false, "properties": {
            "size": { "type": ["string", "number"] },
            "description": { "type": "string" },
            "again": {},
            "port": { "type": ["string", "integer"] },
        } });
        assert_eq!(
            made,
            json!({ "properties": { "spec": spec }, "additionalProperties": false })
        );
    }

    #[test]
    fn files_are_named_as_kubeconform_looks_for_them() {
        let name = |kind, group| file_name(kind, group, "v1").display().to_string();
        assert_eq!(name("Namespace", ""), "namespace-v1.json");
        assert_eq!(
            name("NetworkPolicy", "networking.k8s.io"),
            "networkpolicy-networking-v1.json"
        );
    }
}
