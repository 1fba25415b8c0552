//! What all processes of a service say at one time.

use std::collections::BTreeMap;

use super::exposition::Exposition;

/// The exposition of every process, by its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Scraped(BTreeMap<String, Exposition>);

impl Scraped {
    /// What these processes say.
    pub const fn new(expositions: BTreeMap<String, Exposition>) -> Self {
        Self(expositions)
    }

    /// How many figures there are.
    pub fn figures(&self) -> usize {
        self.0.values().map(|said| said.samples.len()).sum()
    }

    /// By how much the counters of that name and these labels have grown since `before`. Each process counts for
    /// itself, since one that has ended takes its figures along. A counter that is lower than before began anew.
    pub fn growth(&self, name: &str, labels: &[(&str, &str)], before: &Self) -> f64 {
        let grown = self.0.iter().map(|(process, said)| {
            let was = before.0.get(process);
            let was = was.map_or(0.0, |said| said.sum(name, labels));
            let is = said.sum(name, labels);
            if is < was { is } else { is - was }
        });
        // Not `sum`, whose nothing is a negative zero.
        grown.fold(0.0, |sum, grown| sum + grown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::checks::open_metrics::parse;

    fn scraped(counted: &[(&str, u32)]) -> Scraped {
        let said = counted.iter().map(|(process, count)| {
            let text = format!("# TYPE a counter\na_total {count}\n# EOF\n");
            ((*process).to_owned(), parse(&text).unwrap())
        });
        Scraped::new(said.collect())
    }

    #[test]
    fn processes_come_and_go_and_begin_anew() {
        let before = scraped(&[("gone", 100), ("anew", 7), ("steady", 2)]);
        let after = scraped(&[("anew", 1), ("steady", 4), ("fresh", 3)]);
        let growth = after.growth("a_total", &[], &before);
        assert_eq!(format!("{growth}"), "6");
        assert_eq!(after.figures(), 3);
    }
}
