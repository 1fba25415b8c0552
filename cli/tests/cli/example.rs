//! The annotated example, with everything in it that is only a comment.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::shopctl::Shopctl;

/// Keys of which a file has one or the other; each is tried with those before it left out.
const ALTERNATIVES: [&str; 2] = ["url_file", "cluster_issuer"];

/// The example with its commented keys uncommented, but for those that are `left_out`.
fn uncommented(example: &str, left_out: &[&str]) -> String {
    let key = |text: &str| {
        let name = text.split_once(':')?.0;
        let is_key = |character: char| character.is_ascii_lowercase() || "_.".contains(character);
        (!name.is_empty() && name.chars().all(is_key)).then(|| name.to_owned())
    };
    let mut lines = Vec::new();
    for line in example.lines() {
        let Some((indent, text)) = line.split_once("# ") else {
            lines.push(line.to_owned());
            continue;
        };
        let Some(name) = key(text.trim_start()).filter(|_| indent.trim().is_empty()) else {
            continue;
        };
        if !left_out.contains(&name.as_str()) {
            lines.push(format!("{indent}{text}"));
        }
    }
    let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    let text = lines.join("\n") + "\n";
    text.replace("sha256:…", &digest)
        .replace("ca: |", &format!("ca: {}", json!(authority())))
}

/// The certificate of a rendering.
fn authority() -> String {
    let rendering: Value =
        serde_yaml::from_str(include_str!("../renderings/gateway/shop.yaml")).unwrap();
    let certificate = rendering["postgres"]["external"]["ca"].as_str();
    certificate.unwrap().to_owned()
}

fn validator(schema: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

fn printed(shopctl: &Shopctl, arguments: &[&str]) -> String {
    let ended = shopctl.run(arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    ended.stdout
}

#[test]
fn what_is_only_a_comment_can_be_written_as_well() {
    let shopctl = Shopctl::new();
    let example = printed(&shopctl, &["docs"]);
    let schema = printed(&shopctl, &["docs", "--schema"]);
    let schema = validator(&schema);
    let one = ALTERNATIVES;
    let other = ["secret", "issuer"];
    for (left_out, api) in [(one, "ingress"), (one, "gateway"), (other, "ingress")] {
        let text = uncommented(&example, &left_out).replace("api: ingress", &format!("api: {api}"));
        let value: Value = serde_yaml::from_str(&text).unwrap();
        if let Err(wrong) = schema.validate(&value) {
            panic!("{wrong}: {text}");
        }
        shopctl.write("shop.yaml", &text);
        let ended = shopctl.run(&["status"]);
        assert_eq!(ended.code, Some(10), "{text}{}", ended.snapshot());
        for key in ["tls", "gateway"] {
            assert!(value["expose"][key].is_object(), "{key}");
        }
        assert!(value["postgres"]["external"]["cidrs"].is_array());
        assert!(value["images"]["mirrors"]["docker.io"].is_string());
        assert!(value["kubernetes"]["dns_cidrs"].is_array());
    }
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let shopctl = Shopctl::new();
    let schema = printed(&shopctl, &["docs", "--schema"]);
    let schema = validator(&schema);
    for wrong in [
        json!({ "bakend": {} }),
        json!({ "target": "locl" }),
        json!({ "local": { "port": "many" } }),
        json!({ "telemetry": { "otlp_endpoint": "https://otel.example.com" } }),
        json!({ "expose": { "tls": { "secret": "A" } } }),
        json!({ "backend": { "replicas": { "min": 0 } } }),
        json!({ "ingress": { "cidrs": ["everywhere"] } }),
    ] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
        shopctl.write("shop.yaml", &wrong.to_string());
        assert_eq!(shopctl.run(&["status"]).code, Some(3), "{wrong}");
    }
}
