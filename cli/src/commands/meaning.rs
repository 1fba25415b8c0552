//! Options that only some targets know.

use crate::config::Target;
use crate::platform;

/// The targets that are a Kubernetes.
pub const CLUSTERS: &[Target] = &[Target::Kube, Target::Ec2];

/// An option that has no meaning on every target.
pub struct Bound {
    /// Whether it was given.
    pub given: bool,
    /// The option.
    pub name: &'static str,
    /// Where it has a meaning.
    pub targets: &'static [Target],
}

/// Fails with the first option that was given and has no meaning on the target: nothing that was asked for is passed
/// over in silence.
pub fn ensure_meant(target: Target, options: &[Bound]) -> Result<(), platform::Error> {
    let without = options
        .iter()
        .find(|option| option.given && !option.targets.contains(&target));
    without.map_or(Ok(()), |option| {
        Err(platform::Error::NoMeaning {
            what: format!("`{}`", option.name),
            target: target.name(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use crate::failure::Failure as _;

    #[test]
    fn what_has_no_meaning_is_refused() {
        let foreground = |given| Bound {
            given,
            name: "--foreground",
            targets: &[Target::Local],
        };
        assert!(ensure_meant(Target::Kube, &[foreground(false)]).is_ok());
        assert!(ensure_meant(Target::Local, &[foreground(true)]).is_ok());
        let refused = ensure_meant(Target::Kube, &[foreground(true)]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`--foreground` has no meaning on target `kube`"
        );
        assert_eq!(refused.exit(), Exit::Usage);
    }
}
