//! One request to the internal port of a service.

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;

use crate::platform::kube::innermost;

/// The body of the answer to `GET path`; the error says what came instead.
pub async fn get(stream: DuplexStream, path: &str) -> Result<String, String> {
    let said = |error: hyper::Error| innermost(&error);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(said)?;
    let request = hyper::Request::get(path)
        .header(hyper::header::HOST, "localhost")
        .body(Empty::<Bytes>::new())
        .map_err(|error| error.to_string())?;
    let asked = async {
        let answer = sender.send_request(request).await.map_err(said)?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(said)?.to_bytes();
        if !status.is_success() {
            return Err(format!("it answers {status}"));
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    };
    let mut asked = std::pin::pin!(asked);
    tokio::select! {
        biased;
        answer = &mut asked => answer,
        _ = connection => asked.await,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn answered(answer: &'static str) -> Result<String, String> {
        let (near, mut far) = tokio::io::duplex(4096);
        let server = tokio::spawn(async move {
            let mut request = [0; 1024];
            let read = far.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /metrics HTTP/1.1\r\n"));
            far.write_all(answer.as_bytes()).await.unwrap();
        });
        let heard = get(near, "/metrics").await;
        server.await.unwrap();
        heard
    }

    #[tokio::test]
    async fn a_text_and_a_refusal() {
        let text = answered("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n# EOF\n").await;
        assert_eq!(text.unwrap(), "# EOF\n");
        let refused = answered("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(refused.unwrap_err(), "it answers 503 Service Unavailable");
    }
}
