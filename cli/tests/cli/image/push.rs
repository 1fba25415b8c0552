//! `image push` and `image list` with a real registry.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::registry::{ADA, Registry};
use crate::port;
use crate::shopctl::{Ended, Shopctl};

fn push(shopctl: &Shopctl, registry: &Registry) -> Ended {
    let address = registry.address();
    shopctl.run(&["image", "push", "--registry", &address, "--output", "json"])
}

fn pushed(shopctl: &Shopctl, registry: &Registry) -> Value {
    let ended = push(shopctl, registry);
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    ended.document()
}

fn sent(document: &Value) -> Vec<u64> {
    let images = document["images"].as_array().unwrap().iter();
    images
        .map(|image| image["sent"].as_u64().unwrap())
        .collect()
}

#[test]
fn the_registry_has_what_was_built_and_is_sent_nothing_twice() {
    let Some(registry) = Registry::open() else {
        return;
    };
    let shopctl = Shopctl::new();
    let first = pushed(&shopctl, &registry);
    assert_eq!(first["schema"], "shopctl.image-push/v1");
    let backend = &first["images"][1];
    let (digest, tag) = (
        backend["digest"].as_str().unwrap(),
        first["tag"].as_str().unwrap(),
    );
    assert_eq!(
        backend["reference"],
        format!("{}/backend@{digest}", registry.address())
    );
    let manifest = registry.read(&format!("backend/manifests/{digest}"));
    let common = manifest["layers"][0]["digest"]
        .as_str()
        .unwrap()
        .replace(':', "%3A");
    let mount = format!("POST /v2/shopmicro/backend/blobs/uploads/?mount={common}&");
    let requests = registry.requests();
    let is_mount = |request: &String| request.starts_with(&mount) && request.ends_with(" 201");
    assert!(requests.iter().any(is_mount), "no {mount}: {requests:#?}");
    assert_eq!(sent(&pushed(&shopctl, &registry)), [0, 0, 0]);
    let listed = shopctl.run(&[
        "image",
        "list",
        "--registry",
        &registry.address(),
        "--output",
        "json",
    ]);
    let listed = listed.document();
    assert_eq!(listed["registry"], registry.address());
    assert_eq!(listed["remote"], listed["built"]);
    assert_eq!(listed["remote"][1]["tag"], tag);
}

#[test]
fn a_bill_of_materials_is_attached() {
    let Some(registry) = Registry::open() else {
        return;
    };
    let document = pushed(&Shopctl::new(), &registry);
    let digest = document["images"][1]["digest"].as_str().unwrap();
    let referrers = registry.read(&format!("backend/manifests/{}", digest.replace(':', "-")));
    let kind = "application/vnd.cyclonedx+json";
    assert_eq!(referrers["manifests"][0]["artifactType"], kind);
    let referrer = referrers["manifests"][0]["digest"].as_str().unwrap();
    let referrer = registry.read(&format!("backend/manifests/{referrer}"));
    assert_eq!(referrer["subject"]["digest"], digest);
    let bill = referrer["layers"][0]["digest"].as_str().unwrap();
    assert_eq!(document["images"][1]["bill_of_materials"], bill);
    let bill = registry.read(&format!("backend/blobs/{bill}"));
    assert_eq!(bill["metadata"]["component"]["name"], "backend");
    let components = bill["components"].as_array().unwrap();
    assert!(
        components
            .iter()
            .any(|component| component["name"] == "axum")
    );
}

#[test]
fn credentials_are_found_where_docker_keeps_them() {
    let Some(registry) = Registry::closed() else {
        return;
    };
    let shopctl = Shopctl::new();
    let ended = push(&shopctl, &registry);
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    let error = &ended.document()["error"];
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("refuses `shopmicro/ml-service`"),
        "{error}"
    );
    let login = format!("docker login {}", registry.host());
    assert!(error["hint"].as_str().unwrap().contains(&login), "{error}");
    login_by_file(&shopctl, &registry);
    assert_ne!(sent(&pushed(&shopctl, &registry))[0], 0);
}

fn login_by_file(shopctl: &Shopctl, registry: &Registry) {
    fs::create_dir_all(shopctl.directory().join("docker")).unwrap();
    let host = registry.host();
    shopctl.write(
        "docker/config.json",
        &format!(r#"{{"auths":{{"{host}":{{"auth":"{ADA}"}}}}}}"#),
    );
}

#[test]
fn helpers_are_asked_for_credentials() {
    let Some(registry) = Registry::closed() else {
        return;
    };
    let host = registry.host();
    for configured in [
        format!(r#"{{"credHelpers":{{"{host}":"ada"}}}}"#),
        r#"{"credsStore":"ada"}"#.to_owned(),
    ] {
        let ended = push_with_a_helper(&registry, &configured);
        assert_eq!(ended.code, Some(0), "{configured}: {}", ended.snapshot());
        assert!(!format!("{}{}", ended.stdout, ended.stderr).contains("correct horse"));
    }
}

fn push_with_a_helper(registry: &Registry, configured: &str) -> Ended {
    let shopctl = Shopctl::new();
    fs::create_dir_all(shopctl.directory().join("docker")).unwrap();
    shopctl.write("docker/config.json", configured);
    let helper = shopctl.directory().join("docker-credential-ada");
    let host = registry.host();
    let answer = format!(r#"{{"ServerURL":"{host}","Username":"ada","Secret":"correct horse"}}"#);
    shopctl.write(
        "docker-credential-ada",
        &format!("#!/bin/sh\ncat >/dev/null\necho '{answer}'\n"),
    );
    fs::set_permissions(&helper, Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let address = registry.address();
    let mut command = shopctl.command(&["image", "push", "--registry", &address]);
    command.env("PATH", format!("{}:{path}", shopctl.directory().display()));
    Ended::from(&command.output().unwrap(), shopctl.directory())
}

#[test]
fn a_damaged_file_of_accounts_is_named() {
    let shopctl = Shopctl::new();
    fs::create_dir_all(shopctl.directory().join("docker")).unwrap();
    shopctl.write("docker/config.json", "{\"auths\": {");
    let address = format!("127.0.0.1:{}/shopmicro", port::free());
    let ended = shopctl.run(&["image", "list", "--registry", &address]);
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    assert!(
        ended.stderr.contains("docker/config.json is damaged"),
        "{}",
        ended.snapshot()
    );
}

#[test]
fn a_registry_that_is_not_there_is_named() {
    let shopctl = Shopctl::new();
    let address = format!("127.0.0.1:{}/shopmicro", port::free());
    let ended = shopctl.run(&["image", "list", "--registry", &address]);
    assert_eq!(ended.code, Some(20), "{}", ended.snapshot());
    let host = address.split('/').next().unwrap();
    assert!(
        ended
            .stderr
            .starts_with(&format!("error: registry `{host}` failed on `shopmicro/"))
    );
    assert!(
        ended.stderr.contains("--plain-http"),
        "{}",
        ended.snapshot()
    );
}

#[test]
fn somebody_has_to_name_a_registry() {
    let ended = Shopctl::new().run(&["image", "push"]);
    assert_eq!(ended.code, Some(2), "{}", ended.snapshot());
    let ended = Shopctl::new().run(&["image", "push", "--registry", "shopmicro"]);
    assert_eq!(ended.code, Some(2));
    assert!(
        ended.stderr.contains("write its host too"),
        "{}",
        ended.snapshot()
    );
}
