//! Why a check did not pass.

use crate::failure::Failure as _;
use crate::plan::Component;
use crate::platform::Error;

/// What a check found: what was seen, for people, or the one cause.
pub type Judgement = Result<String, Trouble>;

/// One cause and what to type next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence without a full stop that names the object.
    pub cause: String,
    /// What to type next.
    pub hint: String,
    /// Whether the shop works all the same.
    pub is_warning: bool,
}

impl Trouble {
    /// A cause with a hint of its own.
    pub fn new(cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            cause: cause.into(),
            hint: hint.into(),
            is_warning: false,
        }
    }

    /// Something that the shop works in spite of.
    pub fn warning(cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            is_warning: true,
            ..Self::new(cause, hint)
        }
    }

    /// A cause that the logs of the component explain.
    pub fn of(component: Component, cause: impl Into<String>) -> Self {
        Self::new(cause, format!("shopctl logs {component} --since 5m"))
    }

    /// The error of a way into the shop.
    pub fn from_platform(error: &Error) -> Self {
        let hint = error.hint().unwrap_or_else(|| "shopctl status".to_owned());
        Self::new(error.to_string(), hint)
    }
}

/// Fails with the trouble unless the condition holds.
pub fn ensure(holds: bool, trouble: impl FnOnce() -> Trouble) -> Result<(), Trouble> {
    if holds { Ok(()) } else { Err(trouble()) }
}
