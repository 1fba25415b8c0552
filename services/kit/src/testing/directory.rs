//! A directory for a test server.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::account;

/// Makes an empty directory that belongs to the servers' account and whose parents that account can enter. Whoever
/// stops the server removes it.
pub(super) fn create(prefix: &str) -> std::io::Result<PathBuf> {
    let owner_only = Permissions::from_mode(0o700);
    let directory = tempfile::Builder::new()
        .prefix(prefix)
        .permissions(owner_only)
        .tempdir_in(parent())?;
    if let Some((user, group)) = account::unprivileged() {
        chown(directory.path(), Some(user.as_raw()), Some(group.as_raw()))?;
    }
    Ok(directory.keep())
}

/// `TMPDIR` may lie in a home directory that the servers' account cannot enter.
fn parent() -> PathBuf {
    let wanted = std::env::temp_dir();
    if wanted.ancestors().all(is_open_to_all) {
        wanted
    } else {
        PathBuf::from("/tmp")
    }
}

fn is_open_to_all(directory: &Path) -> bool {
    directory
        .metadata()
        .is_ok_and(|metadata| metadata.permissions().mode() & 0o001 != 0)
}
