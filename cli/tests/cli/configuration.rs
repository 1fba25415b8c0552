//! A bad `shop.yaml` is exit 3 with file, line, column and the nearest key.

use insta::assert_snapshot;

use crate::shopctl::Shopctl;

fn with_file(text: &str) -> String {
    let shopctl = Shopctl::new();
    shopctl.write("shop.yaml", text);
    shopctl.run(&["status"]).snapshot()
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(with_file("target: local\nlocal:\n  prot: 9000\n"), @r"
    exit: 3
    --- stdout
    --- stderr
    error: shop.yaml:3:3: unknown key `prot`
    hint: did you mean `port`?
    ");
}

#[test]
fn an_ill_typed_value() {
    assert_snapshot!(with_file("local:\n  port: [1, 2]\n"));
}

#[test]
fn rubbish() {
    assert_snapshot!(with_file("{{{{\u{0}"));
}

#[test]
fn a_file_that_is_not_there() {
    let shopctl = Shopctl::new();
    assert_snapshot!(shopctl.run(&["--config", "missing.yaml", "status"]).snapshot(), @"
    exit: 3
    --- stdout
    --- stderr
    error: cannot read `missing.yaml`: No such file or directory (os error 2)
    hint: name another file with `--config FILE`
    ");
}

#[test]
fn as_json_it_is_one_document() {
    let shopctl = Shopctl::new();
    shopctl.write("shop.yaml", "bakend: {}\n");
    let ended = shopctl.run(&["status", "--output", "json"]);
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(ended.code, Some(3));
    assert_eq!(document["schema"], "shopctl.status/v1");
    assert_eq!(document["error"]["hint"], "did you mean `backend`?");
}

#[test]
fn the_printed_example_is_accepted() {
    let shopctl = Shopctl::new();
    let example = shopctl.run(&["docs"]);
    shopctl.write("shop.yaml", &example.stdout);
    assert_eq!(
        shopctl.run(&["status"]).code,
        Some(10),
        "no shop runs, but the file is fine"
    );
}

/// What a file is refused with, without its place in the file system.
fn refusal(text: &str) -> String {
    with_file(text)
        .lines()
        .find_map(|line| line.strip_prefix("error: "))
        .unwrap_or("not refused")
        .to_owned()
}

#[test]
fn values_for_kubernetes_are_checked_where_they_stand() {
    let cases = [
        (
            "backend:\n  resources:\n    limits:\n      cpu: many\n",
            "shop.yaml:4:12: `many`",
        ),
        ("expose:\n  host: Shop_1\n", "shop.yaml:2:9: `Shop_1`"),
        ("kubernetes:\n  namespace: a.b\n", "shop.yaml:2:14: `a.b`"),
        (
            "images:\n  postgres: postgres\n",
            "shop.yaml:2:13: `postgres`",
        ),
        (
            "ingress:\n  cidrs: [10.0.0.0/40]\n",
            "shop.yaml:2:11: `10.0.0.0/40`",
        ),
        ("redis:\n  storage:\n    size: 0\n", "shop.yaml:3:11: `0`"),
        (
            "expose:\n  api: route\n",
            "shop.yaml:2:8: unknown value `route`, expected ingress, gateway",
        ),
        (
            "backend:\n  replicas: {min: 5, max: 2}\n",
            "shop.yaml:2:22: `backend.replicas.max` cannot be `2`",
        ),
        (
            "expose:\n  api: gateway\n",
            "shop.yaml:1:1: `expose.gateway.class`",
        ),
        (
            "postgres:\n  external: {cidrs: [10.0.0.0/8]}\n",
            "shop.yaml:2:3: `postgres.external`",
        ),
        (
            "ingress: {install: true, class: nginx}\n",
            "shop.yaml:1:26: `ingress.class`",
        ),
        (
            "telemetry:\n  otlp_endpoint: https://otel.example.com\n",
            "shop.yaml:2:18: `https://otel.example.com`",
        ),
        (
            "telemetry: {otlp_endpoint: 'collector:4318'}\n",
            "shop.yaml:1:28: `collector:4318`",
        ),
        (
            "log: info\nlocal:\n  port: 0\n",
            "shop.yaml:3:3: `local.port` cannot be `0`",
        ),
        (
            "training:\n  resources:\n    limits: {memory: 1Mi}\n",
            "shop.yaml:2:3: `training.resources.requests.memory`",
        ),
        ("\nexpose:\n  tls: {}\n", "shop.yaml:3:3: `expose.tls`"),
    ];
    for (text, expected) in cases {
        let refusal = refusal(text);
        assert!(refusal.starts_with(expected), "{text}: {refusal}");
    }
}

#[test]
fn the_schema_knows_every_key_of_the_example() {
    let shopctl = Shopctl::new();
    let schema: serde_json::Value =
        serde_json::from_str(&shopctl.run(&["docs", "--schema"]).stdout).unwrap();
    let example = shopctl.run(&["docs"]).stdout;
    let sections = example.lines().filter_map(|line| line.strip_suffix(':'));
    for section in sections.filter(|line| !line.starts_with([' ', '#'])) {
        assert!(schema["properties"][section].is_object(), "{section}");
    }
}
