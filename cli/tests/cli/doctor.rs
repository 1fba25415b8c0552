//! `doctor`

use std::net::{Ipv4Addr, TcpListener};

use serde_json::Value;

use crate::port;
use crate::privilege::is_root;
use crate::shopctl::{Ended, Shopctl};

fn finding<'a>(document: &'a Value, name: &str) -> &'a Value {
    let findings = document["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {document:#}"))
}

/// A doctor whose shop would open on that port.
fn examine(shopctl: &Shopctl, port: u16) -> Ended {
    shopctl.write("shop.yaml", &format!("local:\n  port: {port}\n"));
    shopctl.run(&["doctor", "--output", "json"])
}

#[test]
fn a_machine_that_has_everything() {
    let shopctl = Shopctl::new();
    let ended = examine(&shopctl, port::free());
    assert_eq!(ended.code, Some(0), "{}", ended.snapshot());
    let document = ended.document();
    assert_eq!(document["schema"], "shopctl.doctor/v1");
    assert_eq!(document["healthy"], true);
    for name in [
        "postgresql",
        "redis",
        "data-directory",
        "disk-space",
        "front-door",
    ] {
        assert_eq!(finding(&document, name)["met"], true);
    }
    assert!(!shopctl.data_dir().exists(), "looking changes nothing");
}

#[test]
fn a_taken_port_has_a_holder_and_a_cure() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port::free())).unwrap();
    let ended = examine(&Shopctl::new(), taken.local_addr().unwrap().port());
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    let document = ended.document();
    let door = finding(&document, "front-door");
    let holder = format!("process {}", std::process::id());
    assert!(door["found"].as_str().unwrap().contains(&holder), "{door}");
    assert!(door["cure"].as_str().unwrap().contains("--port"), "{door}");
}

#[test]
fn a_database_of_another_version_names_the_package_that_is_missing() {
    let shopctl = Shopctl::new();
    let cluster = shopctl.data_dir().join("postgres/data");
    std::fs::create_dir_all(&cluster).unwrap();
    std::fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    let ended = examine(&shopctl, port::free());
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    let document = ended.document();
    let postgresql = finding(&document, "postgresql");
    assert!(
        postgresql["cure"]
            .as_str()
            .unwrap()
            .contains("postgresql-9"),
        "{postgresql}"
    );
}

/// In a mount namespace of its own, so that the machine keeps its Redis.
#[test]
fn a_machine_without_redis_is_told_what_to_type() {
    if !is_root("a machine without Redis") {
        return;
    }
    let shopctl = Shopctl::new();
    let hide = "for server in $(command -v redis-server) /usr/bin/redis-check-rdb /usr/bin/valkey-server; do
        if [ -e $server ]; then mount --bind /dev/null $server; fi
        done; exec \"$@\"";
    let doctor = shopctl.command(&["doctor", "--output", "json"]);
    let mut command = shopctl.inside("unshare", &["--mount", "sh", "-c", hide, "sh"]);
    command.arg(doctor.get_program()).args(doctor.get_args());
    let ended = Ended::from(&command.output().unwrap(), shopctl.directory());
    assert_eq!(ended.code, Some(4), "{}", ended.snapshot());
    let document = ended.document();
    let redis = finding(&document, "redis");
    assert_eq!(redis["met"], false);
    assert!(
        redis["cure"]
            .as_str()
            .unwrap()
            .contains("apt-get install redis-server"),
        "{redis}"
    );
}
