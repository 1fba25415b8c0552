//! What the containers of a shop have written.

use std::io;

use futures_util::{AsyncRead, AsyncReadExt as _, Stream, StreamExt as _, stream};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use kube::ResourceExt as _;
use kube::api::LogParams;

use super::scene::Scene;
use crate::platform::checks::trouble::Trouble;
use crate::platform::checks::visit::twice;

/// So much of each log is looked through from its beginning, where a program tells its settings: 1 MiB.
const BEGINNING: usize = 1 << 20;

/// So many lines of a log that is longer are looked through at its end.
const LINES: i64 = 2000;

/// So much of those lines is looked through, whatever their length: 1 MiB.
const END: usize = 1 << 20;

/// So many logs are fetched at the same time; `shopctl` has little memory.
const AT_ONCE: usize = 4;

/// So much is taken from a log at once.
const CHUNK: usize = 1 << 16;

/// One log: whose, and what it says.
pub struct PodLog {
    /// As people call it.
    pub name: String,
    /// All of it, or its beginning and its end where it is long.
    pub text: String,
    /// Whether it is long, so that a part between its beginning and its end may be missing.
    pub is_cut: bool,
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
    // A pod that is leaving may take its log along while it is read, and is gone the second time.
    let mut text = twice(async || fetch(scene, &place, &beginning).await).await?;
    let is_cut = text.len() >= BEGINNING;
    if is_cut {
        let end = LogParams {
            tail_lines: Some(LINES),
            ..place.parameters()
        };
        text.push('\n');
        text += &twice(async || fetch(scene, &place, &end).await).await?;
    }
    Ok(PodLog {
        name: place.name(),
        text,
        is_cut,
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
    let read = last_of(&mut stream).await;
    let bytes = read.map_err(|error| failed(&kube::Error::Service(error.into())))?;
    let text = String::from_utf8(bytes);
    Ok(text.unwrap_or_else(|other| String::from_utf8_lossy(other.as_bytes()).into_owned()))
}

/// The last bytes of what comes; only little more than those are ever held.
async fn last_of(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let most = BEGINNING.max(END);
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; CHUNK]);
    loop {
        let count = stream.read(&mut chunk).await?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..count]);
        if bytes.len() > most + 4 * CHUNK {
            bytes.drain(..bytes.len() - most);
        }
    }
    let before = bytes.len().saturating_sub(most);
    bytes.drain(..before);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use futures_util::io::{Cursor, repeat};

    use super::*;

    #[tokio::test]
    async fn of_lines_without_an_end_only_the_last_bytes_are_held() {
        let endless = repeat(b'a').take(5 << 20);
        let mut log = endless.chain(Cursor::new(b"the end"));
        let bytes = last_of(&mut log).await.unwrap();
        assert_eq!(bytes.len(), END);
        assert!(bytes.ends_with(b"the end"));
        let short = last_of(&mut Cursor::new(b"all of it")).await.unwrap();
        assert_eq!(short, b"all of it");
    }
}
