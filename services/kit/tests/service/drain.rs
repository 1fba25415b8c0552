//! Stopping without losing a request, on a real port.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use kit::Readiness;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::support::{self, Served};

/// A server with a handler that waits until it is told to answer.
struct Server {
    address: SocketAddr,
    entered: Arc<Notify>,
    answer: Arc<Notify>,
    readiness: Readiness,
    stops: watch::Sender<u32>,
    finished: JoinHandle<()>,
}

impl Server {
    async fn start(drain_delay: Duration, drain_timeout: Duration) -> Self {
        let (entered, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (entered_by_handler, answer_of_handler) = (entered.clone(), answer.clone());
        let slow = async move || {
            entered_by_handler.notify_one();
            answer_of_handler.notified().await;
            "slow"
        };
        let routes = Router::new()
            .route("/slow", get(slow))
            .route("/fast", get(async || "fast"));
        let Served {
            address,
            readiness,
            stops,
            finished,
        } = support::serve(routes, drain_delay, drain_timeout).await;
        Self {
            address,
            entered,
            answer,
            readiness,
            stops,
            finished,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    fn stop(&self) {
        self.stops.send_modify(|stops| *stops += 1);
    }

    async fn wait_until_draining(&self) {
        while !self.readiness.is_draining() {
            tokio::task::yield_now().await;
        }
    }
}

const LONG: Duration = Duration::from_mins(1);

async fn ask(stream: &mut TcpStream, path: &str) {
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n").as_bytes())
        .await
        .unwrap();
}

/// Everything up to the end of the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// One response to a request for `/fast`, on a connection that stays open.
async fn fast(stream: &mut TcpStream) -> String {
    ask(stream, "/fast").await;
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"fast") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_request_in_flight_is_answered_and_its_connection_closed() {
    let server = Server::start(Duration::ZERO, LONG).await;
    let mut stream = server.connect().await;
    ask(&mut stream, "/slow").await;
    server.entered.notified().await;
    server.stop();
    server.wait_until_draining().await;
    server.answer.notify_one();
    let response = rest(&mut stream).await;
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(response.contains("connection: close\r\n"), "{response}");
    assert!(response.ends_with("slow"), "{response}");
    server.finished.await.unwrap();
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_new_ones_are_refused() {
    let server = Server::start(Duration::ZERO, LONG).await;
    let mut idle = server.connect().await;
    let response = fast(&mut idle).await;
    assert!(!response.contains("connection: close"), "{response}");
    let address = server.address;
    server.stop();
    server.finished.await.unwrap();
    assert_eq!(rest(&mut idle).await, "");
    let refused = TcpStream::connect(address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

/// How many connections wait to be accepted on a port, as the kernel counts them.
fn waiting(port: u16) -> usize {
    let sockets = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let listener = format!("0100007F:{port:04X} 00000000:0000 0A ");
    let line = sockets
        .lines()
        .find_map(|line| line.split_once(&listener))
        .unwrap()
        .1;
    let queue = line
        .split_once(':')
        .unwrap()
        .1
        .split_whitespace()
        .next()
        .unwrap();
    usize::from_str_radix(queue, 16).unwrap()
}

#[tokio::test]
async fn connections_that_wait_to_be_accepted_are_served() {
    const CLIENTS: usize = 20;
    let server = Server::start(Duration::ZERO, LONG).await;
    // Nothing is awaited between the first connection and the stop, so that the server cannot accept in between.
    let connect = || {
        let mut stream = std::net::TcpStream::connect(server.address).unwrap();
        stream
            .write_all(b"GET /fast HTTP/1.1\r\nHost: shop\r\n\r\n")
            .unwrap();
        stream.set_nonblocking(true).unwrap();
        stream
    };
    let streams: Vec<_> = (0..CLIENTS).map(|_| connect()).collect();
    while waiting(server.address.port()) < CLIENTS {
        std::thread::yield_now();
    }
    server.stop();
    for stream in streams {
        let response = rest(&mut TcpStream::from_std(stream).unwrap()).await;
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    }
    server.finished.await.unwrap();
}

#[tokio::test]
async fn a_silent_connection_does_not_hold_up_the_end() {
    let server = Server::start(Duration::ZERO, LONG).await;
    let mut silent = server.connect().await;
    // Connections are accepted in their order: once this one is answered, the other is known to the server.
    fast(&mut server.connect().await).await;
    server.stop();
    server.finished.await.unwrap();
    assert_eq!(rest(&mut silent).await, "");
}

#[tokio::test]
async fn during_the_delay_requests_are_served_and_asked_to_go_elsewhere() {
    let server = Server::start(LONG, LONG).await;
    let mut old = server.connect().await;
    fast(&mut old).await;
    server.stop();
    server.wait_until_draining().await;
    for mut stream in [old, server.connect().await] {
        let response = fast(&mut stream).await;
        assert!(response.contains("connection: close\r\n"), "{response}");
        assert_eq!(rest(&mut stream).await, "");
    }
    let mut probe = server.connect().await;
    ask(&mut probe, "/readyz").await;
    assert!(rest(&mut probe).await.starts_with("HTTP/1.1 503 "));
    server.stop();
    server.finished.await.unwrap();
}

#[tokio::test]
async fn the_drain_timeout_ends_what_does_not_end_by_itself() {
    let server = Server::start(Duration::ZERO, Duration::from_millis(50)).await;
    let mut stream = server.connect().await;
    ask(&mut stream, "/slow").await;
    server.entered.notified().await;
    server.stop();
    server.finished.await.unwrap();
}

#[tokio::test]
async fn a_second_stop_ends_the_drain() {
    let server = Server::start(Duration::ZERO, LONG).await;
    let mut stream = server.connect().await;
    ask(&mut stream, "/slow").await;
    server.entered.notified().await;
    server.stop();
    server.wait_until_draining().await;
    server.stop();
    server.finished.await.unwrap();
}
