//! A registry that is being talked to.

use std::fs;
use std::path::Path;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use oci_client::client::{Certificate, CertificateEncoding, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference, RegistryOperation};

use super::credentials::credentials;
use super::destination::Destination;
use super::refusal::{explain, passes};
use crate::plan::Component;
use crate::platform::Error;

/// How long a registry may take to answer the door.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a registry may say nothing.
const SILENCE: Duration = Duration::from_secs(60);

/// How often a request is sent again that may succeed later.
const RETRIES: usize = 3;

/// Where Docker is told of the authorities of private registries, a directory for each.
const AUTHORITIES: &str = "/etc/docker/certs.d";

/// A registry with the account that talks to it.
#[derive(Clone)]
pub struct Registry {
    /// Where images go.
    pub destination: Destination,
    pub(super) client: Client,
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
        let registry = Self {
            destination: destination.clone(),
            client: client(destination, protocol)?,
            account,
        };
        for service in Component::SERVICES {
            let reference = destination.tagged(service, "latest");
            registry
                .insist(service, || registry.log_in(&reference, operation))
                .await?;
        }
        Ok(registry)
    }

    async fn log_in(
        &self,
        reference: &Reference,
        operation: RegistryOperation,
    ) -> Result<(), OciDistributionError> {
        let token = self.client.auth(reference, &self.account, operation).await;
        token.map(|_| ())
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
async fn protocol(destination: &Destination) -> Result<ClientProtocol, Error> {
    if destination.is_plain_http() {
        return Ok(ClientProtocol::Http);
    }
    if destination.is_loopback() {
        let client = client(destination, ClientProtocol::Https)?;
        let reference = destination.tagged(Component::Backend, "latest");
        let nobody = RegistryAuth::Anonymous;
        let answer = client.auth(&reference, &nobody, RegistryOperation::Pull).await;
        if matches!(answer, Err(OciDistributionError::RequestError(_))) {
            return Ok(ClientProtocol::Http);
        }
    }
    Ok(ClientProtocol::Https)
}

fn client(destination: &Destination, protocol: ClientProtocol) -> Result<Client, Error> {
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
