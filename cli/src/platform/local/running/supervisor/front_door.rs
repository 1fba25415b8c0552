//! The one published port: `/api` goes to the backend, everything else to the frontend.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{CONTENT_LENGTH, FORWARDED, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use axum_reverse_proxy::{HostBehaviour, ProxyError, ProxyPolicy, ReverseProxy, XForwardedFor};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::body_limit::{BODY_LIMIT, refuse, too_large};
use super::guarded_path::is_guarded;
use super::problem::problem;
use crate::platform::local::running::spec::FrontDoor;

/// How long a service may take until it answers.
const ANSWER_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_REAL_IP: HeaderName = HeaderName::from_static("x-real-ip");

/// Opens the door; it closes when `close` is cancelled, and the task ends when every request is answered.
pub async fn open(what: FrontDoor, close: CancellationToken) -> std::io::Result<JoinHandle<()>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, what.port)).await?;
    // Without this an answer in two packets waits for an acknowledgement.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let app = router(what).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(close.cancelled_owned());
    Ok(tokio::spawn(async {
        // It ends with an error only when the listener does, and then the port is gone anyway.
        let _ = serving.await;
    }))
}

fn router(what: FrontDoor) -> Router {
    let proxy =
        |port: u16| ReverseProxy::new("", format!("http://127.0.0.1:{port}")).with_policy(policy());
    let backend = proxy(what.backend);
    Router::new()
        .route_service("/api", backend.clone())
        .route_service("/api/", backend.clone())
        .route_service("/api/{*rest}", backend)
        .fallback_service(proxy(what.frontend))
        .layer(from_fn(guard))
}

fn policy() -> ProxyPolicy {
    ProxyPolicy::new()
        .with_host_behaviour(HostBehaviour::Preserve)
        // The guard has already set them, without trust in what the client said.
        .with_x_forwarded_for(XForwardedFor::Preserve)
        .with_upstream_timeout(ANSWER_TIMEOUT)
}

async fn guard(
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    if is_guarded(request.uri().path()) {
        let detail = "nothing is published here";
        return problem(StatusCode::NOT_FOUND, "not-found", detail);
    }
    if declared_length(request.headers()).is_some_and(|length| length > BODY_LIMIT) {
        return refuse(request.into_body());
    }
    let host = host(&request);
    forward(request.headers_mut(), client, host);
    let (request, exceeded) = limited(request);
    let response = next.run(request).await;
    match response.extensions().get::<ProxyError>() {
        Some(_) if exceeded.load(Ordering::Relaxed) => too_large(),
        Some(_) => unanswered(response.status()),
        None => response,
    }
}

/// The request with a body that ends with an error at the limit, and whether it has come to that.
fn limited(request: Request) -> (Request, Arc<AtomicBool>) {
    let exceeded = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&exceeded);
    let request = request.map(|body| {
        let limit = usize::try_from(BODY_LIMIT).unwrap_or(usize::MAX);
        Body::new(Limited::new(body, limit).map_err(move |error| {
            seen.fetch_or(error.is::<LengthLimitError>(), Ordering::Relaxed);
            error
        }))
    });
    (request, exceeded)
}

fn unanswered(status: StatusCode) -> Response {
    if status == StatusCode::GATEWAY_TIMEOUT {
        let detail = "the service took too long to answer";
        return problem(status, "upstream-timeout", detail);
    }
    let detail = "the service does not answer at the moment";
    problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "upstream-unavailable",
        detail,
    )
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// What the client calls us: a header in HTTP/1, part of the address in HTTP/2.
fn host(request: &Request) -> Option<HeaderValue> {
    let authority = request.uri().authority();
    let named = || authority.and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
    request.headers().get(HOST).cloned().or_else(named)
}

