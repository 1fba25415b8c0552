//! Where what `shopctl` knows of clusters lives, and the operator's own kubeconfig.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use nix::unistd::{User, geteuid};

use super::env_vars;

/// The state directory; none where there is no home.
pub fn default() -> Option<PathBuf> {
    let named = env::var_os(env_vars::SHOPCTL_STATE_DIR).filter(|named| !named.is_empty());
    let base = env::var_os(env_vars::XDG_STATE_HOME).map(PathBuf::from);
    choose(named, base, home())
}

/// The file that `--merge-kubeconfig` changes, as kubectl would choose it; none where there is no home.
pub fn operators_kubeconfig() -> Option<PathBuf> {
    let named = env::var_os(env_vars::KUBECONFIG).unwrap_or_default();
    let first = env::split_paths(&named).find(|path| !path.as_os_str().is_empty());
    first.or_else(|| Some(home()?.join(".kube/config")))
}

fn choose(
    named: Option<OsString>,
    base: Option<PathBuf>,
    home: Option<PathBuf>,
) -> Option<PathBuf> {
    if let Some(named) = named {
        return std::path::absolute(named).ok();
    }
    // The specification says that a relative path is to be ignored.
    let base = base.filter(|base| base.is_absolute());
    let base = base.or_else(|| Some(home?.join(".local/state")))?;
    Some(base.join("shopctl"))
}

fn home() -> Option<PathBuf> {
    let named = env::var_os(env_vars::HOME).map(PathBuf::from);
    let named = named.filter(|home| home.is_absolute());
    // A service manager may start programs without it; the system knows it all the same.
    let known = || {
        User::from_uid(geteuid())
            .ok()
            .flatten()
            .map(|user| user.dir)
    };
    named.or_else(known).filter(|home| home != Path::new(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(named: Option<&str>, base: Option<&str>, home: Option<&str>) -> Option<PathBuf> {
        choose(
            named.map(OsString::from),
            base.map(PathBuf::from),
            home.map(PathBuf::from),
        )
    }

    #[test]
    fn named_first_then_xdg_then_home() {
        let all = chosen(Some("/named"), Some("/state"), Some("/home/ada"));
        assert_eq!(all, Some(PathBuf::from("/named")));
        let base = chosen(None, Some("/state"), Some("/home/ada"));
        assert_eq!(base, Some(PathBuf::from("/state/shopctl")));
        let home = chosen(None, Some("relative"), Some("/home/ada"));
        assert_eq!(home, Some(PathBuf::from("/home/ada/.local/state/shopctl")));
        assert_eq!(chosen(None, None, None), None);
    }
}
