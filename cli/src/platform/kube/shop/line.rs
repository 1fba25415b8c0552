//! A connection to a port of a pod, through the API server.

use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use tokio::io::DuplexStream;
use tokio::time::timeout;

use crate::platform::Error;
use crate::platform::kube::Cluster;

/// How long somebody at the other end may take until everything is said.
const LIMIT: Duration = Duration::from_secs(5);

/// The kubelet's own reason may come a moment after the stream has ended.
const GRACE: Duration = Duration::from_millis(300);

/// The kubelet's reason for which the connection cannot be used; none when it was simply closed.
type Broken = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// One connection.
pub struct Line {
    /// Both directions.
    pub stream: DuplexStream,
    broken: Broken,
}

impl Line {
    /// Connects to that port of the pod. Whether anybody listens there shows only when something is said.
    pub async fn to(
        cluster: &Cluster,
        namespace: &str,
        pod: &str,
        port: u16,
    ) -> Result<Self, Error> {
        let pods: Api<Pod> = Api::namespaced(cluster.client.clone(), namespace);
        let action = || format!("reach port {port} of pod `{pod}` in namespace `{namespace}`");
        let forwarded = pods.portforward(pod, &[port]).await;
        let mut forwarded = forwarded.map_err(|error| cluster.failed(action(), &error))?;
        match (forwarded.take_stream(port), forwarded.take_error(port)) {
            (Some(stream), Some(broken)) => Ok(Self {
                stream,
                broken: Box::pin(broken),
            }),
            _ => Err(Error::Cluster {
                action: action(),
                cause: "the API server has opened no stream".to_owned(),
                hint: cluster.kubectl(&format!("describe pod {pod} -n {namespace}")),
            }),
        }
    }

    /// What somebody who speaks over it has heard, or why it broke.
    pub async fn speak<T>(
        self,
        speaker: impl AsyncFnOnce(DuplexStream) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut broken = pin!(reason(self.broken));
        tokio::select! {
            spoken = timeout(LIMIT, speaker(self.stream)) => match spoken {
                Ok(Ok(heard)) => Ok(heard),
                Ok(Err(cause)) => Err(timeout(GRACE, broken).await.unwrap_or(cause)),
                Err(_) => Err(format!("no answer within {} s", LIMIT.as_secs())),
            },
            cause = &mut broken => Err(cause),
        }
    }
}

/// Never comes back when there is none.
async fn reason(broken: Broken) -> String {
    match broken.await {
        Some(cause) => cause.trim().to_owned(),
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn line(stream: DuplexStream, broken: Option<&'static str>) -> Line {
        let broken = async move { broken.map(str::to_owned) };
        Line {
            stream,
            broken: Box::pin(broken),
        }
    }

    #[tokio::test]
    async fn what_the_other_end_says_is_heard() {
        let (near, mut far) = tokio::io::duplex(64);
        far.write_all(b"hello").await.unwrap();
        let heard = line(near, None).speak(async |mut stream| {
            let mut text = [0; 5];
            let read = stream.read_exact(&mut text).await;
            read.map_err(|error| error.to_string())?;
            Ok(text)
        });
        assert_eq!(&heard.await.unwrap(), b"hello");
    }

    #[tokio::test]
    async fn the_reason_of_the_kubelet_counts_more_than_an_end() {
        let (near, far) = tokio::io::duplex(64);
        drop(far);
        let said = line(near, Some("connect: connection refused\n"));
        let heard = said.speak(async |_| Err::<(), _>("end of file".to_owned()));
        assert_eq!(heard.await.unwrap_err(), "connect: connection refused");
        let (near, _far) = tokio::io::duplex(64);
        let heard = line(near, None).speak(async |_| Err::<(), _>("end of file".to_owned()));
        assert_eq!(heard.await.unwrap_err(), "end of file");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends() {
        let (near, _far) = tokio::io::duplex(64);
        let heard = line(near, None).speak(async |_| pending::<Result<(), String>>().await);
        assert_eq!(heard.await.unwrap_err(), "no answer within 5 s");
    }
}
