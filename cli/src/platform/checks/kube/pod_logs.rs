//! What the containers of a shop have written.

use futures_util::{AsyncReadExt as _, Stream, StreamExt as _, stream};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::ResourceExt as _;
use kube::api::LogParams;

use super::scene::Scene;
use crate::platform::checks::trouble::Trouble;

/// So much of each log is looked through from its beginning, where a program tells its settings: 1 MiB.
const BEGINNING: usize = 1 << 20;

/// So many lines of a log that is longer are looked through at its end.
const LINES: i64 = 2000;

/// So many logs are fetched at the same time.
const AT_ONCE: usize = 8;

/// One log: whose, and what it says.
pub struct PodLog {
    /// As people call it.
    pub name: String,
    /// All of it, or its beginning and its end where it is long.
    pub text: String,
}

/// Where a log is.
struct Place {
    pod: String,
    container: String,
    /// Whether it is of the container that ran before.
    previous: bool,
}

/// The logs of all containers, also of those that ran before. Few are held at a time.
pub fn pod_logs<'a>(scene: &'a Scene<'_>) -> impl Stream<Item = Result<PodLog, Trouble>> + use<'a> {
    let places: Vec<_> = scene.pods.iter().flat_map(places).collect();
    let logs = places.into_iter().map(move |place| read(scene, place));
    stream::iter(logs).buffered(AT_ONCE)
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

impl Place {
    /// As people call it.
    fn name(&self) -> String {
        let Self { pod, container, .. } = self;
        let before = if self.previous {
            ", before it was restarted"
        } else {
            ""
        };
        format!("the log of container `{container}` of pod `{pod}`{before}")
    }

    fn parameters(&self) -> LogParams {
        LogParams {
            container: Some(self.container.clone()),
            previous: self.previous,
            ..LogParams::default()
        }
    }
}

/// As much of it as is looked through.
async fn read(scene: &Scene<'_>, place: Place) -> Result<PodLog, Trouble> {
    let beginning = LogParams {
        limit_bytes: i64::try_from(BEGINNING).ok(),
        ..place.parameters()
    };
    let mut text = fetch(scene, &place, &beginning).await?;
    if text.len() >= BEGINNING {
        let end = LogParams {
            tail_lines: Some(LINES),
            ..place.parameters()
        };
        text.push('\n');
        text += &fetch(scene, &place, &end).await?;
    }
    Ok(PodLog {
        name: place.name(),
        text,
    })
}

/// A part of it; nothing where there is none. What is no text stays in it in some form: a program may write anything.
async fn fetch(
    scene: &Scene<'_>,
    place: &Place,
    parameters: &LogParams,
) -> Result<String, Trouble> {
    let failed = |error: &kube::Error| {
        let action = format!("read {}", place.name());
        Trouble::from_platform(&scene.cluster.failed(action, error))
    };
    let pods = scene.objects::<Pod>();
    let mut stream = match pods.log_stream(&place.pod, parameters).await {
        Ok(stream) => stream,
        // A container that has not begun, one whose node has dropped its log, or a pod that has just gone.
        Err(kube::Error::Api(status)) if matches!(status.code, 400 | 404) => {
            return Ok(String::new());
        }
        Err(error) => return Err(failed(&error)),
    };
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes).await;
    read.map_err(|error| failed(&kube::Error::Service(error.into())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
