//! What is asked of a cluster for its lock, and what is made of the answers.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::Lease;
use super::identity::identity;
use super::object::WATCH;
use crate::platform::kube::conversation::{Answer, Conversation};
use crate::platform::{Entry, Error, Event, Events, Journal};

const GET: &str = "GET /apis/coordination.k8s.io/v1/namespaces/shop/leases/shopctl";
const PUT: &str = "PUT /apis/coordination.k8s.io/v1/namespaces/shop/leases/shopctl";
const POST: &str = "POST /apis/coordination.k8s.io/v1/namespaces/shop/leases";

/// So long ago that no clock is so wrong, in seconds.
const HOUR: u64 = 3600;

const OTHER: &str = "ann@desk (process 7, 0123abcd)";

/// A Lease whose holder was heard of so long ago.
fn lease(holder: &str, seconds: u64) -> Value {
    let renewed = Timestamp::now() - Duration::from_secs(seconds);
    json!({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
        "metadata": {
            "name": "shopctl", "namespace": "shop", "resourceVersion": "5",
            "annotations": { "shopmicro.dev/operation": "deploy", "shopmicro.dev/step": "apply-services" },
        },
        "spec": {
            "holderIdentity": holder, "leaseDurationSeconds": 15, "renewTime": format!("{renewed:.6}"),
        },
    })
}

/// What is read while a holder that was long not heard of is watched in vain, and what is read from then on.
fn follow(left_by: &str, then: Value) -> Vec<(&'static str, Answer)> {
    let left = lease(left_by, HOUR);
    let looks = usize::try_from(WATCH.as_secs()).unwrap() + 1;
    let watched = std::iter::repeat_n(Answer::Once(left), looks);
    let answers = watched.chain([Answer::Object(then)]);
    answers.map(|answer| (GET, answer)).collect()
}

fn conflict() -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 409,
        "reason": "Conflict", "message": "the object has been modified",
    })
}

async fn take(conversation: &Conversation) -> Result<Box<dyn Journal>, Error> {
    Lease::take(&conversation.cluster, "shop", "up", &Events::unheard()).await
}

