//! The unprivileged account of the children when root runs `shopctl`: PostgreSQL refuses to run as root.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User, geteuid};
use serde::{Deserialize, Serialize};

use super::layout::Layout;
use super::tool::Tool;
use crate::platform::Error;

/// The accounts that are taken if they exist, in this order.
const NAMES: [&str; 2] = ["postgres", "shopmicro"];

/// Who the children run as.
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
    /// The account of this shop: none for an ordinary user, whose children run as that user. For root it is the
    /// owner of a database that is there, else `postgres`, else `shopmicro`; an error when there is neither.
    pub fn of(layout: &Layout) -> Result<Option<Self>, Error> {
        if !geteuid().is_root() {
            return Ok(None);
        }
        let owner = owner_of(&layout.postgres()).filter(|owner| owner.uid != 0);
        owner
            .or_else(|| NAMES.into_iter().find_map(Self::named))
            .map(Some)
            .ok_or_else(missing)
    }

    /// Makes the account `shopmicro` if root has none to run the children under.
    pub async fn ensure(layout: &Layout) -> Result<Option<Self>, Error> {
        if geteuid().is_root() && Self::of(layout).is_err() {
            Tool::new(creation()).run(|_| {}).await?;
        }
        Self::of(layout)
    }

    /// Gives the file or directory to the account.
    pub fn own(&self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
    }

    fn named(name: &str) -> Option<Self> {
        User::from_name(name).ok().flatten().map(Self::from)
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

/// Fails with the first directory above the data that the account may not pass through.
pub fn ensure_reachable(account: &Account, place: &Path) -> Result<(), Error> {
    let Some(blocking) = blocking_directory(account, place) else {
        return Ok(());
    };
    let blocking = blocking.display();
    Err(Error::Prerequisite {
        what: format!(
            "the database runs as `{}`, which may not pass through `{blocking}`",
            account.name
        ),
        cure: format!("type `chmod o+x {blocking}`, or choose another place with `--data-dir`"),
    })
}

/// Looks at the parents only: the directory itself is made with the right mode.
fn blocking_directory(account: &Account, place: &Path) -> Option<PathBuf> {
    let mut parents: Vec<_> = place.ancestors().skip(1).collect();
    parents.reverse();
    let blocks = |directory: &&Path| {
        fs::metadata(directory).is_ok_and(|metadata| {
            let mode = metadata.permissions().mode();
            let bit = if metadata.uid() == account.uid {
                0o100
            } else if metadata.gid() == account.gid {
                0o010
            } else {
                0o001
            };
            mode & bit == 0
        })
    };
    parents.into_iter().find(blocks).map(Path::to_owned)
}

fn owner_of(path: &Path) -> Option<Account> {
    let uid = fs::metadata(path).ok()?.uid();
    User::from_uid(Uid::from_raw(uid))
        .ok()
        .flatten()
        .map(Account::from)
}

fn creation() -> Vec<String> {
    let argv = [
        "useradd",
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        "shopmicro",
    ];
    argv.map(str::to_owned).to_vec()
}

fn missing() -> Error {
    Error::Prerequisite {
        what: "root has no unprivileged account to run the database under".to_owned(),
        cure: format!("type `{}`", creation().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(uid: u32) -> Account {
        Account {
            name: "shopmicro".to_owned(),
            uid,
            gid: uid,
        }
    }

    #[test]
    fn the_first_closed_directory_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let closed = directory.path().join("closed");
        fs::create_dir_all(closed.join("inner")).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
        let stranger = account(54_321);
        let error = ensure_reachable(&stranger, &closed.join("inner/shop")).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with(&format!("`{}`", closed.display())),
            "{error}"
        );
        let owner = account(closed.metadata().unwrap().uid());
        assert!(ensure_reachable(&owner, &closed.join("inner/shop")).is_ok());
    }

    #[test]
    fn an_ordinary_user_needs_no_account() {
        let layout = Layout::new("/nonexistent");
        let account = Account::of(&layout);
        if geteuid().is_root() {
            assert!(account.is_err() || account.is_ok_and(|account| account.is_some()));
        } else {
            assert_eq!(account.unwrap(), None);
        }
    }
}
