//! Waits until the front door leads to the release that has just been brought.
//!
//! An entry learns a moment later than the cluster which pods have left, and what is checked in that moment would be
//! the release before.

use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::{Instant, sleep};

use super::trouble::Trouble;
use super::visit::{Door, Health};
use crate::platform::Shop;

/// So many good answers from the new release at once, each over a connection of its own: several may serve the entry, and
/// each of them learns for itself who has come and who has left.
const ANSWERS: usize = 16;

/// How long an entry may take. What is wrong after that is told by the checks.
const LIMIT: Duration = Duration::from_mins(1);

/// How long nobody at all may answer.
const SILENCE: Duration = Duration::from_secs(10);

/// How long to rest after answers of another release, or of one that is not well yet.
const REST: Duration = Duration::from_millis(200);

/// Comes back as soon as nobody but the new release answers, and it is well, or when the time is over.
pub async fn new_release(shop: &Shop) {
    let door = Door::by_turns(&shop.front_door, shop.resolve.clone());
    let begin = Instant::now();
    let mut heard = begin;
    while begin.elapsed() < LIMIT && heard.elapsed() < SILENCE {
        let answers = (0..ANSWERS).map(|_| is_new(&door, &shop.release));
        match try_join_all(answers).await {
            Ok(answers) if answers.iter().all(|is_new| *is_new) => return,
            Ok(_) => heard = Instant::now(),
            // The checks say what the matter is if it does not come.
            Err(_) => {}
        }
        sleep(REST).await;
    }
}

/// Whether the new release answers, and is well: its API and its page.
async fn is_new(door: &Door, release: &str) -> Result<bool, Trouble> {
    let page = door.get("/").send().await?;
    let health = door.get("/api/health").send().await?.json::<Health>();
    let is_well = health.is_ok_and(|health| health.status == "ok" && health.release == release);
    Ok(is_well && page.status == 200)
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

    /// A shop whose API answers for the n-th time with the release and the state that `of` says.
    async fn shop_that_answers(
        of: impl Fn(usize) -> (&'static str, &'static str) + Clone + Send + Sync + 'static,
    ) -> (Shop, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let health = get(async move || {
            let (release, status) = of(counted.fetch_add(1, Ordering::Relaxed));
            axum::Json(json!({ "status": status, "release": release, "dependencies": {} }))
        });
        let app = Router::new()
            .route("/", get(async || "page"))
            .route("/api/health", health);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let shop = Shop {
            front_door: format!("http://{address}"),
            release: "new".to_owned(),
            ..closed_shop()
        };
        (shop, asked)
    }

    #[tokio::test]
    async fn the_release_before_and_a_bad_beginning_are_waited_out() {
        let (shop, asked) = shop_that_answers(|place| match place {
            // Pods of both releases take turns for a while, and one of the new ones has not reached its stores yet.
            place @ 0..ANSWERS if place % 2 == 0 => ("old", "ok"),
            ANSWERS => ("new", "down"),
            _ => ("new", "ok"),
        })
        .await;
        new_release(&shop).await;
        assert_eq!(asked.load(Ordering::Relaxed), 3 * ANSWERS);
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_where_nobody_answers_is_given_up_early() {
        let begin = Instant::now();
        new_release(&closed_shop()).await;
        let took = begin.elapsed();
        assert!((SILENCE..LIMIT).contains(&took), "{took:?}");
    }
}
