//! `shopctl render`: what would be committed, exactly; and what it refuses.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;

use crate::image::registry::Registry;
use crate::port;
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
    hint: manifests name digests and never tags: write under `images` in shop.yaml, or give as `--image PART=IMAGE`:
      backend: registry.example.com/shopmicro/backend@sha256:…
      frontend: registry.example.com/shopmicro/frontend@sha256:…
      ml_service: registry.example.com/shopmicro/ml-service@sha256:…
      postgres: docker.io/library/postgres:17@sha256:…
      redis: docker.io/library/redis:7@sha256:…
    ");
}

/// A shop.yaml with the images of the services by digest, and with both stores as they are given.
fn with_stores(postgres: &str, redis: &str) -> String {
    let own = fs::read_to_string(place("default").join("shop.yaml")).unwrap();
    let services = own.lines().filter(|line| line.contains("/shopmicro/"));
    let services: Vec<_> = services.collect();
    format!(
        "images:\n{}\n  postgres: {postgres}\n  redis: {redis}\n",
        services.join("\n")
    )
}

#[test]
fn digests_that_cannot_be_found_out_are_all_asked_for() {
    let shopctl = Shopctl::new();
    let host = format!("127.0.0.1:{}", port::free());
    let text = with_stores(
        &format!("{host}/a/postgres:17"),
        &format!("{host}/a/redis:7"),
    );
    shopctl.write("shop.yaml", &text);
    let ended = shopctl.run(&["render", "--out", "out"]);
    assert_eq!(ended.code, Some(20), "{}", ended.snapshot());
    for line in [
        format!("\n  postgres: {host}/a/postgres:17@sha256:…\n"),
        format!("\n  redis: {host}/a/redis:7@sha256:…\n"),
    ] {
        assert!(ended.stderr.contains(&line), "{}", ended.snapshot());
    }
}

#[test]
fn digests_are_found_out_as_a_release_finds_them_out() {
    let Some(registry) = Registry::open() else {
        return;
    };
    let shopctl = Shopctl::new();
    let address = registry.address();
    let push = ["image", "push", "--registry", &address, "--output", "json"];
    let pushed = shopctl.run(&push).document();
    let image = |place: usize| {
        let reference = pushed["images"][place]["reference"].as_str().unwrap();
        reference.to_owned()
    };
    let tag = pushed["tag"].as_str().unwrap();
    let text = format!(
        "images:\n  registry: {address}\n  postgres: {address}/backend:{tag}\n  redis: {address}/frontend:{tag}\n"
    );
    shopctl.write("shop.yaml", &text);
    let before = writes(&registry);
    let ended = shopctl.run(&["render", "--out", "out"]);
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    assert_eq!(writes(&registry), before, "nothing is pushed");
    let rendered = files(&shopctl.directory().join("out"));
    let says = |path: &str, image: &str| {
        let text = &rendered[Path::new(path)];
        assert!(
            text.contains(&format!("image: \"{image}\"")),
            "{image}: {text}"
        );
    };
    for place in 0..3 {
        let service = pushed["images"][place]["service"].as_str().unwrap();
        says(
            &format!("4-services/{service}/deployment.yaml"),
            &image(place),
        );
    }
    let digest_of = |service: &str| {
        let mut images = (0..3).map(image);
        images.find(|image| image.contains(service)).unwrap()
    };
    says(
        "2-data-stores/postgres/stateful-set.yaml",
        &digest_of("/backend@"),
    );
    says(
        "2-data-stores/redis/stateful-set.yaml",
        &digest_of("/frontend@"),
    );
}

/// The requests that have changed something in the registry.
fn writes(registry: &Registry) -> Vec<String> {
    let mut requests = registry.requests();
    requests.retain(|request| !request.starts_with("GET ") && !request.starts_with("HEAD "));
    requests
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
    let own = fs::read_to_string(place("gateway").join("shop.yaml")).unwrap();
    // Between certificates anything may be written, and it is rendered with them.
    let hostile = "      \"\n          image: evil\n      # {{ release }} {% raw %} 'y': &a [*b]\n";
    let begin = "      -----BEGIN";
    let text = own.replace(begin, &format!("{hostile}{begin}"));
    assert_ne!(text, own);
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
