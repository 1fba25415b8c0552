//! An API server that is away for a while.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::platform::kube::{Cluster, cause};
use crate::platform::{Error, Events};

/// An API server that is away for longer does not come back by itself.
const LONGEST: Duration = Duration::from_mins(1);

/// How long it may take to say its version.
const ANSWER: Duration = Duration::from_secs(6);

/// The pause between two questions: there is nothing that could be watched.
const PAUSE: Duration = Duration::from_millis(500);

/// Waits until the API answers. Says for how long it was away; none when it has answered at once.
pub async fn wait_out(cluster: &Cluster, events: &Events) -> Result<Option<Duration>, Error> {
    let start = Instant::now();
    let mut told = None;
    while let Some(reason) = silence(cluster).await {
        if start.elapsed() >= LONGEST {
            return Err(gone(cluster, reason));
        }
        let seconds = start.elapsed().as_secs();
        let is_first = told.is_none();
        if told.replace(seconds) != Some(seconds) {
            let text =
                format!("the Kubernetes API does not answer ({reason}); waited for {seconds} s");
            if is_first {
                events.turn(text);
            } else {
                events.progress(text);
            }
        }
        sleep(PAUSE).await;
    }
    if told.is_none() {
        return Ok(None);
    }
    let away = start.elapsed();
    let seconds = away.as_secs().max(1);
    events.note(format!("the Kubernetes API was away for {seconds} s"));
    Ok(Some(away))
}

/// Why the API does not answer; none when it does, whatever it says.
async fn silence(cluster: &Cluster) -> Option<String> {
    match timeout(ANSWER, cluster.client.apiserver_version()).await {
        Ok(Ok(_)) => None,
        // A proxy in front of it, or one that is about to start or to end.
        Ok(Err(kube::Error::Api(status))) if status.code < 500 => None,
        Ok(Err(error)) => Some(cause(&error)),
        Err(_) => Some(format!("no answer within {} s", ANSWER.as_secs())),
    }
}

fn gone(cluster: &Cluster, reason: String) -> Error {
    Error::Cluster {
        action: format!(
            "reach the Kubernetes API at {} for {} s",
            cluster.server,
            LONGEST.as_secs()
        ),
        cause: reason,
        hint: format!(
            "{}, then run the same command again",
            cluster.kubectl("cluster-info")
        ),
    }
}
