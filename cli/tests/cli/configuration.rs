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
