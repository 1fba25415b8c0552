//! The program from its start to its end.

use std::process::Stdio;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use http::StatusCode;
use nix::sys::signal::Signal;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::unbounded_channel;

use crate::process::{Process, command};

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACE_PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test]
async fn serves_the_storefront_and_its_health() {
    let process = Process::start(&[("RELEASE", "r7")]);
    for path in ["/", "/cart", "/livez", "/readyz", "/metrics"] {
        let response = reqwest::get(process.url(path)).await.unwrap();
        assert_eq!(
            response.status().as_u16(),
            StatusCode::OK.as_u16(),
            "{path}"
        );
    }
    let metrics = reqwest::get(process.url("/metrics"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let page = r#"shopmicro_http_requests_total{method="GET",route="/{*path}",status="200"} 1"#;
    assert!(metrics.contains(page), "{metrics}");
    assert!(
        metrics.contains(r#"shopmicro_build_info{service="frontend",release="r7""#),
        "{metrics}"
    );
}

#[tokio::test]
async fn logs_the_caller_s_trace_without_a_collector() {
    let process = Process::start(&[("RELEASE", "r7")]);
    let request = reqwest::Client::new()
        .get(process.url("/cart"))
        .header("traceparent", TRACE_PARENT);
    request.send().await.unwrap();
    let line = process.line("request");
    assert_eq!(line["trace_id"], TRACE_ID);
    assert_eq!(line["service"], "frontend");
    assert_eq!(line["release"], "r7");
    assert_eq!(line["path"], "/cart");
}

#[tokio::test]
async fn finishes_the_request_it_has_begun_to_read_and_exits_with_zero_on_sigterm_and_sigint() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let process = Process::start(&[]);
        let mut stream = TcpStream::connect(process.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: ").await.unwrap();
        // Connections are accepted in their order: once this one is answered, the other is known to the server.
        reqwest::get(process.url("/livez")).await.unwrap();
        process.signal(signal);
        process.line("stopping");
        stream.write_all(b"shop\r\n\r\n").await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.contains("connection: close\r\n"), "{response}");
        process.line("stopped: all connections are closed");
        assert_eq!(process.wait().code(), Some(0));
    }
}

#[tokio::test]
async fn sends_its_spans_to_the_collector_before_it_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, mut exports) = unbounded_channel();
    let collect = async move |body: Bytes| {
        sender.send(body).unwrap();
        StatusCode::OK
    };
    let collector = Router::new().route("/v1/traces", post(collect));
    let collector = tokio::spawn(async move { axum::serve(listener, collector).await });

    let process = Process::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let request = reqwest::Client::new()
        .get(process.url("/cart"))
        .header("traceparent", TRACE_PARENT);
    request.send().await.unwrap();
    process.signal(Signal::SIGTERM);
    let status = tokio::task::spawn_blocking(|| process.wait())
        .await
        .unwrap();
    assert_eq!(status.code(), Some(0));
    let export = exports.recv().await.unwrap();
    let trace_id: Vec<u8> = (0..32)
        .step_by(2)
        .map(|at| u8::from_str_radix(&TRACE_ID[at..at + 2], 16).unwrap())
        .collect();
    for expected in [
        trace_id.as_slice(),
        b"frontend",
        b"GET /{*path}",
        b"http.response.status_code",
    ] {
        assert!(
            export
                .windows(expected.len())
                .any(|window| window == expected),
            "{expected:?} in {export:?}"
        );
    }
    collector.abort();
}

#[tokio::test]
async fn a_collector_that_is_away_holds_up_nothing() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let process = Process::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{nobody}"))]);
    assert!(
        reqwest::get(process.url("/"))
            .await
            .unwrap()
            .status()
            .is_success()
    );
    process.signal(Signal::SIGTERM);
    assert_eq!(process.wait().code(), Some(0));
}

#[test]
fn a_bad_value_is_one_line_and_exit_code_2() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (variables, expected) in [
        (vec![], "--listen <HOST:PORT>"),
        (
            vec![("LISTEN", "nonsense")],
            "invalid value 'nonsense' for '--listen <HOST:PORT>'",
        ),
        (
            vec![("LISTEN", taken.as_str())],
            "LISTEN: cannot listen on 127.0.0.1:",
        ),
        (vec![("LISTEN", "127.0.0.1:0"), ("LOG", "a=b=c")], "LOG: "),
        (
            vec![("LISTEN", "127.0.0.1:0"), ("DRAIN_TIMEOUT", "-1")],
            "'--drain-timeout <SECONDS>'",
        ),
        (
            vec![
                ("LISTEN", "127.0.0.1:0"),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://x"),
            ],
            "OTEL_EXPORTER_OTLP_ENDPOINT: `ftp://x` does not start with http://",
        ),
    ] {
        let output = command(&variables).stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.starts_with("error: ") && text.contains(expected),
            "{text}"
        );
    }
}

#[test]
fn help_names_every_variable() {
    let output = command(&[]).arg("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for variable in [
        "LISTEN",
        "RELEASE",
        "LOG",
        "DRAIN_TIMEOUT",
        "DRAIN_DELAY",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ] {
        assert!(
            text.contains(&format!("{variable}=")),
            "{variable} in {text}"
        );
    }
}
