//! Opens and closes the front door as it is wanted.

use std::future::pending;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::front_door;
use crate::platform::local::running::spec::FrontDoor;

/// How long requests that are under way may take after the door was closed.
const DRAIN: Duration = Duration::from_secs(10);

/// The front door's state.
#[derive(Default)]
pub struct Door {
    open: Option<Open>,
    /// Doors that are closed and still answer what came in before.
    closing: Option<JoinHandle<()>>,
    trouble: Option<String>,
}

struct Open {
    what: FrontDoor,
    close: CancellationToken,
    serving: JoinHandle<()>,
}

impl Door {
    /// Makes it what is wanted.
    pub async fn reconcile(&mut self, wanted: Option<FrontDoor>) {
        if let Some(open) = self.open.take_if(|open| Some(open.what) != wanted) {
            open.close.cancel();
            self.closing = Some(tokio::spawn(drain(open.serving)));
        }
        if self.closing.as_ref().is_some_and(JoinHandle::is_finished) {
            self.closing = None;
        }
        let (Some(what), None, None) = (wanted, &self.open, &self.closing) else {
            if wanted.is_none() {
                self.trouble = None;
            }
            return;
        };
        let close = CancellationToken::new();
        match front_door::open(what, close.clone()).await {
            Ok(serving) => {
                self.trouble = None;
                self.open = Some(Open {
                    what,
                    close,
                    serving,
                });
            }
            Err(error) => self.trouble = Some(format!("port {}: {error}", what.port)),
        }
    }

    /// Comes back when a door that is closing is closed; never when none is.
    pub async fn closed(&mut self) {
        match &mut self.closing {
            Some(closing) => {
                let _ = closing.await;
                self.closing = None;
            }
            None => pending().await,
        }
    }

    /// Whether it lets requests in.
    pub const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether it still answers what came in before it was closed.
    pub const fn is_closing(&self) -> bool {
        self.closing.is_some()
    }

    /// Whether it could not be opened.
    pub const fn is_in_trouble(&self) -> bool {
        self.trouble.is_some()
    }

    /// Why it could not be opened.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.clone()
    }
}

async fn drain(mut serving: JoinHandle<()>) {
    if timeout(DRAIN, &mut serving).await.is_err() {
        serving.abort();
    }
}
