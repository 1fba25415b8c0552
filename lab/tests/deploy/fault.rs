//! One fault.

use crate::scene::Scene;

/// Something that keeps a release from becoming ready, how it is made and how it ends.
pub struct Fault {
    /// What it is, for people.
    pub name: &'static str,
    /// What `shopctl` must call it; nothing where it must be waited out.
    pub reason: &'static str,
    /// The lines of `shop.yaml` that ask for the release which meets it.
    pub settings: fn(&Scene<'_>) -> String,
    /// Whether the release is the first of a new namespace.
    pub is_first: bool,
    /// Makes it, before anything is deployed.
    pub make: fn(&Scene<'_>),
    /// Happens while both deploy.
    pub meanwhile: fn(&Scene<'_>),
    /// Ends it.
    pub end: fn(&Scene<'_>),
}

impl Fault {
    /// A fault that the settings alone make.
    pub const fn of(
        name: &'static str,
        reason: &'static str,
        settings: fn(&Scene<'_>) -> String,
    ) -> Self {
        Self {
            name,
            reason,
            settings,
            is_first: false,
            make: nothing,
            meanwhile: nothing,
            end: nothing,
        }
    }

    /// The same, made and ended by these as well.
    pub const fn by(mut self, make: fn(&Scene<'_>), end: fn(&Scene<'_>)) -> Self {
        self.make = make;
        self.end = end;
        self
    }

    /// The same, with something that happens while both deploy.
    pub const fn meanwhile(mut self, act: fn(&Scene<'_>)) -> Self {
        self.meanwhile = act;
        self
    }

    /// The same, met by the first release of a namespace.
    pub const fn at_first(mut self) -> Self {
        self.is_first = true;
        self
    }
}

const fn nothing(_: &Scene<'_>) {}
