//! A way to a store whose answers come late.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A port that leads to another one; what comes back is held up.
pub struct SlowWay {
    /// The port.
    pub port: u16,
    milliseconds: Arc<AtomicU64>,
}

impl SlowWay {
    /// A way to that port of this machine, without a delay as yet.
    pub async fn to(end: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let milliseconds = Arc::<AtomicU64>::default();
        let delay = Arc::clone(&milliseconds);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let far = TcpStream::connect(("127.0.0.1", end)).await.unwrap();
                tokio::spawn(carry(near, far, Arc::clone(&delay)));
            }
        });
        Self { port, milliseconds }
    }

    /// From now on answers come this much later.
    pub fn delay(&self, by: Duration) {
        let milliseconds = by.as_millis().try_into().unwrap();
        self.milliseconds.store(milliseconds, Ordering::Relaxed);
    }
}

async fn carry(near: TcpStream, far: TcpStream, delay: Arc<AtomicU64>) {
    let (mut asks, mut hears) = near.into_split();
    let (mut answers, mut asked) = far.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut asks, &mut asked).await });
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = answers.read(&mut bytes).await {
        let late = Duration::from_millis(delay.load(Ordering::Relaxed));
        tokio::time::sleep(late).await;
        if hears.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
