//! A throw-away PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::server::{Launch, Server};
use super::{account, directory, program};

/// Attempts to start on a free port, since others look for free ports too.
const ATTEMPTS: u32 = 5;

/// A running PostgreSQL with the superuser `postgres` (no password) on a free loopback port. Ends on drop, or with the
/// test process. Panics, with the server's log, when it cannot do what it is asked: a test has no other use for that.
pub struct Postgres {
    directory: PathBuf,
    port: u16,
    databases: AtomicU32,
    server: Mutex<Option<Server>>,
}

impl Postgres {
    /// Makes a cluster and starts it. Takes about a second: prefer [`Postgres::shared`] with a database for each test.
    pub fn start() -> Self {
        let directory =
            directory::create("shopmicro-test-postgres-").expect("cannot make a directory");
        initialize(&directory);
        let mut failure = String::new();
        for _ in 0..ATTEMPTS {
            let port = program::free_port().expect("no free port");
            match launch(&directory, port) {
                Ok(server) => {
                    return Self {
                        directory,
                        port,
                        databases: AtomicU32::new(0),
                        server: Mutex::new(Some(server)),
                    };
                }
                Err(error) => failure = error,
            }
        }
        panic!("PostgreSQL does not start: {failure}");
    }

    /// The server that all tests of this process share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Makes an empty database and returns its URL.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let port = self.port.to_string();
        run(
            "createdb",
            &[
                "--host=127.0.0.1",
                "--port",
                &port,
                "--username=postgres",
                "--no-password",
                &name,
            ],
        );
        self.url(&name)
    }

    /// The URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The port the server listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server; connections break. Its data stays for [`Postgres::restart`].
    pub fn stop(&self) {
        if let Some(server) = self.server().take() {
            server.stop_and_keep();
        }
    }

    /// Starts a stopped server again, on the same port and with the same data.
    pub fn restart(&self) {
        self.stop();
        *self.server() =
            Some(launch(&self.directory, self.port).expect("PostgreSQL does not start again"));
    }

    fn server(&self) -> std::sync::MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.server().take());
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn initialize(directory: &Path) {
    let data = format!("--pgdata={}", directory.join("data").display());
    let fixed = [
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ];
    let mut arguments = vec![data.as_str()];
    arguments.extend(fixed);
    run("initdb", &arguments);
}

fn launch(directory: &Path, port: u16) -> Result<Server, String> {
    let postgres = program::find("postgres")
        .ok_or("there is no `postgres` on PATH or in /usr/lib/postgresql")?;
    let data = directory.join("data").display().to_string();
    let mut argv = vec![
        postgres.display().to_string(),
        "-D".into(),
        data,
        "-p".into(),
        port.to_string(),
    ];
    // Speed instead of safety: the data is thrown away. The connection limit leaves room for many tests at a time.
    let settings = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "max_connections=200",
        "shared_buffers=32MB",
        "autovacuum_naptime=1h",
    ];
    argv.extend(
        settings
            .iter()
            .flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]),
    );
    Server::start(&Launch {
        stop_signal: "INT",
        directory,
        argv,
        ready: "ready to accept connections",
    })
}

/// Runs one of PostgreSQL's programs to its end.
fn run(name: &str, arguments: &[&str]) {
    let file = program::find(name)
        .unwrap_or_else(|| panic!("there is no `{name}` on PATH or in /usr/lib/postgresql"));
    let mut command = Command::new(file);
    account::apply(&mut command);
    let output = command
        .args(arguments)
        .env("LC_ALL", "C")
        .output()
        .expect("cannot run a PostgreSQL program");
    assert!(
        output.status.success(),
        "{name} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
