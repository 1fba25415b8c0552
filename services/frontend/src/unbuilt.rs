//! What is served when the program was built without the storefront.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

const TEXT: &str = "\
The storefront is not built into this program.

Either let shopctl build everything, from the root of the repository:

    cargo shopctl up

or build the storefront and then the program:

    npm ci --prefix services/frontend/ui
    npm run build --prefix services/frontend/ui
    cargo build --release --package frontend
";

/// A plain page that says what to type.
pub(crate) fn page() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, TEXT).into_response()
}
