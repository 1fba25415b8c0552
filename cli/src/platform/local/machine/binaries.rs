//! Finds the programs of PostgreSQL and Redis on this machine.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::platform::Error;
use crate::platform::local::layout::Layout;

/// Where distributions keep PostgreSQL's programs, outside PATH; every version has a folder of its own.
const POSTGRES_PLACES: [&str; 3] = [
    "/usr/lib/postgresql",
    "/usr/pgsql",
    "/opt/homebrew/opt/postgresql",
];

/// Where else programs are looked for, as an account without the administrators' PATH may have them.
const USUAL_PLACES: [&str; 4] = ["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin"];

/// The oldest PostgreSQL that will do.
const POSTGRES_OLDEST: Version = Version(14, 0);

/// The package that brings Redis.
pub const REDIS_PACKAGE: &str = "redis-server";

/// The oldest Redis that will do; every Valkey will.
const REDIS_OLDEST: Version = Version(6, 2);

/// Major and minor number of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// A program that will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The program.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
}

/// PostgreSQL's `postgres`, with `initdb` beside it. A cluster that is there needs the major version that made it.
pub fn postgres(layout: &Layout) -> Option<Found> {
    let mut places = search_path();
    places.extend(versioned_places());
    let candidates = places
        .into_iter()
        .filter_map(|place| executable(&place.join("postgres")));
    let whole = candidates.filter(|path| path.with_file_name("initdb").is_file());
    let made_by = cluster_version(layout);
    first(whole, |path| {
        let version = number_in_path(path).or_else(|| ask(path))?;
        let fits = made_by.map_or(version >= POSTGRES_OLDEST, |major| version.0 == major);
        fits.then_some(version)
    })
}

/// Redis or Valkey.
pub fn redis() -> Option<Found> {
    let places = search_path();
    let candidates = ["redis-server", "valkey-server"]
        .into_iter()
        .flat_map(|name| {
            places
                .iter()
                .filter_map(move |place| executable(&place.join(name)))
        });
    first(candidates, |path| {
        ask(path).filter(|version| *version >= REDIS_OLDEST)
    })
}

/// PostgreSQL, or what to type.
pub fn require_postgres(layout: &Layout) -> Result<Found, Error> {
    postgres(layout).ok_or_else(|| match cluster_version(layout) {
        Some(major) => Error::Prerequisite {
            what: format!(
                "the data was written by PostgreSQL {major}, which is not installed any more"
            ),
            cure: format!("type `apt-get install postgresql-{major}`"),
        },
        None => Error::Prerequisite {
            what: "PostgreSQL 14 or newer is not installed".to_owned(),
            cure: "type `apt-get install postgresql`, or let `shopctl doctor --fix` do it"
                .to_owned(),
        },
    })
}

/// The package that brings PostgreSQL.
pub fn postgres_package(layout: &Layout) -> String {
    cluster_version(layout).map_or_else(
        || "postgresql".to_owned(),
        |major| format!("postgresql-{major}"),
    )
}

fn cluster_version(layout: &Layout) -> Option<u32> {
    let text = fs::read_to_string(layout.cluster().join("PG_VERSION")).ok()?;
    text.trim().parse().ok()
}

/// What the program itself says; for people, since it must be started for that.
pub fn exact_version(found: &Found) -> Version {
    ask(&found.path).unwrap_or(found.version)
}

/// Redis, or what to type.
pub fn require_redis() -> Result<Found, Error> {
    redis().ok_or_else(|| Error::Prerequisite {
        what: "neither Redis 6.2 or newer nor Valkey is installed".to_owned(),
        cure: "type `apt-get install redis-server`, or let `shopctl doctor --fix` do it".to_owned(),
    })
}

/// A program of that name on PATH or in the usual places.
pub fn program(name: &str) -> Option<PathBuf> {
    search_path()
        .into_iter()
        .find_map(|place| executable(&place.join(name)))
}

fn first(
    mut candidates: impl Iterator<Item = PathBuf>,
    version_if_it_fits: impl Fn(&Path) -> Option<Version>,
) -> Option<Found> {
    candidates.find_map(|path| version_if_it_fits(&path).map(|version| Found { path, version }))
}

