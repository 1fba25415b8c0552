//! The addresses of a lab.

use serde::{Deserialize, Serialize};

/// A network `10.N.0.0/24` that exists on this machine only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Network(u8);

impl Network {
    /// The network `10.second.0.0/24`.
    pub const fn new(second: u8) -> Self {
        Self(second)
    }

    /// The prefix with its length.
    pub fn prefix(self) -> String {
        format!("10.{}.0.0/24", self.0)
    }

    /// The bridge's address, where the mirror and the registry listen.
    pub fn gateway(self) -> String {
        format!("10.{}.0.1", self.0)
    }

    /// The address of a host; the first host is number 1.
    pub fn host(self, number: u8) -> String {
        format!("10.{}.0.{}", self.0, 10 + u16::from(number))
    }

    /// The Ethernet address of a host. It stays when the host is switched off and on, since its neighbours remember it.
    pub fn ethernet(self, number: u8) -> String {
        format!("02:00:00:{:02x}:00:{number:02x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_host_is_eleven() {
        let network = Network::new(77);
        assert_eq!(network.prefix(), "10.77.0.0/24");
        assert_eq!(network.gateway(), "10.77.0.1");
        assert_eq!(network.host(1), "10.77.0.11");
        assert_eq!(network.ethernet(1), "02:00:00:4d:00:01");
    }
}
