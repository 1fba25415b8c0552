//! A real registry for one test.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;

use crate::{patience, port};

/// The program of the distribution project's registry; `cargo xtask test` sets it.
const PROGRAM: &str = "SHOPMICRO_TEST_REGISTRY";

/// `ada` with the password `correct horse`, as `htpasswd -B` writes it.
const ACCOUNTS: &str = "ada:$2y$04$9P2tzwnK9OeSMq0AslzaSOzUk/CZrF3oEsVtGFzuVILxM/pEgYe/O\n";

/// The same for Docker's `config.json`.
pub const ADA: &str = "YWRhOmNvcnJlY3QgaG9yc2U=";

/// A registry that listens on loopback until it is dropped.
#[derive(Debug)]
pub struct Registry {
    child: Child,
    directory: TempDir,
    port: u16,
}

impl Registry {
    /// A registry for everybody; none, and a line about it, where there is no such program.
    pub fn open() -> Option<Self> {
        Some(Self::start(&program()?, ""))
    }

    /// A registry for Ada.
    pub fn closed() -> Option<Self> {
        Some(Self::start(
            &program()?,
            "auth:\n  htpasswd:\n    realm: shop\n    path: accounts\n",
        ))
    }

    fn start(program: &OsString, more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let port = port::free();
        let settings = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: blobs\nhttp:\n  addr: 127.0.0.1:{port}\n{more}"
        );
        fs::write(directory.path().join("config.yml"), settings).unwrap();
        fs::write(directory.path().join("accounts"), ACCOUNTS).unwrap();
        let log = fs::File::create(directory.path().join("log")).unwrap();
        let child = Command::new(program)
            .args(["serve", "config.yml"])
            .current_dir(directory.path())
            .env("OTEL_TRACES_EXPORTER", "none")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        patience::until("the registry", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        Self {
            child,
            directory,
            port,
        }
    }

    /// Its address with a prefix, for `--registry`.
    pub fn address(&self) -> String {
        format!("{}/shopmicro", self.host())
    }

    /// Its address alone.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The requests that it has answered, as `PUT /v2/… 201`.
    pub fn requests(&self) -> Vec<String> {
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap();
        let lines = log.lines().filter_map(|line| {
            let (_, rest) = line.split_once('"')?;
            let (request, rest) = rest.split_once(" HTTP/1.1\" ")?;
            Some(format!("{request} {}", rest.split(' ').next()?))
        });
        lines.collect()
    }

    /// A manifest or blob, as anybody would read it.
    pub fn read(&self, path: &str) -> Value {
        let url = format!("http://{}/v2/shopmicro/{path}", self.host());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let client = Client::builder().no_proxy().build().unwrap();
            let accepted = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
            let answer = client.get(&url).header("Accept", accepted).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{url}");
            answer.json().await.unwrap()
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<OsString> {
    let program = env::var_os(PROGRAM);
    if program.is_none() {
        assert!(env::var_os("CI").is_none(), "{PROGRAM} names no registry");
        let _ = writeln!(std::io::stderr(), "not tested: {PROGRAM} names no registry");
    }
    program
}
