//! What a lab could leave on this machine.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// Links, named network namespaces, mounts and routes at one moment.
#[derive(Debug)]
pub struct Traces(BTreeSet<String>);

impl Traces {
    /// Before the lab is made.
    pub fn before() -> Self {
        Self(seen())
    }

    /// Asserts that nothing has come that was not there before, of what bears the lab's name or addresses.
    pub fn assert_same(&self) {
        let left: Vec<_> = seen()
            .into_iter()
            .filter(|line| !self.0.contains(line) && is_ours(line))
            .collect();
        assert_eq!(left, [""; 0], "the lab left this behind");
    }
}

/// Another lab may come and go meanwhile.
fn is_ours(line: &str) -> bool {
    line.contains("10.78.0.") || line.contains("e2e")
}

fn seen() -> BTreeSet<String> {
    let commands = [
        ["ip", "-o", "address"].as_slice(),
        &["ip", "netns", "list"],
        &["ip", "route", "show", "table", "all"],
        &["ps", "-eo", "args="],
    ];
    let printed = commands.into_iter().map(|words| {
        let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    });
    let mounts = fs::read_to_string("/proc/mounts").unwrap();
    let all: Vec<String> = printed.chain([mounts]).collect();
    all.iter()
        .flat_map(|text| text.lines())
        .map(|line| line.trim().to_owned())
        .collect()
}
