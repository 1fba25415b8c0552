//! The one published port: `/api` goes to the backend, everything else to the frontend.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{CONTENT_LENGTH, FORWARDED, HOST};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use axum_reverse_proxy::{HostBehaviour, ProxyError, ProxyPolicy, ReverseProxy, XForwardedFor};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::guarded_path::is_guarded;
use super::problem::problem;
use crate::platform::local::spec::FrontDoor;

/// The largest request body that is let through, in bytes. The services draw narrower lines themselves.
const BODY_LIMIT: u64 = 1024 * 1024;

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
        .with_max_request_body_bytes(BODY_LIMIT)
}

async fn guard(
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    if is_guarded(request.uri().path()) {
        return problem(
            StatusCode::NOT_FOUND,
            "not-found",
            "nothing is published here",
        );
    }
    if declared_length(request.headers()).is_some_and(|length| length > BODY_LIMIT) {
        let detail = format!("a request may have at most {BODY_LIMIT} bytes");
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", &detail);
    }
    let host = host(&request);
    forward(request.headers_mut(), client, host);
    let response = next.run(request).await;
    match response.extensions().get::<ProxyError>() {
        Some(error) => unavailable(error, response.status()),
        None => response,
    }
}

fn unavailable(error: &ProxyError, status: StatusCode) -> Response {
    if status == StatusCode::GATEWAY_TIMEOUT {
        return problem(
            status,
            "upstream-timeout",
            "the service took too long to answer",
        );
    }
    if error.message().contains("length limit") {
        let detail = format!("a request may have at most {BODY_LIMIT} bytes");
        return problem(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", &detail);
    }
    problem(
        StatusCode::SERVICE_UNAVAILABLE,
        "upstream-unavailable",
        "the service does not answer at the moment",
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
