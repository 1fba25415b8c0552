//! The program itself: exit codes and what it prints.

use std::process::{Command, Output};

use serde_json::Value;

use crate::shop::Shop;

fn run(arguments: &[&str], database: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ml-service"));
    command
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env_remove("DATABASE_URL_FILE");
    if let Some(url) = database {
        command.env("DATABASE_URL", url);
    }
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn training_prints_what_it_did() {
    let shop = Shop::open().await;
    shop.sell(600, 0).await;
    let url = shop.url.clone();
    let output =
        tokio::task::spawn_blocking(move || run(&["train", "--output", "json"], Some(&url)))
            .await
            .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (report["schema"].as_str(), report["outcome"].as_str()),
        (Some("ml-service.train/v1"), Some("published"))
    );
    let url = shop.url.clone();
    let output = tokio::task::spawn_blocking(move || run(&["train"], Some(&url)))
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let line = String::from_utf8(output.stdout).unwrap();
    let kept = format!(
        "kept {}: the orders teach nothing new",
        report["version"].as_str().unwrap()
    );
    assert!(
        line.starts_with(&kept) && line.lines().count() == 1,
        "{line}"
    );
}

#[test]
fn bad_configuration_is_one_line_and_no_secret() {
    let cases: [(&[&str], Option<&str>, &str); 4] = [
        (&["train"], None, "DATABASE_URL is not set"),
        (
            &["train"],
            Some("nonsense hunter2"),
            "DATABASE_URL: is not the address of a PostgreSQL",
        ),
        (
            &["serve", "--listen", "here"],
            Some("postgres://localhost"),
            "invalid value 'here'",
        ),
        (
            &[
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--model-poll-interval",
                "0",
            ],
            None,
            "at least 0.1 seconds",
        ),
    ];
    for (arguments, database, complaint) in cases {
        let output = run(arguments, database);
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{complaints}");
        assert!(
            complaints.contains(complaint) && !complaints.contains("hunter2"),
            "{complaints}"
        );
        assert_eq!(complaints.lines().count(), 1, "{complaints}");
    }
}

#[test]
fn a_database_that_is_not_there_ends_training_with_1() {
    // Port 1 is nobody's.
    let output = run(
        &["train"],
        Some("postgres://ml_service:hunter2@127.0.0.1:1/shop"),
    );
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaints}");
    assert!(
        complaints.starts_with("error: cannot connect to the database")
            && !complaints.contains("hunter2")
    );
}
