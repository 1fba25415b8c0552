//! A shop whose database runs outside of the cluster and speaks TLS.

use std::fs;
use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use kit::testing::Postgres;
use serde_json::Value;

use crate::certificate::Certificate;
use crate::figures::Figures;
use crate::operator::Operator;
use crate::waiting;

/// A namespace that no other part uses.
const NAMESPACE: &str = "shop-elsewhere";

/// It sells, all its connections are encrypted, and a server that cannot prove who it is is not believed.
pub fn is_the_database(operator: &Operator, figures: &mut Figures) {
    let registry = operator.registry();
    let host = registry.split(':').next().unwrap();
    let certificate = Certificate::for_host(host);
    let [own, key] = [Certificate::OWN, Certificate::KEY].map(|name| certificate.text(name));
    let server = Postgres::encrypting(&own, &key);
    let listener = TcpListener::bind((host, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    carry(listener, server.port());

    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(
        &file,
        format!("postgres://postgres@{host}:{port}/postgres\n"),
    )
    .unwrap();
    let set = |authority: &Certificate| {
        let ca = Value::from(authority.text(Certificate::AUTHORITY));
        let file = file.path().display();
        operator.set(&format!(
            "kubernetes: {{namespace: {NAMESPACE}}}\n\
             postgres: {{external: {{url_file: {file}, ca: {ca}, cidrs: [{host}/32], port: {port}}}}}"
        ));
    };
    set(&certificate);
    let made = figures.time("a shop whose database is elsewhere", || operator.deploy());
    Operator::assert_all_checks_pass(&made);
    waiting::until("no session of shopctl is left", || {
        let sessions = "select count(*) from pg_stat_activity where application_name = 'shopctl'";
        server.answer(sessions) == "0\n"
    });
    let connections = "select application_name || ' ' || ssl from pg_stat_activity join pg_stat_ssl using (pid) \
                       where application_name <> '' group by 1 order by 1";
    assert_eq!(
        server.answer(connections),
        "backend true\nml-service true\npsql false\n"
    );

    set(&Certificate::for_host(host));
    let refused = operator.shopctl_ends(11, &["deploy"]);
    let cause = refused["error"]["cause"].to_string();
    assert!(cause.contains("invalid peer certificate"), "{refused:#}");

    set(&certificate);
    let back = operator.deploy();
    Operator::assert_all_checks_pass(&back);
    let gone = operator.shopctl(&["down", "--delete-data", "--yes"]);
    assert_eq!(gone["left"], Value::Array(Vec::new()), "{gone:#}");
}

/// Carries what comes to the listener to a port of loopback, where the server is, until the test ends.
fn carry(listener: TcpListener, port: u16) {
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            // A server that has gone is one that answers nobody.
            let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
                continue;
            };
            let (to, from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || pour(from, to));
            thread::spawn(move || pour(server, client));
        }
    });
}

fn pour(mut from: TcpStream, mut to: TcpStream) {
    // However it ends, the other side learns of it.
    let _ = copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
}
