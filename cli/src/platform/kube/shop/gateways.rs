//! The front door of a shop behind a Gateway.

use serde_json::{Value, json};

use super::controller::node_ports;
use super::front_door::{FrontDoor, Way, published};
use crate::config::kubernetes::file::ExposeFile;
use crate::config::kubernetes::{Sections, resolve};
use crate::config::{self, Config, Overrides};
use crate::platform::Detour;
use crate::platform::kube::conversation::{Answer, Conversation};

fn config() -> Config {
    config::resolve(Overrides::default()).unwrap()
}

fn behind_a_gateway() -> Config {
    let expose: ExposeFile =
        serde_yaml::from_str("{api: gateway, gateway: {class: public}}").unwrap();
    let sections = Sections {
        expose,
        ..Sections::default()
    };
    Config {
        kubernetes: resolve(sections).unwrap(),
        ..config()
    }
}

fn list(items: &Value) -> Answer {
    Answer::Object(json!({ "kind": "List", "metadata": {}, "items": items }))
}

const OUR_GATEWAY: &str =
    "GET /apis/gateway.networking.k8s.io/v1/namespaces/shop/gateways/shopmicro";

#[tokio::test]
async fn the_address_of_a_gateway_is_in_its_status() {
    let addresses = json!([{ "type": "IPAddress", "value": "127.0.0.1" }, { "type": "Hostname" }]);
    let gateway =
        json!({ "metadata": { "name": "shopmicro" }, "status": { "addresses": addresses } });
    let talk = Conversation::with(vec![(OUR_GATEWAY, Answer::Object(gateway))]);
    let door = published(&talk.cluster, "shop", &behind_a_gateway()).await;
    let door = door.unwrap().unwrap();
    assert_eq!(door.hosts_line().unwrap(), "127.0.0.1 shopmicro.local");
    assert_eq!(door.way, Way::Published);
    assert!(talk.asked("GET /apis/networking.k8s.io").is_empty());
}

#[tokio::test]
async fn a_gateway_without_a_status_has_no_address_yet() {
    let gateway = json!({ "metadata": { "name": "shopmicro" } });
    for answer in [Answer::Object(gateway), Answer::NotFound] {
        let talk = Conversation::with(vec![(OUR_GATEWAY, answer)]);
        let door = published(&talk.cluster, "shop", &behind_a_gateway()).await;
        assert!(door.unwrap().is_none());
    }
}

/// The ports that are tried for a Gateway whose controller is `example.com/edge`, where pods with such labels take
/// port 80 of the only node.
async fn ports_of(labels: &[Value]) -> usize {
    let pod = |labels: &Value| {
        json!({
            "metadata": { "name": "p", "labels": labels },
            "spec": { "nodeName": "host-1", "containers": [{ "name": "c", "ports": [{ "containerPort": 80, "hostPort": 80 }] }] },
        })
    };
    let pods: Vec<_> = labels.iter().map(pod).collect();
    let node = json!({
        "metadata": { "name": "host-1" },
        "status": { "addresses": [{ "type": "InternalIP", "address": "127.0.0.1" }] },
    });
    let class = json!({ "metadata": { "name": "public" }, "spec": { "controllerName": "example.com/edge" } });
    let talk = Conversation::with(vec![
        (
            "GET /apis/gateway.networking.k8s.io/v1/gatewayclasses/public",
            Answer::Object(class),
        ),
        ("GET /api/v1/pods", list(&json!(pods))),
        ("GET /api/v1/nodes", list(&json!([node]))),
    ]);
    let settings = behind_a_gateway().kubernetes;
    node_ports(&talk.cluster, "shop", &settings, 80).await.len()
}

#[tokio::test]
async fn a_foreign_pod_on_port_80_is_not_the_door_of_a_gateway() {
    let name = "app.kubernetes.io/name";
    assert_eq!(ports_of(&[json!({ name: "other" }), json!({})]).await, 0);
    assert_eq!(ports_of(&[json!({ name: "edge" })]).await, 1);
    let made_for = |gateway: &str| json!({ "gateway.networking.k8s.io/gateway-name": gateway });
    assert_eq!(ports_of(&[made_for("shopmicro")]).await, 1);
    assert_eq!(ports_of(&[made_for("another")]).await, 0);
}

fn detour(way: Way, config: &Config) -> Option<Detour> {
    let talk = Conversation::with(vec![]);
    let door = FrontDoor {
        url: String::new(),
        resolve: None,
        way,
        local: None,
    };
    door.detour(&talk.cluster, "shop", &config.kubernetes.expose)
}

#[tokio::test]
async fn only_a_way_past_the_entry_is_a_detour_and_names_it() {
    assert_eq!(detour(Way::Published, &config()), None);
    assert_eq!(detour(Way::NodePort, &config()), None);
    let ingress = detour(Way::Forwarded, &config()).unwrap();
    assert!(ingress.why.contains("past the Ingress"), "{ingress:?}");
    let gateway = detour(Way::Forwarded, &behind_a_gateway()).unwrap();
    assert!(gateway.why.contains("gateway/shopmicro"), "{gateway:?}");
    assert!(gateway.why.contains("past the Gateway"), "{gateway:?}");
    assert_eq!(
        gateway.next,
        "kubectl --kubeconfig /kubeconfig describe gateway/shopmicro -n shop"
    );
}
