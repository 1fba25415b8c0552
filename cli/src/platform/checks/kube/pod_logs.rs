//! What the containers of a shop have written.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::ResourceExt as _;
use kube::api::LogParams;

use super::scene::Scene;
use crate::platform::checks::trouble::Trouble;

/// So much of each log is looked through, from its end.
const LINES: i64 = 2000;

/// So many logs are fetched at the same time.
const AT_ONCE: usize = 8;

/// One log: whose, and what it says.
pub struct PodLog {
    /// As people call it.
    pub name: String,
    /// Its end.
    pub text: String,
}

/// Where a log is.
struct Place {
    pod: String,
    container: String,
    /// Whether it is of the container that ran before.
    previous: bool,
}

/// The logs of all containers, also of those that ran before.
pub async fn pod_logs(scene: &Scene<'_>) -> Result<Vec<PodLog>, Trouble> {
    let places = scene.pods.iter().flat_map(places);
    let places: Vec<_> = places.collect();
    let logs = places.into_iter().map(|place| read(scene, place));
    stream::iter(logs).buffered(AT_ONCE).try_collect().await
}

fn places(pod: &Pod) -> Vec<Place> {
    let Some(status) = &pod.status else {
        return Vec::new();
    };
    let all = [
        &status.init_container_statuses,
        &status.container_statuses,
        &status.ephemeral_container_statuses,
    ];
    let all = all.into_iter().flatten().flatten();
    all.flat_map(|container| {
        let runs = runs(container).iter();
        runs.map(move |&previous| Place {
            pod: pod.name_any(),
            container: container.name.clone(),
            previous,
        })
    })
    .collect()
}

/// The runs of a container that have a log: the one before, and this one.
const fn runs(container: &ContainerStatus) -> &'static [bool] {
    if container.restart_count > 0 {
        &[true, false]
    } else {
        &[false]
    }
}

/// Its end; nothing where it has none.
async fn read(scene: &Scene<'_>, place: Place) -> Result<PodLog, Trouble> {
    let Place {
        pod,
        container,
        previous,
    } = place;
    let before = if previous {
        ", before it was restarted"
    } else {
        ""
    };
    let name = format!("the log of container `{container}` of pod `{pod}`{before}");
    let parameters = LogParams {
        container: Some(container),
        previous,
        tail_lines: Some(LINES),
        ..LogParams::default()
    };
    match scene.objects::<Pod>().logs(&pod, &parameters).await {
        Ok(text) => Ok(PodLog { name, text }),
        // A container that has not begun, one whose node has dropped its log, or a pod that has just gone.
        Err(kube::Error::Api(status)) if matches!(status.code, 400 | 404) => Ok(PodLog {
            name,
            text: String::new(),
        }),
        Err(error) => Err(Trouble::from_platform(
            &scene.cluster.failed(format!("read {name}"), &error),
        )),
    }
}
