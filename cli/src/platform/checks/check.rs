//! What a check is.

use std::pin::Pin;

use super::trouble::Judgement;
use super::visit::Visit;

/// A judgement that is still being made.
pub type Judging<'a> = Pin<Box<dyn Future<Output = Judgement> + 'a>>;

/// Judges a shop.
pub type OfShop = for<'a> fn(&'a Visit<'a>) -> Judging<'a>;

/// One check as the list knows it; `J` is how it judges.
pub struct Check<J = OfShop> {
    /// The stable name, as in `verify --only NAME`.
    pub name: &'static str,
    /// What it looks at, as a short sentence.
    pub title: &'static str,
    /// The checks without which it cannot be judged.
    pub needs: &'static [&'static str],
    /// When it runs.
    pub when: When,
    /// Makes the judgement.
    pub judge: J,
}

/// When a check runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Together with all others, as soon as what it needs has passed.
    Together,
    /// After all others.
    AtTheEnd,
}
