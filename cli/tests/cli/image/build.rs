//! `image build` and what does not matter to it.

use std::fs::{self, File};
use std::process::Command;
use std::time::SystemTime;

use serde_json::Value;

use crate::installed;
use crate::shopctl::{Ended, Shopctl};

/// What an image may weigh.
const MEGABYTES: u64 = 20;

fn document(ended: &Ended) -> Value {
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    ended.document()
}

#[test]
fn every_service_becomes_a_small_image() {
    let shopctl = Shopctl::new();
    let built = document(&shopctl.run(&["image", "build", "--output", "json"]));
    assert_eq!(built["schema"], "shopctl.image-build/v1");
    let images = built["images"].as_array().unwrap();
    let services: Vec<_> = images
        .iter()
        .map(|image| image["service"].as_str().unwrap())
        .collect();
    assert_eq!(services, ["ml-service", "backend", "frontend"]);
    for image in images {
        assert!(
            image["size"].as_u64().unwrap() < MEGABYTES * 1_000_000,
            "{image}"
        );
        assert!(
            image["digest"].as_str().unwrap().starts_with("sha256:"),
            "{image}"
        );
    }
    let listed = document(&shopctl.run(&["image", "list", "--output", "json"]));
    assert_eq!(listed["schema"], "shopctl.image-list/v1");
    assert_eq!(listed["built"].as_array().unwrap().len(), 3);
    assert_eq!(listed["built"][1]["digest"], images[1]["digest"]);
    assert_eq!(listed["built"][1]["tag"], built["tag"]);
}

/// Another directory, another age and mode of the programs, another mask for new files, nothing remembered.
#[test]
fn the_same_programs_are_the_same_images() {
    let (one, two) = (Shopctl::new(), Shopctl::new());
    let arguments = ["image", "build", "--output", "json"];
    let first = document(&one.run(&arguments));
    for name in ["shopctl", "backend", "ml-service", "frontend"] {
        let copy = two.directory().join(name);
        fs::copy(installed::shopctl().with_file_name(name), &copy).unwrap();
        let file = File::options().append(true).open(&copy).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
    }
    let mut command: Command = two.inside("sh", &["-c", "umask 077; exec ./shopctl \"$@\"", "sh"]);
    let output = command
        .args(arguments)
        .env("TZ", "Asia/Tokyo")
        .output()
        .unwrap();
    let second = document(&Ended::from(&output, two.directory()));
    assert_eq!(first, second);
}

#[test]
fn a_second_build_packs_nothing() {
    let shopctl = Shopctl::new();
    let arguments = ["image", "build", "--output", "json"];
    let first = document(&shopctl.run(&arguments));
    let blobs = shopctl
        .directory()
        .join("cache/shopmicro/images/blobs/sha256");
    let ages = || {
        let entries = fs::read_dir(&blobs).unwrap().map(|entry| entry.unwrap());
        let mut ages: Vec<_> = entries
            .map(|entry| {
                (
                    entry.file_name(),
                    entry.metadata().unwrap().modified().unwrap(),
                )
            })
            .collect();
        ages.sort();
        ages
    };
    let before = ages();
    assert_eq!(document(&shopctl.run(&arguments)), first);
    assert_eq!(ages(), before);
}

#[test]
fn a_service_that_is_missing_is_named() {
    let shopctl = Shopctl::new();
    let copy = shopctl.directory().join("shopctl");
    fs::copy(installed::shopctl(), &copy).unwrap();
    let output = shopctl.inside(copy, &["image", "build"]).output().unwrap();
    let ended = Ended::from(&output, shopctl.directory());
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    assert!(
        ended
            .stderr
            .contains("there is no `ml-service` to make an image of: `DIR/ml-service` is missing"),
        "{}",
        ended.snapshot()
    );
}

#[test]
fn nothing_was_built_yet() {
    let shopctl = Shopctl::new();
    let ended = shopctl.run(&["image", "list"]);
    assert_eq!(
        ended.snapshot(),
        "exit: 0\n--- stdout\nbuilt: no images\n--- stderr\n"
    );
    assert!(
        !shopctl.directory().join("cache").exists(),
        "looking changes nothing"
    );
}
