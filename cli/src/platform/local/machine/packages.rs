//! Installs packages with apt-get, and starts nothing that did not run before.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::platform::local::machine::binaries::program;
use crate::platform::process::tool::Tool;
use crate::platform::{Error, Events};

/// Debian asks this program before a package's maintainer script starts a service; 101 means no.
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// What makes the policy known as ours, so that one that a killed run has left is removed.
const POLICY_TEXT: &str = "#!/bin/sh\n# Written by shopctl while it installs packages; remove it if no shopctl runs.\nexit 101\n";

/// The services that these packages bring. The shop runs its own.
const UNITS: [&str; 3] = [
    "postgresql.service",
    "redis-server.service",
    "valkey-server.service",
];

/// Installs the packages.
pub async fn install(packages: &[String], events: &Events) -> Result<(), Error> {
    let apt_get = program("apt-get").ok_or_else(|| unsupported(packages))?;
    if !nix::unistd::geteuid().is_root() {
        return Err(Error::Prerequisite {
            what: format!("only root may install {}", packages.join(", ")),
            cure: format!("type `sudo apt-get install {}`", packages.join(" ")),
        });
    }
    let policy = Policy::lay(Path::new(POLICY))?;
    let apt_get = apt_get.display().to_string();
    let present = present_units().await;
    quiet(update(&apt_get))
        .run(|line| events.progress(line))
        .await?;
    let installed = quiet(installation(&apt_get, packages))
        .run(|line| events.progress(line))
        .await;
    drop(policy);
    installed?;
    disable_new_units(&present, events).await;
    Ok(())
}

fn update(apt_get: &str) -> Vec<String> {
    [apt_get, "update", "--quiet"].map(str::to_owned).to_vec()
}

fn installation(apt_get: &str, packages: &[String]) -> Vec<String> {
    let options = [
        apt_get,
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
    ];
    options
        .into_iter()
        .map(str::to_owned)
        .chain(packages.iter().cloned())
        .collect()
}

fn quiet(argv: Vec<String>) -> Tool {
    Tool::new(argv).with([("DEBIAN_FRONTEND".to_owned(), "noninteractive".to_owned())])
}

fn unsupported(packages: &[String]) -> Error {
    let packages = packages.join(", ");
    Error::Prerequisite {
        what: format!("{packages} must be installed, and this machine has no apt-get"),
        cure: "install PostgreSQL 14 or newer and Redis 6.2 or newer (or Valkey) with this machine's package manager".to_owned(),
    }
}

/// Keeps services from being started while it is there.
struct Policy<'a>(Option<&'a Path>);

impl<'a> Policy<'a> {
    /// Somebody else's policy stays as it is: whoever made it had a reason.
    fn lay(path: &'a Path) -> Result<Self, Error> {
        match fs::read_to_string(path) {
            Ok(text) if text == POLICY_TEXT => return Ok(Self(Some(path))),
            Ok(_) => return Ok(Self(None)),
            Err(_) => {}
        }
        let written = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o755)
            .open(path);
        written
            .and_then(|mut file| file.write_all(POLICY_TEXT.as_bytes()))
            .map_err(|source| Error::file("write", path, source))?;
        Ok(Self(Some(path)))
    }
}

impl Drop for Policy<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

/// The units that are there already and are none of our business.
async fn present_units() -> Vec<&'static str> {
    let mut present = Vec::new();
    for unit in UNITS {
        if systemctl(&["cat", unit]).await {
            present.push(unit);
        }
    }
    present
}

/// A package enables its service for the next start of the machine; only what this call has brought is switched off.
async fn disable_new_units(present: &[&str], events: &Events) {
    for unit in UNITS.into_iter().filter(|unit| !present.contains(unit)) {
        if systemctl(&["cat", unit]).await && systemctl(&["disable", "--now", unit]).await {
            events.note(format!(
                "`{unit}` came with the package and was switched off; the shop runs its own"
            ));
        }
    }
}

/// Whether the call succeeded; it does not where there is no systemd.
async fn systemctl(arguments: &[&str]) -> bool {
    let Some(systemctl) = program("systemctl") else {
        return false;
    };
    let words = arguments.iter().map(|word| (*word).to_owned());
    Tool::new(
        [systemctl.display().to_string()]
            .into_iter()
            .chain(words)
            .collect(),
    )
    .run(|_| {})
    .await
    .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_asks_nothing() {
        let packages = ["postgresql".to_owned(), "redis-server".to_owned()];
        let tool = quiet(installation("/usr/bin/apt-get", &packages));
        assert_eq!(
            tool.command_line(),
            "env DEBIAN_FRONTEND=noninteractive /usr/bin/apt-get install --yes --quiet --no-install-recommends \
             postgresql redis-server"
        );
    }

    #[test]
    fn the_policy_is_there_only_meanwhile() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("policy-rc.d");
        let policy = Policy::lay(&path).unwrap();
        assert!(path.exists());
        drop(policy);
        assert!(!path.exists());
    }

    #[test]
    fn a_policy_of_somebody_else_stays() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("policy-rc.d");
        fs::write(&path, "#!/bin/sh\nexit 0\n").unwrap();
        drop(Policy::lay(&path).unwrap());
        assert!(path.exists());
    }

    #[test]
    fn a_policy_that_a_killed_run_has_left_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("policy-rc.d");
        fs::write(&path, POLICY_TEXT).unwrap();
        drop(Policy::lay(&path).unwrap());
        assert!(!path.exists());
    }
}
