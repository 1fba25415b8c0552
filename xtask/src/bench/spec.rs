//! How a running shop runs its components, read from what its supervisor was told.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, iter};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// One component as the supervisor starts it.
#[derive(Debug, Clone, Deserialize)]
pub struct Spec {
    component: String,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Its whole environment.
    pub environment: BTreeMap<String, String>,
    account: Option<Account>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Account {
    uid: u32,
    gid: u32,
}

#[derive(Debug, Deserialize)]
struct Desired {
    components: Vec<Spec>,
}

impl Spec {
    /// The component of that name in the shop of this data directory.
    pub fn of(data_dir: &Path, component: &str) -> Result<Self> {
        let text = fs::read_to_string(data_dir.join("run/desired.json"))?;
        let desired: Desired = serde_json::from_str(&text)?;
        let mut components = desired.components.into_iter();
        components
            .find(|spec| spec.component == component)
            .with_context(|| format!("the shop has no {component}"))
    }

    /// Another program under the same account and environment, silent.
    pub fn command<'a>(
        &self,
        program: impl AsRef<Path>,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(Account { uid, gid }) = self.account {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// The component itself once more, at another address.
    pub fn once_more(&self, listen: &str) -> Command {
        let arguments = self.argv.iter().skip(1).map(String::as_str);
        let mut command = self.command(&self.argv[0], arguments.chain(iter::empty()));
        command.env("LISTEN", listen);
        command
    }

    /// Makes an empty directory that this component's account owns.
    pub fn own(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory)?;
        if let Some(Account { uid, gid }) = self.account {
            std::os::unix::fs::chown(directory, Some(uid), Some(gid))?;
        }
        Ok(())
    }
}
