//! Waiting until the public can come in.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::front_door;
use crate::config::Config;
use crate::platform::kube::Cluster;
use crate::platform::{Error, Events};

/// How often it is tried. Nobody tells when a port opens or a name is known.
const LOOK: Duration = Duration::from_secs(1);

/// Waits until an address that leads to the entry is published and open, or a port of the nodes is: a load balancer of a
/// cloud takes minutes. Where the time is over and there is none, the checks of the front door say so; a name that no DNS
/// knows is an error.
pub async fn await_entry(
    cluster: &Cluster,
    namespace: &str,
    config: &Config,
    limit: Duration,
    events: &Events,
) -> Result<(), Error> {
    let end = Instant::now() + limit;
    loop {
        let found = front_door::is_open(cluster, namespace, config).await;
        let is_over = Instant::now() + LOOK > end;
        match found {
            Ok(true) => return Ok(()),
            Ok(false) if is_over => {
                events.note("no address of the entry can be reached from here yet");
                return Ok(());
            }
            Err(error) if is_over => return Err(error),
            Ok(false) | Err(_) => {}
        }
        events.progress("waiting for an address of the entry");
        sleep(LOOK).await;
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    use super::*;
    use crate::config::{self, Overrides};
    use crate::platform::kube::conversation::{Answer, Conversation};

    const INGRESS: &str =
        "GET /apis/networking.k8s.io/v1/namespaces/shop/ingresses/shopmicro-ingress";

    fn ingress(entries: &Value) -> Value {
        json!({
            "metadata": { "name": "shopmicro-ingress" },
            "spec": { "ingressClassName": "nginx" },
            "status": { "loadBalancer": { "ingress": entries } },
        })
    }

    async fn awaited(talk: &Conversation, seconds: u64) -> Result<(), Error> {
        let config = config::resolve(Overrides::default()).unwrap();
        let limit = Duration::from_secs(seconds);
        await_entry(&talk.cluster, "shop", &config, limit, &Events::unheard()).await
    }

    /// The answers about a controller with a port on every node.
    fn controller(port: u16) -> Vec<(&'static str, Answer)> {
        let service = json!({
            "metadata": { "name": "controller", "labels": { "app.kubernetes.io/name": "ingress-nginx" } },
            "spec": { "ports": [{ "port": 80, "nodePort": port }] },
        });
        let node = json!({
            "metadata": { "name": "host-1" },
            "status": { "addresses": [{ "type": "InternalIP", "address": "127.0.0.1" }] },
        });
        let class = json!({ "metadata": { "name": "nginx" }, "spec": { "controller": "k8s.io/ingress-nginx" } });
        vec![
            (
                "GET /apis/networking.k8s.io/v1/ingressclasses/nginx",
                Answer::Object(class),
            ),
            ("GET /api/v1/services", Answer::Listed(json!([service]))),
            ("GET /api/v1/pods", Answer::Listed(json!([]))),
            ("GET /api/v1/nodes", Answer::Listed(json!([node]))),
        ]
    }

    #[tokio::test]
    async fn a_port_of_the_nodes_that_opens_late_is_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at: SocketAddr = listener.local_addr().unwrap();
        drop(listener);
        let mut answers = controller(at.port());
        answers.push((INGRESS, Answer::Object(ingress(&json!([])))));
        let talk = Conversation::with(answers);
        let opens = async {
            while talk.asked(INGRESS).len() < 2 {
                tokio::task::yield_now().await;
            }
            let health = json!({ "status": "ok", "release": "1-abc", "dependencies": {} });
            let app = axum::Router::new().fallback(async move || axum::Json(health));
            let listener = TcpListener::bind(at).await.unwrap();
            tokio::spawn(async move { axum::serve(listener, app).await });
        };
        let (awaited, ()) = tokio::join!(awaited(&talk, 30), opens);
        awaited.unwrap();
        assert!(talk.asked(INGRESS).len() > 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_without_an_address_is_left_to_the_checks() {
        let talk = Conversation::with(vec![(INGRESS, Answer::Object(ingress(&json!([]))))]);
        let start = Instant::now();
        awaited(&talk, 60).await.unwrap();
        assert!(start.elapsed() > Duration::from_secs(55));
    }

    #[tokio::test]
    async fn a_name_that_no_dns_knows_is_an_error_in_the_end() {
        let entries = json!([{ "hostname": "no-such-balancer.invalid" }]);
        let talk = Conversation::with(vec![(INGRESS, Answer::Object(ingress(&entries)))]);
        let unknown = awaited(&talk, 2).await.unwrap_err().to_string();
        assert!(unknown.contains("no-such-balancer.invalid"), "{unknown}");
        assert!(talk.asked(INGRESS).len() > 1);
    }
}
