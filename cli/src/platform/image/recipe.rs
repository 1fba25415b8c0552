//! What goes into one service's image.

use std::path::{Path, PathBuf};

use super::configuration::{ACCOUNT, CERTIFICATES, entry_point};
use super::layout::{Content, Tree};
use super::linking::{Closure, Program};
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::hashes::Hashes;

/// Where distributions keep the certificates that they trust, in one file.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

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
    /// The files of this machine that are in the base.
    pub from_here: Vec<PathBuf>,
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
        let mut from_here = Vec::new();
        for (inside, here) in &closure.files {
            let content = content(here, hashes)?;
            base.add_executable(&inside.to_string_lossy(), content);
            from_here.push(here.clone());
        }
        base.add(CERTIFICATES, content(&bundle()?, hashes)?);
        add_settings(&mut base);
        let hash = hashes.of(&path)?;
        let content = Content::File {
            path,
            hash: hash.clone(),
        };
        let mut program = Tree::default();
        program.add_executable(&entry_point(service), content);
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

fn content(path: &Path, hashes: &mut Hashes) -> Result<Content, Error> {
    Ok(Content::File {
        path: path.to_owned(),
        hash: hashes.of(path)?,
    })
}

/// Who runs the program, and how it finds others.
fn add_settings(base: &mut Tree) {
    let files = [
        ("/etc/nsswitch.conf", NAME_SERVICES.to_owned()),
        (
            "/etc/passwd",
            format!("shop:x:{ACCOUNT}:{ACCOUNT}:ShopMicro:/:/sbin/nologin\n"),
        ),
        ("/etc/group", format!("shop:x:{ACCOUNT}:\n")),
    ];
    for (path, text) in files {
        base.add(path, Content::Bytes(text.into_bytes()));
    }
}

fn bundle() -> Result<PathBuf, Error> {
    let bundles = BUNDLES.into_iter().map(PathBuf::from);
    let mut found = bundles.filter_map(|path| path.canonicalize().ok());
    found.next().ok_or_else(|| Error::Prerequisite {
        what: "this machine has no certificates that an image could trust".to_owned(),
        cure: "type `apt-get install ca-certificates`".to_owned(),
    })
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
