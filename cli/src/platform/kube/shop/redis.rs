//! A connection to the shop's Redis.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, IntoConnectionInfo as _};

use super::line::Line;
use super::{credentials, pods};
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::kube::Cluster;

/// The port of the server.
const PORT: u16 = 6379;

/// Connects to the pod.
pub async fn connect(cluster: &Cluster, namespace: &str) -> Result<MultiplexedConnection, Error> {
    let url = credentials::read(cluster, namespace, "redis-credentials", "url").await?;
    let info = url.reveal().into_connection_info().map_err(|_| {
        failed("key `url` of Secret `redis-credentials` is no address of Redis".to_owned())
    })?;
    let ready = pods::ready(cluster, namespace, Component::Redis).await?;
    let line = Line::to(cluster, namespace, &ready[0], PORT).await?;
    let connected = line.speak(async |stream| {
        let (settings, usual) = (info.redis_settings(), AsyncConnectionConfig::new());
        let connected = MultiplexedConnection::new_with_config(settings, stream, usual).await;
        let (connection, driver) = connected.map_err(|error| error.to_string())?;
        tokio::spawn(driver);
        Ok(connection)
    });
    connected.await.map_err(failed)
}

fn failed(cause: String) -> Error {
    Error::Store {
        action: "reach",
        store: "redis",
        cause,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::platform::kube::shop::forwarding::{Forwarding, parrot};

    #[tokio::test]
    async fn redis_is_reached_through_the_pod() {
        // The client says three things at once: the password, its name and its version.
        let welcome = parrot(b"+OK\r\n+OK\r\n+OK\r\n").await;
        let servers = BTreeMap::from([(("redis-0", PORT), welcome)]);
        let api = Forwarding::to(&[("redis-0", "redis")], servers).await;
        let mut connection = connect(&api.cluster, "shop").await.unwrap();
        let said: String = ::redis::cmd("PING")
            .query_async(&mut connection)
            .await
            .unwrap();
        assert_eq!(said, "OK");
        let refused = parrot(b"-WRONGPASS invalid password\r\n+OK\r\n+OK\r\n").await;
        let servers = BTreeMap::from([(("redis-0", PORT), refused)]);
        let api = Forwarding::to(&[("redis-0", "redis")], servers).await;
        let refused = connect(&api.cluster, "shop").await.err().unwrap();
        assert!(
            refused.to_string().starts_with("cannot reach redis: "),
            "{refused}"
        );
    }
}
