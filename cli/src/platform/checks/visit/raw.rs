//! Requests that no HTTP library would send for us.

use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use http_body_util::{BodyExt as _, Empty, StreamBody};
use hyper::body::{Body, Bytes, Frame};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use tokio::time::{sleep, timeout};

use super::answer::Answer;
use super::connection::connect;
use super::door::{Door, answering};
use crate::platform::checks::trouble::Trouble;

/// No request may take longer than this.
const LIMIT: Duration = Duration::from_secs(3);

/// How long the body that was announced keeps an answer waiting that does not need it.
const MOMENT: Duration = Duration::from_millis(500);

/// More than a proxy buffers of a request, in bytes, and less than the network buffers of an answer.
const BEGINNING: usize = 16 * 1024;

type Failure = Box<dyn Error + Send + Sync>;

/// `GET` with a path that nobody has tidied up, such as `/api/../metrics`.
pub async fn raw_get(door: &Door, path: &str) -> Result<Answer, Trouble> {
    let request = hyper::Request::get(path).body(Empty::<Bytes>::new());
    send(door, format!("GET {path}"), path, request).await
}

/// `POST` with a JSON body that is announced to have so many bytes and never comes to its end: an answer must not wait
/// for it. The beginning comes after a moment, since proxies hand a request on only when they have some of its body.
pub async fn announce(door: &Door, path: &str, bytes: usize) -> Result<Answer, Trouble> {
    let beginning = stream::once(async {
        sleep(MOMENT).await;
        Ok::<_, Failure>(Frame::data(Bytes::from_static(&[b' '; BEGINNING])))
    });
    let never = StreamBody::new(Box::pin(beginning.chain(stream::pending())));
    let request = hyper::Request::post(path)
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_LENGTH, bytes)
        .body(never);
    let label = format!("POST {path} of {bytes} bytes");
    send(door, label, path, request).await
}

async fn send<B>(
    door: &Door,
    label: String,
    path: &str,
    request: hyper::http::Result<hyper::Request<B>>,
) -> Result<Answer, Trouble>
where
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<Failure>,
{
    let component = answering(path);
    let trouble = |what: String| Trouble::of(component, format!("`{label}` {what}"));
    let answer = timeout(LIMIT, exchange(door, request))
        .await
        .map_err(|_| trouble(format!("was not answered within {} s", LIMIT.as_secs())))?;
    let (parts, body) = answer.map_err(|error| trouble(format!("broke off: {error}")))?;
    Ok(Answer {
        request: label,
        component,
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_vec(),
    })
}

async fn exchange<B>(
    door: &Door,
    request: hyper::http::Result<hyper::Request<B>>,
) -> Result<(hyper::http::response::Parts, Bytes), Failure>
where
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<Failure>,
{
    let mut request = request?;
    request
        .headers_mut()
        .insert(HOST, door.authority().parse()?);
    let stream = connect(door).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut answer = pin!(async {
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok((parts, body))
    });
    // A body that never comes keeps the connection open after the answer.
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        _ = connection => answer.await,
    }
}
