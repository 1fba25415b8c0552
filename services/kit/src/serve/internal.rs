//! A second address for what only operators ask for, so that a network policy can tell them from the public.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::problem::Problem;

/// The paths of probes and metrics.
const PATHS: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// The server of the second address; it ends when this is dropped.
pub(super) struct Internal(JoinHandle<()>);

impl Drop for Internal {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Serves the operators' paths of `app` on the listener and returns what is left for the public.
pub(super) fn divide(app: Router, listener: TcpListener) -> (Router, Option<Internal>) {
    let internal = app.clone().layer(from_fn(refuse_others));
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, internal).await {
            tracing::error!(%error, "probes and metrics are not served any more");
        }
    });
    (app.layer(from_fn(refuse_internal)), Some(Internal(server)))
}

async fn refuse_internal(request: Request, next: Next) -> Response {
    if PATHS.contains(&request.uri().path()) {
        return Problem::not_found().into_response();
    }
    next.run(request).await
}

async fn refuse_others(request: Request, next: Next) -> Response {
    if PATHS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    Problem::not_found().into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn the_public_and_the_operators_each_see_their_own() {
        let app = Router::new()
            .route("/metrics", get(async || "figures"))
            .fallback(async || "page");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (public, internal) = divide(app, listener);
        let status = async |path: &str| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            public.clone().oneshot(request).await.unwrap().status()
        };
        assert_eq!(status("/metrics").await, StatusCode::NOT_FOUND);
        assert_eq!(status("/").await, StatusCode::OK);
        let inside = async |path: &str| {
            let answer = reqwest::get(format!("http://{address}{path}")).await;
            answer.map(|answer| answer.status().as_u16())
        };
        assert_eq!(inside("/metrics").await.unwrap(), 200);
        assert_eq!(inside("/").await.unwrap(), 404);
        drop(internal);
        tokio::task::yield_now().await;
        assert!(inside("/metrics").await.is_err());
    }
}