/// Who keeps the lock from this one.
async fn holder(conversation: &Conversation) -> String {
    match take(conversation).await {
        Err(Error::Locked { holder, .. }) => holder,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the lock was taken"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_living_holder_keeps_the_lock() {
    let conversation = Conversation::with(vec![
        (GET, Answer::Once(lease(OTHER, 4))),
        (GET, Answer::Object(lease(OTHER, 0))),
    ]);
    let holder = holder(&conversation).await;
    assert!(
        holder.contains("`deploy`") && holder.contains(OTHER),
        "{holder}"
    );
    assert!(conversation.asked("PUT").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_living_holder_whose_clock_is_behind_keeps_the_lock() {
    let conversation = Conversation::with(vec![
        (GET, Answer::Once(lease(OTHER, 60))),
        (GET, Answer::Object(lease(OTHER, 55))),
    ]);
    assert!(holder(&conversation).await.contains(OTHER));
    assert!(conversation.asked("PUT").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dead_holder_whose_clock_was_ahead_is_followed() {
    let mut ahead = lease(OTHER, 0);
    ahead["spec"]["renewTime"] = json!("2126-11-23T10:00:00.000000Z");
    let conversation = Conversation::with(vec![(GET, Answer::Object(ahead))]);
    let start = Instant::now();
    let _lock = take(&conversation).await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(15));
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_was_free_when_another_took_and_left_it_is_not_taken() {
    let conversation = Conversation::with(
        [
            follow(OTHER, lease("", 0)),
            vec![(PUT, Answer::Refused(conflict()))],
        ]
        .concat(),
    );
    let holder = holder(&conversation).await;
    assert_eq!(holder, "somebody who was quicker and has ended since");
}

#[tokio::test(start_paused = true)]
async fn a_dead_holder_is_followed_and_what_it_left_is_known() {
    let conversation = Conversation::with(vec![(GET, Answer::Object(lease(OTHER, HOUR)))]);
    let cut_off = Lease::interruption(&conversation.cluster, "shop").await;
    assert_eq!(cut_off.unwrap().unwrap().step, "apply-services");
    let _lock = take(&conversation).await.unwrap();
    let claim = conversation.sent(PUT).remove(0);
    assert_eq!(claim["spec"]["holderIdentity"], identity());
    // So the API server refuses it where somebody has been quicker.
    assert_eq!(claim["metadata"]["resourceVersion"], "5");
}

#[tokio::test(start_paused = true)]
async fn of_two_that_follow_a_dead_holder_one_is_told_of_the_other() {
    let conversation = Conversation::with(
        [
            follow("bob@desk", lease(OTHER, 0)),
            vec![(PUT, Answer::Refused(conflict()))],
        ]
        .concat(),
    );
    let holder = holder(&conversation).await;
    assert!(holder.starts_with(OTHER), "{holder}");
    assert_eq!(conversation.asked(PUT).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_was_taken_without_an_answer_is_held() {
    let conversation = Conversation::with(vec![
        (
            GET,
            Answer::RefusedOnce(json!({
                "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": 404,
                "reason": "NotFound", "message": "not found",
            })),
        ),
        (GET, Answer::Object(lease(identity(), 0))),
        (POST, Answer::Lost),
        (POST, Answer::Refused(conflict())),
    ]);
    let _lock = take(&conversation).await.unwrap();
    assert_eq!(conversation.asked(POST).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_step_whose_record_was_not_answered_is_recorded_again() {
    let conversation = Conversation::with(
        [
            follow(OTHER, lease(identity(), 0)),
            vec![
                (PUT, Answer::Once(lease(identity(), 0))),
                (PUT, Answer::Lost),
            ],
        ]
        .concat(),
    );
    let mut lock = take(&conversation).await.unwrap();
    let step = Entry::Step {
        name: "build-images".to_owned(),
    };
    lock.record(&step).await.unwrap();
    let sent = conversation.sent(PUT);
    assert_eq!(sent.len(), 3);
    let annotations = &sent[2]["metadata"]["annotations"];
    assert_eq!(annotations["shopmicro.dev/step"], "build-images");
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_somebody_else_took_ends_the_next_step() {
    let conversation = Conversation::with(follow("bob@desk", lease(OTHER, 0)));
    let mut lock = take(&conversation).await.unwrap();
    let name = "build-images".to_owned();
    let error = lock.record(&Entry::Step { name }).await.unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    assert_eq!(conversation.asked(PUT).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_finished_gives_the_lock_up_once() {
    let conversation = Conversation::with(follow(OTHER, lease(identity(), 0)));
    let mut lock = take(&conversation).await.unwrap();
    let outcome = "done".to_owned();
    lock.record(&Entry::Finished { outcome }).await.unwrap();
    let last = conversation.sent(PUT).pop().unwrap();
    assert_eq!(last["spec"].get("holderIdentity"), None);
    assert_eq!(
        last["metadata"]["annotations"].get("shopmicro.dev/step"),
        None
    );
    lock.release().await.unwrap();
    // No heartbeat takes back what was given up.
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(conversation.asked(PUT).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_interrupted_gives_the_lock_up_and_stays_known() {
    let conversation = Conversation::with(follow(OTHER, lease(identity(), 0)));
    let mut lock = take(&conversation).await.unwrap();
    lock.release().await.unwrap();
    let last = conversation.sent(PUT).pop().unwrap();
    assert_eq!(last["spec"].get("holderIdentity"), None);
    assert_eq!(
        last["metadata"]["annotations"]["shopmicro.dev/step"],
        "apply-services"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lock_is_taken_while_the_api_server_starts_again() {
    let conversation = Conversation::with(vec![(GET, Answer::Object(lease(OTHER, HOUR)))]);
    conversation.leave();
    let restart = async {
        tokio::time::sleep(Duration::from_secs(40)).await;
        conversation.come_back();
    };
    let (taken, ()) = tokio::join!(take(&conversation), restart);
    assert!(taken.is_ok());
}

#[tokio::test(start_paused = true)]
async fn work_under_a_lock_that_somebody_else_took_ends_within_a_heartbeat() {
    let conversation = Conversation::with(follow("bob@desk", lease(OTHER, 0)));
    let lock = take(&conversation).await.unwrap();
    let start = Instant::now();
    let work = std::future::pending::<Result<(), Error>>();
    let error = lock.fence().keep(work).await.unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    assert!(error.to_string().contains(OTHER), "{error}");
    assert_eq!(start.elapsed(), Duration::from_secs(5));
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_while_the_api_server_starts_again() {
    let conversation = Conversation::with(follow("bob@desk", lease(identity(), 0)));
    let lock = take(&conversation).await.unwrap();
    conversation.leave();
    let work = async {
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        conversation.come_back();
        tokio::time::sleep(Duration::from_secs(10)).await;
        Ok::<_, Error>(7)
    };
    assert_eq!(lock.fence().keep(work).await.unwrap(), 7);
    // It was renewed as soon as somebody could hear of it.
    assert!(conversation.asked(PUT).len() >= 3);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_dead_holder_is_told_so() {
    let conversation = Conversation::with(follow(OTHER, lease(identity(), 0)));
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    let events = Events::new(sender);
    let taken = Lease::take(&conversation.cluster, "shop", "up", &events).await;
    assert!(taken.is_ok());
    let Some(Event::Note(note)) = told.recv().await else {
        panic!("nothing was told");
    };
    assert!(note.contains(OTHER) && note.contains("`deploy`"), "{note}");
}
