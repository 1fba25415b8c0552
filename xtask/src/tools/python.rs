//! Programs from the Python package index.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::run;
use crate::repository::Repository;

/// A package, of which there is one version.
#[derive(Debug)]
pub struct Package {
    /// Its name in the index.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// The fuzzer of the API's contract.
pub const SCHEMATHESIS: Package = Package {
    name: "schemathesis",
    version: "4.32.5",
};

/// Checks manifests against the catalogues of security rules.
pub const CHECKOV: Package = Package {
    name: "checkov",
    version: "3.3.30",
};

/// What runs the playbooks. The newest that runs on Python 3.11.
pub const ANSIBLE: Package = Package {
    name: "ansible-core",
    version: "2.19.14",
};

/// What reads them critically.
pub const ANSIBLE_LINT: Package = Package {
    name: "ansible-lint",
    version: "26.10.1",
};

impl Package {
    /// The directory of the package's programs, installed once into a virtual environment of its own.
    pub fn programs(&self, repository: &Repository) -> Result<PathBuf> {
        let Self { name, version } = self;
        let environment = repository.cache.join(format!("{name}-{version}"));
        let programs = environment.join("bin");
        // Written last: an installation that was cut off is done again.
        let complete = environment.join("complete");
        if !complete.exists() {
            run(repository
                .command("python3")
                .args(["-m", "venv"])
                .arg(&environment))?;
            let mut pip = repository.command(programs.join("pip"));
            run(pip.args(["install", "--quiet", &format!("{name}=={version}")]))?;
            std::fs::write(complete, "")?;
        }
        Ok(programs)
    }
}
