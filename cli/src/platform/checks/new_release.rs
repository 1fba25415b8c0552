//! Waits until the front door leads to the release that has just been brought.
//!
//! An entry learns a moment later than the cluster which pods have left, and what is checked in that moment would be
//! the release before.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::visit::{Door, Health};
use crate::platform::Shop;

/// So many good answers in a row from the new release: pods are asked by turns.
const ANSWERS: usize = 10;

/// How long an entry may take. What is wrong after that is told by the checks.
const LIMIT: Duration = Duration::from_secs(10);

/// How long to rest after an answer of another release, or of one that is not well yet.
const REST: Duration = Duration::from_millis(100);

/// Comes back as soon as nobody but the new release answers, and it is well, or when the time is over.
pub async fn new_release(shop: &Shop) {
    let door = Door::new(&shop.front_door, shop.resolve.clone());
    // The checks say what the matter is if it does not come.
    let _ = timeout(LIMIT, answers(&door, &shop.release)).await;
}

async fn answers(door: &Door, release: &str) {
    let mut in_a_row = 0;
    while in_a_row < ANSWERS {
        if answering(door).await.as_deref() == Some(release) {
            in_a_row += 1;
        } else {
            in_a_row = 0;
            sleep(REST).await;
        }
    }
}

async fn answering(door: &Door) -> Option<String> {
    let answer = door.get("/api/health").send().await.ok()?;
    let health = answer.json::<Health>().ok()?;
    (health.status == "ok").then_some(health.release)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::routing::get;
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;
    use crate::platform::checks::closed_shop::closed_shop;

    #[tokio::test]
    async fn the_release_before_and_a_bad_beginning_are_waited_out() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let health = get(async move || {
            let (release, status) = match counted.fetch_add(1, Ordering::Relaxed) {
                // Pods of both releases take turns for a while, and one of the new ones has not reached its stores yet.
                place @ 0..6 if place % 2 == 0 => ("old", "ok"),
                6 => ("new", "down"),
                _ => ("new", "ok"),
            };
            axum::Json(json!({ "status": status, "release": release, "dependencies": {} }))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/api/health", health);
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let shop = Shop {
            front_door: format!("http://{address}"),
            release: "new".to_owned(),
            ..closed_shop()
        };
        new_release(&shop).await;
        server.abort();
        assert_eq!(asked.load(Ordering::Relaxed), 7 + ANSWERS);
    }
}
