//! Rubbish is refused, politely.

use futures_util::future::try_join_all;
use serde_json::json;
use uuid::Uuid;

use super::check::{Check, When};
use super::trouble::{Judgement, Trouble, ensure};
use super::visit::{Answer, Request, Visit, announce};

/// The check.
pub const CHECK: Check = Check {
    name: "hostile-input",
    title: "over-size, malformed and absurd requests are refused with a 4xx",
    needs: &[],
    when: When::Together,
    judge: |visit| Box::pin(judge(visit)),
};

/// More than any request needs, in bytes, and little enough for the network's buffers: a server that refuses early
/// closes the connection, and whoever is still sending then may never see why.
const LARGE: usize = 96 * 1024;

/// So much that it must be refused before it is sent, in bytes.
const HUGE: usize = 64 * 1024 * 1024;

/// What must be refused, whatever the exact status.
const ABSURD: [&str; 8] = [
    "/api/products?per_page=1000000000",
    "/api/products?per_page=-1",
    "/api/products?page=0",
    "/api/products?page=99999999999999999999",
    "/api/products?sort=;drop",
    "/api/products/99999999999999999999",
    "/api/products/%27%20OR%201=1",
    "/api/carts/not-a-cart",
];

/// What may be answered in any way that is no failure of the server.
const STRANGE: [&str; 3] = [
    "/api/products?search=%00",
    "/api/products?search=mug%00%27",
    "/api/products?search=%ff%fe",
];

async fn judge(visit: &Visit<'_>) -> Judgement {
    let absurd = ABSURD
        .iter()
        .map(|path| ensure_refused(visit.door.get(path)));
    let strange = STRANGE
        .iter()
        .map(|path| ensure_survived(visit.door.get(path)));
    let ((), _, _, quantities) = tokio::try_join!(
        ensure_exact(visit),
        try_join_all(absurd),
        try_join_all(strange),
        hostile_quantities(visit),
    )?;
    let refused = 5 + ABSURD.len() + STRANGE.len() + quantities;
    Ok(match quantities {
        0 => format!("{refused} requests refused; no cart could be had to try quantities on"),
        _ => format!("{refused} requests refused"),
    })
}

/// Refusals with a status of their own.
async fn ensure_exact(visit: &Visit<'_>) -> Result<(), Trouble> {
    let post = || {
        visit
            .door
            .post("/api/orders")
            .header("Idempotency-Key", "verify-hostile")
    };
    let (large, huge, malformed, untyped, keyless) = tokio::join!(
        post().body("application/json", vec![b' '; LARGE]).send(),
        announce(&visit.door, "/api/orders", HUGE),
        post().body("application/json", "{\"cart_id\":").send(),
        post().body("text/plain", "{}").send(),
        visit
            .door
            .post("/api/orders")
            .json(&json!({ "cart_id": Uuid::nil() }))
            .send(),
    );
    large?.expect(413)?;
    huge?.expect(413)?;
    malformed?.expect(400)?;
    untyped?.expect(415)?;
    ensure_client_error(&keyless?)
}

/// How many hostile quantities were refused; 0 when there is no cart to try them on, which `checkout` tells about.
async fn hostile_quantities(visit: &Visit<'_>) -> Result<usize, Trouble> {
    let shopper = visit.shopper();
    let Ok(cart) = shopper.open_cart().await else {
        return Ok(0);
    };
    let quantities = [-1, 100, i64::from(i32::MAX) + 1];
    let answers = try_join_all(quantities.map(|quantity| shopper.put(cart, 1, quantity))).await?;
    for answer in &answers {
        ensure_client_error(answer)?;
    }
    Ok(answers.len())
}

async fn ensure_refused(request: Request) -> Result<(), Trouble> {
    ensure_client_error(&request.send().await?)
}

fn ensure_client_error(answer: &Answer) -> Result<(), Trouble> {
    ensure((400..500).contains(&answer.status), || {
        answer.trouble(&format!(
            "answered {} instead of refusing with a 4xx",
            answer.status
        ))
    })
}

async fn ensure_survived(request: Request) -> Result<(), Trouble> {
    let answer = request.send().await?;
    ensure(answer.status < 500, || {
        answer.trouble(&format!(
            "answered {}, a failure of the server",
            answer.status
        ))
    })
}
