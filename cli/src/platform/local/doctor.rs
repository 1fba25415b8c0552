//! What this machine needs before a shop can run on it.

use crate::config::Config;
use crate::failure::Failure as _;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::binaries::{self, Found, program};
use crate::platform::local::machine::owner::{self, ensure_reachable};
use crate::platform::local::machine::ports::{Ports, ensure_free};
use crate::platform::local::machine::space::{MEBIBYTE, free};
use crate::platform::local::running::supervision;
use crate::platform::{Error, Finding};

/// A shop that is up needs about this many bytes, and some to grow.
const FREE_SPACE: u64 = 1024 * MEBIBYTE;

/// Everything that is needed, met or not.
pub fn diagnose(config: &Config, layout: &Layout) -> Vec<Finding> {
    let mut findings = vec![postgres(layout), redis()];
    findings.extend(account(layout));
    findings.extend([
        data_directory(layout),
        space(layout),
        front_door(config, layout),
    ]);
    if config.source.is_some() {
        findings.push(tool("cargo", "install Rust from https://rustup.rs", &[]));
        findings.push(tool("npm", "type `apt-get install npm`", &["npm"]));
    }
    findings
}

fn postgres(layout: &Layout) -> Finding {
    store(
        "postgresql",
        binaries::require_postgres(layout),
        binaries::postgres_package(layout),
    )
}

fn redis() -> Finding {
    store(
        "redis",
        binaries::require_redis(),
        binaries::REDIS_PACKAGE.to_owned(),
    )
}

fn store(name: &str, found: Result<Found, Error>, package: String) -> Finding {
    match found {
        Ok(found) => met(
            name,
            format!(
                "{} at {}",
                binaries::exact_version(&found),
                found.path.display()
            ),
        ),
        Err(error) => Finding {
            packages: vec![package],
            ..unmet(name, &error)
        },
    }
}

/// Only root needs one.
fn account(layout: &Layout) -> Option<Finding> {
    match owner::of(layout) {
        Ok(None) => None,
        Ok(Some(account)) => Some(match ensure_reachable(&account, layout.root()) {
            Ok(()) => met("account", format!("the shop runs as `{}`", account.name)),
            Err(error) => unmet("account", &error),
        }),
        Err(_) => Some(met(
            "account",
            "`shopmicro` will be made for the shop to run as".to_owned(),
        )),
    }
}

fn data_directory(layout: &Layout) -> Finding {
    let place = layout.root().display();
    let Some(existing) = layout.root().ancestors().find(|place| place.exists()) else {
        return met("data-directory", format!("{place}"));
    };
    match nix::unistd::access(existing, nix::unistd::AccessFlags::W_OK) {
        Ok(()) => met("data-directory", format!("{place}")),
        Err(error) => Finding {
            name: "data-directory".to_owned(),
            met: false,
            found: format!(
                "`{}` cannot be written: {}",
                existing.display(),
                error.desc()
            ),
            cure: Some("choose another place with `--data-dir DIR`".to_owned()),
            packages: Vec::new(),
        },
    }
}

fn space(layout: &Layout) -> Finding {
    let Some(free) = free(layout) else {
        return met("disk-space", "unknown".to_owned());
    };
    let found = format!("{} MiB free", free / MEBIBYTE);
    if free >= FREE_SPACE {
        return met("disk-space", found);
    }
    Finding {
        name: "disk-space".to_owned(),
        met: false,
        found,
        cure: Some(
            "free 1 GiB on that disk, or choose another place with `--data-dir DIR`".to_owned(),
        ),
        packages: Vec::new(),
    }
}

fn front_door(config: &Config, layout: &Layout) -> Finding {
    let port = Ports::front_door(layout, config.port);
    let own = supervision::state(layout).and_then(|state| state.desired.front_door);
    if own.is_some_and(|door| door.port == port) {
        return met("front-door", format!("port {port} is this shop's"));
    }
    match ensure_free(port) {
        Ok(()) => met("front-door", format!("port {port} is free")),
        Err(error) => unmet("front-door", &error),
    }
}

fn tool(name: &str, cure: &str, packages: &[&str]) -> Finding {
    let path = program(name);
    Finding {
        name: name.to_owned(),
        met: path.is_some(),
        found: path.as_ref().map_or_else(
            || "not installed".to_owned(),
            |path| path.display().to_string(),
        ),
        cure: path.is_none().then(|| cure.to_owned()),
        packages: packages
            .iter()
            .map(|package| (*package).to_owned())
            .collect(),
    }
}

fn met(name: &str, found: String) -> Finding {
    Finding {
        name: name.to_owned(),
        met: true,
        found,
        cure: None,
        packages: Vec::new(),
    }
}

fn unmet(name: &str, error: &Error) -> Finding {
    Finding {
        name: name.to_owned(),
        met: false,
        found: error.to_string(),
        cure: error.hint(),
        packages: Vec::new(),
    }
}
