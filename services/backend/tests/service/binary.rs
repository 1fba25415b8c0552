//! The binary: arguments and exit codes.

use std::process::{Command, Output};

fn backend(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_backend"))
        .args(arguments)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn a_bad_value_stops_the_start_with_one_line() {
    let url = ("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/db");
    let redis = ("REDIS_URL", "redis://127.0.0.1:1");
    let listen = ("LISTEN", "127.0.0.1:0");
    for (environment, named) in [
        (vec![listen, redis], "DATABASE_URL"),
        (vec![listen, url], "REDIS_URL"),
        (vec![url, redis], "LISTEN"),
        (
            vec![listen, redis, ("DATABASE_URL", "postgres://u:hunter2@[")],
            "DATABASE_URL",
        ),
        (vec![listen, url, ("REDIS_URL", "hunter2")], "REDIS_URL"),
        (
            vec![listen, url, redis, ("ML_SERVICE_URL", "ftp://x")],
            "ML_SERVICE_URL",
        ),
        (
            vec![listen, url, redis, ("CART_TTL_SECONDS", "0")],
            "CART_TTL_SECONDS",
        ),
        (
            vec![listen, url, redis, ("ML_SERVICE_TIMEOUT_MS", "soon")],
            "ML_SERVICE_TIMEOUT_MS",
        ),
        (
            vec![listen, url, redis, ("SYNTHETIC_TOKEN_FILE", "/nonexistent")],
            "SYNTHETIC_TOKEN_FILE",
        ),
    ] {
        let output = backend(&["serve"], &environment);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{named}: {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        let flag = named.to_lowercase().replace('_', "-").replace("-ms", "");
        assert!(
            text.contains(named) || text.to_lowercase().contains(&flag),
            "{named}: {text}"
        );
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn help_and_description_need_no_configuration() {
    let help = backend(&["--help"], &[]);
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("DATABASE_URL_FILE")
    );
    let description = backend(&["openapi"], &[]);
    assert!(description.status.success());
    let document: serde_json::Value = serde_json::from_slice(&description.stdout).unwrap();
    assert_eq!(document["info"]["title"], "ShopMicro");
}
