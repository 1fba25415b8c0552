//! The unprivileged account that owns a shop when root runs `shopctl`: PostgreSQL refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::process::account::Account;
use crate::platform::process::tool::Tool;

/// The accounts that are taken if they exist, in this order.
const NAMES: [&str; 2] = ["postgres", "shopmicro"];

/// The account of this shop: none for an ordinary user, whose children run as that user. For root it is the
/// owner of a database that is there, else `postgres`, else `shopmicro`; an error when there is neither.
pub fn of(layout: &Layout) -> Result<Option<Account>, Error> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let owner = owner_of(&layout.postgres()).filter(|owner| owner.uid != 0);
    owner
        .or_else(|| NAMES.into_iter().find_map(Account::named))
        .map(Some)
        .ok_or_else(missing)
}

/// Makes the account `shopmicro` if root has none to run the children under.
pub async fn ensure(layout: &Layout) -> Result<Option<Account>, Error> {
    if geteuid().is_root() && of(layout).is_err() {
        Tool::new(creation()).run(|_| {}).await?;
    }
    of(layout)
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
    Account::numbered(fs::metadata(path).ok()?.uid())
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
        let account = of(&layout);
        if geteuid().is_root() {
            assert!(account.is_err() || account.is_ok_and(|account| account.is_some()));
        } else {
            assert_eq!(account.unwrap(), None);
        }
    }
}
