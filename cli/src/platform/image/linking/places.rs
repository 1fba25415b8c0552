//! Where this machine's loader looks for libraries.

use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};

/// How deep configuration files may include each other.
const DEEPEST: usize = 8;

/// The directories in the order of the loader: those that the administrator named, then the built-in ones.
///
/// Variants for newer processors are left out on purpose: an image runs on another machine than this one.
pub fn places() -> Vec<PathBuf> {
    let mut places = Vec::new();
    configured(Path::new("/etc/ld.so.conf"), DEEPEST, &mut places);
    let triplet = format!("{ARCH}-linux-gnu");
    let built_in = [
        PathBuf::from("/lib").join(&triplet),
        PathBuf::from("/usr/lib").join(&triplet),
    ];
    places.extend(built_in);
    places.extend(["/lib64", "/usr/lib64", "/lib", "/usr/lib"].map(PathBuf::from));
    places
}

/// Reads one configuration file: a directory a line, or `include` and a pattern.
fn configured(file: &Path, depth: usize, places: &mut Vec<PathBuf>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        match line.strip_prefix("include") {
            Some(pattern) if depth > 0 => {
                let pattern = file.parent().unwrap_or(Path::new("/")).join(pattern.trim());
                for included in matching(&pattern) {
                    configured(&included, depth - 1, places);
                }
            }
            None if line.starts_with('/') => places.push(PathBuf::from(line)),
            _ => {}
        }
    }
}

/// The files that a pattern with one `*` in its last part names, sorted.
fn matching(pattern: &Path) -> Vec<PathBuf> {
    let (Some(directory), Some(name)) = (pattern.parent(), pattern.file_name()) else {
        return Vec::new();
    };
    let name = name.to_string_lossy();
    let Some((start, end)) = name.split_once('*') else {
        return vec![pattern.to_owned()];
    };
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        })
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_read_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(directory.path().join(name), text).unwrap();
        write("ld.so.conf", "/first # one\ninclude conf.d-*.conf\n/last\n");
        write("conf.d-b.conf", "/b\n");
        write("conf.d-a.conf", "# nothing\n/a\ninclude ld.so.conf\n");
        let mut places = Vec::new();
        configured(&directory.path().join("ld.so.conf"), 1, &mut places);
        assert_eq!(places, ["/first", "/a", "/b", "/last"].map(PathBuf::from));
    }

    #[test]
    fn files_that_include_each_other_come_to_an_end() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("ld.so.conf");
        fs::write(&file, "include ld.so.conf\n/a\n").unwrap();
        let mut places = Vec::new();
        configured(&file, DEEPEST, &mut places);
        assert_eq!(places.len(), DEEPEST + 1);
    }
}
