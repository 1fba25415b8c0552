//! From templates to manifests.

use std::collections::BTreeMap;

use serde::Deserialize;
use tera::{Context, Kwargs, State, Tera, Value};

use super::context::context;
use super::pinned::Pinned;
use super::quote::quote;
use super::template::{PARTS_FILE, TEMPLATES, Template};
use super::{Error, Phase};
use crate::config::Config;
use crate::plan::hash::of_text;

/// How many digits of a hash name a Job or a rendering.
const HASH_LENGTH: usize = 12;

/// How many digits of a hash tell the settings of a service's pods from others.
const SETTINGS_LENGTH: usize = 6;

/// One object of Kubernetes, ready to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Where it lies below the directory of a rendering.
    pub path: String,
    /// When it is applied.
    pub phase: Phase,
    /// What it belongs to.
    pub component: &'static str,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub yaml: String,
}

/// What every object says of itself.
#[derive(Debug, Deserialize)]
struct Head {
    kind: String,
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    name: String,
}

/// The manifests of a configuration with these images, in the order of applying.
pub fn render(
    config: &Config,
    images: &BTreeMap<&'static str, Pinned>,
    release: &str,
) -> Result<Vec<Manifest>, Error> {
    let engine = engine()?;
    let wanted = TEMPLATES
        .iter()
        .filter(|template| template.when.applies(&config.kubernetes));
    let mut manifests = Vec::new();
    for template in wanted {
        manifests.push(manifest(&engine, template, config, images, release)?);
    }
    manifests.sort_by_key(|manifest| manifest.phase);
    Ok(manifests)
}

/// A short name of what the manifests say, whatever the release is called.
pub fn content_hash(
    config: &Config,
    images: &BTreeMap<&'static str, Pinned>,
) -> Result<String, Error> {
    let manifests = render(config, images, "")?;
    let texts: Vec<_> = manifests
        .iter()
        .map(|manifest| manifest.yaml.as_str())
        .collect();
    Ok(hash(&texts.join("---\n")))
}

fn manifest(
    engine: &Tera,
    template: &Template,
    config: &Config,
    images: &BTreeMap<&'static str, Pinned>,
    release: &str,
) -> Result<Manifest, Error> {
    let name = template.name();
    let failed = |cause: String| Error::Template {
        path: name.clone(),
        cause,
    };
    let text = |release: &str, job_name: &str, settings: &str| {
        let mut variables = Context::from_serialize(&context(config, images, release))?;
        variables.insert("job_name", job_name);
        variables.insert("settings", settings);
        engine
            .render(&name, &variables)
            .map(|text| without_blank_lines(&text))
    };
    let told = |error: tera::Error| failed(error.to_string());
    let unread = |error: serde_yaml::Error| failed(error.without_snippet().to_string());
    // A Job cannot be changed: one that says something else has another name.
    let content = text("", "", "").map_err(told)?;
    let job_name = format!("{}-{}", template.component, hash(&content));
    let settings = settings(&content).map_err(unread)?;
    let yaml = text(release, &job_name, &settings).map_err(told)?;
    let head: Head = serde_yaml::from_str(&yaml).map_err(unread)?;
    Ok(Manifest {
        path: format!(
            "{}/{}/{}.yaml",
            template.phase.directory(),
            template.component,
            template.file
        ),
        phase: template.phase,
        component: template.component,
        kind: head.kind,
        name: head.metadata.name,
        yaml,
    })
}

/// A short name of what the pods of an object are like; how many there are is not part of it.
fn settings(content: &str) -> Result<String, serde_yaml::Error> {
    let object: serde_json::Value = serde_yaml::from_str(content)?;
    let mut name = hash(&object["spec"]["template"].to_string());
    name.truncate(SETTINGS_LENGTH);
    Ok(name)
}

fn engine() -> Result<Tera, Error> {
    let mut engine = Tera::default();
    engine.autoescape_on(Vec::<&'static str>::new());
    engine.register_filter("yaml", |value: Value, _: Kwargs, _: &State| scalar(&value));
    let parts = [("parts.tera".to_owned(), PARTS_FILE)];
    let templates = TEMPLATES
        .iter()
        .map(|template| (template.name(), template.text));
    engine
        .add_raw_templates(parts.into_iter().chain(templates))
        .map_err(|error| Error::Template {
            path: "templates".to_owned(),
            cause: error.to_string(),
        })?;
    Ok(engine)
}

/// Numbers and booleans as they are, and any text as one quoted scalar.
fn scalar(value: &Value) -> String {
    match value.as_str() {
        Some(text) => quote(text),
        None => value.to_string(),
    }
}

fn without_blank_lines(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

fn hash(text: &str) -> String {
    let mut digits = of_text(text.as_bytes());
    digits.truncate(HASH_LENGTH);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_what_a_pod_is_like_and_not_how_many_there_are() {
        let of = |replicas: u32, ttl: &str| {
            let yaml = format!("spec: {{replicas: {replicas}, template: {{env: [{ttl}]}}}}");
            settings(&yaml).unwrap()
        };
        assert_eq!(of(1, "3d"), of(2, "3d"));
        assert_ne!(of(1, "3d"), of(1, "4d"));
        assert_eq!(of(1, "3d").len(), SETTINGS_LENGTH);
    }
}
