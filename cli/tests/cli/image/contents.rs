//! What is in an image: all that the program needs, and nothing else.

use std::fs;
use std::path::Path;

use super::unpacked::Unpacked;
use crate::privilege::is_root;
use crate::shopctl::{Ended, Shopctl};

/// The account of every image.
const ACCOUNT: &str = "--userspec=65532:65532";

#[test]
fn it_holds_the_program_its_libraries_and_certificates_only() {
    let shopctl = Shopctl::new();
    let backend = Unpacked::of(&shopctl, "backend");
    let expected = |file: &String| {
        file.contains(".so") || file.starts_with("/etc/") || file == "/usr/local/bin/backend"
    };
    let files = backend.files();
    let unexpected: Vec<_> = files.iter().filter(|file| !expected(file)).collect();
    assert!(unexpected.is_empty(), "{unexpected:?}");
    let settings: Vec<_> = files
        .iter()
        .filter(|file| file.starts_with("/etc/"))
        .collect();
    assert_eq!(
        settings,
        [
            "/etc/group",
            "/etc/nsswitch.conf",
            "/etc/passwd",
            "/etc/ssl/certs/ca-certificates.crt"
        ]
    );
    let configuration = &backend.configuration["config"];
    assert_eq!(configuration["User"], "65532:65532");
    assert_eq!(configuration["Entrypoint"][0], "/usr/local/bin/backend");
    assert_eq!(
        configuration["Labels"]["org.opencontainers.image.title"],
        "backend"
    );
}

#[test]
fn every_program_runs_on_nothing_but_its_image() {
    if !is_root("a program in its image") {
        return;
    }
    let shopctl = Shopctl::new();
    for service in ["backend", "ml-service", "frontend"] {
        let image = Unpacked::of(&shopctl, service);
        let program = format!("/usr/local/bin/{service}");
        let ended = inside(&shopctl, image.root(), &[&program, "--version"]);
        assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
        assert!(ended.stdout.starts_with(service), "{}", ended.snapshot());
    }
}

/// With the system's `getent`, which asks the C library of the image as the services do: also where there is only
/// loopback (`-A`).
#[test]
fn names_are_resolved_in_an_image() {
    if !is_root("names in an image") {
        return;
    }
    let shopctl = Shopctl::new();
    let image = Unpacked::of(&shopctl, "backend");
    if !image.root().join("lib64").exists() {
        return;
    }
    fs::copy("/usr/bin/getent", image.root().join("getent")).unwrap();
    fs::write(
        image.root().join("etc/resolv.conf"),
        "nameserver 127.0.0.1\n",
    )
    .unwrap();
    fs::write(image.root().join("etc/hosts"), "192.0.2.1 in-a-file\n").unwrap();
    let server = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/image/name_server.py");
    let root = image.root().to_str().unwrap();
    for (name, address) in [
        ("in-a-file", "192.0.2.1"),
        ("postgres.shopmicro.svc", "192.0.2.7"),
    ] {
        let mut command = shopctl.inside("unshare", &["--net", "python3"]);
        command
            .arg(&server)
            .args(["chroot", ACCOUNT, root, "/getent", "-A", "ahostsv4", name]);
        let ended = Ended::from(&command.output().unwrap(), shopctl.directory());
        assert!(
            ended.stdout.starts_with(address),
            "{name}: {}",
            ended.snapshot()
        );
    }
}

fn inside(shopctl: &Shopctl, root: &Path, words: &[&str]) -> Ended {
    let root = root.to_str().unwrap();
    let mut command = shopctl.inside("chroot", &[&[ACCOUNT, root], words].concat());
    Ended::from(&command.output().unwrap(), shopctl.directory())
}
