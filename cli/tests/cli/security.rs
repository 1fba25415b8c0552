//! What only the shop itself may know or reach.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::database::{Database, port, secret};
use crate::shop::Shop;

/// The files that hold one secret each; others in the same directory repeat them.
const SECRETS: [&str; 6] = [
    "postgres-superuser",
    "postgres-shopmicro",
    "postgres-backend",
    "postgres-ml-service",
    "redis",
    "synthetic-token",
];

/// Many ways to write paths that are not for the public.
const GUARDED: [&str; 10] = [
    "/metrics",
    "/livez",
    "/readyz",
    "//metrics",
    "/%6detrics",
    "/api/../metrics",
    "/api/..%2fmetrics",
    "/METRICS",
    "/api/metrics",
    "/./readyz",
];

#[test]
fn a_running_shop_keeps_its_secrets_and_its_doors() {
    let shop = Shop::new();
    let mut said = shop.up().to_string();
    let receipt = shop.customer().buy();
    for call in [
        &["status", "--verbose"][..],
        &["verify", "--verbose"],
        &["logs"],
        &["doctor"],
        &["up", "--dry-run"],
    ] {
        let ended = shop.shopctl.run(call);
        said += &(ended.stdout + &ended.stderr);
    }
    let data_dir = shop.shopctl.data_dir();
    let mut secrets: Vec<_> = SECRETS.map(|name| secret(&data_dir, name)).to_vec();
    assert!(secrets.iter().all(|secret| secret.len() >= 32));
    // The bearer of an order is its owner's alone.
    secrets.push(receipt.token);

    only_their_owner_reads_them(&data_dir);
    no_file_repeats_them(&data_dir, &secrets);
    no_process_shows_them(&shop, &secrets);
    for secret in &secrets {
        assert!(!said.contains(secret), "shopctl said a secret");
    }
    only_loopback_and_one_door(&shop);
    the_door_is_guarded(&shop);
    the_stores_ask_for_passwords(&data_dir);
    roles_have_only_their_rights(&data_dir);
}

fn only_their_owner_reads_them(data_dir: &Path) {
    let place = data_dir.join("secrets");
    assert_eq!(
        fs::metadata(&place).unwrap().permissions().mode() & 0o066,
        0
    );
    for entry in fs::read_dir(&place).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.file_name().display());
    }
}

fn no_file_repeats_them(data_dir: &Path, secrets: &[String]) {
    let kept = data_dir.join("secrets");
    let files = walkdir::WalkDir::new(data_dir)
        .into_iter()
        .filter_entry(|entry| entry.path() != kept)
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file());
    let mut seen = BTreeSet::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        // A file of the database may go while it is looked at.
        let Ok(content) = fs::read(file.path()) else {
            continue;
        };
        let text = String::from_utf8_lossy(&content);
        for secret in secrets {
            assert!(
                !text.contains(secret),
                "{} holds a secret",
                file.path().display()
            );
        }
        seen.insert(name);
    }
    for name in [
        "desired.json",
        "supervisor.json",
        "journal.jsonl",
        "release.json",
        "backend.log",
        "postgres.log",
        "supervisor.log",
    ] {
        assert!(seen.contains(name), "{name} was not looked at");
    }
}

fn no_process_shows_them(shop: &Shop, secrets: &[String]) {
    let processes = shop.processes();
    assert!(processes.len() > 6, "{processes:#?}");
    for process in processes {
        let said = process.said();
        let said = String::from_utf8_lossy(&said);
        for secret in secrets {
            assert!(!said.contains(secret), "{} shows a secret", process.command);
        }
    }
}

fn only_loopback_and_one_door(shop: &Shop) {
    let mut ports = BTreeSet::new();
    for process in shop.processes() {
        for address in process.listens() {
            assert!(
                address.ip().is_loopback(),
                "{} listens on {address}",
                process.command
            );
            ports.insert(address.port());
        }
    }
    let data_dir = shop.shopctl.data_dir();
    let mut expected: BTreeSet<_> = ["postgres", "redis", "ml-service", "backend", "frontend"]
        .map(|component| port(&data_dir, component))
        .into();
    expected.insert(shop.port);
    assert_eq!(ports, expected);
    let door: Vec<_> = shop.supervisor().unwrap().listens().into_iter().collect();
    assert_eq!(door, [(Ipv4Addr::LOCALHOST, shop.port).into()]);
}

/// Sends the path as it is written, which an HTTP client would not.
fn raw(shop: &Shop, path: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, shop.port)).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn the_door_is_guarded(shop: &Shop) {
    let open = raw(shop, "/api/health");
    assert!(open.starts_with("HTTP/1.1 200 "), "{open}");
    for path in GUARDED {
        let answer = raw(shop, path);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(!answer.contains("shopmicro_http_requests"), "{path}");
    }
}

fn the_stores_ask_for_passwords(data_dir: &Path) {
    let wrong = Database::connect(data_dir, "postgres", "wrong");
    assert!(wrong.is_err(), "PostgreSQL lets anybody in");
    let address = format!("redis://127.0.0.1:{}", port(data_dir, "redis"));
    let mut stranger = redis::Client::open(address)
        .unwrap()
        .get_connection()
        .unwrap();
    let answer = redis::cmd("PING").query::<String>(&mut stranger);
    assert!(answer.unwrap_err().to_string().contains("NOAUTH"));

    let database = Database::of(data_dir);
    let settings =
        "SELECT current_setting('data_checksums') || ' ' || current_setting('password_encryption')";
    let settings: String = database.ask(settings, &[])[0].get(0);
    assert_eq!(settings, "on scram-sha-256");
    let trusting = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'";
    assert_eq!(database.count(trusting), 0);
    let plain = "SELECT count(*) FROM pg_authid
        WHERE rolcanlogin AND rolpassword NOT LIKE 'SCRAM-SHA-256$%'";
    assert_eq!(database.count(plain), 0);
}

fn roles_have_only_their_rights(data_dir: &Path) {
    let backend = secret(data_dir, "postgres-backend");
    let backend = Database::connect(data_dir, "backend", &backend).unwrap();
    assert!(backend.run("CREATE TABLE mine (id int)").is_err());
    assert!(
        backend
            .run("ALTER TABLE orders ADD COLUMN mine int")
            .is_err()
    );
    let learner = secret(data_dir, "postgres-ml-service");
    let learner = Database::connect(data_dir, "ml_service", &learner).unwrap();
    assert!(learner.run("UPDATE products SET stock = 0").is_err());
    assert!(learner.run("DELETE FROM orders").is_err());
    let superusers = "SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname <> 'postgres'";
    assert_eq!(Database::of(data_dir).count(superusers), 0);
}
