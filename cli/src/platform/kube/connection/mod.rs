//! The connection to an API that may be away for a while.

mod outcome;
mod resending;
mod silence;

use kube::client::ClientBuilder;
use kube::{Client, Config};
use tower::buffer::BufferLayer;
use tower::retry::RetryLayer;

pub use resending::Resending;
pub use silence::Silence;

/// So many requests may wait for the connection at once.
const WAITING: usize = 1024;

/// A client that sends again what the API has left without an answer, once it has answered something. The silence hears
/// what comes of every request.
pub fn client(mut config: Config, silence: &Silence) -> Result<Client, kube::Error> {
    // The library's own would go on for longer than anybody waits, and tells nobody.
    config.default_retry = false;
    let resending = RetryLayer::new(Resending::heard_by(silence));
    let stack = ClientBuilder::try_from(config)?.with_layer(&BufferLayer::new(WAITING));
    Ok(stack.with_layer(&resending).build())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    async fn answer(mut stream: TcpStream) {
        let _ = stream.read(&mut [0; 4096]).await;
        let body = r#"{"major": "1", "minor": "36", "gitVersion": "v1.36.3", "gitCommit": "", "gitTreeState": "", "buildDate": "", "goVersion": "", "compiler": "", "platform": "", "kind": "APIGroupList", "groups": []}"#;
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all((head + body).as_bytes()).await;
    }

    #[tokio::test]
    async fn a_server_that_starts_again_is_asked_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let silence = Silence::default();
        let config = Config::new(format!("http://{address}").parse().unwrap());
        let client = client(config, &silence).unwrap();
        let (version, ()) = tokio::join!(client.apiserver_version(), async {
            answer(listener.accept().await.unwrap().0).await;
        });
        version.unwrap();
        assert_eq!(silence.last(), None);
        drop(listener);
        let (groups, ()) = tokio::join!(client.list_api_groups(), async {
            while silence.last().is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let listener = TcpListener::bind(address).await.unwrap();
            answer(listener.accept().await.unwrap().0).await;
        });
        assert!(groups.unwrap().groups.is_empty());
        assert_eq!(silence.since(), None);
    }
}
