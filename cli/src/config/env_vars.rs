//! Every environment variable that `shopctl` reads.

/// The path of `shop.yaml`, unless `--config` names it.
pub const SHOPCTL_CONFIG: &str = "SHOPCTL_CONFIG";

/// The base of the default data directory (XDG Base Directory Specification).
pub const XDG_DATA_HOME: &str = "XDG_DATA_HOME";

/// The home directory, for the default data directory.
pub const HOME: &str = "HOME";

/// The source checkout to build from; otherwise the one that this `shopctl` was compiled in.
pub const SHOPCTL_SOURCE: &str = "SHOPCTL_SOURCE";
