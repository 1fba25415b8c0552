//! What one scrape says.

use std::collections::BTreeMap;

/// All samples of one scrape.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposition {
    /// The samples in the order of the text.
    pub samples: Vec<Sample>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The full name with its suffix.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The figure.
    pub value: f64,
}

impl Exposition {
    /// The sum of all samples of that name that have at least these labels; 0 when there are none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let fits = |sample: &&Sample| {
            sample.name == name
                && labels
                    .iter()
                    .all(|(label, value)| sample.labels.get(*label).is_some_and(|is| is == value))
        };
        let values = self.samples.iter().filter(fits).map(|sample| sample.value);
        // Not `sum`, whose nothing is a negative zero.
        values.fold(0.0, |sum, value| sum + value)
    }
}

#[cfg(test)]
mod tests {
    use crate::platform::checks::open_metrics::parse;

    #[test]
    fn sums_are_over_the_labels_that_are_named() {
        let text = "# TYPE a counter\n\
                    a_total{method=\"GET\",status=\"200\"} 2\n\
                    a_total{method=\"GET\",status=\"404\"} 1\n\
                    a_total{method=\"POST\",status=\"200\"} 4\n\
                    # EOF\n";
        let exposition = parse(text).unwrap();
        let sums = [
            exposition.sum("a_total", &[]),
            exposition.sum("a_total", &[("method", "GET")]),
            exposition.sum("a_total", &[("method", "PUT")]),
        ];
        assert_eq!(sums.map(|sum| format!("{sum}")), ["7", "3", "0"]);
    }
}