/// Nothing stands in front of this door, so what a client claims about proxies before it is not true.
fn forward(headers: &mut HeaderMap, client: SocketAddr, host: Option<HeaderValue>) {
    headers.remove(FORWARDED);
    headers.remove(X_REAL_IP);
    headers.remove(X_FORWARDED_HOST);
    headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static("http"));
    if let Ok(address) = HeaderValue::from_str(&client.ip().to_string()) {
        headers.insert(X_FORWARDED_FOR, address);
    }
    if let Some(host) = host {
        headers.insert(X_FORWARDED_HOST, host);
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use reqwest::{Client, RequestBuilder};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    /// A server that answers with its name, the path and the forwarding headers that it was given.
    async fn upstream(name: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let echo = move |request: Request| async move {
            let header = |name| {
                request
                    .headers()
                    .get(name)
                    .map_or("-", |value: &HeaderValue| value.to_str().unwrap())
            };
            let forwarded = [
                "x-forwarded-for",
                "x-forwarded-proto",
                "x-forwarded-host",
                "forwarded",
                "traceparent",
            ];
            format!(
                "{name} {} {}",
                request.uri(),
                forwarded.map(header).join(" ")
            )
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(echo)).await });
        port
    }

    async fn free_port() -> u16 {
        TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap()
            .port()
    }

    /// An open door; nobody is behind `/api` when `backend` is none.
    async fn door(backend: Option<u16>) -> (String, CancellationToken, JoinHandle<()>) {
        let backend = match backend {
            Some(port) => port,
            None => free_port().await,
        };
        let what = FrontDoor {
            port: free_port().await,
            backend,
            frontend: upstream("frontend").await,
        };
        let close = CancellationToken::new();
        let serving = open(what, close.clone()).await.unwrap();
        (format!("http://127.0.0.1:{}", what.port), close, serving)
    }

    async fn text(request: RequestBuilder) -> String {
        request.send().await.unwrap().text().await.unwrap()
    }

    fn client() -> Client {
        Client::builder().no_proxy().build().unwrap()
    }

    #[tokio::test]
    async fn api_goes_to_the_backend_and_the_rest_to_the_frontend() {
        let (url, ..) = door(Some(upstream("backend").await)).await;
        for (path, expected) in [
            ("/api", "backend /api "),
            ("/api/", "backend /api/ "),
            ("/api/products?page=2", "backend /api/products?page=2 "),
            ("/", "frontend / "),
            ("/apiary", "frontend /apiary "),
            ("/products/1", "frontend /products/1 "),
        ] {
            let answer = text(client().get(format!("{url}{path}"))).await;
            assert!(answer.starts_with(expected), "{path}: {answer}");
        }
    }

    #[tokio::test]
    async fn what_a_client_claims_about_proxies_is_not_passed_on() {
        let (url, ..) = door(Some(upstream("backend").await)).await;
        let request = client()
            .get(format!("{url}/api/x"))
            .header("host", "shopmicro.local")
            .header("x-forwarded-for", "10.9.8.7")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "for=10.9.8.7")
            .header(
                "traceparent",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            );
        let answer = text(request).await;
        assert_eq!(
            answer,
            "backend /api/x 127.0.0.1 http shopmicro.local - 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        );
    }

    #[tokio::test]
    async fn nobody_behind_the_door_is_a_problem_to_retry() {
        let (url, ..) = door(None).await;
        let answer = client()
            .get(format!("{url}/api/health"))
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 503);
        assert_eq!(answer.headers()["retry-after"], "1");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(
            text(client().get(&url)).await.split(' ').next(),
            Some("frontend")
        );
    }

    #[tokio::test]
    async fn the_inside_is_not_published() {
        let (url, ..) = door(None).await;
        for path in ["/metrics", "/%6detrics", "/livez", "/readyz/"] {
            let answer = client().get(format!("{url}{path}")).send().await.unwrap();
            assert_eq!(answer.status(), 404, "{path}");
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
        }
    }

    #[tokio::test]
    async fn a_body_has_a_limit_whether_its_length_is_told_or_not() {
        let (url, ..) = door(Some(upstream("backend").await)).await;
        let size = usize::try_from(BODY_LIMIT).unwrap() + 1;
        let answer = client()
            .post(format!("{url}/api/x"))
            .body(vec![0; size])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 413);
        let mut stream = TcpStream::connect(url.trim_start_matches("http://"))
            .await
            .unwrap();
        stream
            .write_all(b"POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await
            .unwrap();
        let chunk = [
            format!("{:x}\r\n", 64 * 1024).as_bytes(),
            &vec![b'x'; 64 * 1024],
            b"\r\n",
        ]
        .concat();
        // The door may close before everything was sent; what it has answered by then is what counts.
        for _ in 0..17 {
            if stream.write_all(&chunk).await.is_err() {
                break;
            }
        }
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 413");
    }

    #[tokio::test]
    async fn a_closed_door_frees_its_port_when_every_request_is_answered() {
        let (url, close, serving) = door(None).await;
        assert!(text(client().get(&url)).await.starts_with("frontend"));
        close.cancel();
        serving.await.unwrap();
        assert!(client().get(&url).send().await.unwrap_err().is_connect());
    }
}
