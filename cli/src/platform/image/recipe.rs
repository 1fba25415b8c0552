//! What goes into one service's image.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::certificates::certificates;
use super::configuration::{ACCOUNT, CERTIFICATES, entry_point};
use super::layout::{Content, Tree};
use super::linking::{Closure, Program};
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::hashes::Hashes;

/// Names are looked for in files and then asked of the cluster's name server.
const NAME_SERVICES: &str = "passwd: files\ngroup: files\nhosts: files dns\n";

/// The content of one image.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The service.
    pub service: Component,
    /// The name of its processor.
    pub architecture: &'static str,
    /// What all services have in common, as a rule.
    pub base: Tree,
    /// The program.
    pub program: Tree,
    /// The files of this machine that are in the base, and their SHA-256.
    pub from_here: BTreeMap<PathBuf, String>,
    /// The SHA-256 of the program.
    pub hash: String,
    /// Whether it needs no libraries.
    pub is_static: bool,
}

impl Recipe {
    /// What the image of the service needs whose program is in `place`.
    pub fn of(service: Component, place: &Path, hashes: &mut Hashes) -> Result<Self, Error> {
        let path = place.join(service.name());
        let read = Program::read(&path).map_err(|error| explain(error, service))?;
        let architecture = architecture(&path, &read)?;
        let closure = Closure::of(&path, &read)?;
        let mut base = Tree::default();
        let mut from_here = BTreeMap::new();
        for (inside, here) in &closure.files {
            let hash = hashes.of(here)?;
            from_here.insert(here.clone(), hash.clone());
            base.add_executable(&inside.to_string_lossy(), content(here, hash));
        }
        add_settings(&mut base);
        let hash = hashes.of(&path)?;
        let mut program = Tree::default();
        program.add_executable(&entry_point(service), content(&path, hash.clone()));
        Ok(Self {
            service,
            architecture,
            base,
            program,
            from_here,
            hash,
            is_static: closure.files.is_empty(),
        })
    }
}

fn architecture(path: &Path, program: &Program) -> Result<&'static str, Error> {
    let architecture = program.machine.architecture();
    architecture.ok_or_else(|| Error::Prerequisite {
        what: format!(
            "`{}` is for a processor that no image is made for",
            path.display()
        ),
        cure: "build the services for x86_64 or aarch64".to_owned(),
    })
}

fn content(path: &Path, hash: String) -> Content {
    Content::File {
        path: path.to_owned(),
        hash,
    }
}

/// Who runs the program, whom it trusts, and how it finds others.
fn add_settings(base: &mut Tree) {
    let files = [
        ("/etc/nsswitch.conf", NAME_SERVICES.to_owned()),
        (
            "/etc/passwd",
            format!("shop:x:{ACCOUNT}:{ACCOUNT}:ShopMicro:/:/sbin/nologin\n"),
        ),
        ("/etc/group", format!("shop:x:{ACCOUNT}:\n")),
        (CERTIFICATES, certificates()),
    ];
    for (path, text) in files {
        base.add(path, Content::Bytes(text.into_bytes()));
    }
}

/// A program that is missing has to be built first.
fn explain(error: Error, service: Component) -> Error {
    match error {
        Error::File { path, source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            Error::Prerequisite {
                what: format!("there is no `{service}` to make an image of: `{}` is missing", path.display()),
                cure: "type `cargo build --release --workspace` in the checkout, or install the services beside `shopctl`"
                    .to_owned(),
            }
        }
        other => other,
    }
}
