//! Control groups: where every process of a lab lives, and by which it is ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use walkdir::WalkDir;

/// Killed processes that take longer than this to go are stuck in the kernel.
const DEADLINE: Duration = Duration::from_secs(30);

/// Every mounted hierarchy: one per controller with version 1, one in all with version 2.
fn hierarchies() -> Result<Vec<PathBuf>> {
    let mounts = fs::read_to_string("/proc/self/mounts").context("cannot read the mounts")?;
    Ok(mounted(&mounts))
}

fn mounted(mounts: &str) -> Vec<PathBuf> {
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            let (path, kind) = (fields.next()?, fields.next()?);
            // A hierarchy mounted elsewhere belongs to somebody else.
            (path.starts_with("/sys/fs/cgroup") && kind.starts_with("cgroup")).then(|| path.into())
        })
        .collect()
}

/// Makes the group in every hierarchy and returns its directories.
pub fn create(group: &str) -> Result<Vec<PathBuf>> {
    let mut made = Vec::new();
    for hierarchy in hierarchies()? {
        let directory = hierarchy.join(group);
        fs::create_dir_all(&directory)
            .with_context(|| format!("cannot make the control group {}", directory.display()))?;
        for limit in ["cpuset.cpus", "cpuset.mems"] {
            // With version 1 a new group has no processors, and no process may enter it.
            if hierarchy.ends_with("cpuset") {
                fs::write(directory.join(limit), fs::read(hierarchy.join(limit))?)?;
            }
        }
        made.push(directory);
    }
    Ok(made)
}

/// Whether a process lives in the group.
pub fn is_inhabited(group: &str) -> bool {
    find(|name| name == group)
        .is_ok_and(|groups| groups.iter().any(|group| !processes(group).is_empty()))
}

/// Ends every process in the groups whose name is wanted, and removes the groups.
pub fn destroy(wanted: impl Fn(&str) -> bool) -> Result<()> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        // A process can fork while it is being looked for, so look until nothing is found.
        let groups = find(&wanted)?;
        let living: Vec<Pid> = groups.iter().flat_map(|group| processes(group)).collect();
        for process in &living {
            // It may have gone by itself.
            let _ = kill_process(*process, Signal::KILL);
        }
        if living.is_empty() && groups.iter().all(|group| remove(group)) {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("killed processes do not go: {living:?} in {groups:?}");
        }
        sleep(Duration::from_millis(20));
    }
}

/// The top directories of the groups whose name is wanted, in every hierarchy.
fn find(wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for hierarchy in hierarchies()? {
        for entry in fs::read_dir(hierarchy)?.flatten() {
            if entry.file_name().to_str().is_some_and(&wanted) {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

/// The processes in the group and below.
fn processes(group: &Path) -> Vec<Pid> {
    directories(group)
        .filter_map(|directory| fs::read_to_string(directory.join("cgroup.procs")).ok())
        .flat_map(|text| {
            text.lines()
                .filter_map(|line| Pid::from_raw(line.parse().ok()?))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Removes the group and those below it, the deepest first; false when one is still in use.
fn remove(group: &Path) -> bool {
    directories(group).all(|directory| fs::remove_dir(&directory).is_ok() || !directory.exists())
}

fn directories(group: &Path) -> impl Iterator<Item = PathBuf> {
    WalkDir::new(group)
        .contents_first(true)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hierarchies_of_both_versions_are_found() {
        let mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\n\
                      cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0\n\
                      cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n\
                      cgroup /var/lib/other cgroup rw,cpu 0 0\n";
        assert_eq!(
            mounted(mounts),
            [
                Path::new("/sys/fs/cgroup/cpu"),
                Path::new("/sys/fs/cgroup/unified")
            ]
        );
    }
}
