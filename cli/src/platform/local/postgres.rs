//! PostgreSQL: running the server.

use super::account::Account;
use super::binaries::Found;
use super::environment;
use super::layout::Layout;
use super::signal::Signal;
use super::spec::Spec;
use crate::plan::Component;

/// How the server is run. Its settings are arguments: they are seen in the process list and kept nowhere else.
pub fn spec(layout: &Layout, found: &Found, port: u16, account: Option<&Account>) -> Spec {
    let settings = [
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("port", port.to_string()),
        // A socket file could be reached by every account of the machine, and its path may be too long.
        ("unix_socket_directories", String::new()),
        ("password_encryption", "scram-sha-256".to_owned()),
        ("logging_collector", "off".to_owned()),
        ("log_destination", "stderr".to_owned()),
        ("log_timezone", "UTC".to_owned()),
        ("timezone", "UTC".to_owned()),
        ("max_wal_size", "256MB".to_owned()),
        ("cluster_name", "shopmicro".to_owned()),
    ];
    let mut argv = vec![
        found.path.display().to_string(),
        "-D".to_owned(),
        layout.cluster().display().to_string(),
    ];
    for (name, value) in settings {
        argv.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    Spec {
        component: Component::Postgres,
        argv,
        environment: environment::base(layout),
        directory: layout.cluster(),
        account: account.cloned(),
        // A fast shutdown: sessions are ended, everything that was committed is kept.
        stop_signal: Signal::Interrupt,
        death_signal: Signal::Interrupt,
        stop_timeout_seconds: 60,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::local::binaries::Version;

    fn found(major: u32) -> Found {
        Found {
            path: format!("/usr/lib/postgresql/{major}/bin/postgres").into(),
            version: Version(major, 0),
        }
    }

    #[test]
    fn the_server_is_on_loopback_only() {
        let spec = spec(&Layout::new("/shop"), &found(15), 20_001, None);
        let line = spec.argv.join(" ");
        assert!(line.starts_with("/usr/lib/postgresql/15/bin/postgres -D /shop/postgres/data -c listen_addresses=127.0.0.1 -c port=20001 -c unix_socket_directories= "), "{line}");
    }
}
