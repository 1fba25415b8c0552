//! What `render` has written.

use std::path::Path;

use serde::Serialize;

use super::Printer;
use super::table::columns;
use crate::plan::manifest::{Credentials, Manifest, Phase};
use crate::platform::rendering::Written;

/// A rendering and where it lies.
#[derive(Debug)]
pub struct Rendered<'a> {
    /// The directory.
    pub directory: &'a Path,
    /// The release in the manifests.
    pub release: &'a str,
    /// All manifests, in the order of applying.
    pub manifests: &'a [Manifest],
    /// The Secrets that must be there.
    pub secrets: &'a [Credentials],
    /// What became of the files.
    pub written: Written,
}

#[derive(Debug, Serialize)]
struct Model<'a> {
    directory: &'a Path,
    release: &'a str,
    written: usize,
    unchanged: usize,
    removed: usize,
    objects: Vec<Object<'a>>,
    secrets: Vec<Secret<'a>>,
}

#[derive(Debug, Serialize)]
struct Object<'a> {
    phase: &'static str,
    component: &'static str,
    kind: &'a str,
    name: &'a str,
    path: &'a str,
}

#[derive(Debug, Serialize)]
struct Secret<'a> {
    name: &'a str,
    keys: &'a [&'static str],
}

/// Says what was written and which Secrets are not in it.
pub fn rendered(printer: &Printer, rendered: &Rendered<'_>) {
    if !printer.is_human() {
        printer.document(&model(rendered));
        return;
    }
    let Written {
        changed,
        unchanged,
        removed,
    } = rendered.written;
    printer.line(&format!(
        "release {} is in `{}`: {} objects ({changed} written, {unchanged} unchanged, {removed} removed)",
        rendered.release,
        rendered.directory.display(),
        rendered.manifests.len()
    ));
    let phases = Phase::ALL.map(|phase| {
        let objects = rendered
            .manifests
            .iter()
            .filter(|manifest| manifest.phase == phase);
        [phase.directory(), format!("{} objects", objects.count())]
    });
    printer.result(&columns(&phases));
    printer
        .line("Secrets are never rendered; these must be in the namespace before `2-data-stores`:");
    let secrets: Vec<_> = rendered
        .secrets
        .iter()
        .map(|secret| [secret.name.clone(), secret.keys.join(", ")])
        .collect();
    printer.result(&columns(&secrets));
}

fn model<'a>(rendered: &'a Rendered<'a>) -> Model<'a> {
    let object = |manifest: &'a Manifest| Object {
        phase: manifest.phase.name(),
        component: manifest.component,
        kind: &manifest.kind,
        name: &manifest.name,
        path: &manifest.path,
    };
    let secret = |credentials: &'a Credentials| Secret {
        name: &credentials.name,
        keys: &credentials.keys,
    };
    Model {
        directory: rendered.directory,
        release: rendered.release,
        written: rendered.written.changed,
        unchanged: rendered.written.unchanged,
        removed: rendered.written.removed,
        objects: rendered.manifests.iter().map(object).collect(),
        secrets: rendered.secrets.iter().map(secret).collect(),
    }
}
