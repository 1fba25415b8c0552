//! Who is killed.

use std::process::Child;

use crate::process::Process;
use crate::shop::Shop;

/// Something of a shop that a fault can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// The `shopctl up` that is at work.
    Up,
    /// The supervisor.
    Supervisor,
    /// One component, by its name.
    Component(&'static str),
    /// Any other process of the shop, such as a worker of PostgreSQL or a tool that a step runs.
    Any,
    /// All at once, as when the machine loses power.
    Everything,
}

impl Victim {
    /// Everybody once.
    pub const ALL: [Self; 9] = [
        Self::Up,
        Self::Supervisor,
        Self::Component("postgres"),
        Self::Component("redis"),
        Self::Component("ml-service"),
        Self::Component("backend"),
        Self::Component("frontend"),
        Self::Any,
        Self::Everything,
    ];

    /// Kills it, if it is there. `up` is the `shopctl up` that is at work.
    pub fn kill(self, shop: &Shop, up: Option<&mut Child>) {
        match self {
            Self::Up => {
                if let Some(up) = up {
                    up.kill().unwrap();
                }
            }
            Self::Supervisor => kill(shop.supervisor()),
            Self::Component(name) => kill(shop.components().remove(name)),
            Self::Any => {
                let mut processes = shop.processes();
                if let Some(up) = up {
                    processes.retain(|process| process.pid.cast_unsigned() != up.id());
                }
                kill(fastrand::choice(processes));
            }
            Self::Everything => kill(shop.processes()),
        }
    }
}

fn kill(processes: impl IntoIterator<Item = Process>) {
    for process in processes {
        process.kill();
    }
}
