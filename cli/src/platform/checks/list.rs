//! All checks in the order of the report.

use super::check::Check;
use super::{
    cart_fate, catalogue, checkout, clean_up, declined_payment, foreign_orders, front_door, health,
    hostile_input, idempotency, metrics, order_rows, processes, recommendations, search, stock,
    storefront, trace,
};

/// Every check; a new one is a file and a line here.
pub const CHECKS: &[Check] = &[
    processes::CHECK,
    storefront::CHECK,
    health::CHECK,
    catalogue::CHECK,
    search::CHECK,
    checkout::CHECK,
    idempotency::CHECK,
    order_rows::CHECK,
    cart_fate::CHECK,
    stock::CHECK,
    declined_payment::CHECK,
    recommendations::CHECK,
    metrics::CHECK,
    trace::CHECK,
    front_door::CHECK,
    foreign_orders::CHECK,
    hostile_input::CHECK,
    clean_up::CHECK,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::checks::check::When;

    #[test]
    fn names_are_unique_and_needs_exist() {
        for (place, check) in CHECKS.iter().enumerate() {
            let same = CHECKS.iter().filter(|other| other.name == check.name);
            assert_eq!(same.count(), 1, "{}", check.name);
            for need in check.needs {
                // What is needed stands above, so that nothing can wait for itself.
                assert!(
                    CHECKS[..place].iter().any(|other| other.name == *need),
                    "{} needs {need}",
                    check.name
                );
            }
        }
    }

    #[test]
    fn nothing_needs_what_comes_at_the_end() {
        let at_the_end: Vec<_> = CHECKS
            .iter()
            .filter(|check| check.when == When::AtTheEnd)
            .map(|check| check.name)
            .collect();
        assert_eq!(at_the_end, ["clean-up"]);
        for check in CHECKS {
            assert!(check.needs.iter().all(|need| !at_the_end.contains(need)));
        }
    }
}
