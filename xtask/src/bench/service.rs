//! The figures of one service: time to ready, memory, size.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::figure::{Figure, median};
use super::spec::Spec;
use crate::shop::Shop;

/// How long a service may take before the measurement gives up.
const DEADLINE: Duration = Duration::from_secs(10);

/// How often readiness is asked for: a fiftieth of what is asked of the service.
const INTERVAL: Duration = Duration::from_millis(2);

/// Measures a service beside the one that the shop runs, with the same stores.
pub fn measure(shop: &Shop, service: &str, runs: usize) -> Result<Vec<Figure>> {
    let spec = Spec::of(&shop.data_dir(), service)?;
    let mut times = Vec::new();
    let mut memory = 0.0_f64;
    for _ in 0..runs {
        let started = Started::new(&spec)?;
        times.push(started.ready_after);
        memory = memory.max(started.resident_megabytes()?);
    }
    let size = megabytes(fs::metadata(&spec.argv[0])?.len());
    Ok(vec![
        Figure::at_most(
            format!("{service}: ready after exec"),
            100.0,
            median(times) * 1_000.0,
            "ms",
        ),
        Figure::at_most(format!("{service}: resident when idle"), 20.0, memory, "MB"),
        Figure::at_most(format!("{service}: stripped"), 15.0, size, "MB"),
    ])
}

/// A service that is ready; its end ends the process.
struct Started {
    child: Child,
    ready_after: Duration,
}

impl Started {
    fn new(spec: &Spec) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let start = Instant::now();
        let child = spec
            .once_more(&address)
            .spawn()
            .with_context(|| format!("cannot start {}", spec.argv[0]))?;
        let mut started = Self {
            child,
            ready_after: Duration::ZERO,
        };
        while !ready(&address) {
            if start.elapsed() > DEADLINE {
                bail!("{} is not ready after {DEADLINE:?}", spec.argv[0]);
            }
            sleep(INTERVAL);
        }
        started.ready_after = start.elapsed();
        Ok(started)
    }

    fn resident_megabytes(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("no VmRSS")?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(megabytes(kibibytes * 1024))
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // It is ours and not yet waited for, so its number is still its own.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ready(address: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a size in megabytes with two decimals"
)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
