//! The checks that `--only` names.

use super::check::Check;
use crate::exit::Exit;
use crate::failure::Failure;

/// A name that no check has.
#[derive(Debug, thiserror::Error)]
#[error("there is no check `{name}`")]
pub struct UnknownCheck {
    name: String,
    nearest: Option<&'static str>,
}

impl Failure for UnknownCheck {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(match self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "see `shopctl verify --list` for the names".to_owned(),
        })
    }
}

/// A name is near when it is at least this much like what was typed.
const NEAR: f64 = 0.7;

/// The places of the named checks in the list, in the list's order; all when nothing is named.
pub fn select<J>(checks: &[Check<J>], only: &[String]) -> Result<Vec<usize>, UnknownCheck> {
    for name in only {
        if !checks.iter().any(|check| check.name == name) {
            return Err(UnknownCheck {
                name: name.clone(),
                nearest: nearest(checks, name),
            });
        }
    }
    let wanted = |check: &Check<J>| only.is_empty() || only.iter().any(|name| name == check.name);
    Ok((0..checks.len())
        .filter(|&place| wanted(&checks[place]))
        .collect())
}

fn nearest<J>(checks: &[Check<J>], name: &str) -> Option<&'static str> {
    let similarity = |check: &Check<J>| strsim::jaro_winkler(check.name, name);
    checks
        .iter()
        .map(|check| (similarity(check), check.name))
        .filter(|(similarity, _)| *similarity >= NEAR)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::checks::list::CHECKS;

    #[test]
    fn nothing_named_is_everything() {
        let all = select(CHECKS, &[]).unwrap();
        assert_eq!(all, (0..CHECKS.len()).collect::<Vec<_>>());
    }

    #[test]
    fn the_order_is_the_lists_and_doubles_count_once() {
        let only = ["search", "processes", "search"].map(str::to_owned);
        let names: Vec<_> = select(CHECKS, &only)
            .unwrap()
            .into_iter()
            .map(|place| CHECKS[place].name)
            .collect();
        assert_eq!(names, ["processes", "search"]);
    }

    #[test]
    fn a_slip_names_the_nearest() {
        let error = select(CHECKS, &["chekout".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "there is no check `chekout`");
        assert_eq!(error.hint().unwrap(), "did you mean `checkout`?");
        assert_eq!(error.exit(), Exit::Usage);
    }

    #[test]
    fn a_name_that_is_near_nothing_points_at_the_list() {
        let error = select(CHECKS, &["xyzzy".to_owned()]).unwrap_err();
        assert_eq!(
            error.hint().unwrap(),
            "see `shopctl verify --list` for the names"
        );
    }
}
