//! `GET /api/health`.

use std::collections::BTreeMap;

use axum::extract::State;
use http::StatusCode;
use kit::extract::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(health))
}

/// How the shop is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`; `degraded` while only recommendations suffer; `down` when nothing can be bought.
    status: HealthStatus,
    /// Name of the release.
    release: String,
    /// The state of each dependency.
    dependencies: BTreeMap<&'static str, HealthStatus>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum HealthStatus {
    Ok,
    Degraded,
    Down,
}

/// The shop's health
#[utoipa::path(get, path = "/api/health", operation_id = "get_health", tag = "health", responses(
    (status = 200, description = "The shop sells", body = Health),
    (status = 503, description = "PostgreSQL or Redis is down", body = Health, content_type = "application/json"),
))]
async fn health(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let outcomes = state.health.outcomes().await;
    let dependencies: BTreeMap<_, _> = outcomes
        .iter()
        .map(|probe| {
            (
                probe.name,
                if probe.outcome.is_ok() {
                    HealthStatus::Ok
                } else {
                    HealthStatus::Down
                },
            )
        })
        .collect();
    let is_down = |name| dependencies.get(name) == Some(&HealthStatus::Down);
    let (code, status) = if is_down("postgres") || is_down("redis") {
        (StatusCode::SERVICE_UNAVAILABLE, HealthStatus::Down)
    } else if is_down("ml-service") {
        (StatusCode::OK, HealthStatus::Degraded)
    } else {
        (StatusCode::OK, HealthStatus::Ok)
    };
    let release = state.settings.release.clone();
    (
        code,
        Json(Health {
            status,
            release,
            dependencies,
        }),
    )
}
