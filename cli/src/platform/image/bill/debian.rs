//! Which Debian package a file of this machine came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::platform::process::tool::Tool;

/// One installed package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DebianPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it was built for.
    pub architecture: String,
    /// Such as `debian-12`.
    pub distribution: String,
}

/// Where the libraries of an image came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Libraries {
    /// The packages.
    pub packages: BTreeSet<DebianPackage>,
    /// The files that no package is known of, and their SHA-256: dpkg does not have them, or there is no dpkg.
    pub unknown: BTreeMap<PathBuf, String>,
}

impl Libraries {
    /// Asks dpkg about these files of this machine, each with its SHA-256.
    pub async fn of(files: &BTreeMap<PathBuf, String>) -> Self {
        if files.is_empty() {
            return Self::default();
        }
        let answers = lines(search(files.keys())).await;
        let names: BTreeSet<_> = answers.iter().flat_map(|line| owners(line)).collect();
        let mut packages = BTreeSet::new();
        if !names.is_empty() {
            let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
            let distribution = distribution(&release);
            let lines = lines(show(names)).await;
            packages.extend(lines.iter().filter_map(|line| package(line, &distribution)));
        }
        Self {
            packages,
            unknown: unknown(files, &answers),
        }
    }
}

/// The files that no answer names.
fn unknown(files: &BTreeMap<PathBuf, String>, answers: &[String]) -> BTreeMap<PathBuf, String> {
    let owned = answers.iter().filter(|line| !owners(line).is_empty());
    let owned: BTreeSet<_> = owned.filter_map(|line| line.rsplit(": ").next()).collect();
    let is_unknown = |file: &Path| {
        names(file)
            .iter()
            .all(|name| !owned.contains(name.as_str()))
    };
    let unknown = files.iter().filter(|(file, _)| is_unknown(file));
    unknown
        .map(|(file, hash)| (file.clone(), hash.clone()))
        .collect()
}

/// What the tool printed. It ends with an error when it does not know one of the files, and says the others all the same.
async fn lines(tool: Tool) -> Vec<String> {
    let mut lines = Vec::new();
    let _ = tool.run(|line| lines.push(line.to_owned())).await;
    lines
}

fn search<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Tool {
    let mut argv = vec!["dpkg-query".to_owned(), "--search".to_owned()];
    argv.extend(files.flat_map(|file| names(file)));
    Tool::new(argv).with([("LC_ALL".to_owned(), "C".to_owned())])
}

/// The file with and without `/usr`: packages still own files at the place that is a link now.
fn names(file: &Path) -> Vec<String> {
    let text = file.display().to_string();
    let short = text.strip_prefix("/usr").map(str::to_owned);
    short.into_iter().chain([text]).collect()
}

fn show(names: BTreeSet<String>) -> Tool {
    let format = "--showformat=${Package} ${Version} ${Architecture} ${db:Status-Status}\\n";
    let mut argv = ["dpkg-query", "--show", format].map(str::to_owned).to_vec();
    argv.extend(names);
    Tool::new(argv).with([("LC_ALL".to_owned(), "C".to_owned())])
}

/// `libc6:amd64, libother:amd64: /lib/x86_64-linux-gnu/libc.so.6`
fn owners(line: &str) -> Vec<String> {
    match line.rsplit_once(": /") {
        Some((owners, _))
            if !line.starts_with("diversion ") && !line.starts_with("dpkg-query:") =>
        {
            owners.split(", ").map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

fn package(line: &str, distribution: &str) -> Option<DebianPackage> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [name, version, architecture, "installed"] = words.as_slice() else {
        return None;
    };
    Some(DebianPackage {
        name: (*name).to_owned(),
        version: (*version).to_owned(),
        architecture: (*architecture).to_owned(),
        distribution: distribution.to_owned(),
    })
}

fn distribution(os_release: &str) -> String {
    let values: BTreeMap<_, _> = os_release
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key, value.trim_matches('"')))
        .collect();
    let value = |key| values.get(key).copied().unwrap_or_default();
    let name = format!("{}-{}", value("ID"), value("VERSION_ID"));
    name.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_file_are_asked_for() {
        let files = ["/usr/lib/libc.so.6", "/opt/a.so"].map(PathBuf::from);
        let tool = search(files.iter());
        let asked = "dpkg-query --search /lib/libc.so.6 /usr/lib/libc.so.6 /opt/a.so";
        assert!(
            tool.command_line().ends_with(asked),
            "{}",
            tool.command_line()
        );
    }

    #[test]
    fn the_answers_are_understood() {
        assert_eq!(owners("libc6:amd64: /lib/libc.so.6"), ["libc6:amd64"]);
        assert_eq!(owners("a, b:amd64: /lib/c"), ["a", "b:amd64"]);
        assert!(owners("dpkg-query: no path found matching pattern: /opt/a").is_empty());
        assert!(owners("diversion by dash from: /bin/sh").is_empty());
        let found = package("libc6 2.36-9+deb12u10 amd64 installed", "debian-12").unwrap();
        assert_eq!(
            (found.name.as_str(), found.version.as_str()),
            ("libc6", "2.36-9+deb12u10")
        );
        assert_eq!(package("libc6 2.36 amd64 config-files", ""), None);
        assert_eq!(distribution("ID=debian\nVERSION_ID=\"12\"\n"), "debian-12");
    }

    #[test]
    fn what_nobody_owns_is_unknown() {
        let files = ["/usr/lib/libc.so.6", "/opt/a.so"].map(PathBuf::from);
        let files = files.map(|file| (file, "hash".to_owned())).into();
        let answers = [
            "dpkg-query: no path found matching pattern /opt/a.so",
            "libc6:amd64: /lib/libc.so.6",
        ];
        let answers = answers.map(str::to_owned);
        let left: Vec<_> = unknown(&files, &answers).into_keys().collect();
        assert_eq!(left, [PathBuf::from("/opt/a.so")]);
        assert_eq!(unknown(&files, &[]), files, "there is no dpkg");
    }

    #[tokio::test]
    async fn a_static_program_has_no_packages_of_the_system() {
        let libraries = Libraries::of(&BTreeMap::new()).await;
        assert_eq!(libraries, Libraries::default());
    }
}
