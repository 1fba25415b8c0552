//! A throw-away Redis (or Valkey).

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::program;
use super::server::{self, Launch, Server};

/// A running Redis without a password on a free loopback port. Ends on drop, or with the test process. Panics, with
/// the server's log, when it cannot do what it is asked.
pub struct Redis {
    directory: PathBuf,
    port: u16,
    server: Mutex<Option<Server>>,
}

impl Redis {
    /// Starts an empty server.
    pub fn start() -> Self {
        let (server, directory, port) = server::on_free_port("shopmicro-test-redis-", launch);
        Self {
            directory,
            port,
            server: Mutex::new(Some(server)),
        }
    }

    /// The server that all tests of this process share. Tests keep apart by the keys they use.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Redis> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// The URL of the server's first database.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// The port the server listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server; connections break and its data is lost.
    pub fn stop(&self) {
        if let Some(server) = self.server().take() {
            server.stop_and_keep();
        }
    }

    /// Starts a stopped server again, empty, on the same port.
    pub fn restart(&self) {
        self.stop();
        *self.server() =
            Some(launch(&self.directory, self.port).expect("Redis does not start again"));
    }

    fn server(&self) -> std::sync::MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.server().take());
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn launch(directory: &Path, port: u16) -> Result<Server, String> {
    let redis = program::find("redis-server")
        .or_else(|| program::find("valkey-server"))
        .ok_or("there is no `redis-server` or `valkey-server` on PATH")?;
    let port = port.to_string();
    let place = directory.display().to_string();
    let fixed = [
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        "--port",
        &port,
        "--dir",
        &place,
    ];
    let mut argv = vec![redis.display().to_string()];
    argv.extend(fixed.iter().map(|argument| (*argument).to_owned()));
    Server::start(&Launch {
        stop_signal: "TERM",
        directory,
        argv,
        ready: "eady to accept connections",
    })
}
