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
    for phase in Phase::ALL {
        steps.push(Step::Apply(phase));
        if phase == Phase::NamespaceAndPolicies {
            if difference.credentials_missing {
                steps.push(Step::MakeCredentials);
            }
            // Nothing in it runs.
            continue;
        }
        steps.push(Step::AwaitPhase(phase));
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
            objects_differ: true,
            objects_left: true,
            unready: true,
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
    fn a_release_that_is_not_ready_is_applied_again_and_waited_for() {
        let unready = Difference {
            unready: true,
            ..Difference::default()
        };
        let names = names(&unready);
        assert_eq!(names.first(), Some(&"apply-namespace-and-policies"));
        assert!(!names.contains(&"push-images"));
        assert!(names.contains(&"await-services"));
    }
}
