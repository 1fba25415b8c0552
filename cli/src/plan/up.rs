//! Plans `up`.

use super::{Component, Observed, Plan, Serving, Step, deploy};

/// What the operator asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Build from source even when nothing seems to have changed.
    pub rebuild: bool,
}

/// The steps of the part of `up` that comes before the release is known: tools and binaries.
pub fn prepare(request: &Request, observed: &Observed) -> Plan {
    let mut steps = Vec::new();
    if !observed.missing_packages.is_empty() {
        steps.push(Step::InstallPackages(observed.missing_packages.clone()));
    }
    if observed.build_outdated || request.rebuild {
        steps.push(Step::Build);
    }
    Plan { steps }
}

/// The steps that take the target from what was observed to the wanted release serving.
pub fn converge(observed: &Observed) -> Plan {
    if let Some(difference) = &observed.difference {
        return deploy::converge(difference);
    }
    let release = observed.wanted_release.as_deref().unwrap_or_default();
    let data_ready = observed.data_ready_for.as_deref() == Some(release);
    if data_ready && observed.serving == Serving::Fully(release.to_owned()) {
        return Plan::default();
    }
    let mut steps = Vec::new();
    if observed.serving != Serving::Nothing {
        steps.push(Step::StopComponents);
    }
    steps.push(Step::PrepareState);
    steps.push(Step::StageRelease(release.to_owned()));
    if !observed.cluster_created {
        steps.push(Step::CreateDatabaseCluster);
    }
    steps.push(Step::StartStores);
    steps.push(Step::AwaitReady(Component::STORES.to_vec()));
    // Always: a password file that was lost has been made anew.
    steps.push(Step::CreateRoles);
    if !data_ready {
        steps.extend([Step::Migrate, Step::Seed]);
    }
    steps.push(Step::StartServices);
    if !data_ready {
        // The services take a new model without a restart, and do without one until then.
        steps.push(Step::Train(release.to_owned()));
    }
    steps.push(Step::AwaitReady(Component::SERVICES.to_vec()));
    Plan { steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn empty_machine() -> Observed {
        Observed {
            wanted_release: Some("1-abc".to_owned()),
            ..Observed::default()
        }
    }

    #[test]
    fn nothing_to_do_when_the_release_serves() {
        let observed = Observed {
            data_ready_for: Some("1-abc".to_owned()),
            serving: Serving::Fully("1-abc".to_owned()),
            ..empty_machine()
        };
        assert!(converge(&observed).is_empty());
    }

    #[test]
    fn an_empty_machine_gets_every_step_once_and_in_order() {
        let names: Vec<_> = converge(&empty_machine())
            .steps
            .iter()
            .map(Step::name)
            .collect();
        assert_eq!(
            names,
            [
                "prepare-state",
                "stage-release",
                "create-database-cluster",
                "start-stores",
                "await-ready",
                "create-roles",
                "migrate",
                "seed",
                "start-services",
                "train",
                "await-ready"
            ]
        );
    }

    #[test]
    fn a_new_release_stops_the_old_one_and_keeps_the_cluster() {
        let observed = Observed {
            cluster_created: true,
            data_ready_for: Some("1-abc".to_owned()),
            serving: Serving::Fully("1-abc".to_owned()),
            wanted_release: Some("2-def".to_owned()),
            ..Observed::default()
        };
        let plan = converge(&observed);
        assert_eq!(plan.steps.first(), Some(&Step::StopComponents));
        assert!(!plan.steps.contains(&Step::CreateDatabaseCluster));
        assert!(plan.steps.contains(&Step::Migrate));
    }

    #[test]
    fn a_crash_after_the_data_was_ready_only_starts_again() {
        let observed = Observed {
            cluster_created: true,
            data_ready_for: Some("1-abc".to_owned()),
            serving: Serving::Partly,
            ..empty_machine()
        };
        let plan = converge(&observed);
        assert_eq!(plan.steps.first(), Some(&Step::StopComponents));
        assert!(!plan.steps.contains(&Step::Migrate));
    }

    #[test]
    fn tools_come_before_the_build() {
        let observed = Observed {
            missing_packages: vec!["redis-server".to_owned()],
            build_outdated: true,
            ..Observed::default()
        };
        let plan = prepare(&Request::default(), &observed);
        assert_eq!(
            plan.steps,
            [
                Step::InstallPackages(vec!["redis-server".to_owned()]),
                Step::Build
            ]
        );
    }
}
