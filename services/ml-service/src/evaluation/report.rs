//! What `evaluate` prints.

use std::fmt;

use serde::Serialize;

use super::Quality;
use crate::model::Parameters;

/// The result of one evaluation.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Name and version of this document.
    pub schema: &'static str,
    /// The learned model.
    pub model: Quality,
    /// Ranking by sales in the training baskets.
    pub popularity: Quality,
    /// nDCG@100 of the model over that of popularity; absent when popularity has none.
    pub ndcg_ratio: Option<f64>,
    /// Time of choosing the parameters and of learning.
    pub training_seconds: f64,
    /// Time of scoring and ranking all test baskets.
    pub test_seconds: f64,
    /// Largest resident memory of the process; absent where it cannot be known.
    pub peak_memory_bytes: Option<u64>,
    /// What was learned from and tested on.
    pub counts: Counts,
    /// What was chosen on the training baskets alone.
    pub parameters: Parameters,
    /// What decided which items were hidden.
    pub seed: u64,
}

/// Sizes of the two parts.
#[derive(Debug, Serialize)]
pub struct Counts {
    /// Baskets learned from.
    pub training_baskets: usize,
    /// Lines in them.
    pub training_lines: usize,
    /// Items in them.
    pub training_items: usize,
    /// Items among which affinities were learned; the others have similar baskets only.
    pub dense_items: usize,
    /// Baskets in the last fifth.
    pub test_baskets: usize,
    /// Those with two or more items.
    pub tested_baskets: usize,
    /// Hidden items that are not in the training baskets: misses for both.
    pub unknown_hidden_items: usize,
}

impl fmt::Display for Report {
    #[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts {
            training_baskets,
            training_lines,
            training_items,
            tested_baskets,
            ..
        } = self.counts;
        writeln!(
            formatter,
            "trained on {training_baskets} baskets, {training_lines} lines, {training_items} items"
        )?;
        writeln!(
            formatter,
            "tested on {tested_baskets} baskets, one hidden item each\n"
        )?;
        writeln!(
            formatter,
            "{:<12}{:>10}{:>10}{:>10}",
            "", "nDCG@100", "hit@20", "hit@50"
        )?;
        for (name, quality) in [("model", &self.model), ("popularity", &self.popularity)] {
            let Quality {
                ndcg_100,
                hit_rate_20,
                hit_rate_50,
            } = quality;
            writeln!(
                formatter,
                "{name:<12}{ndcg_100:>10.4}{hit_rate_20:>10.4}{hit_rate_50:>10.4}"
            )?;
        }
        writeln!(formatter)?;
        if let Some(ratio) = self.ndcg_ratio {
            writeln!(formatter, "nDCG@100 is {ratio:.2} times that of popularity")?;
        }
        write!(
            formatter,
            "training took {:.1} s, testing {:.1} s",
            self.training_seconds, self.test_seconds
        )?;
        if let Some(bytes) = self.peak_memory_bytes {
            write!(
                formatter,
                "; peak memory {:.2} GiB",
                bytes as f64 / f64::from(1_u32 << 30)
            )?;
        }
        writeln!(formatter)
    }
}
