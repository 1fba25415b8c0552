//! `ml-service evaluate`: how well would this have recommended?

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::Output;
use crate::dataset::{Corpus, Interactions, ReadError, read_csv};
use crate::evaluation::{Counts, Report, Task, available_memory, measure, peak_memory, tasks};
use crate::model::{EaseError, Effort, FitOptions, Recommender, choose, popularity};

/// Affinities among more items than these would need more than 2 GiB for their two matrices.
const DENSE_ITEMS: usize = 16_000;

/// Measure the model against popularity on a file of baskets.
///
/// The last 20 % of the baskets by time are the test. One item of each test basket with two or more is hidden, all items
/// that are not in the rest of the basket are ranked from the rest, and the rank of the hidden item counts.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// CSV file with the columns basket, item and timestamp (an integer, or an ISO 8601 date or time).
    #[arg(long, value_name = "FILE")]
    interactions: PathBuf,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Decides which items are hidden.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Learn affinities among so many of the most frequent items (memory: 8 bytes for each pair of them).
    #[arg(long, default_value_t = DENSE_ITEMS, value_name = "N")]
    dense_items: usize,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The file cannot be opened.
    #[error("cannot open {0}")]
    Open(PathBuf, #[source] std::io::Error),
    /// The file has bad content.
    #[error("{0}")]
    Read(PathBuf, #[source] ReadError),
    /// Too small for any test.
    #[error("{0}: no test: none of the last 20 % of its {1} baskets has two items")]
    NoTest(PathBuf, usize),
    /// Nothing could be learned.
    #[error(transparent)]
    Learn(#[from] EaseError),
    /// Nobody listens.
    #[error("cannot print the result")]
    Print(#[from] std::io::Error),
}

/// Reads, learns, measures and prints.
pub fn run(args: &EvaluateArgs, out: &mut impl Write) -> Result<(), EvaluateError> {
    let EvaluateArgs {
        interactions: path,
        output,
        seed,
        dense_items,
    } = args;
    let interactions = read(path)?;
    let tested = tasks(
        &interactions,
        interactions.test_start()..interactions.baskets.len(),
        *seed,
    );
    if tested.is_empty() {
        return Err(EvaluateError::NoTest(
            path.clone(),
            interactions.baskets.len(),
        ));
    }
    let dense_items = affordable(*dense_items);
    let report = evaluate(&interactions, &tested, *seed, dense_items)?;
    match output {
        Output::Text => write!(out, "{report}")?,
        Output::Json => {
            serde_json::to_writer(&mut *out, &report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// At most `items`, and only as many as their two matrices of 4 bytes a pair find room for in half of the free memory.
fn affordable(items: usize) -> usize {
    let pairs = available_memory().map_or(usize::MAX, |bytes| {
        usize::try_from(bytes / 2 / 8).unwrap_or(usize::MAX)
    });
    items.min(pairs.isqrt())
}

fn read(path: &Path) -> Result<Interactions, EvaluateError> {
    let file = File::open(path).map_err(|error| EvaluateError::Open(path.to_owned(), error))?;
    read_csv(BufReader::new(file)).map_err(|error| EvaluateError::Read(path.to_owned(), error))
}

fn evaluate(
    interactions: &Interactions,
    tested: &[Task],
    seed: u64,
    dense_items: usize,
) -> Result<Report, EvaluateError> {
    let training = 0..interactions.test_start();
    let started = Instant::now();
    let parameters = choose(interactions, training.clone(), Effort::THOROUGH)?;
    let corpus = Corpus::new(
        &interactions.baskets,
        training.clone(),
        interactions.item_names.len(),
        usize::MAX,
    );
    let recommender = Recommender::fit(
        corpus,
        parameters,
        FitOptions {
            dense_items,
            strongest: None,
        },
    )?;
    let training_seconds = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let corpus = &recommender.corpus;
    let model = measure(corpus, tested, |context, scratch, scores| {
        recommender.score(context, scratch, scores);
    });
    let test_seconds = started.elapsed().as_secs_f64();
    let sales = popularity(corpus);
    let baseline = measure(corpus, tested, |_, _, scores| scores.clone_from(&sales));
    Ok(Report {
        schema: "ml-service.evaluate/v1",
        model,
        popularity: baseline,
        ndcg_ratio: (baseline.ndcg_100 > 0.0).then(|| model.ndcg_100 / baseline.ndcg_100),
        training_seconds,
        test_seconds,
        peak_memory_bytes: peak_memory(),
        counts: Counts {
            training_baskets: training.len(),
            training_lines: corpus.baskets.lines(),
            training_items: corpus.items(),
            dense_items: corpus.items().min(dense_items),
            test_baskets: interactions.baskets.len() - training.end,
            tested_baskets: tested.len(),
            unknown_hidden_items: tested
                .iter()
                .filter(|task| corpus.number(task.hidden).is_none())
                .count(),
        },
        parameters,
        seed,
    })
}
