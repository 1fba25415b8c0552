//! Requests whose path is sent as it is written.

use std::time::Duration;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::Answer;
use super::door::Door;
use crate::plan::Component;
use crate::platform::checks::trouble::Trouble;

/// No request may take longer than this.
const LIMIT: Duration = Duration::from_secs(3);

/// `GET` with a path that no URL library has tidied up, such as `/api/../metrics`.
pub async fn raw_get(door: &Door, path: &str) -> Result<Answer, Trouble> {
    let label = format!("GET {path}");
    let trouble = |what: String| Trouble::of(Component::Frontend, format!("`{label}` {what}"));
    match timeout(LIMIT, exchange(door, path)).await {
        Err(_) => Err(trouble(format!(
            "was not answered within {} s",
            LIMIT.as_secs()
        ))),
        Ok(Err(error)) => Err(trouble(format!("broke off: {error}"))),
        Ok(Ok((parts, body))) => Ok(Answer {
            request: label,
            component: Component::Frontend,
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.to_vec(),
        }),
    }
}

type Exchange = (hyper::http::response::Parts, Bytes);

async fn exchange(
    door: &Door,
    path: &str,
) -> Result<Exchange, Box<dyn std::error::Error + Send + Sync>> {
    let authority = door.address().trim_start_matches("http://");
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let request = hyper::Request::get(path)
        .header(HOST, authority)
        .body(Empty::<Bytes>::new())?;
    let answer = async {
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        // The connection ends when nobody can send on it any more.
        drop(sender);
        Ok::<_, hyper::Error>((parts, body))
    };
    let (answer, _) = tokio::join!(answer, connection);
    Ok(answer?)
}
