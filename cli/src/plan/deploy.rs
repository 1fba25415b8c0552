//! Plans a release onto a cluster.

use super::manifest::Phase;
use super::{Difference, Plan, Step};

/// The steps that make a cluster have what the release says. Phases are barriers: what a later one needs is ready.
pub fn converge(difference: &Difference) -> Plan {
    if difference.is_nothing() {
        return Plan::default();
    }
    let mut steps = Vec::new();
    if difference.images_missing {
        steps.push(Step::PushImages);
    }
    // Nothing in the first phase runs, and it comes always: it begins with a look at everything.
    steps.push(Step::Apply(Phase::NamespaceAndPolicies));
    if difference.credentials_missing {
        steps.push(Step::MakeCredentials);
    }
    for phase in Phase::ALL {
        if phase != Phase::NamespaceAndPolicies && difference.phases.contains(&phase) {
            steps.extend([Step::Apply(phase), Step::AwaitPhase(phase)]);
        }
    }
    steps.push(Step::RecordRelease);
    Plan { steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(difference: &Difference) -> Vec<&'static str> {
        converge(difference).steps.iter().map(Step::name).collect()
    }

    #[test]
    fn nothing_differs_and_nothing_is_done() {
        assert!(converge(&Difference::default()).is_empty());
    }

    #[test]
    fn each_phase_is_ready_before_the_next_is_applied() {
        let everything = Difference {
            images_missing: true,
            credentials_missing: true,
            phases: Phase::ALL.into(),
            objects_left: true,
        };
        assert_eq!(
            names(&everything),
            [
                "push-images",
                "apply-namespace-and-policies",
                "make-credentials",
                "apply-data-stores",
                "await-data-stores",
                "apply-migration",
                "await-migration",
                "apply-services",
                "await-services",
                "apply-exposure",
                "await-exposure",
                "record-release",
            ]
        );
    }

    #[test]
    fn a_phase_that_is_as_it_should_be_is_left_alone() {
        let services = Difference {
            phases: [Phase::Services].into(),
            ..Difference::default()
        };
        assert_eq!(
            names(&services),
            [
                "apply-namespace-and-policies",
                "apply-services",
                "await-services",
                "record-release",
            ]
        );
    }

    #[test]
    fn what_is_left_over_is_removed_by_the_record() {
        let left = Difference {
            objects_left: true,
            ..Difference::default()
        };
        assert_eq!(
            names(&left),
            ["apply-namespace-and-policies", "record-release"]
        );
    }
}
