//! The outcome of one check of a running shop.

use std::time::Duration;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Not as it should be, for a reason that lies outside of the shop, which works all the same.
    Warned,
    /// Not as it should be.
    Failed,
    /// It could not be judged because a check that it builds on failed.
    Skipped,
}

impl Verdict {
    /// Whether the shop does what it should.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Passed | Self::Warned)
    }
}

/// One check, its verdict and, unless it passed, one cause.
#[derive(Debug, Clone)]
pub struct CheckResult {
    /// The stable name, as in `verify --only NAME`.
    pub name: &'static str,
    /// What it looks at, as a short sentence.
    pub title: &'static str,
    /// What it found.
    pub verdict: Verdict,
    /// How long it took.
    pub took: Duration,
    /// What was seen, for people, such as `order … paid, 39.98 EUR`; none when it did not pass.
    pub evidence: Option<String>,
    /// Why it did not pass, naming the object.
    pub cause: Option<String>,
    /// What to type next.
    pub hint: Option<String>,
}
