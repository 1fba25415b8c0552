//! Connections to real servers, with and without encryption.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use database::{Address, Authority};
use kit::testing::Postgres;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};

/// An authority, and a certificate for one host that it has signed.
struct Signed {
    authority: Authority,
    certificate: String,
    key: String,
}

fn signed_for(host: &str) -> Signed {
    let mut issuer = CertificateParams::new([]).unwrap();
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    issuer.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    issuer
        .distinguished_name
        .push(DnType::CommonName, "An authority of a test");
    let issuer = CertifiedIssuer::self_signed(issuer, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([host.to_owned()]).unwrap();
    let certificate = certificate.signed_by(&key, &issuer).unwrap();
    Signed {
        authority: issuer.pem().parse().unwrap(),
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    }
}

/// Whether the connection is encrypted.
async fn ask(
    server: &Postgres,
    host: &str,
    parameters: &str,
    authority: Option<&Authority>,
) -> Result<bool, String> {
    let port = server.port();
    let url = format!("postgres://postgres@{host}:{port}/postgres{parameters}");
    let Address { config, tls } = Address::parse(&url, authority).unwrap();
    let (client, connection) = config.connect(tls).await.map_err(|error| words(&error))?;
    let carried = tokio::spawn(connection);
    let encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    let encrypted = client.query_one(encrypted, &[]).await.unwrap().get(0);
    drop(client);
    carried.await.unwrap().unwrap();
    Ok(encrypted)
}

/// The error and its causes.
fn words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

fn assert_refused(asked: &Result<bool, String>, reason: &str) {
    let refused = asked.as_ref().expect_err(reason);
    assert!(refused.contains(reason), "{refused}");
}

#[tokio::test]
async fn a_server_that_can_is_asked_to_encrypt_unless_told_otherwise() {
    let Signed {
        certificate, key, ..
    } = signed_for("localhost");
    let server = Postgres::encrypting(&certificate, &key);
    for (parameters, encrypted) in [
        ("", true),
        ("?sslmode=prefer", true),
        ("?sslmode=require", true),
        ("?sslmode=disable", false),
    ] {
        let asked = ask(&server, "localhost", parameters, None).await;
        assert_eq!(asked, Ok(encrypted), "{parameters}");
    }
}

#[tokio::test]
async fn a_certificate_must_be_of_the_authority_and_of_the_host() {
    let Signed {
        authority,
        certificate,
        key,
    } = signed_for("localhost");
    let stranger = signed_for("localhost").authority;
    let server = Postgres::encrypting(&certificate, &key);
    for parameters in [
        "",
        "?sslmode=require",
        "?sslmode=verify-ca",
        "?sslmode=verify-full",
    ] {
        let good = ask(&server, "localhost", parameters, Some(&authority)).await;
        assert_eq!(good, Ok(true), "{parameters}");
        let unknown = ask(&server, "localhost", parameters, Some(&stranger)).await;
        assert_refused(&unknown, "invalid peer certificate");
        let misnamed = ask(&server, "127.0.0.1", parameters, Some(&authority)).await;
        assert_refused(&misnamed, "not valid for name");
    }
    // No system knows the authority of a test.
    let unknown = ask(&server, "localhost", "?sslmode=verify-full", None).await;
    assert_refused(&unknown, "UnknownIssuer");
}

#[tokio::test]
async fn a_server_without_encryption_is_asked_only_by_who_does_not_insist() {
    let server = Postgres::shared();
    let Signed { authority, .. } = signed_for("localhost");
    assert_eq!(ask(server, "127.0.0.1", "", None).await, Ok(false));
    for (parameters, authority) in [
        ("?sslmode=require", None),
        ("?sslmode=verify-full", None),
        ("", Some(&authority)),
    ] {
        let asked = ask(server, "127.0.0.1", parameters, authority).await;
        assert_refused(&asked, "does not support TLS");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_yet_is_waited_for() {
    let server = Postgres::start();
    let url = server.database();
    let Address { config, tls } = Address::parse(&url, None).unwrap();
    server.stop();
    let soon = Duration::from_millis(300);
    let refused = database::connect(&config, &tls, soon).await.err().unwrap();
    assert!(words(&refused).contains("refused"), "{refused}");
    let restarted = tokio::task::spawn_blocking(move || {
        server.restart();
        server
    });
    let connected = database::connect(&config, &tls, Duration::from_secs(30)).await;
    let (client, carrier) = connected.unwrap();
    tokio::spawn(carrier);
    client.simple_query("").await.unwrap();
    restarted.await.unwrap();
}
