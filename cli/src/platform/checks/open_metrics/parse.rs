//! The whole text. Written here because the one library for the strict format has a licence that does not fit.

use std::collections::{BTreeMap, HashSet};

use super::exposition::{Exposition, Sample};
use super::line::{Line, read};

/// Reads a scrape and judges it by the rules of the OpenMetrics specification 1.0.
pub fn parse(text: &str) -> Result<Exposition, String> {
    let mut reader = Reader::default();
    let body = text.strip_suffix('\n').unwrap_or(text);
    for (index, line) in body.split('\n').enumerate() {
        let line = read(line).and_then(|line| reader.take(line));
        line.map_err(|cause| format!("line {}: {cause}", index + 1))?;
    }
    if !reader.ended {
        return Err("it does not end with `# EOF`".to_owned());
    }
    ensure_histograms_add_up(&reader.samples)?;
    Ok(Exposition {
        samples: reader.samples,
    })
}

#[derive(Debug, Default)]
struct Reader {
    family: String,
    kind: String,
    closed: HashSet<String>,
    series: HashSet<(String, BTreeMap<String, String>)>,
    samples: Vec<Sample>,
    ended: bool,
}

impl Reader {
    fn take(&mut self, line: Line) -> Result<(), String> {
        if self.ended {
            return Err("something follows `# EOF`".to_owned());
        }
        match line {
            Line::End => {
                self.ended = true;
                Ok(())
            }
            Line::About(family) => self.enter(&family),
            Line::Type(family, kind) => {
                suffixes(&kind).ok_or_else(|| format!("`{kind}` is no type"))?;
                self.enter(&family)?;
                self.kind = kind;
                Ok(())
            }
            Line::Sample(sample, exemplar) => self.sample(sample, exemplar),
        }
    }

    /// Metrics of one family must stand together.
    fn enter(&mut self, family: &str) -> Result<(), String> {
        if family == self.family {
            return Ok(());
        }
        if !self.closed.insert(family.to_owned()) {
            return Err(format!("`{family}` is there in two places"));
        }
        family.clone_into(&mut self.family);
        "unknown".clone_into(&mut self.kind);
        Ok(())
    }

    fn sample(&mut self, sample: Sample, exemplar: bool) -> Result<(), String> {
        let name = sample.name.clone();
        if !belongs(&name, &self.family, &self.kind) {
            // Without a type it is a family of its own.
            self.enter(&name)?;
            if self.kind != "unknown" {
                return Err(format!(
                    "`{name}` does not fit `{}`, a {}",
                    self.family, self.kind
                ));
            }
        }
        let may_have_exemplar = name.ends_with("_bucket") || name.ends_with("_total");
        if exemplar && !may_have_exemplar {
            return Err(format!("`{name}` may not have an exemplar"));
        }
        let counts =
            name.ends_with("_total") || name.ends_with("_bucket") || name.ends_with("_count");
        if self.kind != "unknown" && self.kind != "gauge" && counts && !sample.value.ge(&0.0) {
            return Err(format!("`{name}` counts {}", sample.value));
        }
        if !self.series.insert((name.clone(), sample.labels.clone())) {
            return Err(format!("`{name}` is there twice with the same labels"));
        }
        self.samples.push(sample);
        Ok(())
    }
}

/// What may follow the family's name in the names of its samples.
fn suffixes(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "counter" => &["_total", "_created"],
        "gauge" | "unknown" | "stateset" => &[""],
        "histogram" => &["_bucket", "_count", "_sum", "_created"],
        "gaugehistogram" => &["_bucket", "_gcount", "_gsum"],
        "summary" => &["", "_count", "_sum", "_created"],
        "info" => &["_info"],
        _ => return None,
    })
}

fn belongs(name: &str, family: &str, kind: &str) -> bool {
    let suffix = name.strip_prefix(family);
    suffix.is_some_and(|suffix| suffixes(kind).is_some_and(|known| known.contains(&suffix)))
}

