//! The shop's passwords: made once, kept in files that only their owner can read.

use std::fs;
use std::path::Path;

use crate::platform::local::layout::Layout;
use crate::platform::local::stores::cluster;
use crate::platform::process::account::Account;
use crate::platform::state::durable;
use crate::platform::state::password::generate;

use crate::config::Secret;
use crate::platform::Error;

/// One password of the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Password {
    /// The database's superuser.
    Superuser,
    /// The owner of the schema.
    Owner,
    /// The backend's database role.
    Backend,
    /// The ml-service's database role.
    MlService,
    /// Redis.
    Redis,
    /// What marks an order as synthetic.
    SyntheticToken,
}

impl Password {
    const ALL: [Self; 6] = [
        Self::Superuser,
        Self::Owner,
        Self::Backend,
        Self::MlService,
        Self::Redis,
        Self::SyntheticToken,
    ];

    /// The name of its file.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Superuser => "postgres-superuser",
            Self::Owner => "postgres-shopmicro",
            Self::Backend => "postgres-backend",
            Self::MlService => "postgres-ml-service",
            Self::Redis => "redis",
            Self::SyntheticToken => "synthetic-token",
        }
    }
}

/// Makes the passwords that are missing. One that is there is never replaced.
pub fn ensure(layout: &Layout, account: Option<&Account>) -> Result<(), Error> {
    let mut missing = Vec::new();
    for password in Password::ALL {
        let path = layout.password(password);
        if path.exists() {
            continue;
        }
        if password == Password::Superuser && cluster::is_complete(layout) {
            return Err(lost(&path, &layout.cluster()));
        }
        missing.push((path, generate()?.reveal().as_bytes().to_vec()));
    }
    durable::write_changed(&missing, 0o600, account)
}

/// Reads one.
pub fn read(layout: &Layout, password: Password) -> Result<Secret, Error> {
    let path = layout.password(password);
    let text = fs::read_to_string(&path).map_err(|source| Error::file("read", &path, source))?;
    if text.is_empty() {
        return Err(Error::Damaged {
            path,
            cause: "it is empty".to_owned(),
        });
    }
    Ok(Secret::new(text))
}

fn lost(path: &Path, cluster: &Path) -> Error {
    Error::Prerequisite {
        what: format!(
            "the database cluster `{}` is there, but its password file `{}` is gone",
            cluster.display(),
            path.display()
        ),
        cure:
            "put the file back from a backup, or remove the shop with `shopctl down --delete-data`"
                .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::failure::Failure as _;

    fn layout(directory: &tempfile::TempDir) -> Layout {
        let layout = Layout::new(directory.path());
        durable::directory(&layout.secrets(), 0o700, None).unwrap();
        layout
    }

    #[test]
    fn they_are_made_once_and_differ() {
        let directory = tempfile::tempdir().unwrap();
        let layout = layout(&directory);
        ensure(&layout, None).unwrap();
        let first = Password::ALL.map(|password| read(&layout, password).unwrap());
        ensure(&layout, None).unwrap();
        assert_eq!(
            Password::ALL.map(|password| read(&layout, password).unwrap()),
            first
        );
        assert!(first.windows(2).all(|pair| pair[0] != pair[1]));
        let path = layout.password(Password::Redis);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_cluster_whose_password_is_lost_is_not_locked_for_ever() {
        let directory = tempfile::tempdir().unwrap();
        let layout = layout(&directory);
        fs::create_dir_all(layout.cluster()).unwrap();
        let error = ensure(&layout, None).unwrap_err();
        assert!(
            error.to_string().contains("postgres-superuser` is gone"),
            "{error}"
        );
        assert!(error.hint().unwrap().contains("backup"));
        assert!(!layout.password(Password::Superuser).exists());
    }
}
