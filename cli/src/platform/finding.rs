//! What `doctor` found about one prerequisite.

/// One prerequisite and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The prerequisite, such as `postgresql`.
    pub name: String,
    /// Whether it is met.
    pub met: bool,
    /// What was found: a version and a path, or what is wrong.
    pub found: String,
    /// The command that mends it; none when it is met.
    pub cure: Option<String>,
    /// The packages that `doctor --fix` installs to mend it.
    pub packages: Vec<String>,
}
