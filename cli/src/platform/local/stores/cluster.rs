//! The database cluster: made beside its place, and made to last while the schema is already being loaded.
//!
//! Until it is certain that it outlives a loss of power, a mark lies beside it. A cluster with the mark has never been
//! behind an open front door, so nothing is lost when it is made again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::binaries::{Found, Version};
use crate::platform::local::running::environment;
use crate::platform::local::stores::passwords::Password;
use crate::platform::process::account::Account;
use crate::platform::process::tool::Tool;
use crate::platform::state::durable;
use crate::platform::state::open_journal::past;

/// The version that brought a collation of PostgreSQL's own, which no upgrade of the system changes.
const BUILTIN_COLLATION: Version = Version(17, 0);

/// Whether the cluster is there, whole and for good.
pub fn is_complete(layout: &Layout) -> bool {
    // The journal has the last word: what was once in use is never taken for unfinished.
    let is_lasting =
        || !layout.unsynced().exists() || past(&layout.journal()).data_ready_for.is_some();
    layout.cluster().exists() && is_lasting()
}

/// Makes the cluster, which does not yet outlive a loss of power.
pub async fn create(
    layout: &Layout,
    found: &Found,
    account: Option<&Account>,
) -> Result<(), Error> {
    if is_complete(layout) {
        return Ok(());
    }
    mark(layout)?;
    remove_unfinished(layout)?;
    let new = layout
        .postgres()
        .join(format!("new-{}", std::process::id()));
    let argv = initdb(found, &new, &layout.password(Password::Superuser));
    tool(layout, argv, account).run(|_| {}).await?;
    fs::rename(&new, layout.cluster())
        .map_err(|source| Error::file("make", layout.cluster(), source))
}

/// Makes the cluster outlive a loss of power, if it does not yet. The server may be running.
pub async fn make_last(
    layout: &Layout,
    found: &Found,
    account: Option<&Account>,
) -> Result<(), Error> {
    let mark = layout.unsynced();
    if !mark.exists() {
        return Ok(());
    }
    tool(layout, sync(found, &layout.cluster()), account)
        .run(|_| {})
        .await?;
    durable::sync_parent(&mark)
        .and_then(|()| fs::remove_file(&mark))
        .and_then(|()| durable::sync_parent(&mark))
        .map_err(|source| Error::file("remove", mark, source))
}

/// Moves the cluster out of its place before it is removed: half a cluster must not look like one.
pub fn displace(layout: &Layout) -> Result<(), Error> {
    let doomed = layout.postgres().join("removed");
    durable::remove_directory(&doomed)?;
    if layout.cluster().exists() {
        fs::rename(layout.cluster(), &doomed)
            .map_err(|source| Error::file("remove", layout.cluster(), source))?;
    }
    Ok(())
}

fn mark(layout: &Layout) -> Result<(), Error> {
    let mark = layout.unsynced();
    File::create(&mark)
        .and_then(|_| durable::sync_parent(&mark))
        .map_err(|source| Error::file("write", mark, source))
}

/// What a killed process has left.
fn remove_unfinished(layout: &Layout) -> Result<(), Error> {
    displace(layout)?;
    let entries = fs::read_dir(layout.postgres())
        .into_iter()
        .flatten()
        .flatten();
    for entry in entries.filter(|entry| entry.path() != layout.unsynced()) {
        durable::remove_directory(&entry.path())?;
    }
    Ok(())
}

fn tool(layout: &Layout, argv: Vec<String>, account: Option<&Account>) -> Tool {
    let surroundings: BTreeMap<_, _> = environment::base(layout);
    Tool::new(argv)
        .under(account)
        .inside(layout.postgres())
        .only_with(surroundings)
}

fn sync(found: &Found, cluster: &Path) -> Vec<String> {
    let program = found.path.with_file_name("initdb");
    vec![
        program.display().to_string(),
        "--sync-only".to_owned(),
        format!("--pgdata={}", cluster.display()),
    ]
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
        // It is made to last while the schema is loaded.
        "--no-sync".to_owned(),
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
             --data-checksums --encoding=UTF8 --no-instructions --no-sync --locale=C.UTF-8"
        );
        let newer = initdb(&found(18), Path::new("/d"), Path::new("/p")).join(" ");
        assert!(
            newer.ends_with("--locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"),
            "{newer}"
        );
    }

    #[test]
    fn a_cluster_with_the_mark_is_unfinished_unless_it_was_in_use() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        fs::create_dir_all(layout.postgres()).unwrap();
        assert!(!is_complete(&layout));
        fs::create_dir(layout.cluster()).unwrap();
        assert!(is_complete(&layout));
        mark(&layout).unwrap();
        assert!(!is_complete(&layout));
        let ready = r#"{"at":"2026-11-22T21:00:00Z","operation":"up","what":{"entry":"data-ready","release":"1-abc"}}"#;
        fs::write(layout.journal(), ready).unwrap();
        assert!(is_complete(&layout));
    }

    #[test]
    fn what_is_unfinished_is_removed_and_the_mark_stays() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        for place in ["new-1/base", "data/base", "removed/base"] {
            fs::create_dir_all(layout.postgres().join(place)).unwrap();
        }
        mark(&layout).unwrap();
        remove_unfinished(&layout).unwrap();
        let left: Vec<_> = fs::read_dir(layout.postgres())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(left, [layout.unsynced()]);
    }
}
