//! The connection to an API that may be away for a while.

mod resending;
mod silence;

use kube::client::ClientBuilder;
use kube::{Client, Config};
use tower::buffer::BufferLayer;
use tower::retry::RetryLayer;

pub use resending::Resending;
pub use silence::Silence;

/// So many requests may wait for the connection at once.
const WAITING: usize = 1024;

/// A client that sends again what the API has left without an answer, once it has answered something. The silence hears
/// what comes of every request.
pub fn client(mut config: Config, silence: &Silence) -> Result<Client, kube::Error> {
    // The library's own would go on for longer than anybody waits, and tells nobody.
    config.default_retry = false;
    let resending = RetryLayer::new(Resending::heard_by(silence));
    let stack = ClientBuilder::try_from(config)?.with_layer(&BufferLayer::new(WAITING));
    Ok(stack.with_layer(&resending).build())
}
