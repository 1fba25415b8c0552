//! A real shop on real servers, in a directory and on a port of its own.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::customer::Customer;
use crate::database::Database;
use crate::patience::is_soon;
use crate::permit::Permit;
use crate::port;
use crate::process::Process;
use crate::shopctl::{Ended, Shopctl};

/// A shop; its end ends every process and removes every file of it.
#[derive(Debug)]
pub struct Shop {
    /// How it is operated.
    pub shopctl: Shopctl,
    /// The port of its front door.
    pub port: u16,
    /// Given back after everything has ended.
    _permit: Permit,
}

impl Shop {
    /// Room for a shop; nothing runs yet.
    pub fn new() -> Self {
        let [permit] = Permit::take();
        Self::with(permit)
    }

    /// Room for two shops that run at the same time.
    pub fn two() -> [Self; 2] {
        Permit::take().map(Self::with)
    }

    /// A shop that is up.
    pub fn open() -> Self {
        let shop = Self::new();
        shop.up();
        shop
    }

    fn with(permit: Permit) -> Self {
        Self {
            shopctl: Shopctl::new(),
            port: port::free(),
            _permit: permit,
        }
    }

    /// The address of the front door.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// `shopctl up` for this shop.
    pub fn up_command(&self) -> Command {
        let port = self.port.to_string();
        self.shopctl.command(&[
            "up",
            "--port",
            &port,
            "--output",
            "json",
            "--timeout",
            "60s",
        ])
    }

    /// Starts `shopctl up` and comes back while it works. Its output is piped.
    pub fn begin_up(&self) -> Child {
        let mut command = self.up_command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs `shopctl up` to its end, whatever that is.
    pub fn try_up(&self) -> Ended {
        let output = self.up_command().output().unwrap();
        Ended::from(&output, self.shopctl.directory())
    }

    /// Runs `shopctl up`, which must succeed, and returns its document.
    pub fn up(&self) -> Value {
        let ended = self.try_up();
        assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
        ended.document()
    }

    /// Runs a verb that must succeed.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let ended = self.shopctl.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?} {}", ended.snapshot());
        ended
    }

    /// The document of `status`.
    pub fn status(&self) -> Value {
        self.shopctl.run(&["status", "--output", "json"]).document()
    }

    /// The processes of the components, by name.
    pub fn components(&self) -> BTreeMap<String, Process> {
        let status = self.status();
        let components = status["components"].as_array().unwrap().iter();
        components
            .filter_map(|component| {
                let pid = i32::try_from(component["pid"].as_i64()?).unwrap();
                let name = component["name"].as_str()?.to_owned();
                Some((name, Process::of(pid)?))
            })
            .collect()
    }

    /// The process of a component that runs.
    pub fn component(&self, name: &str) -> Process {
        self.components().remove(name).unwrap()
    }

    /// The supervisor.
    pub fn supervisor(&self) -> Option<Process> {
        let state = self.shopctl.data_dir().join("run/supervisor.json");
        Process::recorded(&state).pop()
    }

    /// Every process that has to do with this shop.
    pub fn processes(&self) -> Vec<Process> {
        Process::naming(&self.shopctl.data_dir())
    }

    /// Fails if a process of this shop runs.
    pub fn assert_no_process(&self) {
        let left = self.processes();
        assert!(left.is_empty(), "{left:#?}");
    }

    /// Waits for the end of what was told to end. `when` completes "processes are left".
    pub fn await_no_process(&self, when: &str) {
        let mut left = Vec::new();
        let gone = is_soon(|| {
            left = self.processes();
            left.is_empty()
        });
        assert!(gone, "processes are left {when}: {left:#?}");
    }

    /// Somebody who buys here.
    pub fn customer(&self) -> Customer {
        Customer::of(&self.url())
    }

    /// Its database, as the superuser sees it.
    pub fn database(&self) -> Database {
        Database::of(&self.shopctl.data_dir())
    }

    /// The release that serves.
    pub fn release(&self) -> String {
        self.status()["release"].as_str().unwrap().to_owned()
    }
}
