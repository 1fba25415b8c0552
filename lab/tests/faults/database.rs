//! What can be wrong in the database.

use std::process::{Command, Stdio};
use std::thread;

use super::scene::Scene;
use crate::waiting;

const PSQL: &str = "exec psql -h 127.0.0.1 -U postgres -d shopmicro -qAt -v ON_ERROR_STOP=1 -c";

/// Runs a statement in the database of every shop.
pub fn run(scene: &Scene<'_>, statement: &str) {
    for namespace in scene.namespaces {
        ask(scene, namespace, statement);
    }
}

/// Locks a table of every shop, as a session that was forgotten does.
pub fn lock(scene: &Scene<'_>, table: &str) {
    let statement = format!("lock table {table}; select pg_sleep(300)");
    for namespace in scene.namespaces {
        let mut session = psql(scene, namespace, &statement)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // `unlock` ends it.
        thread::spawn(move || session.wait());
        waiting::until("the table is locked", || {
            let held = format!(
                "select count(*) from pg_locks where granted and mode = 'AccessExclusiveLock' and relation = '{table}'::regclass"
            );
            ask(scene, namespace, &held) == "1"
        });
    }
}

/// Ends the sessions that hold locks.
pub fn unlock(scene: &Scene<'_>) {
    run(
        scene,
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()",
    );
}

/// Removes the Jobs that have migrated the shops, so that the next release migrates again.
pub fn forget_migrations(scene: &Scene<'_>) {
    for namespace in scene.namespaces {
        scene.kubectl(&format!(
            "delete job -n {namespace} -l app.kubernetes.io/name=migration --ignore-not-found"
        ));
    }
}

fn ask(scene: &Scene<'_>, namespace: &str, statement: &str) -> String {
    let output = psql(scene, namespace, statement).output().unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{statement}: {wrong}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn psql(scene: &Scene<'_>, namespace: &str, statement: &str) -> Command {
    let key = "jsonpath={.data.postgres-password}";
    let password = scene.kubectl(&format!(
        "get secret postgres-credentials -n {namespace} -o {key}"
    ));
    let mut command = scene.command(&format!(
        "exec postgres-0 -n {namespace} -c postgres -- sh -c"
    ));
    let password = format!("export PGPASSWORD=$(echo {password} | base64 -d)");
    command.arg(format!("{password}; {PSQL} \"{statement}\""));
    command
}