fn search_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<_> = env::split_paths(&path)
        .filter(|place| place.is_absolute())
        .collect();
    places.extend(USUAL_PLACES.map(PathBuf::from));
    places
}

/// The newest first.
fn versioned_places() -> Vec<PathBuf> {
    let folders = POSTGRES_PLACES
        .into_iter()
        .filter_map(|place| fs::read_dir(place).ok())
        .flatten();
    let mut versions: Vec<_> = folders
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by(|left, right| right.cmp(left));
    versions.into_iter().map(|(_, path)| path).collect()
}

/// The file behind the links: PostgreSQL finds its other files from there.
fn executable(path: &Path) -> Option<PathBuf> {
    let metadata = fs::metadata(path).ok()?;
    let runs = metadata.is_file() && metadata.permissions().mode() & 0o111 != 0;
    runs.then(|| real_name(path)).flatten()
}

/// Follows links as long as the name stays the same: a link to a program of many names must keep its own.
fn real_name(path: &Path) -> Option<PathBuf> {
    let real = path.canonicalize().ok()?;
    Some(if real.file_name() == path.file_name() {
        real
    } else {
        path.to_owned()
    })
}

/// Distributions put the major version into the path; that spares starting the program.
fn number_in_path(path: &Path) -> Option<Version> {
    let folder = path.parent()?.parent()?.file_name()?.to_str()?;
    folder.parse().ok().map(|major| Version(major, 0))
}

fn ask(path: &Path) -> Option<Version> {
    let output = Command::new(path).arg("--version").output().ok()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// `postgres (PostgreSQL) 15.18 (Debian …)`, `Redis server v=7.0.15 sha=…`, `Valkey server v=8.1.4 sha=…`
fn parse(text: &str) -> Option<Version> {
    let words = text.split_whitespace();
    let word = words
        .map(|word| word.trim_start_matches("v="))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut numbers = word.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    let major = numbers.next()?.ok()?;
    Some(Version(
        major,
        numbers.next().and_then(Result::ok).unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_print() {
        assert_eq!(
            parse("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(Version(15, 18))
        );
        assert_eq!(parse("postgres (PostgreSQL) 19beta1"), Some(Version(19, 0)));
        assert_eq!(
            parse("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc"),
            Some(Version(7, 0))
        );
        assert_eq!(parse("Valkey server v=8.1.4 sha=0:0"), Some(Version(8, 1)));
        assert_eq!(parse("no number"), None);
    }

    #[test]
    fn data_that_is_there_needs_the_version_that_wrote_it() {
        let directory = tempfile::tempdir().unwrap();
        let layout = Layout::new(directory.path());
        fs::create_dir_all(layout.cluster()).unwrap();
        fs::write(layout.cluster().join("PG_VERSION"), "9\n").unwrap();
        assert_eq!(postgres(&layout), None);
        let error = require_postgres(&layout).unwrap_err();
        assert!(error.to_string().contains("PostgreSQL 9"), "{error}");
        assert_eq!(postgres_package(&layout), "postgresql-9");
    }

    #[test]
    fn what_does_not_fit_is_passed_over() {
        let candidates = ["/a/13/bin/postgres", "/a/16/bin/postgres"].map(PathBuf::from);
        let fits = |path: &Path| number_in_path(path).filter(|version| *version >= POSTGRES_OLDEST);
        let found = first(candidates.into_iter(), fits).unwrap();
        assert_eq!(found.version, Version(16, 0));
    }

    #[test]
    fn a_link_to_a_program_of_many_names_keeps_its_own() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().canonicalize().unwrap();
        let many = place.join("redis-check-rdb");
        fs::copy("/bin/sh", &many).unwrap();
        std::os::unix::fs::symlink(&many, place.join("redis-server")).unwrap();
        assert_eq!(
            executable(&place.join("redis-server")),
            Some(place.join("redis-server"))
        );
        assert_eq!(executable(&place.join("valkey-server")), None);
    }
}
