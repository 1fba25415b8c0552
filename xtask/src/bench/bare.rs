//! The bare critical path of a first `up`: what no tool could leave out.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::spec::Spec;
use crate::shop::Shop;

/// How long the server may take to answer before the measurement gives up.
const DEADLINE: Duration = Duration::from_secs(30);

/// Times initdb, the server's start, migrate and seed, one after the other, with the programs of the running shop.
pub fn time(shop: &Shop) -> Result<Duration> {
    let postgres = Spec::of(&shop.data_dir(), "postgres")?;
    let backend = Spec::of(&shop.data_dir(), "backend")?;
    let programs = Path::new(&postgres.argv[0])
        .parent()
        .context("no directory of PostgreSQL")?;
    let directory = shop.data_dir().join("bare");
    postgres.own(&directory)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();

    let start = Instant::now();
    let cluster = directory.join("data");
    initialise(&postgres, programs, &cluster)?;
    let server = Server::start(&postgres, programs, &cluster, port)?;
    for task in ["migrate", "seed"] {
        let mut command = backend.command(&backend.argv[0], [task]);
        command.env_remove("DATABASE_URL_FILE");
        command.env(
            "DATABASE_URL",
            format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        );
        succeed(&mut command)?;
    }
    let took = start.elapsed();
    drop(server);
    fs::remove_dir_all(directory)?;
    Ok(took)
}

fn initialise(postgres: &Spec, programs: &Path, cluster: &Path) -> Result<()> {
    let cluster = cluster.to_string_lossy();
    let arguments = [
        "--pgdata",
        &cluster,
        "--username=postgres",
        "--auth=trust",
        "--data-checksums",
        "--encoding=UTF8",
    ];
    succeed(&mut postgres.command(programs.join("initdb"), arguments))
}

/// The server; its end ends the process.
struct Server(Child);

impl Server {
    fn start(postgres: &Spec, programs: &Path, cluster: &Path, port: u16) -> Result<Self> {
        let (cluster, port) = (cluster.to_string_lossy(), port.to_string());
        let arguments = [
            "-D",
            &cluster,
            "-p",
            &port,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
        ];
        let server = Self(
            postgres
                .command(programs.join("postgres"), arguments)
                .spawn()?,
        );
        let start = Instant::now();
        let mut answers = postgres.command(
            programs.join("pg_isready"),
            ["-q", "-h", "127.0.0.1", "-p", &port],
        );
        while !answers.status()?.success() {
            if start.elapsed() > DEADLINE {
                bail!("PostgreSQL does not answer after {DEADLINE:?}");
            }
            sleep(Duration::from_millis(5));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is ours and not yet waited for, so its number is still its own.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed ({status})", command.get_program().display());
    }
    Ok(())
}
