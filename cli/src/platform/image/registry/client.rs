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

/// How long a registry may take from a request to its answer. It is counted from the moment when the request is begun, also
/// while its body is being sent, so it is only for requests with a small one.
const ANSWER: Duration = Duration::from_mins(1);

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
    /// For blobs, whose sending takes as long as the line needs; who uses it looks at the progress.
    pub(super) sending: Client,
    pub(super) account: RegistryAuth,
    operation: RegistryOperation,
}

impl Registry {
    /// Reaches the registry and logs in.
    pub async fn reach(
        destination: &Destination,
        operation: RegistryOperation,
    ) -> Result<Self, Error> {
        let account = credentials(destination, &destination.to_string()).await?;
        let protocol = protocol(destination).await?;
        let asking = client(destination, protocol.clone(), Some(ANSWER))?;
        let mut registry = Self {
            destination: destination.clone(),
            client: asking.clone(),
            asking,
            sending: client(destination, protocol.clone(), None)?,
            account,
            operation,
        };
        let mut is_open = registry.account == RegistryAuth::Anonymous;
        for service in Component::SERVICES {
            is_open &= !registry.log_in(service).await?;
        }
        if is_open {
            // A client that knows of no account does not ask for the door's rules before every request.
            registry.client = client(destination, protocol, Some(ANSWER))?;
        } else {
            registry.share_login().await;
        }
        Ok(registry)
    }

    /// Lets the client that sends have the tokens and the account, which gets new ones.
    async fn share_login(&mut self) {
        let reference = self.destination.tagged(Component::Backend, "latest");
        self.sending.tokens = self.asking.tokens.clone();
        let host = reference.resolve_registry();
        self.sending.store_auth_if_needed(host, &self.account).await;
    }

    /// Whether a token was needed.
    async fn log_in(&self, service: Component) -> Result<bool, Error> {
        let reference = self.destination.tagged(service, "latest");
        let log_in = || self.asking.auth(&reference, &self.account, self.operation);
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
        let answer = ask(request).await;
        answer.map_err(|error| self.explained(service, &error))
    }

    /// The error for people.
    pub(super) fn explained(&self, service: Component, error: &OciDistributionError) -> Error {
        let repository = self.destination.repository(service);
        explain(&self.destination, &repository, self.operation, error)
    }
}

/// Sends a request, again if need be.
pub(super) async fn ask<T, F>(request: impl FnMut() -> F) -> Result<T, OciDistributionError>
where
    F: Future<Output = Result<T, OciDistributionError>>,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(200))
        .with_max_times(RETRIES);
    request.retry(pauses).when(passes).await
}

/// A client for those who only ask.
pub(super) async fn asking(destination: &Destination) -> Result<Client, Error> {
    client(destination, protocol(destination).await?, Some(ANSWER))
}

/// TLS, unless it was refused, or the registry is on this machine and has none.
async fn protocol(destination: &Destination) -> Result<ClientProtocol, Error> {
    if destination.is_plain_http() {
        return Ok(ClientProtocol::Http);
    }
    if destination.is_loopback() {
        let client = client(destination, ClientProtocol::Https, Some(ANSWER))?;
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

/// A client whose requests may take as long as `answer` from their first byte to the answer; any time if it is none.
fn client(
    destination: &Destination,
    protocol: ClientProtocol,
    answer: Option<Duration>,
) -> Result<Client, Error> {
    let config = ClientConfig {
        protocol,
        connect_timeout: Some(CONNECT),
        read_timeout: answer,
        // One request a blob, streamed from its file.
        use_monolithic_push: true,
        user_agent: concat!("shopctl/", env!("CARGO_PKG_VERSION")),
        extra_root_certificates: authorities(destination.host()),
        ..ClientConfig::default()
    };
    let client = Client::try_from(config);
    let operation = RegistryOperation::Pull;
    client.map_err(|error| explain(destination, &destination.to_string(), operation, &error))
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

    const UPLOAD: &str = "POST /v2/shop/backend/blobs/uploads/";

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
    async fn a_token_server_that_is_busy_for_a_moment_is_asked_again() {
        let busy = ("GET /token", 503, "busy".to_owned());
        let token = || ("GET /token", 200, r#"{"token":"t"}"#.to_owned());
        let script = vec![busy.clone(), busy, token(), token(), token()];
        let (conversation, destination) = Conversation::behind_a_login(script).await;
        let reached = Registry::reach(&destination, RegistryOperation::Push).await;
        assert!(reached.is_ok(), "{:?}", reached.err());
        assert_eq!(conversation.heard().len(), 5);
    }

    #[tokio::test]
    async fn a_token_server_that_stays_away_is_no_refusal() {
        let script = vec![("GET /token", 503, "upstream is away\nlong".to_owned()); 9];
        let (conversation, destination) = Conversation::behind_a_login(script).await;
        let reached = Registry::reach(&destination, RegistryOperation::Push).await;
        let error = reached.err().unwrap();
        assert!(
            error
                .to_string()
                .ends_with("the login was not answered with a token: upstream is away"),
            "{error}"
        );
        assert!(matches!(error, Error::RegistryFailed { .. }));
        assert_eq!(conversation.heard().len(), RETRIES + 1);
    }

    #[tokio::test]
    async fn what_is_sent_goes_with_the_token_of_the_login() {
        let token = || ("GET /token", 200, r#"{"token":"t"}"#.to_owned());
        let script = vec![token(), token(), token(), (UPLOAD, 201, String::new())];
        let (conversation, destination) = Conversation::behind_a_login(script).await;
        let reached = Registry::reach(&destination, RegistryOperation::Push).await;
        let target = destination.tagged(Component::Backend, "1");
        let sending = reached.unwrap().sending;
        sending
            .mount_blob(&target, &target, "sha256:0")
            .await
            .unwrap();
        assert_eq!(conversation.heard().len(), 4, "no token was asked for anew");
    }

    #[tokio::test]
    async fn a_refusal_is_not_asked_again() {
        let (answer, asked) = exists(vec![(BLOB, 403, String::new())]).await;
        assert!(matches!(answer, Err(Error::RegistryRefused { .. })));
        assert_eq!(asked, 1);
    }
}
