//! What becomes of a connection when a request's body has not been read, on a real port.

use std::time::Duration;

use axum::Router;
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{self, Served};

const READ: &str = "/read";
const UNREAD: &str = "/unread";

async fn start() -> Served {
    let routes = Router::new()
        .route(READ, post(async |text: String| text.len().to_string()))
        .route(UNREAD, post(async || "refused"));
    support::serve(routes, Duration::ZERO, Duration::ZERO).await
}

async fn write(stream: &mut TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).await.unwrap();
}

/// The head of a request whose body has that many bytes. Proxies send it apart from the body.
async fn announce(stream: &mut TcpStream, path: &str, length: usize) {
    let head = format!("POST {path} HTTP/1.1\r\nHost: shop\r\nContent-Length: {length}\r\n\r\n");
    write(stream, head.as_bytes()).await;
}

/// A response up to these bytes.
async fn response(stream: &mut TcpStream, end: &str) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(end.as_bytes()) {
        bytes.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

/// Without the word, a proxy would send its next request into a connection that is about to be closed, and would have to
/// answer that one with a failure.
#[tokio::test]
async fn a_connection_that_ends_with_its_response_says_so() {
    let served = start().await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    announce(&mut stream, UNREAD, 2).await;
    let answer = response(&mut stream, "refused").await;
    assert!(answer.contains("connection: close\r\n"), "{answer}");
    // What comes late is taken, so that nothing resets the connection under the response.
    write(&mut stream, b"{}").await;
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap(), 0);
}

#[tokio::test]
async fn a_body_that_was_read_leaves_the_connection_open() {
    let served = start().await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    for _ in 0..2 {
        announce(&mut stream, READ, 2).await;
        write(&mut stream, b"{}").await;
        let answer = response(&mut stream, "\r\n\r\n2").await;
        assert!(!answer.contains("connection: close"), "{answer}");
    }
    announce(&mut stream, UNREAD, 0).await;
    let answer = response(&mut stream, "refused").await;
    assert!(!answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_body_in_chunks_that_was_read_leaves_the_connection_open() {
    let served = start().await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    for _ in 0..2 {
        let head =
            format!("POST {READ} HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n");
        write(&mut stream, head.as_bytes()).await;
        write(&mut stream, b"2\r\n{}\r\n0\r\n\r\n").await;
        let answer = response(&mut stream, "\r\n\r\n2").await;
        assert!(!answer.contains("connection: close"), "{answer}");
    }
}

/// A client that sends all before it reads must find the answer, and no broken connection.
#[tokio::test]
async fn a_client_that_sends_first_gets_its_answer() {
    const LENGTH: usize = 512 * 1024;
    let served = start().await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    announce(&mut stream, UNREAD, LENGTH).await;
    write(&mut stream, &vec![b' '; LENGTH]).await;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let answer = String::from_utf8(bytes).unwrap();
    assert!(answer.ends_with("refused"), "{answer}");
}
