//! Where the data of the `local` target lives unless the operator names a place.

use std::env;
use std::path::{Path, PathBuf};

use super::{Error, env_vars};

/// The default data directory.
///
/// For root it is `/var/lib/shopmicro`: the database must run under an unprivileged account, which cannot reach
/// into root's home.
pub fn default() -> Result<PathBuf, Error> {
    let base = env::var_os(env_vars::XDG_DATA_HOME).map(PathBuf::from);
    let home = env::var_os(env_vars::HOME).map(PathBuf::from);
    choose(
        base.as_deref(),
        home.as_deref(),
        nix::unistd::geteuid().is_root(),
    )
}

fn choose(xdg_data_home: Option<&Path>, home: Option<&Path>, root: bool) -> Result<PathBuf, Error> {
    // The specification says that a relative path is to be ignored.
    if let Some(base) = xdg_data_home.filter(|base| base.is_absolute()) {
        return Ok(base.join("shopmicro"));
    }
    if root {
        return Ok(PathBuf::from("/var/lib/shopmicro"));
    }
    let home = home
        .filter(|home| home.is_absolute())
        .ok_or(Error::NoHome)?;
    Ok(home.join(".local/share/shopmicro"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xdg_first_then_home() {
        let xdg = Path::new("/data");
        let home = Path::new("/home/ada");
        assert_eq!(
            choose(Some(xdg), Some(home), false).unwrap(),
            Path::new("/data/shopmicro")
        );
        assert_eq!(
            choose(None, Some(home), false).unwrap(),
            Path::new("/home/ada/.local/share/shopmicro")
        );
        assert_eq!(
            choose(None, Some(home), true).unwrap(),
            Path::new("/var/lib/shopmicro")
        );
    }

    #[test]
    fn relative_places_are_ignored() {
        assert!(choose(Some(Path::new("data")), None, false).is_err());
    }
}
