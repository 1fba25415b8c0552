//! Plans the `cluster` verbs.

use std::fmt;

/// A playbook of the `ansible` directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playbook {
    /// From bare hosts to a working cluster.
    Site,
    /// One minor version up, node by node.
    Upgrade,
    /// Back to bare hosts.
    Reset,
    /// Looks at the hosts and changes nothing.
    Doctor,
}

impl Playbook {
    /// Its file's name without the ending, which is also its name in the journal.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Upgrade => "upgrade",
            Self::Reset => "reset",
            Self::Doctor => "doctor",
        }
    }
}

/// One side effect of a `cluster` verb, small enough to be carried out again after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterStep {
    /// Run a playbook on all hosts of the inventory.
    Play(Playbook),
    /// Make the cluster what `--target ec2` talks to.
    MakeCurrent,
    /// Add the cluster to the operator's own kubeconfig.
    MergeKubeconfig,
    /// Take the cluster out of the operator's own kubeconfig.
    UnmergeKubeconfig,
    /// Prove that the cluster can carry a shop.
    Prove,
    /// Forget the cluster's kubeconfig.
    Forget,
}

impl ClusterStep {
    /// A stable name for the journal and for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Play(Playbook::Site) => "play-site",
            Self::Play(Playbook::Upgrade) => "play-upgrade",
            Self::Play(Playbook::Reset) => "play-reset",
            Self::Play(Playbook::Doctor) => "play-doctor",
            Self::MakeCurrent => "make-current",
            Self::MergeKubeconfig => "merge-kubeconfig",
            Self::UnmergeKubeconfig => "unmerge-kubeconfig",
            Self::Prove => "prove-cluster",
            Self::Forget => "forget-cluster",
        }
    }
}

impl fmt::Display for ClusterStep {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Play(Playbook::Site) => "make the hosts a cluster",
            Self::Play(Playbook::Upgrade) => "upgrade the cluster, node by node",
            Self::Play(Playbook::Reset) => "take the cluster off the hosts",
            Self::Play(Playbook::Doctor) => "look at the hosts",
            Self::MakeCurrent => "make it the cluster that `--target ec2` talks to",
            Self::MergeKubeconfig => "add it to your own kubeconfig",
            Self::UnmergeKubeconfig => "take it out of your own kubeconfig",
            Self::Prove => "prove that the cluster can carry a shop",
            Self::Forget => "forget the cluster",
        })
    }
}

/// What the operator asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The playbook that the verb is about.
    pub playbook: Playbook,
    /// Whether the operator's own kubeconfig is to follow.
    pub merge_kubeconfig: bool,
}

/// The steps of the verb. Playbooks find out by themselves what is done already, so nothing is observed first.
pub fn plan(request: Request) -> Vec<ClusterStep> {
    let Request {
        playbook,
        merge_kubeconfig,
    } = request;
    let mut steps = vec![ClusterStep::Play(playbook)];
    match playbook {
        Playbook::Doctor => {}
        Playbook::Reset => {
            if merge_kubeconfig {
                steps.push(ClusterStep::UnmergeKubeconfig);
            }
            steps.push(ClusterStep::Forget);
        }
        Playbook::Site | Playbook::Upgrade => {
            steps.push(ClusterStep::MakeCurrent);
            if merge_kubeconfig {
                steps.push(ClusterStep::MergeKubeconfig);
            }
            steps.push(ClusterStep::Prove);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(playbook: Playbook, merge_kubeconfig: bool) -> Vec<&'static str> {
        let request = Request {
            playbook,
            merge_kubeconfig,
        };
        plan(request).into_iter().map(ClusterStep::name).collect()
    }

    #[test]
    fn a_cluster_is_proven_last() {
        assert_eq!(
            names(Playbook::Site, false),
            ["play-site", "make-current", "prove-cluster"]
        );
        assert_eq!(
            names(Playbook::Upgrade, true),
            [
                "play-upgrade",
                "make-current",
                "merge-kubeconfig",
                "prove-cluster"
            ]
        );
    }

    #[test]
    fn a_cluster_is_forgotten_only_after_it_is_gone() {
        assert_eq!(
            names(Playbook::Reset, true),
            ["play-reset", "unmerge-kubeconfig", "forget-cluster"]
        );
    }

    #[test]
    fn looking_is_all_that_a_doctor_does() {
        assert_eq!(names(Playbook::Doctor, true), ["play-doctor"]);
    }
}
