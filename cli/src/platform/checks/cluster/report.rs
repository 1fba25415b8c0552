//! What the pods on the nodes said.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use futures_util::future::try_join_all;
use futures_util::io::{AsyncBufRead, AsyncBufReadExt as _};
use k8s_openapi::api::core::v1::Pod;
use kube::api::LogParams;
use tokio::time::timeout;

use super::image;
use super::probe::Probe;
use super::proof::Proof;
use crate::platform::checks::trouble::Trouble;
use crate::platform::kube::cause;

/// The pods try for at most 40 s.
const LIMIT: Duration = Duration::from_secs(50);

/// One pod's report. The reason, where something went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The pod.
    pub probe: Probe,
    /// Whether the name could be resolved.
    pub dns: Result<(), String>,
    /// Whether the Service of the next node could be reached.
    pub service: Result<(), String>,
}

/// Listens to all pods until they have said everything.
pub async fn listen(proof: &Proof<'_>, probes: &[Probe]) -> Result<Vec<Report>, Trouble> {
    // A log can be read as soon as there is a container that writes it.
    image::pulled(proof).await?;
    try_join_all(probes.iter().map(|probe| follow(proof, probe))).await
}

async fn follow(proof: &Proof<'_>, probe: &Probe) -> Result<Report, Trouble> {
    let (node, name) = (&probe.node, &probe.name);
    let unreadable = |cause: String| {
        Trouble::new(
            format!("the log of pod `{name}` on node `{node}` cannot be read: {cause}"),
            format!(
                "let the control plane reach port 10250 of `{node}`; see `{}`",
                proof
                    .cluster
                    .kubectl(&format!("get --raw /api/v1/nodes/{node}/proxy/healthz"))
            ),
        )
    };
    let pods = proof.scratch.objects::<Pod>();
    let follow = LogParams {
        follow: true,
        ..LogParams::default()
    };
    let log = pods.log_stream(name, &follow).await;
    let log = log.map_err(|error| unreadable(cause(&error)))?;
    match timeout(LIMIT, read(log)).await {
        Ok(Ok(said)) => Ok(said.into_report(probe)),
        Ok(Err(error)) => Err(unreadable(error.to_string())),
        Err(_) => Err(unreadable("it says nothing".to_owned())),
    }
}

/// Reads until both lines are there, or the log ends.
async fn read(log: impl AsyncBufRead) -> std::io::Result<Said> {
    let mut said = Said::default();
    let mut lines = std::pin::pin!(log.lines());
    while said.dns.is_none() || said.service.is_none() {
        let Some(line) = lines.try_next().await? else {
            break;
        };
        said.take(&line);
    }
    Ok(said)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    dns: Option<Result<(), String>>,
    service: Option<Result<(), String>>,
}

impl Said {
    /// Takes note of a line such as `probe dns ok 10.96.0.1`.
    fn take(&mut self, line: &str) {
        let mut words = line.splitn(4, ' ');
        let (Some("probe"), Some(what), Some(how)) = (words.next(), words.next(), words.next())
        else {
            return;
        };
        let rest = words.next().unwrap_or_default().trim();
        let result = if how == "ok" {
            Ok(())
        } else {
            Err(rest.to_owned())
        };
        match what {
            "dns" => self.dns = Some(result),
            "service" => self.service = Some(result),
            _ => {}
        }
    }

    fn into_report(self, probe: &Probe) -> Report {
        let nothing = || Err("the pod ended before it said anything".to_owned());
        Report {
            probe: probe.clone(),
            dns: self.dns.unwrap_or_else(nothing),
            service: self.service.unwrap_or_else(nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_lines_are_read_in_any_order() {
        let log =
            "noise\nprobe service failed wget: server returned error\nprobe dns ok 10.96.0.1\nmore";
        let said = read(log.as_bytes()).await.unwrap();
        assert_eq!(said.dns, Some(Ok(())));
        assert_eq!(
            said.service,
            Some(Err("wget: server returned error".to_owned()))
        );
    }

    #[tokio::test]
    async fn a_log_that_ends_says_nothing() {
        let said = read("probe dns ok 10.96.0.1\n".as_bytes()).await.unwrap();
        let probe = Probe {
            node: "a".to_owned(),
            name: "on-0".to_owned(),
            peer: "b".to_owned(),
        };
        assert!(said.into_report(&probe).service.is_err());
    }
}
