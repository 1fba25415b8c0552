//! `POST /recommendations`: what goes with these products?

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use kit::Problem;
use kit::extract::Json;
use serde::{Deserialize, Serialize};

use super::Served;

/// Most products of a question. A cart has fewer lines.
const MOST_ITEMS: usize = 100;
/// Most products of an answer.
const MOST_ANSWERS: usize = 100;
/// Seconds after which asking again makes sense while there is no model.
const RETRY_AFTER: u32 = 30;
/// Longest body, in bytes: more than enough for the most items.
const BODY_LIMIT: usize = 16 * 1024;

/// A question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    items: Vec<i32>,
    #[serde(default = "default_limit")]
    limit: usize,
}

fn default_limit() -> usize {
    8
}

/// An answer, best first.
#[derive(Debug, Serialize)]
struct Answer {
    model: String,
    items: Vec<Recommendation>,
}

#[derive(Debug, Serialize)]
struct Recommendation {
    id: i32,
    score: f32,
}

/// The service's interface.
pub fn router(served: Served) -> Router {
    Router::new()
        .route("/recommendations", post(recommend))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(served)
}

async fn recommend(
    State(served): State<Served>,
    Json(question): Json<Question>,
) -> Result<Json<Answer>, Problem> {
    let Question { items, limit } = question;
    if items.len() > MOST_ITEMS {
        return Err(Problem::unprocessable(format!(
            "items must be at most {MOST_ITEMS}"
        )));
    }
    if !(1..=MOST_ANSWERS).contains(&limit) {
        return Err(Problem::unprocessable(format!(
            "limit must be between 1 and {MOST_ANSWERS}"
        )));
    }
    let Some(current) = served.model() else {
        return Err(Problem::unavailable(
            "no model has been published yet",
            RETRY_AFTER,
        ));
    };
    let best = current.model.recommend(&items, limit);
    Ok(Json(Answer {
        model: current.version.clone(),
        items: best
            .into_iter()
            .map(|(id, score)| Recommendation { id, score })
            .collect(),
    }))
}
