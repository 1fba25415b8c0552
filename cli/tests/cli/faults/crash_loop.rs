//! A component that ends again and again is named at once, with its last words.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use crate::patience::until;
use crate::shop::Shop;

#[test]
fn it_is_named_with_its_last_words_and_mended_by_the_next_up() {
    let shop = Shop::open();
    let receipt = shop.customer().buy();
    let release = shop.release();
    shop.run(&["down"]);
    let binary = shop
        .shopctl
        .data_dir()
        .join("releases")
        .join(&release)
        .join("bin/backend");
    let aside = binary.with_extension("aside");
    fs::rename(&binary, &aside).unwrap();
    fs::write(
        &binary,
        "#!/bin/sh\necho the cheese has run out >&2\nexit 3\n",
    )
    .unwrap();
    fs::set_permissions(&binary, Permissions::from_mode(0o755)).unwrap();

    let failed = shop.try_up();
    assert_eq!(failed.code, Some(12), "{}", failed.snapshot());
    let error = &failed.document()["error"];
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("backend is not ready: "), "{message}");
    assert!(message.contains("exit code 3"), "{message}");
    let words = error["detail"].as_str().unwrap();
    assert!(words.contains("the cheese has run out"), "{words}");
    assert_eq!(error["hint"], "see `shopctl logs backend`");

    until("`status` to call it a crash loop", || {
        let status = shop.status();
        let components = status["components"].as_array().unwrap();
        components.iter().any(|part| {
            part["name"] == "backend"
                && part["state"] == "crash-loop"
                && part["cause"]
                    .as_str()
                    .unwrap()
                    .contains("the cheese has run out")
        })
    });
    fs::rename(&aside, &binary).unwrap();
    shop.up();
    assert_eq!(shop.customer().order(&receipt).status, 200);
}

#[test]
fn a_component_that_ended_once_is_started_again() {
    let shop = Shop::open();
    for name in ["backend", "frontend", "ml-service", "redis", "postgres"] {
        let before = shop.component(name);
        before.kill();
        until(&format!("{name} to be there again"), || {
            let after = shop.components().remove(name);
            after.is_some_and(|after| after != before) && shop.status()["ready"] == true
        });
    }
    let status = shop.status();
    for component in status["components"].as_array().unwrap() {
        assert_eq!(component["restarts"], 1, "{component}");
    }
    shop.run(&["verify"]);
}
