//! One fault.

use super::scene::Scene;

/// Something that keeps a release from becoming ready, how it is made and how it ends.
pub struct Fault {
    /// What it is, for people.
    pub name: &'static str,
    /// What `shopctl` must call it; nothing where it must be waited out.
    pub reason: &'static str,
    /// The object that it must name, as far as its name is known beforehand.
    pub object: &'static str,
    /// The container, where it is one container's fault.
    pub container: &'static str,
    /// The lines of `shop.yaml` that ask for the release which meets it.
    pub settings: fn(&Scene<'_>) -> String,
    /// Whether the release is the first of a new namespace.
    pub is_first: bool,
    /// Makes it, before anything is deployed.
    pub make: fn(&Scene<'_>),
    /// Happens while it is deployed.
    pub meanwhile: fn(&Scene<'_>),
    /// Ends it.
    pub end: fn(&Scene<'_>),
}

impl Fault {
    /// A fault that the settings alone make.
    pub const fn of(
        name: &'static str,
        reason: &'static str,
        [object, container]: [&'static str; 2],
        settings: fn(&Scene<'_>) -> String,
    ) -> Self {
        Self {
            name,
            reason,
            object,
            container,
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

    /// The same, with something that happens while it is deployed.
    pub const fn meanwhile(mut self, act: fn(&Scene<'_>)) -> Self {
        self.meanwhile = act;
        self
    }

    /// The same, met by the first release of a namespace.
    pub const fn at_first(mut self) -> Self {
        self.is_first = true;
        self
    }

    /// The lines of `shop.yaml` for a shop in that namespace, where it is to be a new one.
    pub fn settings_in(&self, scene: &Scene<'_>, namespace: &str) -> String {
        let settings = (self.settings)(scene);
        if self.is_first {
            format!(
                "kubernetes: {{namespace: {namespace}}}\nexpose: {{host: {namespace}.local}}\n{settings}"
            )
        } else {
            settings
        }
    }

    /// How `shopctl` must end: a first release leaves nothing that serves.
    pub const fn exit(&self) -> i32 {
        match (self.reason.is_empty(), self.is_first) {
            (true, _) => 0,
            (false, false) => 11,
            (false, true) => 12,
        }
    }
}

const fn nothing(_: &Scene<'_>) {}
