//! The root file system of a host.

use std::path::PathBuf;

use anyhow::Result;

use super::cache::{Cache, Recipe};
use super::module::directory;
use crate::command::{program, run};

/// The release of Debian that the hosts run, and that images are made from.
pub const SUITE: &str = "bookworm";

/// What a host has from its start, because it has no package source that answers: what a cloud image of Debian has, and
/// what the playbooks install.
const PACKAGES: &str = "apt-transport-https,ca-certificates,conntrack,curl,dbus,ethtool,gnupg,haproxy,iproute2,ipset,\
    iptables,iputils-ping,jq,kmod,less,libseccomp2,nftables,openssh-server,procps,python3-apt,\
    python3-minimal,socat,sudo,systemd,systemd-sysv,xz-utils,zstd";

/// What is done with the packages: `$1` is the root.
const SETTLE: [&str; 6] = [
    "chroot \"$1\" useradd --create-home --gid operator --shell /bin/bash operator",
    "chmod 440 \"$1/etc/sudoers.d/operator\"",
    "chroot \"$1\" systemctl enable lab-host.service ssh.service",
    "chroot \"$1\" systemctl disable haproxy.service nftables.service",
    "chroot \"$1\" systemctl mask systemd-udevd.service systemd-timesyncd.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer",
    "rm -f \"$1\"/etc/ssh/ssh_host_* \"$1/etc/machine-id\" \"$1/etc/hostname\" \"$1/etc/resolv.conf\"",
];

/// The root file system, which all hosts share and none writes to.
pub fn host(cache: &Cache) -> Result<PathBuf> {
    let files = directory("host").join("files");
    let mut command = program(
        "mmdebstrap",
        ["--quiet", "--mode=root", "--variant=minbase"],
    );
    command
        .arg(format!("--include={PACKAGES}"))
        .args(["--aptopt=APT::Install-Recommends false", "--format=directory"])
        .arg("--customize-hook=tar --create --directory=\"$LAB_FILES\" --owner=0 --group=0 . | tar --extract --directory=\"$1\"");
    for line in SETTLE {
        command.arg(format!("--customize-hook={line}"));
    }
    let recipe = Recipe::default()
        .text(&crate::command::line(&command))
        .files(&files)?;
    cache.provide("host", &recipe, |directory| {
        run(command.env("LAB_FILES", &files).arg(SUITE).arg(directory))
    })
}
