//! A Kubernetes API that forwards ports to servers of a test, over the WebSocket that the kubelet speaks.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use k8s_openapi::ByteString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::platform::kube::Cluster;
use crate::platform::kube::connection::{Silence, client};

/// Which server listens on a port of a pod.
type Servers = BTreeMap<(&'static str, u16), SocketAddr>;

/// The Secrets of its namespace: name, key, value.
const SECRETS: [(&str, &str, &str); 2] = [
    (
        "postgres-credentials",
        "migrate-url",
        "postgres://shopmicro:word@postgres:5432/shopmicro",
    ),
    ("redis-credentials", "url", "redis://:word@redis:6379/0"),
];

/// The API; it ends with this value.
pub struct Forwarding {
    /// The cluster that it is of.
    pub cluster: Cluster,
    server: JoinHandle<()>,
}

impl Drop for Forwarding {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Forwarding {
    /// An API whose only namespace has these pods, all ready, named by component.
    pub async fn to(pods: &[(&'static str, &'static str)], servers: Servers) -> Self {
        let items: Vec<_> = pods
            .iter()
            .map(|(name, component)| pod(name, component))
            .collect();
        let list = json!({ "kind": "PodList", "metadata": {}, "items": items });
        let path = "/api/v1/namespaces/{namespace}/pods/{pod}/portforward";
        let app = Router::new()
            .route(path, get(forward))
            .fallback(move |uri: Uri| async move { answer(&uri, list) })
            .with_state(Arc::new(servers));
        let address = serve(app).await;
        let server = format!("http://{}", address.0);
        let config = kube::Config::new(server.parse().unwrap());
        let silence = Silence::default();
        let cluster = Cluster {
            client: client(config, &silence).unwrap(),
            silence,
            name: "test".to_owned(),
            kubeconfig: PathBuf::from("/kubeconfig"),
            way: "--kubeconfig /kubeconfig".to_owned(),
            server,
            version: "v1.36.3".to_owned(),
        };
        Self {
            cluster,
            server: address.1,
        }
    }
}

/// Serves on a free port.
pub async fn serve(app: Router) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    (address, server)
}

/// A server that says this when somebody has connected and said something; it says it each time.
pub async fn parrot(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 4096];
        while stream.read(&mut bytes).await.is_ok_and(|length| length > 0) {
            if stream.write_all(answer).await.is_err() {
                return;
            }
        }
    });
    address
}

fn pod(name: &str, component: &str) -> Value {
    let labels =
        json!({ "app.kubernetes.io/name": component, "app.kubernetes.io/part-of": "shopmicro" });
    json!({
        "metadata": { "name": name, "labels": labels },
        "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
    })
}

fn answer(uri: &Uri, pods: Value) -> Response {
    if uri.path().ends_with("/pods") {
        return Json(pods).into_response();
    }
    let asked = uri.path().rsplit('/').next();
    if let Some((name, key, value)) = SECRETS.iter().find(|(name, ..)| Some(*name) == asked) {
        let data = BTreeMap::from([(key, ByteString(value.as_bytes().to_vec()))]);
        return Json(json!({ "metadata": { "name": name }, "data": data })).into_response();
    }
    let status = json!({ "kind": "Status", "status": "Failure", "message": "not found", "reason": "NotFound", "code": 404 });
    (StatusCode::NOT_FOUND, Json(status)).into_response()
}

async fn forward(
    State(servers): State<Arc<Servers>>,
    Path((_, pod)): Path<(String, String)>,
    Query(asked): Query<BTreeMap<String, u16>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let port = asked["ports"];
    let server = servers
        .iter()
        .find(|((name, one), _)| *name == pod && *one == port)
        .map(|(_, address)| *address);
    let upgrade = upgrade.protocols(["v4.channel.k8s.io"]);
    upgrade.on_upgrade(move |socket| carry(socket, port, server))
}

/// Channel 0 has the data and channel 1 the errors; each begins with the port.
async fn carry(mut socket: WebSocket, port: u16, server: Option<SocketAddr>) {
    let [low, high] = port.to_le_bytes();
    for channel in [0, 1] {
        socket
            .send(Message::Binary(vec![channel, low, high].into()))
            .await
            .unwrap();
    }
    let Some(server) = server else {
        let refused = format!("\u{1}error forwarding port {port}: connection refused");
        socket
            .send(Message::Binary(refused.into_bytes().into()))
            .await
            .unwrap();
        return;
    };
    let mut stream = TcpStream::connect(server).await.unwrap();
    let mut bytes = [0; 4096];
    loop {
        tokio::select! {
            read = stream.read(&mut bytes) => match read {
                Ok(0) | Err(_) => return,
                Ok(length) => {
                    let mut frame = vec![0];
                    frame.extend(&bytes[..length]);
                    if socket.send(Message::Binary(frame.into())).await.is_err() {
                        return;
                    }
                }
            },
            frame = socket.recv() => match frame {
                Some(Ok(Message::Binary(frame))) => stream.write_all(&frame[1..]).await.unwrap(),
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}
