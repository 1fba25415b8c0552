//! One line of the format.

use std::collections::BTreeMap;

use super::exposition::Sample;

/// What a line is.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// `# TYPE family kind`
    Type(String, String),
    /// `# HELP family text` or `# UNIT family unit`
    About(String),
    /// `# EOF`
    End,
    /// A figure, and whether it has an exemplar.
    Sample(Sample, bool),
}

/// The longest that labels of an exemplar may be together, in characters.
const EXEMPLAR_LIMIT: usize = 128;

/// Reads one line without its end.
pub fn read(line: &str) -> Result<Line, String> {
    let Some(comment) = line.strip_prefix('#') else {
        return sample(line);
    };
    if comment == " EOF" {
        return Ok(Line::End);
    }
    let words: Vec<_> = comment.splitn(4, ' ').collect();
    match words[..] {
        ["", "TYPE", family, kind] if is_name(family) => {
            Ok(Line::Type(family.to_owned(), kind.to_owned()))
        }
        ["", "HELP" | "UNIT", family, _] if is_name(family) => Ok(Line::About(family.to_owned())),
        _ => Err(format!("`{line}` is neither TYPE, HELP, UNIT nor EOF")),
    }
}

fn sample(line: &str) -> Result<Line, String> {
    let end = line.find(['{', ' ']).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    if !is_name(name) {
        return Err(format!("`{name}` is no name of a metric"));
    }
    let (labels, rest) = labels(rest)?;
    let rest = rest
        .strip_prefix(' ')
        .ok_or_else(|| format!("`{line}` has no value"))?;
    let (figures, exemplar) = match rest.split_once(" # ") {
        Some((figures, exemplar)) => (figures, Some(exemplar)),
        None => (rest, None),
    };
    if let Some(exemplar) = exemplar {
        check_exemplar(exemplar)?;
    }
    let sample = Sample {
        name: name.to_owned(),
        labels,
        value: value_and_timestamp(figures)?,
    };
    Ok(Line::Sample(sample, exemplar.is_some()))
}

fn check_exemplar(text: &str) -> Result<(), String> {
    let (labels, rest) = labels(text)?;
    let length: usize = labels
        .iter()
        .map(|(label, value)| label.chars().count() + value.chars().count())
        .sum();
    if !text.starts_with('{') || length > EXEMPLAR_LIMIT {
        return Err(format!(
            "`{text}` is no exemplar of at most {EXEMPLAR_LIMIT} characters"
        ));
    }
    let figures = rest.strip_prefix(' ').ok_or("an exemplar has no value")?;
    value_and_timestamp(figures).map(|_| ())
}

/// The labels at the beginning of the text, and what follows them.
fn labels(text: &str) -> Result<(BTreeMap<String, String>, &str), String> {
    let mut labels = BTreeMap::new();
    let Some(mut rest) = text.strip_prefix('{') else {
        return Ok((labels, text));
    };
    if let Some(after) = rest.strip_prefix('}') {
        return Ok((labels, after));
    }
    loop {
        let (label, quoted) = rest
            .split_once("=\"")
            .ok_or("a label has no quoted value")?;
        if !is_label(label) {
            return Err(format!("`{label}` is no name of a label"));
        }
        let (value, after) = quoted_value(quoted)?;
        if labels.insert(label.to_owned(), value).is_some() {
            return Err(format!("label `{label}` is there twice"));
        }
        match after.as_bytes().first() {
            Some(b',') => rest = &after[1..],
            Some(b'}') => return Ok((labels, &after[1..])),
            _ => return Err("labels have no end".to_owned()),
        }
    }
}

/// A value up to its closing quote, and what follows that.
fn quoted_value(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Ok((value, &text[place + 1..])),
            '\\' => value.push(match characters.next() {
                Some((_, 'n')) => '\n',
                Some((_, escaped @ ('\\' | '"'))) => escaped,
                _ => return Err("a label's value has an unknown escape".to_owned()),
            }),
            _ => value.push(character),
        }
    }
    Err("a label's value has no closing quote".to_owned())
}

fn value_and_timestamp(text: &str) -> Result<f64, String> {
    let (value, timestamp) = match text.split_once(' ') {
        Some((value, timestamp)) => (value, Some(timestamp)),
        None => (text, None),
    };
    if let Some(timestamp) = timestamp {
        number(timestamp)?;
    }
    number(value)
}

fn number(text: &str) -> Result<f64, String> {
    // Rust reads more words than the format knows, such as `infinity`.
    let known = matches!(text, "NaN" | "+Inf" | "-Inf")
        || text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = if known { text.parse().ok() } else { None };
    number.ok_or_else(|| format!("`{text}` is no number"))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

fn is_label(text: &str) -> bool {
    is_name(text) && !text.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_with_everything() {
        let text = r#"a_bucket{le="0.5",path="a \"b\", {c}\\"} 17 1700000000.5 # {trace_id="ab12"} 0.4 1700000000"#;
        let Line::Sample(sample, exemplar) = read(text).unwrap() else {
            panic!("no sample");
        };
        assert_eq!(sample.labels["path"], "a \"b\", {c}\\");
        assert_eq!(sample.labels["le"], "0.5");
        assert!(exemplar);
        assert!((sample.value - 17.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_hash_inside_a_label_begins_no_exemplar() {
        let text = r#"a{path="x # {y"} 1"#;
        // The format has no way to quote outside of labels, so the first ` # ` after the labels counts.
        let Line::Sample(sample, exemplar) = read(text).unwrap() else {
            panic!("no sample");
        };
        assert_eq!(sample.labels["path"], "x # {y");
        assert!(!exemplar);
    }

    #[test]
    fn rubbish_is_refused() {
        for text in [
            "",
            "a",
            "a ",
            "a  1",
            "a one",
            "a infinity",
            "1a 1",
            "a{b} 1",
            "a{b=\"c\" 1",
            "a{b=\"c} 1",
            "a{b=\"c\",b=\"d\"} 1",
            "a{b=\"\\t\"} 1",
            "a 1 # trace 1",
            "# just words",
            "#EOF",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
