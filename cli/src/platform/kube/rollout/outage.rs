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

/// Waits until the API answers. From now on the events are told when it does not.
pub async fn wait_out(cluster: &Cluster, events: &Events) -> Result<(), Error> {
    cluster.silence.tell(events);
    let start = Instant::now();
    while let Some(reason) = absence(cluster).await {
        cluster.silence.goes_on(&reason);
        if start.elapsed() >= LONGEST {
            return Err(gone(cluster, reason));
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

/// Why the API does not answer; none when it does, whatever it says.
async fn absence(cluster: &Cluster) -> Option<String> {
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
