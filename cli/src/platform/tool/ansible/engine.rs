//! The Ansible of this machine.

use std::env;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::error::Error;

/// Ansible's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engine {
    /// Runs playbooks.
    pub playbook: PathBuf,
    /// Reads inventories.
    pub inventory: PathBuf,
}

impl Engine {
    /// The one that was named, else the one on `PATH`.
    pub fn find(named: Option<&Path>) -> Result<Self, Error> {
        let playbook = match named {
            Some(named) if is_program(named) => named.to_owned(),
            Some(named) => {
                return Err(Error::NotInstalled {
                    what: format!("`{}` is no program", named.display()),
                });
            }
            None => on_path("ansible-playbook").ok_or_else(|| Error::NotInstalled {
                what: "`ansible-playbook` is not on PATH".to_owned(),
            })?,
        };
        let neighbour = playbook.with_file_name("ansible-inventory");
        let inventory = Some(neighbour)
            .filter(|path| is_program(path))
            .or_else(|| on_path("ansible-inventory"))
            .ok_or_else(|| Error::NotInstalled {
                what: format!(
                    "there is no `ansible-inventory` beside `{}`",
                    playbook.display()
                ),
            })?;
        Ok(Self {
            playbook,
            inventory,
        })
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter(|place| place.is_absolute())
        .map(|place| place.join(name))
        .find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    let file = path.metadata().ok().filter(std::fs::Metadata::is_file);
    file.is_some_and(|file| file.permissions().mode() & 0o111 != 0)
}
