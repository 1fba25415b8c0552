//! An API server that is gone for a while.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{Inventory, Object, Survey, prune};
use crate::plan::manifest::{Manifest, Phase};
use crate::platform::Error;
use crate::platform::kube::conversation::{Answer, Conversation};

/// How long it takes to start again.
const RESTART: Duration = Duration::from_secs(40);

fn service() -> Object {
    Object::of(&Manifest {
        path: "service.yaml".to_owned(),
        phase: Phase::Services,
        component: "backend",
        kind: "Service".to_owned(),
        name: "backend".to_owned(),
        yaml: "{apiVersion: v1, kind: Service, metadata: {name: backend, namespace: shop}}"
            .to_owned(),
    })
    .unwrap()
}

/// Does it while the API server starts again.
async fn outlast<T>(
    conversation: &Conversation,
    work: impl Future<Output = Result<T, Error>>,
) -> T {
    conversation.leave();
    let restart = async {
        sleep(RESTART).await;
        conversation.come_back();
    };
    let (done, ()) = tokio::join!(work, restart);
    done.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_restart_of_the_api_server_is_outlasted() {
    let conversation = Conversation::with(vec![]);
    let cluster = &conversation.cluster;
    let inventory = Inventory {
        objects: [service().key()].into(),
        ..Inventory::default()
    };
    let nothing = outlast(&conversation, Inventory::read(cluster, "shop")).await;
    assert_eq!(nothing, Inventory::default());
    outlast(&conversation, inventory.write(cluster, "shop")).await;
    let objects = [service()];
    let survey = Survey::of(cluster, "shop", &objects, &inventory, false);
    assert!(
        outlast(&conversation, survey)
            .await
            .differs(&service().key())
    );
    outlast(&conversation, prune(cluster, "shop", &inventory, &[])).await;
}

#[tokio::test(start_paused = true)]
async fn it_may_restart_while_an_object_is_going() {
    let services = "GET /api/v1/namespaces/shop/services";
    let going = json!({ "metadata": { "name": "backend", "uid": "1" } });
    let conversation = Conversation::with(vec![
        (
            "GET /api/v1/namespaces/shop/services/",
            Answer::Once(going.clone()),
        ),
        (
            services,
            Answer::Once(json!({ "metadata": { "resourceVersion": "1" }, "items": [going] })),
        ),
        (services, Answer::Listed(json!([]))),
    ]);
    let inventory = Inventory {
        objects: [service().key()].into(),
        ..Inventory::default()
    };
    let restart = async {
        conversation
            .change("/api/v1/namespaces/shop/services", &going)
            .await;
        conversation.leave();
        sleep(RESTART / 2).await;
        conversation.come_back();
    };
    let (done, ()) = tokio::join!(
        prune(&conversation.cluster, "shop", &inventory, &[]),
        restart
    );
    done.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_api_server_that_stays_away_is_an_error_after_a_minute() {
    let conversation = Conversation::with(vec![]);
    conversation.leave();
    let start = Instant::now();
    let read = Inventory::read(&conversation.cluster, "shop").await;
    assert!(matches!(read, Err(Error::Cluster { .. })), "{read:?}");
    let waited = start.elapsed();
    assert!(
        waited > Duration::from_secs(58) && waited <= Duration::from_mins(1),
        "{waited:?}"
    );
}
