//! A throw-away PostgreSQL.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use database::Address;

use super::server::{self, Launch, Server};
use super::{account, program};

/// Makes the cluster unless there is one, and becomes the server.
const START: &str = r#"
data=$1; initdb=$2; shift 2
[ -f "$data/PG_VERSION" ] || "$initdb" --pgdata="$data" --username=postgres --auth=trust --encoding=UTF8 \
    --locale=C --no-sync || exit
exec "$@"
"#;

/// Speed instead of safety: the data is thrown away. The connection limit leaves room for many tests at a time.
const SETTINGS: [&str; 8] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "shared_buffers=32MB",
    "autovacuum_naptime=1h",
];

/// What an encrypting server shows, in its directory.
const CERTIFICATE: &str = "server.crt";
const KEY: &str = "server.key";

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
        let (server, directory, port) = server::on_free_port("shopmicro-test-postgres-", launch);
        Self {
            directory,
            port,
            databases: AtomicU32::new(0),
            server: Mutex::new(Some(server)),
        }
    }

    /// Makes one that can encrypt, and shows this certificate; both are texts in PEM form.
    pub fn encrypting(certificate: &str, key: &str) -> Self {
        let (server, directory, port) =
            server::on_free_port("shopmicro-test-postgres-", |directory, port| {
                give(&directory.join(CERTIFICATE), certificate);
                give(&directory.join(KEY), key);
                launch(directory, port)
            });
        Self {
            directory,
            port,
            databases: AtomicU32::new(0),
            server: Mutex::new(Some(server)),
        }
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

    /// The address of an empty database.
    pub fn address(&self) -> Address {
        let url = self.database();
        Address::parse(&url, None).expect("the URL of a test database")
    }

    /// The URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// What `psql` prints for one statement, without a frame.
    pub fn answer(&self, sql: &str) -> String {
        let port = self.port.to_string();
        run(
            "psql",
            &[
                "--host=127.0.0.1",
                "--port",
                &port,
                "--username=postgres",
                "--no-password",
                "--no-psqlrc",
                "--tuples-only",
                "--no-align",
                "--set=ON_ERROR_STOP=1",
                "--command",
                sql,
                "dbname=postgres sslmode=disable",
            ],
        )
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

fn launch(directory: &Path, port: u16) -> Result<Server, String> {
    let program = |name| {
        let found = program::find(name).map(|file| file.display().to_string());
        found.ok_or_else(|| format!("there is no `{name}` on PATH or in /usr/lib/postgresql"))
    };
    let data = directory.join("data").display().to_string();
    let mut argv: Vec<String> = ["/bin/sh", "-c", START, "start", &data]
        .map(Into::into)
        .into();
    argv.extend([
        program("initdb")?,
        program("postgres")?,
        "-D".into(),
        data,
        "-p".into(),
        port.to_string(),
    ]);
    let mut settings = SETTINGS.map(ToOwned::to_owned).to_vec();
    let (certificate, key) = (directory.join(CERTIFICATE), directory.join(KEY));
    if key.exists() {
        settings.push("ssl=on".to_owned());
        settings.push(format!("ssl_cert_file={}", certificate.display()));
        settings.push(format!("ssl_key_file={}", key.display()));
    }
    argv.extend(
        settings
            .into_iter()
            .flat_map(|setting| ["-c".to_owned(), setting]),
    );
    Server::start(&Launch {
        stop_signal: "INT",
        directory,
        argv,
        ready: "ready to accept connections",
    })
}

/// Writes a file that only the server's account may read.
fn give(path: &Path, text: &str) {
    let mut options = OpenOptions::new();
    let file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("cannot write a file for PostgreSQL");
    if let Some((user, group)) = account::unprivileged() {
        nix::unistd::chown(path, Some(user), Some(group))
            .expect("cannot give a file to PostgreSQL");
    }
}

/// Runs one of PostgreSQL's programs to its end, and returns what it printed.
fn run(name: &str, arguments: &[&str]) -> String {
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
    String::from_utf8_lossy(&output.stdout).into_owned()
}
