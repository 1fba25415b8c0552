//! Whether a lab may be here at all, and what it needs from the machine.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use rustix::fs::inotify;

use crate::command::{program, run};
use crate::progress::step;

/// A file that shows that a Debian package is installed, and the package.
const PACKAGES: [(&str, &str); 10] = [
    ("/bin/busybox", "busybox-static"),
    ("/usr/bin/curl", "curl"),
    ("/usr/bin/gcc", "gcc"),
    ("/usr/bin/mmdebstrap", "mmdebstrap"),
    ("/usr/bin/pkg-config", "pkg-config"),
    ("/usr/bin/ssh", "openssh-client"),
    ("/usr/bin/systemd-nspawn", "systemd-container"),
    ("/usr/include/seccomp.h", "libseccomp-dev"),
    ("/usr/include/stdio.h", "libc6-dev"),
    ("/usr/sbin/ip", "iproute2"),
];

/// Instances of inotify that a host needs with a cluster on it; the control plane takes more, a worker less.
const WATCHERS: usize = 25;

/// Refuses a machine that cannot carry a lab.
pub fn admit() -> Result<()> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !(cfg!(target_os = "linux") && is_debian(&release)) {
        bail!("the lab runs on Debian only");
    }
    if !rustix::process::geteuid().is_root() {
        bail!("the lab makes network devices and machines, for which it must run as root");
    }
    Ok(())
}

fn is_debian(release: &str) -> bool {
    release.lines().any(|line| line.trim() == "ID=debian")
}

/// Installs what is missing.
pub fn equip() -> Result<()> {
    let missing: Vec<_> = PACKAGES
        .iter()
        .filter(|(file, _)| !Path::new(file).exists())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    step(&format!("installing {}", missing.join(", ")), || {
        run(&mut program("apt-get", ["update", "--quiet"]))?;
        let mut install = program(
            "apt-get",
            ["install", "--yes", "--quiet", "--no-install-recommends"],
        );
        run(install
            .args(&missing)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    })
}

/// systemd, the kubelet and the control plane watch files, and the kernel limits how many watchers a user may have. A host
/// without its watchers hangs in the middle of its boot.
pub fn afford(hosts: usize) -> Result<()> {
    let watchers: Result<Vec<_>, _> = (0..hosts * WATCHERS)
        .map(|_| inotify::init(inotify::CreateFlags::CLOEXEC))
        .collect();
    if watchers.is_err() {
        bail!(
            "{hosts} more hosts need {} watchers of files, and the kernel does not allow root so many more; take another lab down, or raise fs.inotify.max_user_instances",
            hosts * WATCHERS
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debian_is_debian() {
        assert!(is_debian("NAME=\"Debian GNU/Linux\"\nID=debian\n"));
        assert!(!is_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(!is_debian(""));
    }
}
