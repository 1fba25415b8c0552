//! Where a lab keeps its things, and what its things are called.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The directory of all labs.
const ROOT: &str = "/var/lib/shopmicro-lab";
/// Network devices have names of at most 15 bytes, and ours add six to the lab's.
const LONGEST_NAME: usize = 9;

/// A lab's name with everything that is derived from it, so that what a killed lab left is found by its name alone.
#[derive(Debug, Clone)]
pub struct Place {
    name: String,
    directory: PathBuf,
}

impl Place {
    /// The place of the lab with this name: up to nine lower-case letters and digits, a letter first.
    pub fn named(name: &str) -> Result<Self> {
        let plain = name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let begins = name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        // A last digit would make the devices of `lab1` and the tenth device of `lab` the same.
        let ends = name
            .bytes()
            .last()
            .is_some_and(|byte| byte.is_ascii_lowercase());
        if !(plain && begins && ends && name.len() <= LONGEST_NAME) {
            bail!(
                "a lab's name has up to {LONGEST_NAME} lower-case letters and digits, with a letter at both ends; `{name}` does not"
            );
        }
        Ok(Self {
            name: name.to_owned(),
            directory: Path::new(ROOT).join(name),
        })
    }

    /// The lab's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The lab's directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// A file or directory of the lab.
    pub fn join(&self, path: &str) -> PathBuf {
        self.directory.join(path)
    }

    /// Removes the directory. The record goes last, so that whoever is killed here is found out.
    pub fn remove(&self) -> Result<()> {
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return Ok(());
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_name() == "record.json" {
                continue;
            }
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        fs::remove_dir_all(&self.directory)?;
        // It is not empty while there is another lab.
        let _ = fs::remove_dir(ROOT);
        Ok(())
    }

    /// The lock that one command on this lab holds at a time. It outlives the lab, so it is not among the lab's things.
    pub fn lock(&self) -> PathBuf {
        PathBuf::from(format!("/run/lock/shopmicro-lab-{}", self.name))
    }

    /// The bridge.
    pub fn bridge(&self) -> String {
        self.device(0)
    }

    /// A host's network namespace and the bridge's end of its cable.
    pub fn device(&self, number: u8) -> String {
        format!("shop{}{number}", self.name)
    }

    /// The control group of a host or a service.
    pub fn group(&self, owner: &str) -> String {
        format!("{}{owner}", self.groups())
    }

    /// What all control groups of the lab begin with. A name has no dash, so no other lab's groups begin so.
    pub fn groups(&self) -> String {
        format!("shopmicro-lab-{}-", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_carries_the_name() {
        let place = Place::named("e2e").unwrap();
        assert_eq!(place.bridge(), "shope2e0");
        assert_eq!(place.device(3), "shope2e3");
        assert_eq!(place.group("host-1"), "shopmicro-lab-e2e-host-1");
        assert_eq!(place.join("x"), Path::new("/var/lib/shopmicro-lab/e2e/x"));
    }

    #[test]
    fn a_name_that_would_not_fit_or_could_be_a_path_is_refused() {
        for name in [
            "",
            "..",
            "a/b",
            "lab1",
            "1lab",
            "far-too-long",
            "abcdefghij",
            "A",
        ] {
            assert!(Place::named(name).is_err(), "{name}");
        }
    }
}
