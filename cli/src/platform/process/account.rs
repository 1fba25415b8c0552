//! An account of this machine that a program can run under.

use std::io;
use std::os::unix::fs::chown;
use std::path::Path;

use nix::unistd::{Uid, User};
use serde::{Deserialize, Serialize};

/// Who a program runs as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's name.
    pub name: String,
    /// Its user number.
    pub uid: u32,
    /// Its group number.
    pub gid: u32,
}

impl Account {
    /// The account with that name.
    pub fn named(name: &str) -> Option<Self> {
        User::from_name(name).ok().flatten().map(Self::from)
    }

    /// The account with that number.
    pub fn numbered(uid: u32) -> Option<Self> {
        User::from_uid(Uid::from_raw(uid))
            .ok()
            .flatten()
            .map(Self::from)
    }

    /// Gives the file or directory to the account.
    pub fn own(&self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self {
            name: user.name,
            uid: user.uid.as_raw(),
            gid: user.gid.as_raw(),
        }
    }
}
