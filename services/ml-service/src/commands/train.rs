//! `ml-service train`: learn from the orders, and publish what was learned if it is worth it.

use std::fmt::Write as _;
use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use database::Address;
use kit::config::DatabaseConfig;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;
use tokio_postgres::Client;

use super::Output;
use crate::evaluation::Quality;
use crate::store::{self, Publication};
use crate::training::{Lesson, learn};

/// Learn from the paid orders of customers and publish the model if it beats popularity.
///
/// Ends with 0 as well when the current model is kept; the reason is printed.
#[derive(Debug, Args)]
pub struct TrainArgs {
    #[command(flatten)]
    database: DatabaseConfig,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

/// What was done.
#[derive(Debug, Serialize)]
pub struct TrainReport {
    /// Name and version of this document.
    pub schema: &'static str,
    /// `published` or `kept`.
    pub outcome: &'static str,
    /// Why the current model was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The model that is current now.
    pub version: Option<String>,
    /// How the new model did in its test, and how popularity did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Test>,
    /// Wall-clock time of everything.
    pub seconds: f64,
}

/// The result of the test on the latest fifth of the orders.
#[derive(Debug, Clone, Serialize)]
pub struct Test {
    /// Orders that were read.
    pub orders: usize,
    /// Products in them.
    pub products: usize,
    /// Orders with a hidden product.
    pub tested_orders: usize,
    /// The new model.
    pub model: Quality,
    /// Ranking by sales.
    pub popularity: Quality,
}

/// Learns, publishes, prints.
pub async fn run(args: &TrainArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let report = train(&args.database.address()?).await?;
    match args.output {
        Output::Json => serde_json::to_writer(&mut *out, &report)?,
        Output::Text => out.write_all(report.line().as_bytes())?,
    }
    writeln!(out)?;
    Ok(())
}

/// How long the training waits for a database that is not to be reached.
const PATIENCE: Duration = Duration::from_secs(15);

/// Trains on the orders in a database.
pub async fn train(address: &Address) -> anyhow::Result<TrainReport> {
    let started = Instant::now();
    let mut session = store::connect(address, PATIENCE)
        .await
        .context("cannot connect to the database")?;
    let client = &mut session.client;
    let locked = store::try_lock(client)
        .await
        .context("cannot lock the models")?;
    let current = store::current(client)
        .await
        .context("cannot read the models")?;
    let current = current.map(|current| current.version);
    if !locked {
        let reason = "another training is under way".to_owned();
        return Ok(TrainReport::kept(reason, current, None, started));
    }
    let interactions = store::paid_orders(client)
        .await
        .context("cannot read the orders")?;
    let lesson = tokio::task::spawn_blocking(move || learn(&interactions)).await??;
    let test = Test::of(&lesson);
    let payload = match lesson.result {
        Ok(payload) => payload,
        Err(refusal) => {
            return Ok(TrainReport::kept(
                refusal.to_string(),
                current,
                Some(test),
                started,
            ));
        }
    };
    let hash = content_hash(&payload);
    if current
        .as_deref()
        .is_some_and(|version| version.ends_with(&hash))
    {
        let reason = "the orders teach nothing new".to_owned();
        return Ok(TrainReport::kept(reason, current, Some(test), started));
    }
    let version = publish(client, &test, &payload, &hash)
        .await
        .context("cannot publish the model")?;
    Ok(TrainReport {
        schema: TrainReport::SCHEMA,
        outcome: "published",
        reason: None,
        version: Some(version),
        test: Some(test),
        seconds: started.elapsed().as_secs_f64(),
    })
}

async fn publish(
    client: &mut Client,
    test: &Test,
    payload: &[u8],
    hash: &str,
) -> anyhow::Result<String> {
    let moment = OffsetDateTime::now_utc().format(format_description!(
        "[year][month][day]T[hour][minute][second]Z"
    ))?;
    let version = format!("{moment}-{hash}");
    let metrics = json!(test);
    store::publish(
        client,
        &Publication {
            version: &version,
            metrics: &metrics,
            payload,
        },
    )
    .await?;
    Ok(version)
}

/// The first 12 hexadecimal digits of the SHA-256.
fn content_hash(payload: &[u8]) -> String {
    Sha256::digest(payload)
        .iter()
        .take(6)
        .fold(String::new(), |mut digits, byte| {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        })
}

impl Test {
    fn of(lesson: &Lesson) -> Self {
        let &Lesson {
            orders,
            products,
            tested,
            model,
            popularity,
            ..
        } = lesson;
        Self {
            orders,
            products,
            tested_orders: tested,
            model,
            popularity,
        }
    }
}

impl TrainReport {
    const SCHEMA: &'static str = "ml-service.train/v1";

    fn kept(reason: String, version: Option<String>, test: Option<Test>, started: Instant) -> Self {
        Self {
            schema: Self::SCHEMA,
            outcome: "kept",
            reason: Some(reason),
            version,
            test,
            seconds: started.elapsed().as_secs_f64(),
        }
    }

    /// One sentence for people.
    fn line(&self) -> String {
        let version = self.version.as_deref().unwrap_or("no model");
        let mut line = match &self.reason {
            Some(reason) => format!("kept {version}: {reason}"),
            None => format!("published {version}"),
        };
        if let Some(test) = &self.test {
            let (model, popularity) = (test.model.ndcg_100, test.popularity.ndcg_100);
            let _ = write!(
                line,
                " (nDCG@100 {model:.4}, popularity {popularity:.4}, {} orders)",
                test.orders
            );
        }
        let _ = write!(line, " in {:.2} s", self.seconds);
        line
    }
}
