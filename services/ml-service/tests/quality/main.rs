//! The model against popularity, on baskets of an invented supermarket.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../examples/synthetic_baskets/supermarket.rs"]
mod supermarket;

use std::process::{Command, Output};

use serde_json::Value;
use supermarket::{Size, Supermarket};
use tempfile::TempDir;

/// Writes the lines below a header to a file and evaluates it.
fn evaluate(lines: &str, arguments: &[&str]) -> Output {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("baskets.csv");
    std::fs::write(&file, format!("basket,item,timestamp\n{lines}")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_ml-service"))
        .args(["evaluate", "--interactions"])
        .arg(&file)
        .args(arguments)
        .output()
        .unwrap()
}

fn report(lines: &str, arguments: &[&str]) -> Value {
    let output = evaluate(lines, &[&["--output", "json"], arguments].concat());
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn supermarket_lines(size: Size) -> String {
    use std::fmt::Write as _;
    let mut supermarket = Supermarket::new(size, 1);
    let mut lines = String::new();
    for basket in 0..size.baskets {
        for item in supermarket.basket(basket) {
            writeln!(lines, "b{basket},i{item},{basket}").unwrap();
        }
    }
    lines
}

fn number(report: &Value, pointer: &str) -> f64 {
    report
        .pointer(pointer)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("no {pointer} in {report}"))
}

#[test]
fn the_model_beats_popularity_by_far() {
    let lines = supermarket_lines(Size {
        baskets: 6000,
        items: 600,
        households: 200,
    });
    let report = report(&lines, &[]);
    assert_eq!(report["schema"], "ml-service.evaluate/v1");
    for measure in ["ndcg_100", "hit_rate_20", "hit_rate_50"] {
        let model = number(&report, &format!("/model/{measure}"));
        let popularity = number(&report, &format!("/popularity/{measure}"));
        assert!(
            model > 1.3 * popularity && model < 1.0,
            "{measure}: {report}"
        );
    }
    let ratio = number(&report, "/ndcg_ratio");
    assert!(ratio > 1.7, "{report}");
    assert!(number(&report, "/training_seconds") > 0.0);
    assert!(number(&report, "/peak_memory_bytes") > 1e6);
    assert_eq!(report["counts"]["training_baskets"], 4800);
    assert_eq!(report["counts"]["test_baskets"], 1200);
}

#[test]
fn items_beyond_the_dense_part_are_found_by_their_neighbours() {
    let lines = supermarket_lines(Size {
        baskets: 4000,
        items: 600,
        households: 100,
    });
    let report = report(&lines, &["--dense-items", "100"]);
    assert!(number(&report, "/ndcg_ratio") > 1.5, "{report}");
}

#[test]
fn the_result_depends_on_the_seed_alone() {
    let lines = supermarket_lines(Size {
        baskets: 1500,
        items: 200,
        households: 50,
    });
    let quality = |seed: &str| {
        let report = report(&lines, &["--seed", seed]);
        (report["model"].clone(), report["popularity"].clone())
    };
    assert_eq!(quality("1"), quality("1"));
    assert_ne!(quality("1"), quality("2"));
}

#[test]
fn the_smallest_data_is_no_problem() {
    // The last fifth of two baskets is one. Its only other item is unknown, or known.
    let unknown = report("a,x,1\nb,y,2\nb,z,2\n", &[]);
    assert_eq!(unknown["model"]["ndcg_100"], 0.0);
    assert_eq!(unknown["ndcg_ratio"], Value::Null);
    assert_eq!(unknown["counts"]["unknown_hidden_items"], 1);
    let known = report(
        "a,x,2024-01-01\na,y,2024-01-01\nb,y,2024-01-02\nb,x,2024-01-02\n",
        &[],
    );
    assert_eq!(known["model"]["ndcg_100"], 1.0);
    assert_eq!(known["popularity"]["hit_rate_20"], 1.0);
}

#[test]
fn what_cannot_be_evaluated_is_refused_in_one_line() {
    for (lines, complaint) in [
        (
            "a,x,1\n",
            "no test: none of the last 20 % of its 1 baskets has two items",
        ),
        ("a,x,1\na,,1\n", "baskets.csv: line 3: item is empty"),
        (
            "a,x,never\n",
            "baskets.csv: line 2: timestamp is neither an integer nor",
        ),
        ("", "baskets.csv: no interactions"),
    ] {
        let output = evaluate(lines, &[]);
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{complaints}");
        assert!(
            complaints.starts_with("error: ") && complaints.contains(complaint),
            "{complaints}"
        );
        assert_eq!(complaints.lines().count(), 1, "{complaints}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn people_get_a_table() {
    let output = evaluate("a,x,1\na,y,1\nb,y,2\nb,x,2\n", &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["nDCG@100", "model", "popularity", "peak memory"] {
        assert!(text.contains(part), "{text}");
    }
}
