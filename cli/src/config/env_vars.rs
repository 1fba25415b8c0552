//! Every environment variable that `shopctl` reads.

/// The path of `shop.yaml`, unless `--config` names it.
pub const SHOPCTL_CONFIG: &str = "SHOPCTL_CONFIG";

/// The base of the default data directory (XDG Base Directory Specification).
pub const XDG_DATA_HOME: &str = "XDG_DATA_HOME";

/// The base of the directory for what can be made again (XDG Base Directory Specification).
pub const XDG_CACHE_HOME: &str = "XDG_CACHE_HOME";

/// The home directory, for the default directories and the operator's own kubeconfig.
pub const HOME: &str = "HOME";

/// The source checkout to build from; otherwise the one that this `shopctl` was compiled in.
pub const SHOPCTL_SOURCE: &str = "SHOPCTL_SOURCE";

/// The package that Cargo runs a program of.
pub const CARGO_MANIFEST_DIR: &str = "CARGO_MANIFEST_DIR";

/// Where what `shopctl` knows of clusters lives.
pub const SHOPCTL_STATE_DIR: &str = "SHOPCTL_STATE_DIR";

/// The base of the default state directory (XDG Base Directory Specification).
pub const XDG_STATE_HOME: &str = "XDG_STATE_HOME";

/// The `ansible-playbook` to use; otherwise the one on `PATH`.
pub const SHOPCTL_ANSIBLE_PLAYBOOK: &str = "SHOPCTL_ANSIBLE_PLAYBOOK";

/// The operator's own kubeconfig, which only `--merge-kubeconfig` touches.
pub const KUBECONFIG: &str = "KUBECONFIG";
