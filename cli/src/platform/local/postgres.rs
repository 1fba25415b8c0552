//! PostgreSQL: making the cluster and running the server.

use std::fs;
use std::path::Path;

use super::account::Account;
use super::binaries::{Found, Version};
use super::durable;
use super::environment;
use super::layout::Layout;
use super::passwords::Password;
use super::signal::Signal;
use super::spec::Spec;
use super::tool::Tool;
use crate::plan::Component;
use crate::platform::Error;

/// The version that brought a collation of PostgreSQL's own, which no upgrade of the system changes.
const BUILTIN_COLLATION: Version = Version(17, 0);

/// Makes the cluster beside its place and moves it there when it is complete.
pub async fn create_cluster(
    layout: &Layout,
    found: &Found,
    account: Option<&Account>,
) -> Result<(), Error> {
    if layout.cluster().exists() {
        return Ok(());
    }
    remove_unfinished(layout)?;
    let new = layout
        .postgres()
        .join(format!("new-{}", std::process::id()));
    let tool = Tool::new(initdb(found, &new, &layout.password(Password::Superuser)));
    tool.under(account)
        .inside(layout.postgres())
        .run(|_| {})
        .await?;
    fs::rename(&new, layout.cluster())
        .and_then(|()| durable::sync_parent(&layout.cluster()))
        .map_err(|source| Error::file("make", layout.cluster(), source))
}

/// What a killed process has left beside the cluster.
fn remove_unfinished(layout: &Layout) -> Result<(), Error> {
    let entries = fs::read_dir(layout.postgres())
        .into_iter()
        .flatten()
        .flatten();
    for entry in entries.filter(|entry| entry.file_name() != "data") {
        durable::remove_directory(&entry.path())?;
    }
    Ok(())
}

fn initdb(found: &Found, cluster: &Path, password_file: &Path) -> Vec<String> {
    let program = found.path.with_file_name("initdb");
    let mut argv = vec![
        program.display().to_string(),
        format!("--pgdata={}", cluster.display()),
        "--username=postgres".to_owned(),
        format!("--pwfile={}", password_file.display()),
        "--auth-host=scram-sha-256".to_owned(),
        "--auth-local=scram-sha-256".to_owned(),
        "--data-checksums".to_owned(),
        "--encoding=UTF8".to_owned(),
        "--no-instructions".to_owned(),
    ];
    if found.version >= BUILTIN_COLLATION {
        argv.extend(
            [
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
            ]
            .map(str::to_owned),
        );
    } else {
        argv.push("--locale=C.UTF-8".to_owned());
    }
    argv
}

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

    fn found(major: u32) -> Found {
        Found {
            path: format!("/usr/lib/postgresql/{major}/bin/postgres").into(),
            version: Version(major, 0),
        }
    }

    #[test]
    fn the_cluster_has_checksums_and_no_trust() {
        let argv = initdb(
            &found(15),
            Path::new("/shop/postgres/new-1"),
            Path::new("/shop/secrets/postgres-superuser"),
        );
        assert_eq!(
            argv.join(" "),
            "/usr/lib/postgresql/15/bin/initdb --pgdata=/shop/postgres/new-1 --username=postgres \
             --pwfile=/shop/secrets/postgres-superuser --auth-host=scram-sha-256 --auth-local=scram-sha-256 \
             --data-checksums --encoding=UTF8 --no-instructions --locale=C.UTF-8"
        );
        let newer = initdb(&found(18), Path::new("/d"), Path::new("/p")).join(" ");
        assert!(
            newer.ends_with("--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"),
            "{newer}"
        );
    }

    #[test]
    fn the_server_is_on_loopback_only() {
        let spec = spec(&Layout::new("/shop"), &found(15), 20_001, None);
        let line = spec.argv.join(" ");
        assert!(line.starts_with("/usr/lib/postgresql/15/bin/postgres -D /shop/postgres/data -c listen_addresses=127.0.0.1 -c port=20001 -c unix_socket_directories= "), "{line}");
    }
}
