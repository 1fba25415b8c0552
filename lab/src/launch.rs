//! Starts programs that outlive the one who started them, in control groups and on a file system of their own.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::cgroup;

/// Enters the groups, mounts the layers and becomes the program. The mount namespace is its own, so the mount goes with
/// the last process that sees it. So does what systemd-nspawn notes about its machines. A group that has been removed meanwhile ends it before it does anything.
const SCRIPT: &str = r#"
set -e
groups=$1 layers=$2 directory=$3
shift 3
for group in $groups; do
    echo $$ > "$group/cgroup.procs"
done
cd "$directory"
mount -t overlay -o "$layers" overlay root
cd /
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn
exec "$@"
"#;

/// Directories that lie over each other: what is written goes to `directory`, beside what must not change.
#[derive(Debug)]
pub struct Layers {
    /// Never written to; the first one hides the others.
    pub lower: Vec<PathBuf>,
    /// Holds `upper`, `work` and, while mounted, `root`.
    pub directory: PathBuf,
}

impl Layers {
    /// Where the layers are seen as one.
    pub fn root(&self) -> PathBuf {
        self.directory.join("root")
    }

    /// Where what is written goes.
    pub fn upper(&self) -> PathBuf {
        self.directory.join("upper")
    }

    /// Makes the directories, and short names for the lower ones.
    pub fn create(&self) -> Result<()> {
        for directory in ["lower", "upper", "work", "root"] {
            fs::create_dir_all(self.directory.join(directory))?;
        }
        for (number, lower) in self.lower.iter().enumerate() {
            symlink(lower, self.directory.join(format!("lower/{number}")))?;
        }
        Ok(())
    }

    /// The mount's options. The kernel takes one page of them, so the names are short and relative.
    fn options(&self) -> String {
        let lower: Vec<_> = (0..self.lower.len())
            .map(|number| format!("lower/{number}"))
            .collect();
        format!("lowerdir={},upperdir=upper,workdir=work", lower.join(":"))
    }
}

/// Starts the program in the group, with its output in the log.
pub fn launch(group: &str, layers: &Layers, log: &Path, program: &Command) -> Result<()> {
    let groups = cgroup::create(group)?;
    let log = File::options().create(true).append(true).open(log)?;
    let mut command = Command::new("setsid");
    command
        .args(argv(&groups, layers, program))
        .env_clear()
        .env(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        )
        .envs(
            program
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let status = command.status().context("cannot start setsid")?;
    if !status.success() {
        bail!("setsid failed ({status})");
    }
    Ok(())
}

fn argv(groups: &[PathBuf], layers: &Layers, program: &Command) -> Vec<OsString> {
    let groups: Vec<_> = groups.iter().map(|group| group.to_string_lossy()).collect();
    // `--fork` makes init the parent, so that nobody has to wait for the end.
    let mut argv: Vec<OsString> = "--fork unshare --mount sh -c"
        .split(' ')
        .map(OsString::from)
        .collect();
    argv.extend([SCRIPT, "launch", &groups.join(" "), &layers.options()].map(OsString::from));
    argv.push(layers.directory.clone().into());
    argv.push(program.get_program().into());
    argv.extend(program.get_args().map(OsString::from));
    argv
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_comes_last_after_groups_and_layers() {
        let layers = Layers {
            lower: vec!["/a".into(), "/b".into()],
            directory: "/x".into(),
        };
        let mut program = Command::new("registry");
        program.arg("serve");
        let argv = argv(&["/sys/fs/cgroup/g".into()], &layers, &program);
        assert_eq!(
            &argv[7..],
            [
                "/sys/fs/cgroup/g",
                "lowerdir=lower/0:lower/1,upperdir=upper,workdir=work",
                "/x",
                "registry",
                "serve"
            ]
        );
    }
}
