//! A registry that is being talked to.

use std::fs;
use std::path::Path;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use oci_client::client::{Certificate, CertificateEncoding, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, RegistryOperation};

use super::credentials::credentials;
use super::destination::Destination;
use super::refusal::{explain, passes};
use crate::plan::Component;
use crate::platform::Error;

/// How long a registry may take to answer the door.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a registry may say nothing.
const SILENCE: Duration = Duration::from_mins(1);

/// How often a request is sent again that may succeed later.
const RETRIES: usize = 3;

/// Where Docker is told of the authorities of private registries, a directory for each.
const AUTHORITIES: &str = "/etc/docker/certs.d";

/// A registry with the account that talks to it.
#[derive(Clone)]
pub struct Registry {
    /// Where images go.
    pub destination: Destination,
    /// For requests that are sent as the login was answered.
    pub(super) client: Client,
    /// For requests that are given the account.
    pub(super) asking: Client,
    pub(super) account: RegistryAuth,
}

impl Registry {
    /// Reaches the registry and logs in.
    pub async fn reach(
        destination: &Destination,
        operation: RegistryOperation,
    ) -> Result<Self, Error> {
        let account = credentials(destination).await?;
        let protocol = protocol(destination).await?;
        let asking = client(destination, protocol.clone())?;
        let mut registry = Self {
            destination: destination.clone(),
            client: asking.clone(),
            asking,
            account,
        };
        let mut is_open = registry.account == RegistryAuth::Anonymous;
        for service in Component::SERVICES {
            is_open &= !registry.log_in(service, operation).await?;
        }
        if is_open {
            // A client that knows of no account does not ask for the door's rules before every request.
            registry.client = client(destination, protocol)?;
        }
        Ok(registry)
    }

    /// Whether a token was needed.
    async fn log_in(
        &self,
        service: Component,
        operation: RegistryOperation,
    ) -> Result<bool, Error> {
        let reference = self.destination.tagged(service, "latest");
        let log_in = || self.asking.auth(&reference, &self.account, operation);
        let token = self.insist(service, log_in).await?;
        Ok(token.is_some())
    }

    /// Sends a request about the service's repository, again if need be.
    pub(super) async fn insist<T, F>(
        &self,
        service: Component,
        request: impl FnMut() -> F,
    ) -> Result<T, Error>
    where
        F: Future<Output = Result<T, OciDistributionError>>,
    {
        let answer = self.ask(request).await;
        answer.map_err(|error| self.explained(service, &error))
    }

    /// The same with the registry's own error.
    pub(super) async fn ask<T, F>(
        &self,
        request: impl FnMut() -> F,
    ) -> Result<T, OciDistributionError>
    where
        F: Future<Output = Result<T, OciDistributionError>>,
    {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_times(RETRIES);
        request.retry(pauses).when(passes).await
    }

    /// The error for people.
    pub(super) fn explained(&self, service: Component, error: &OciDistributionError) -> Error {
        let repository = self.destination.repository(service);
        explain(&self.destination, &repository, error)
    }
}

/// TLS, unless it was refused, or the registry is on this machine and has none.
pub(super) async fn protocol(destination: &Destination) -> Result<ClientProtocol, Error> {
    if destination.is_plain_http() {
        return Ok(ClientProtocol::Http);
    }
    if destination.is_loopback() {
        let client = client(destination, ClientProtocol::Https)?;
        let reference = destination.tagged(Component::Backend, "latest");
        let nobody = RegistryAuth::Anonymous;
        let answer = client
            .auth(&reference, &nobody, RegistryOperation::Pull)
            .await;
        if matches!(answer, Err(OciDistributionError::RequestError(_))) {
            return Ok(ClientProtocol::Http);
        }
    }
    Ok(ClientProtocol::Https)
}

pub(super) fn client(destination: &Destination, protocol: ClientProtocol) -> Result<Client, Error> {
    let config = ClientConfig {
        protocol,
        connect_timeout: Some(CONNECT),
        read_timeout: Some(SILENCE),
        // One request a blob, streamed from its file.
        use_monolithic_push: true,
        user_agent: concat!("shopctl/", env!("CARGO_PKG_VERSION")),
        extra_root_certificates: authorities(destination.host()),
        ..ClientConfig::default()
    };
    Client::try_from(config).map_err(|error| explain(destination, &destination.to_string(), &error))
}

/// The authorities that this machine trusts for the registry besides the usual ones.
fn authorities(host: &str) -> Vec<Certificate> {
    let place = Path::new(AUTHORITIES).join(host);
    let files = fs::read_dir(place).into_iter().flatten().flatten();
    let files = files.map(|file| file.path());
    let certificates = files.filter(|path| path.extension().is_some_and(|end| end == "crt"));
    let certificates = certificates.filter_map(|path| fs::read(path).ok());
    certificates
        .map(|data| Certificate {
            encoding: CertificateEncoding::Pem,
            data,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::conversation::Conversation;
    use super::*;

    const BLOB: &str = "HEAD /v2/shop/backend/blobs/sha256:0";

    async fn exists(script: Vec<(&'static str, u16, String)>) -> (Result<bool, Error>, usize) {
        let (conversation, destination) = Conversation::begin(script).await;
        let registry = Registry::reach(&destination, RegistryOperation::Push)
            .await
            .unwrap();
        let target = destination.tagged(Component::Backend, "1");
        let answer = registry
            .insist(Component::Backend, || {
                registry.client.blob_exists(&target, "sha256:0")
            })
            .await;
        (answer, conversation.heard().len())
    }

    #[tokio::test]
    async fn a_registry_that_is_busy_for_a_moment_is_asked_again() {
        let busy = (BLOB, 503, String::new());
        let (answer, asked) = exists(vec![busy.clone(), busy, (BLOB, 200, String::new())]).await;
        assert!(answer.unwrap());
        assert_eq!(asked, 3);
    }

    #[tokio::test]
    async fn a_registry_that_stays_busy_is_given_up_and_named() {
        let busy = vec![(BLOB, 503, String::new()); 9];
        let (answer, asked) = exists(busy).await;
        let error = answer.unwrap_err().to_string();
        assert!(
            error.contains("failed on `shop/backend`: it answers 503"),
            "{error}"
        );
        assert_eq!(asked, RETRIES + 1);
    }

    #[tokio::test]
    async fn a_refusal_is_not_asked_again() {
        let (answer, asked) = exists(vec![(BLOB, 403, String::new())]).await;
        assert!(matches!(answer, Err(Error::RegistryRefused { .. })));
        assert_eq!(asked, 1);
    }
}
