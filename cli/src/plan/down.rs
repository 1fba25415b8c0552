//! Plans `down`.

use super::{Observed, Plan, Serving, Step};

/// What the operator asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request {
    /// Remove the data too.
    pub delete_data: bool,
}

/// The steps that stop the shop and, if asked, remove what it has written.
pub fn plan(request: Request, observed: &Observed) -> Plan {
    let mut steps = Vec::new();
    if observed.serving != Serving::Nothing {
        steps.push(Step::StopComponents);
    }
    if request.delete_data && observed.begun {
        steps.push(Step::DeleteData);
    }
    Plan { steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running() -> Observed {
        Observed {
            begun: true,
            serving: Serving::Fully("1-abc".to_owned()),
            ..Observed::default()
        }
    }

    #[test]
    fn data_is_kept_unless_asked() {
        let kept = plan(Request { delete_data: false }, &running());
        assert_eq!(kept.steps, [Step::StopComponents]);
        let deleted = plan(Request { delete_data: true }, &running());
        assert_eq!(deleted.steps, [Step::StopComponents, Step::DeleteData]);
    }

    #[test]
    fn nothing_there_is_nothing_to_do() {
        assert!(plan(Request { delete_data: true }, &Observed::default()).is_empty());
    }
}
