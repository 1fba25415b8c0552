//! `shopctl render`: what would be committed, exactly; and what it refuses.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;

use crate::shopctl::Shopctl;

/// A shop.yaml each, and beside it what is rendered of it.
const RENDERINGS: [&str; 3] = ["default", "bundled-traefik", "gateway"];

/// Set to write what is rendered into the repository: `SHOPCTL_UPDATE_RENDERINGS=1 cargo test --release render`.
const UPDATE: &str = "SHOPCTL_UPDATE_RENDERINGS";

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/renderings")
        .join(name)
}

fn render(shopctl: &Shopctl, name: &str, out: &str) {
    let file = place(name).join("shop.yaml");
    let config = file.display().to_string();
    let ended = shopctl.run(&["render", "--out", out, "--config", &config]);
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
}

/// Every file below the directory with its text.
fn files(directory: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![directory.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                found.insert(path.strip_prefix(directory).unwrap().to_owned(), text);
            }
        }
    }
    found
}

#[test]
fn the_committed_renderings_are_what_is_rendered() {
    let update = std::env::var_os(UPDATE).is_some();
    for name in RENDERINGS {
        let shopctl = Shopctl::new();
        let committed = place(name).join("manifests");
        if update {
            fs::remove_dir_all(&committed).ok();
            render(&shopctl, name, &committed.display().to_string());
        }
        render(&shopctl, name, "out");
        let (expected, rendered) = (files(&committed), files(&shopctl.directory().join("out")));
        let names = |files: &BTreeMap<PathBuf, String>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            names(&rendered),
            names(&expected),
            "{name}: run again with {UPDATE}=1"
        );
        for (path, text) in rendered {
            let file = path.display();
            assert_eq!(
                text, expected[&path],
                "{name}/{file}: run again with {UPDATE}=1"
            );
        }
    }
}

#[test]
fn every_template_is_rendered_by_one_of_them() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    let mut left: Vec<_> = files(&templates).into_keys().collect();
    left.retain(|template| {
        template
            .extension()
            .is_some_and(|extension| extension == "yaml")
    });
    for name in RENDERINGS {
        for path in files(&place(name).join("manifests")).into_keys() {
            left.retain(|template| !path.ends_with(template));
        }
    }
    assert!(left.is_empty(), "rendered by nobody: {left:?}");
}

#[test]
fn as_json_it_names_every_object_and_the_secrets() {
    let shopctl = Shopctl::new();
    let config = place("default").join("shop.yaml").display().to_string();
    let arguments = [
        "render", "--out", "out", "--config", &config, "--output", "json",
    ];
    let document = shopctl.run(&arguments).document();
    assert_eq!(document["schema"], "shopctl.render/v1");
    assert_eq!(document["removed"], 0);
    let objects = document["objects"].as_array().unwrap();
    let named = |kind: &str, name: &str| {
        objects
            .iter()
            .any(|object| object["kind"] == kind && object["name"] == name)
    };
    // The names that the handbook types.
    assert!(named("Namespace", "shopmicro"));
    assert!(named("Deployment", "backend"));
    assert!(named("Deployment", "frontend"));
    assert!(named("Deployment", "ml-service-deployment"));
    assert!(named("Service", "ml-service"));
    assert!(named("Ingress", "shopmicro-ingress"));
    assert!(named("StatefulSet", "postgres"));
    assert!(named("StatefulSet", "redis"));
    let secrets = document["secrets"].as_array().unwrap();
    assert_eq!(secrets.len(), 3, "{secrets:?}");
    assert_eq!(
        shopctl.run(&arguments).document()["written"],
        0,
        "nothing has changed"
    );
}

#[test]
fn a_tag_is_no_digest() {
    assert_snapshot!(Shopctl::new().run(&["render", "--out", "out"]).snapshot(), @r"
    exit: 4
    --- stdout
    --- stderr
    error: no digest is known for the image of backend, frontend, ml-service, postgres (docker.io/library/postgres:17), redis (docker.io/library/redis:7)
    hint: manifests name digests and never tags: add `--image backend=registry.example.com/shopmicro/backend@sha256:…`, or write it under `images` in shop.yaml
    ");
}

#[test]
fn a_directory_of_somebody_else_is_left_alone() {
    let shopctl = Shopctl::new();
    fs::create_dir(shopctl.directory().join("out")).unwrap();
    shopctl.write("out/precious", "");
    let config = place("default").join("shop.yaml").display().to_string();
    assert_snapshot!(shopctl.run(&["render", "--out", "out", "--config", &config]).snapshot(), @r"
    exit: 2
    --- stdout
    --- stderr
    error: `out` is left alone: it is not empty, and no rendering of shopctl is in it
    hint: move it away, or name another directory with `--out`
    ");
    assert_eq!(files(&shopctl.directory().join("out")).len(), 1);
}

#[test]
fn no_value_of_the_file_leaves_its_scalar() {
    let shopctl = Shopctl::new();
    let own = fs::read_to_string(place("default").join("shop.yaml")).unwrap();
    let hostile = "http://x/\"\n          image: evil\n# {{ release }} {% raw %} 'y': &a [*b]";
    let endpoint = serde_json::to_string(hostile).unwrap();
    let text = format!("{own}telemetry:\n  otlp_endpoint: {endpoint}\n");
    shopctl.write("shop.yaml", &text);
    let ended = shopctl.run(&["render", "--out", "out", "--release", "\"\nkind: Evil"]);
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    for (path, text) in files(&shopctl.directory().join("out")) {
        assert!(!text.contains("image: evil\n"), "{}", path.display());
        let evil = text
            .lines()
            .any(|line| line.trim_start().starts_with("kind: Evil"));
        assert!(!evil, "{}", path.display());
    }
}