/// Buckets never go down, and the last one, `+Inf`, is the count.
fn ensure_histograms_add_up(samples: &[Sample]) -> Result<(), String> {
    let mut last: Option<(String, BTreeMap<String, String>, f64)> = None;
    for sample in samples {
        if let Some(family) = sample.name.strip_suffix("_bucket") {
            let mut labels = sample.labels.clone();
            let bound = labels.remove("le");
            let bound = bound.ok_or_else(|| format!("a bucket of `{family}` has no `le`"))?;
            if let Some((before, of, count)) = &last
                && before == family
                && *of == labels
                && sample.value < *count
            {
                return Err(format!("buckets of `{family}` go down at le=\"{bound}\""));
            }
            if bound == "+Inf" && !counted(samples, family, &labels, sample.value) {
                return Err(format!("the count of `{family}` is not its bucket `+Inf`"));
            }
            last = Some((family.to_owned(), labels, sample.value));
        }
    }
    Ok(())
}

fn counted(samples: &[Sample], family: &str, labels: &BTreeMap<String, String>, all: f64) -> bool {
    let count = samples.iter().find(|sample| {
        sample.name.strip_suffix("_count") == Some(family) && sample.labels == *labels
    });
    // A count is optional; one that is there must be right.
    count.is_none_or(|count| (count.value - all).abs() < 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
# HELP requests Requests answered.
# TYPE requests counter
requests_total{route=\"/\"} 3 # {trace_id=\"0af7651916cd43dd8448eb211c80319c\"} 1
# HELP seconds Time.
# TYPE seconds histogram
# UNIT seconds seconds
seconds_sum 0.5
seconds_count 3
seconds_bucket{le=\"0.1\"} 1
seconds_bucket{le=\"+Inf\"} 3
# TYPE build info
build_info{version=\"1\"} 1
# TYPE temperature gauge
temperature -3.5
# TYPE empty counter
# EOF
";

    #[test]
    fn a_good_text_is_read() {
        let exposition = parse(GOOD).unwrap();
        assert_eq!(exposition.samples.len(), 7);
        assert_eq!(exposition.samples[0].name, "requests_total");
    }

    #[test]
    fn the_end_must_be_there_and_be_the_end() {
        assert_eq!(
            parse("# TYPE a gauge\na 1\n").unwrap_err(),
            "it does not end with `# EOF`"
        );
        assert_eq!(
            parse("# EOF\n# TYPE a gauge\n").unwrap_err(),
            "line 2: something follows `# EOF`"
        );
        assert!(parse("").is_err());
    }

    #[test]
    fn broken_rules_are_named() {
        let broken = [
            ("# TYPE a meter", "`meter` is no type"),
            ("# TYPE a counter\na 1", "`a` does not fit"),
            ("# TYPE a counter\na_total -1", "`a_total` counts -1"),
            ("# TYPE a counter\na_total NaN", "`a_total` counts NaN"),
            ("# TYPE a gauge\na 1\na 2", "`a` is there twice"),
            (
                "# TYPE a gauge\na 1\n# TYPE b gauge\n# TYPE a gauge",
                "`a` is there in two places",
            ),
            (
                "# TYPE a gauge\na 1 # {x=\"y\"} 1",
                "`a` may not have an exemplar",
            ),
            (
                "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1",
                "go down",
            ),
            (
                "# TYPE a histogram\na_count 2\na_bucket{le=\"+Inf\"} 1",
                "is not its bucket",
            ),
            ("# TYPE a histogram\na_bucket 1", "has no `le`"),
        ];
        for (text, cause) in broken {
            let error = parse(&format!("{text}\n# EOF\n")).unwrap_err();
            assert!(error.contains(cause), "{text}: {error}");
        }
    }

    #[test]
    fn prometheus_text_without_an_end_is_not_open_metrics() {
        assert!(parse("# just a remark\na 1\n").is_err());
    }
}
