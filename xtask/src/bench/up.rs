//! The figures of `shopctl up`.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::figure::{Figure, median};
use super::{bare, service};
use crate::command::output;
use crate::repository::Repository;
use crate::shop::Shop;

/// Measures with `runs` repetitions: each run is an empty shop, beside it the bare critical path, then the same shop
/// again with nothing to do.
pub fn measure(repository: &Repository, runs: usize) -> Result<Vec<Figure>> {
    let mut times = Times::default();
    let mut services = Vec::new();
    for run in 1..=runs {
        let shop = Shop::new(repository)?;
        times.take(&shop)?;
        if run == runs {
            for name in ["backend", "ml-service", "frontend"] {
                services.extend(service::measure(&shop, name, runs)?);
            }
        }
    }
    let mut figures = times.figures();
    figures.extend(services);
    Ok(figures)
}

#[derive(Debug, Default)]
struct Times {
    empty: Vec<Duration>,
    bare: Vec<Duration>,
    unchanged: Vec<Duration>,
    verify: Vec<Duration>,
    images: Vec<Duration>,
}

impl Times {
    fn take(&mut self, shop: &Shop) -> Result<()> {
        let start = Instant::now();
        shop.up()?;
        self.empty.push(start.elapsed());
        self.bare.push(bare::time(shop)?);
        self.unchanged
            .push(milliseconds(&shop.up()?, "serving_ms")?);
        let start = Instant::now();
        output(&mut shop.shopctl(["verify", "--output", "json"]))?;
        self.verify.push(start.elapsed());
        self.images.push(images(shop)?);
        Ok(())
    }

    fn figures(self) -> Vec<Figure> {
        let (empty, bare) = (median(self.empty), median(self.bare));
        vec![
            Figure::at_most(
                "`up` on an empty directory, to a verified order",
                5.0,
                empty,
                "s",
            ),
            Figure::at_most(
                "the same, against the bare critical path",
                1.25,
                empty / bare,
                "times",
            ),
            Figure::at_most(
                "`up` with nothing to do, before verification",
                0.3,
                median(self.unchanged),
                "s",
            ),
            Figure::at_most("`verify`", 2.0, median(self.verify), "s"),
            Figure::at_most(
                "three images from built binaries, empty store",
                2.0,
                median(self.images),
                "s",
            ),
        ]
    }
}

/// How long all images take with nothing packed before.
fn images(shop: &Shop) -> Result<Duration> {
    let cache = tempfile::tempdir()?;
    let mut build = shop.shopctl(["image", "build", "--output", "json"]);
    let start = Instant::now();
    output(build.env("XDG_CACHE_HOME", cache.path()))?;
    Ok(start.elapsed())
}

fn milliseconds(document: &Value, field: &str) -> Result<Duration> {
    let value = document[field]
        .as_u64()
        .with_context(|| format!("`up` reports no {field}"))?;
    Ok(Duration::from_millis(value))
}
