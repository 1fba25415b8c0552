//! An Ingress is answered from outside of the cluster.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::try_join_all;
use k8s_openapi::api::core::v1::{Container, Pod};
use k8s_openapi::api::networking::v1::{Ingress, IngressClass};
use kube::api::ListParams;
use kube::{Api, ResourceExt};
use reqwest::Client;
use reqwest::header::HOST;
use reqwest::redirect::Policy;
use serde_json::json;

use super::list::OfCluster;
use super::proof::Proof;
use crate::platform::checks::check::{Check, When};
use crate::platform::checks::trouble::{Judgement, Trouble};
use crate::platform::checks::visit::eventually;
use crate::platform::kube::innermost;

/// The check.
pub const CHECK: Check<OfCluster> = Check {
    name: "cluster-ingress",
    title: "an Ingress is answered from outside of the cluster, at every address",
    needs: &["cluster-image"],
    when: When::Together,
    judge: |proof| Box::pin(judge(proof)),
};

/// A controller may take so long to learn of an Ingress, and a cloud to publish an address.
const LIMIT: Duration = Duration::from_secs(40);

/// No request may take longer than this.
const REQUEST: Duration = Duration::from_secs(3);

/// The name of the Ingress.
const NAME: &str = "ingress";

/// The annotation of the class that an Ingress without one gets.
const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

async fn judge(proof: &Proof<'_>) -> Judgement {
    let class = class(proof).await?;
    proof.probes().await?;
    make(proof, &class).await?;
    let client = client();
    let answered = eventually(LIMIT, async || {
        let addresses = addresses(proof).await?;
        let asked = addresses.iter().map(|address| ask(proof, &client, address));
        try_join_all(asked).await?;
        Ok(addresses)
    });
    let answered: Vec<_> = answered.await?.into_iter().collect();
    Ok(format!("by class `{class}` at {}", answered.join(", ")))
}

fn client() -> Client {
    let client = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(REQUEST);
    // Without TLS nothing of this can fail; a plain client would do as well.
    client.build().unwrap_or_default()
}

/// The default class, or else the only one.
async fn class(proof: &Proof<'_>) -> Result<String, Trouble> {
    let classes: Api<IngressClass> = Api::all(proof.cluster.client.clone());
    let listed = classes.list(&ListParams::default()).await;
    let listed = listed.map_err(|error| {
        Trouble::from_platform(&proof.cluster.failed("list the ingress classes", &error))
    })?;
    let is_default = |class: &&IngressClass| {
        class
            .annotations()
            .get(DEFAULT)
            .is_some_and(|value| value == "true")
    };
    let default = listed.items.iter().find(is_default);
    let chosen = default.or(listed.items.first()).map(ResourceExt::name_any);
    chosen.ok_or_else(|| {
        let hint = proof.cluster.kubectl("get ingressclass");
        Trouble::new(
            "there is no ingress class: no ingress controller is installed",
            hint,
        )
    })
}

async fn make(proof: &Proof<'_>, class: &str) -> Result<(), Trouble> {
    let probes = proof.probes().await?;
    let backend = json!({ "service": { "name": probes[0].name, "port": { "number": 80 } } });
    let path = json!({ "path": "/", "pathType": "Prefix", "backend": backend });
    let ingress = json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "spec": {
            "ingressClassName": class,
            "rules": [{ "host": host(proof), "http": { "paths": [path] } }],
        },
    });
    let made = proof.scratch.apply::<Ingress>(NAME, ingress).await;
    made.map(drop)
        .map_err(|error| Trouble::from_platform(&error))
}

fn host(proof: &Proof<'_>) -> String {
    format!("{}.shopmicro.local", proof.scratch.name)
}

/// Where the Ingress is to be answered: what its status publishes, else the nodes on whose own port the controller
/// listens.
async fn addresses(proof: &Proof<'_>) -> Result<BTreeSet<String>, Trouble> {
    let published = published(proof).await?;
    let mut addresses = BTreeSet::new();
    for address in published {
        // A name that only the operator's own DNS will know says nothing about the cluster.
        if tokio::net::lookup_host((address.as_str(), 80))
            .await
            .is_ok()
        {
            addresses.insert(address);
        }
    }
    if addresses.is_empty() {
        addresses = on_nodes(proof).await?;
    }
    if addresses.is_empty() {
        let hint = proof.cluster.kubectl("get service,pods -A -o wide");
        let cause = "the Ingress has got no address, and no pod listens on port 80 of a node";
        return Err(Trouble::new(cause, hint));
    }
    Ok(addresses)
}

async fn published(proof: &Proof<'_>) -> Result<Vec<String>, Trouble> {
    let ingress = proof.scratch.objects::<Ingress>().get(NAME).await;
    let ingress = ingress.map_err(|error| {
        Trouble::from_platform(&proof.cluster.failed("read the Ingress", &error))
    })?;
    let balancer = ingress.status.and_then(|status| status.load_balancer);
    let entries = balancer
        .and_then(|balancer| balancer.ingress)
        .unwrap_or_default();
    Ok(entries
        .into_iter()
        .filter_map(|entry| entry.ip.or(entry.hostname))
        .collect())
}

/// The nodes on whose port 80 a pod listens.
async fn on_nodes(proof: &Proof<'_>) -> Result<BTreeSet<String>, Trouble> {
    let pods: Api<Pod> = Api::all(proof.cluster.client.clone());
    let running = ListParams::default().fields("status.phase=Running");
    let listed = pods.list(&running).await;
    let listed = listed
        .map_err(|error| Trouble::from_platform(&proof.cluster.failed("list the pods", &error)))?;
    let specs = listed.items.into_iter().filter_map(|pod| pod.spec);
    let listening = specs.filter(|spec| spec.containers.iter().any(takes_port_80));
    let names: BTreeSet<_> = listening.filter_map(|spec| spec.node_name).collect();
    let nodes = proof.nodes().await?.iter();
    let nodes = nodes.filter(|node| names.contains(&node.name));
    Ok(nodes
        .filter_map(|node| node.address().map(str::to_owned))
        .collect())
}

fn takes_port_80(container: &Container) -> bool {
    let mut ports = container.ports.iter().flatten();
    ports.any(|port| port.host_port == Some(80))
}

async fn ask(proof: &Proof<'_>, client: &Client, address: &str) -> Result<(), Trouble> {
    let host = host(proof);
    let place = if address.contains(':') {
        format!("[{address}]")
    } else {
        address.to_owned()
    };
    let hint = format!(
        "let port 80 of `{address}` be reached from here; see `{}`",
        proof.cluster.kubectl("get ingressclass,pods -A -o wide")
    );
    let failed = |cause: String| {
        let cause = format!("the Ingress is not answered at {place}: {cause}");
        Trouble::new(cause, hint.clone())
    };
    let request = client
        .get(format!("http://{place}/proof"))
        .header(HOST, &host);
    let answer = request
        .send()
        .await
        .map_err(|error| failed(innermost(&error)))?;
    let status = answer.status();
    let text = answer
        .text()
        .await
        .map_err(|error| failed(innermost(&error)))?;
    if status.is_success() && text.contains(&proof.scratch.name) {
        return Ok(());
    }
    Err(failed(format!("{status} instead of the page of the pod")))
}
