//! Where what can be made again is kept, such as images.

use std::env;
use std::path::PathBuf;

use super::env_vars;

/// The cache directory; none where there is no home.
pub fn default() -> Option<PathBuf> {
    let base = env::var_os(env_vars::XDG_CACHE_HOME).map(PathBuf::from);
    choose(base, env::var_os(env_vars::HOME).map(PathBuf::from))
}

fn choose(base: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    // The specification says that a relative path is to be ignored.
    let base = base.filter(|base| base.is_absolute());
    let home = home.filter(|home| home.is_absolute());
    let base = base.or_else(|| Some(home?.join(".cache")))?;
    Some(base.join("shopmicro"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xdg_first_then_home() {
        let chosen = |base: Option<&str>, home: Option<&str>| {
            choose(base.map(PathBuf::from), home.map(PathBuf::from))
        };
        let base = chosen(Some("/cache"), Some("/home/ada"));
        assert_eq!(base, Some(PathBuf::from("/cache/shopmicro")));
        let home = chosen(Some("relative"), Some("/home/ada"));
        assert_eq!(home, Some(PathBuf::from("/home/ada/.cache/shopmicro")));
        assert_eq!(chosen(None, None), None);
    }
}
