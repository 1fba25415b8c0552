//! Free ports that stay free.

use std::net::{Ipv4Addr, TcpListener};

/// Below what Linux gives to outgoing connections and below what shopctl gives to components, so that a shop that is
/// down for a moment finds its port again.
const FIRST: u16 = 10_000;
const COUNT: u16 = 10_000;

/// A port that nobody listens on.
pub fn free() -> u16 {
    loop {
        let port = FIRST + fastrand::u16(..COUNT);
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
