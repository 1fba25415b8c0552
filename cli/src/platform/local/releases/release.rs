//! Releases: binaries and settings under one name that says what is in them.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::config::Config;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::releases::hashes::{Hashes, of_text};
use crate::platform::state::durable;

/// How many releases are kept, the newest first.
const KEPT: usize = 5;

/// What a release is made of; its hash names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The SHA-256 of every service's binary.
    binaries: BTreeMap<Component, String>,
    /// The services' settings.
    settings: BTreeMap<String, String>,
}

/// The content of `release.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    number: u64,
    hash: String,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    content: Content,
}

impl Content {
    /// What the binaries in `place` and the configuration make.
    pub fn of(config: &Config, place: &Path, hashes: &mut Hashes) -> Result<Self, Error> {
        let mut binaries = BTreeMap::new();
        for service in Component::SERVICES {
            binaries.insert(service, hashes.of(&place.join(service.name()))?);
        }
        Ok(Self {
            binaries,
            settings: settings(config),
        })
    }

    /// The name of the release: that of the one with the same content, else a new one with the next number.
    pub fn name(&self, layout: &Layout) -> String {
        let hash = self.hash();
        let releases = list(layout);
        match releases
            .iter()
            .find(|(_, name)| name.ends_with(&format!("-{hash}")))
        {
            Some((_, name)) => name.clone(),
            None => format!(
                "{}-{hash}",
                releases.last().map_or(1, |(number, _)| number + 1)
            ),
        }
    }

    fn hash(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        of_text(&text)[..12].to_owned()
    }
}

/// The settings that make a difference to what the services do.
fn settings(config: &Config) -> BTreeMap<String, String> {
    let backend = &config.backend;
    let mut settings = BTreeMap::from([
        ("log".to_owned(), config.log.to_owned()),
        ("cart-ttl".to_owned(), format!("{:?}", backend.cart_ttl)),
        (
            "product-cache-ttl".to_owned(),
            format!("{:?}", backend.product_cache_ttl),
        ),
        (
            "ml-service-timeout".to_owned(),
            format!("{:?}", backend.ml_service_timeout),
        ),
    ]);
    if let Some(endpoint) = &config.otlp_endpoint {
        settings.insert("otlp-endpoint".to_owned(), endpoint.as_str().to_owned());
    }
    settings
}

/// Copies the binaries in `place` into the release of that name, unless it is there, and removes very old ones.
pub fn stage(layout: &Layout, name: &str, content: &Content, place: &Path) -> Result<(), Error> {
    let target = layout.release(name);
    if !target.exists() {
        let temporary = layout
            .releases()
            .join(format!(".new-{}", std::process::id()));
        durable::remove_directory(&temporary)?;
        durable::directory(&temporary.join("bin"), 0o755, None)?;
        fill(&temporary, name, content, place)?;
        fs::rename(&temporary, &target)
            .and_then(|()| durable::sync_parent(&target))
            .map_err(|source| Error::file("make", &target, source))?;
    }
    prune(layout, name);
    Ok(())
}

fn fill(target: &Path, name: &str, content: &Content, place: &Path) -> Result<(), Error> {
    thread::scope(|scope| {
        let copies: Vec<_> = content
            .binaries
            .iter()
            .map(|(service, hash)| {
                let (from, to) = (
                    place.join(service.name()),
                    target.join("bin").join(service.name()),
                );
                scope.spawn(move || copy(&from, &to, hash))
            })
            .collect();
        copies
            .into_iter()
            .try_for_each(|copy| copy.join().unwrap_or(Ok(())))
    })?;
    let manifest = Manifest {
        number: number(name).unwrap_or_default(),
        hash: content.hash(),
        created: OffsetDateTime::now_utc(),
        content: content.clone(),
    };
    let text = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    durable::write(&target.join("release.json"), &text, 0o644, None)
}

fn copy(from: &Path, to: &Path, hash: &str) -> Result<(), Error> {
    let copied = || -> io::Result<()> {
        fs::copy(from, to)?;
        fs::set_permissions(to, Permissions::from_mode(0o755))?;
        File::open(to)?.sync_all()
    };
    // A full disk is the one that is written to.
    copied().map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::file("read", from, source),
        _ => Error::file("write", to, source),
    })?;
    if Hashes::default().of(to)? == *hash {
        return Ok(());
    }
    Err(Error::Prerequisite {
        what: format!("`{}` was built again while it was copied", from.display()),
        cure: "run the same command again".to_owned(),
    })
}

