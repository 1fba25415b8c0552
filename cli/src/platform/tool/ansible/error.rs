//! What can go wrong between `shopctl` and Ansible.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::platform;

use super::outcome::HostFinding;

/// A failure of, or before, a run of Ansible.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Ansible is missing.
    #[error("{what}")]
    NotInstalled {
        /// What was looked for.
        what: String,
    },
    /// The hosts are not fit; nothing was changed.
    #[error("not fit for a cluster: {}; nothing was changed", hosts(findings))]
    Unfit {
        /// What was found, host by host.
        findings: Vec<HostFinding>,
        /// The findings as lines.
        detail: String,
    },
    /// A task failed, or Ansible itself did.
    #[error("`{command_line}` failed ({status})")]
    Failed {
        /// The command line, ready to paste.
        command_line: String,
        /// How it ended.
        status: String,
        /// The failing host, task and message, and where the whole log is.
        detail: String,
    },
    /// Something outside of Ansible.
    #[error(transparent)]
    Platform(#[from] platform::Error),
}

impl Error {
    /// Hosts that are not fit.
    pub fn unfit(findings: Vec<HostFinding>) -> Self {
        let line = |finding: &HostFinding| {
            let HostFinding {
                host,
                finding,
                cure,
            } = finding;
            format!("{host}: {finding}\n    to mend it: {cure}")
        };
        let detail: Vec<_> = findings.iter().map(line).collect();
        Self::Unfit {
            findings,
            detail: detail.join("\n"),
        }
    }
}

impl Failure for Error {
    fn exit(&self) -> Exit {
        match self {
            Self::NotInstalled { .. } | Self::Unfit { .. } => Exit::Prerequisite,
            Self::Failed { .. } => Exit::Tool,
            Self::Platform(error) => error.exit(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotInstalled { .. } => Some(
                "type `pipx install ansible-core`, or `apt-get install ansible-core`, or name it with \
                 `SHOPCTL_ANSIBLE_PLAYBOOK`"
                    .to_owned(),
            ),
            Self::Unfit { .. } => {
                Some("mend that on the hosts, then run the same command again".to_owned())
            }
            Self::Failed { .. } => Some(
                "mend the cause and run the same `shopctl` command again: it goes on from there"
                    .to_owned(),
            ),
            Self::Platform(error) => error.hint(),
        }
    }

    fn detail(&self) -> Option<&str> {
        match self {
            Self::Unfit { detail, .. } | Self::Failed { detail, .. } => Some(detail),
            Self::Platform(error) => error.detail(),
            Self::NotInstalled { .. } => None,
        }
    }
}

fn hosts(findings: &[HostFinding]) -> String {
    let mut names: Vec<_> = findings
        .iter()
        .map(|finding| finding.host.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_name_host_finding_and_cure() {
        let finding = |host: &str, finding: &str| HostFinding {
            host: host.to_owned(),
            finding: finding.to_owned(),
            cure: "swapoff -a".to_owned(),
        };
        let error = Error::unfit(vec![
            finding("host-2", "swap is on"),
            finding("host-1", "swap is on"),
        ]);
        assert_eq!(
            error.to_string(),
            "not fit for a cluster: host-1, host-2; nothing was changed"
        );
        assert_eq!(
            error.detail().unwrap(),
            "host-2: swap is on\n    to mend it: swapoff -a\nhost-1: swap is on\n    to mend it: swapoff -a"
        );
        assert_eq!(error.exit(), Exit::Prerequisite);
    }
}
