//! PostgreSQL: running the server.

use crate::plan::Component;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::binaries::Found;
use crate::platform::local::running::environment;
use crate::platform::local::running::spec::Spec;
use crate::platform::process::account::Account;
use crate::platform::process::signal::Signal;

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
        // A shutdown writes at most the shared buffers, which takes less. One that was asked for while the server
        // recovered from the death of a child may never end; killing it costs only another recovery.
        stop_timeout_seconds: 15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::local::machine::binaries::Version;

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