/// Number and name of every release, the oldest first.
fn list(layout: &Layout) -> Vec<(u64, String)> {
    let entries = fs::read_dir(layout.releases())
        .into_iter()
        .flatten()
        .flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut releases: Vec<_> = names
        .filter_map(|name| Some((number(&name)?, name)))
        .collect();
    releases.sort();
    releases
}

fn number(name: &str) -> Option<u64> {
    name.split_once('-')?.0.parse().ok()
}

/// A release that cannot be removed is tried again the next time.
fn prune(layout: &Layout, current: &str) {
    let mut old: Vec<_> = list(layout)
        .into_iter()
        .rev()
        .skip(KEPT)
        .map(|(_, name)| name)
        .collect();
    old.retain(|name| name != current);
    let unfinished = fs::read_dir(layout.releases())
        .into_iter()
        .flatten()
        .flatten();
    let unfinished = unfinished.filter_map(|entry| entry.file_name().into_string().ok());
    old.extend(unfinished.filter(|name| name.starts_with(".new-")));
    for name in old {
        let _ = durable::remove_directory(&layout.release(&name));
    }
}

/// Where the services' binaries are before they are in a release: in the checkout's target directory, or beside the
/// installed `shopctl`.
pub fn binaries(config: &Config) -> Option<PathBuf> {
    if let Some(source) = &config.source {
        return Some(source.join("target/release"));
    }
    let executable = std::env::current_exe().ok()?;
    executable.parent().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixture {
        _directory: tempfile::TempDir,
        place: PathBuf,
        layout: Layout,
    }

    fn fixture() -> Fixture {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("built");
        fs::create_dir_all(&place).unwrap();
        for service in Component::SERVICES {
            fs::write(place.join(service.name()), service.name()).unwrap();
        }
        let layout = Layout::new(directory.path().join("shop"));
        Fixture {
            _directory: directory,
            place,
            layout,
        }
    }

    impl Fixture {
        fn content(&self, setting: &str) -> Content {
            let mut hashes = Hashes::default();
            let hash = |service: Component| (service, self.place.join(service.name()));
            let binaries = Component::SERVICES.map(hash);
            Content {
                binaries: binaries
                    .into_iter()
                    .map(|(s, path)| (s, hashes.of(&path).unwrap()))
                    .collect(),
                settings: BTreeMap::from([("log".to_owned(), setting.to_owned())]),
            }
        }

        fn stage(&self, setting: &str) -> String {
            let content = self.content(setting);
            let name = content.name(&self.layout);
            stage(&self.layout, &name, &content, &self.place).unwrap();
            name
        }
    }

    #[test]
    fn the_same_content_is_the_same_release() {
        let fixture = fixture();
        let first = fixture.stage("info");
        assert!(first.starts_with("1-") && first.len() == 14, "{first}");
        assert_eq!(fixture.stage("info"), first);
        assert!(fixture.stage("debug").starts_with("2-"));
        assert_eq!(fixture.stage("info"), first);
        let binary = fixture.layout.binary(&first, Component::Backend);
        assert_eq!(fs::read_to_string(&binary).unwrap(), "backend");
        assert_eq!(
            binary.metadata().unwrap().permissions().mode() & 0o777,
            0o755
        );
        assert!(fixture.layout.release(&first).join("release.json").exists());
    }

    #[test]
    fn the_last_few_are_kept_and_nothing_unfinished() {
        let fixture = fixture();
        fs::create_dir_all(fixture.layout.releases().join(".new-1/bin")).unwrap();
        let names: Vec<_> = (0..8)
            .map(|number| fixture.stage(&number.to_string()))
            .collect();
        let kept: Vec<_> = list(&fixture.layout)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(kept, names[3..]);
        assert_eq!(
            fs::read_dir(fixture.layout.releases()).unwrap().count(),
            KEPT
        );
    }

    #[test]
    fn a_binary_that_was_built_again_meanwhile_is_not_taken_for_the_old_one() {
        let fixture = fixture();
        let content = fixture.content("info");
        let name = content.name(&fixture.layout);
        fs::write(fixture.place.join("backend"), "another").unwrap();
        assert!(stage(&fixture.layout, &name, &content, &fixture.place).is_err());
        assert!(!fixture.layout.release(&name).exists());
    }
}
