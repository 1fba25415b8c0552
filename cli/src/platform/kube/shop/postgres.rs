//! A connection to the shop's database.

use std::time::Duration;

use database::{Address, Authority};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{Client, Connection, NoTls};

use super::line::Line;
use super::{credentials, pods};
use crate::config::kubernetes::{Database, Kubernetes};
use crate::plan::Component;
use crate::plan::manifest::postgres_secret;
use crate::platform::Error;
use crate::platform::kube::{Cluster, innermost};

/// The port of the server in the namespace.
const PORT: u16 = 5432;

/// How long a server somewhere else may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Connects as the owner of the schema: to the pod, or to the server that the installation names.
pub async fn connect(
    cluster: &Cluster,
    namespace: &str,
    kubernetes: &Kubernetes,
) -> Result<Client, Error> {
    let secret = postgres_secret(kubernetes);
    let url = credentials::read(cluster, namespace, secret, "migrate-url").await?;
    let Address { mut config, tls } = address(url.reveal(), &kubernetes.database)
        .map_err(|cause| failed(format!("key `migrate-url` of Secret `{secret}` {cause}")))?;
    config.application_name("shopctl").connect_timeout(CONNECT);
    if matches!(kubernetes.database, Database::External { .. }) {
        let connected = config.connect(tls).await;
        let (client, connection) = connected.map_err(|error| failed(innermost(&error)))?;
        return Ok(carried(client, connection));
    }
    let ready = pods::ready(cluster, namespace, Component::Postgres).await?;
    let line = Line::to(cluster, namespace, &ready[0], PORT).await?;
    let connected = line.speak(async |stream| {
        // The way through the API server is encrypted, and the pod's own server is not.
        let connected = config.connect_raw(stream, NoTls).await;
        let (client, connection) = connected.map_err(|error| innermost(&error))?;
        Ok(carried(client, connection))
    });
    connected.await.map_err(failed)
}

/// The address, with whoever may have signed the certificate of its server.
fn address(url: &str, database: &Database) -> Result<Address, String> {
    let authority: Option<Authority> = match database {
        Database::External { ca: Some(ca), .. } => {
            Some(ca.as_str().parse().map_err(|error| format!("{error}"))?)
        }
        _ => None,
    };
    Address::parse(url, authority.as_ref()).map_err(|error| error.to_string())
}

fn carried<S, T>(client: Client, connection: Connection<S, T>) -> Client
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsStream + Unpin + Send + 'static,
{
    tokio::spawn(async {
        // What goes wrong here is told to whoever uses the client.
        let _ = connection.await;
    });
    client
}

fn failed(cause: String) -> Error {
    Error::Store {
        action: "reach",
        store: "postgres",
        cause,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::{self, Overrides};
    use crate::platform::kube::shop::forwarding::{Forwarding, parrot};

    /// The client is let in, and the server is ready for a query.
    const WELCOME: &[u8] = b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I";

    #[tokio::test]
    async fn the_owner_is_let_in_through_the_pod() {
        let kubernetes = config::resolve(Overrides::default()).unwrap().kubernetes;
        let servers = BTreeMap::from([(("postgres-0", PORT), parrot(WELCOME).await)]);
        let api = Forwarding::to(&[("postgres-0", "postgres")], servers).await;
        let client = connect(&api.cluster, "shop", &kubernetes).await.unwrap();
        assert!(!client.is_closed());
        let api = Forwarding::to(&[("postgres-0", "postgres")], BTreeMap::new()).await;
        let refused = connect(&api.cluster, "shop", &kubernetes)
            .await
            .err()
            .unwrap();
        assert_eq!(
            refused.to_string(),
            "cannot reach postgres: error forwarding port 5432: connection refused"
        );
    }
}
