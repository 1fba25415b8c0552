//! A port of this machine that leads to a port of a component's pods.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::line::Line;
use super::pods;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::kube::Cluster;

/// An open tunnel; it closes with this value.
pub struct Tunnel {
    /// Where it begins on this machine.
    pub address: SocketAddr,
    digger: JoinHandle<()>,
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        self.digger.abort();
    }
}

/// Where a tunnel leads to.
#[derive(Clone)]
struct End {
    cluster: Cluster,
    namespace: String,
    component: Component,
    port: u16,
}

impl Tunnel {
    /// Opens a tunnel to that port of whichever pod of the component is ready.
    pub async fn to(
        cluster: &Cluster,
        namespace: &str,
        component: Component,
        port: u16,
    ) -> Result<Self, Error> {
        let end = End {
            cluster: cluster.clone(),
            namespace: namespace.to_owned(),
            component,
            port,
        };
        // Now, so that a shop that cannot be reached is named here.
        end.line().await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(|error| no_port(&error))?;
        let address = listener.local_addr().map_err(|error| no_port(&error))?;
        Ok(Self {
            address,
            digger: tokio::spawn(dig(listener, end)),
        })
    }
}

impl End {
    /// Pods come and go: each connection asks who is ready.
    async fn line(&self) -> Result<Line, Error> {
        let ready = pods::ready(&self.cluster, &self.namespace, self.component).await?;
        Line::to(&self.cluster, &self.namespace, &ready[0], self.port).await
    }
}

async fn dig(listener: TcpListener, end: End) {
    // The connections end with the tunnel.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(carry(stream, end.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// Who has connected sees a closed connection when there is no way on.
async fn carry(mut near: TcpStream, end: End) {
    if let Ok(mut line) = end.line().await {
        let _ = near.set_nodelay(true);
        let _ = copy_bidirectional(&mut near, &mut line.stream).await;
    }
}

/// Why nothing can listen on this machine.
pub fn no_port(error: &io::Error) -> Error {
    Error::Prerequisite {
        what: format!("no port of 127.0.0.1 can be opened: {error}"),
        cure: "end some programs that listen, then run the same command again".to_owned(),
    }
}
