//! Who we are for a registry, by Docker's conventions: `auths`, `credHelpers` and `credsStore` in its `config.json`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use docker_credential::{CredentialRetrievalError, DockerCredential, get_credential};
use oci_client::secrets::RegistryAuth;
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::destination::Destination;
use crate::platform::Error;

/// The name under which `docker login` keeps the account of Docker Hub.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// The user name that goes with a token in the place of a password.
const TOKEN_USER: &str = "00000000-0000-0000-0000-000000000000";

/// What Docker's helpers answer when they know nobody.
const NOBODY: &str = "credentials not found";

/// The account for the registry; nobody's when none was configured.
pub async fn credentials(
    destination: &Destination,
    repository: &str,
) -> Result<RegistryAuth, Error> {
    let refused = |cause| refused(destination, repository, cause);
    if let Some(cause) = damage() {
        return Err(refused(cause));
    }
    let names = names(destination.host());
    for name in names {
        // A helper is a program that may ask a key ring.
        let found = spawn_blocking(move || get_credential(&name)).await;
        let found = found.unwrap_or(Err(CredentialRetrievalError::HelperCommunicationError));
        if let Some(account) = account(found).map_err(refused)? {
            return Ok(account);
        }
    }
    Ok(RegistryAuth::Anonymous)
}

/// What is wrong with Docker's file, where it is there: for the library that is the same as no file.
fn damage() -> Option<String> {
    let directory = env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".docker"));
    let file = directory.or_else(home)?.join("config.json");
    let text = fs::read_to_string(&file).ok()?;
    let error = serde_json::from_str::<DockerConfig>(&text).err()?;
    Some(format!("{} is damaged: {error}", file.display()))
}

/// The parts of Docker's file that accounts are looked for in, and their shapes.
#[expect(
    dead_code,
    reason = "the library reads the values; here they only have to be readable"
)]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DockerConfig {
    auths: Option<HashMap<String, Account>>,
    creds_store: Option<String>,
    cred_helpers: Option<HashMap<String, String>>,
}

#[expect(dead_code, reason = "as above")]
#[derive(Debug, Deserialize)]
struct Account {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

/// The names under which the registry may be in the file.
fn names(host: &str) -> Vec<String> {
    if matches!(
        host,
        "docker.io" | "index.docker.io" | "registry-1.docker.io"
    ) {
        return vec![DOCKER_HUB.to_owned()];
    }
    vec![host.to_owned(), format!("https://{host}")]
}

fn account(
    found: Result<DockerCredential, CredentialRetrievalError>,
) -> Result<Option<RegistryAuth>, String> {
    match found {
        Ok(DockerCredential::UsernamePassword(user, password)) => {
            Ok(Some(RegistryAuth::Basic(user, password)))
        }
        Ok(DockerCredential::IdentityToken(token)) => {
            Ok(Some(RegistryAuth::Basic(TOKEN_USER.to_owned(), token)))
        }
        Err(
            CredentialRetrievalError::NoCredentialConfigured
            | CredentialRetrievalError::ConfigNotFound
            | CredentialRetrievalError::ConfigReadError,
        ) => Ok(None),
        Err(CredentialRetrievalError::HelperFailure { stdout, .. }) if stdout.contains(NOBODY) => {
            Ok(None)
        }
        // What the helper printed is left out: it handles passwords.
        Err(CredentialRetrievalError::HelperFailure { helper, .. }) => {
            Err(format!("`docker-credential-{helper}` failed"))
        }
        Err(other) => Err(other.to_string()),
    }
}

fn refused(destination: &Destination, repository: &str, cause: String) -> Error {
    let host = destination.host();
    Error::RegistryRefused {
        registry: host.to_owned(),
        repository: repository.to_owned(),
        cause,
        hint: format!("type `docker login {host}`, or mend `~/.docker/config.json`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_nobody_and_what_is_broken_is_not() {
        assert_eq!(
            account(Err(CredentialRetrievalError::ConfigReadError)),
            Ok(None)
        );
        let failure = |stdout: &str| CredentialRetrievalError::HelperFailure {
            helper: "pass".to_owned(),
            stdout: stdout.to_owned(),
            stderr: "secret".to_owned(),
        };
        assert_eq!(
            account(Err(failure("credentials not found in native keychain"))),
            Ok(None)
        );
        let cause = account(Err(failure("locked"))).unwrap_err();
        assert_eq!(cause, "`docker-credential-pass` failed");
    }

    #[test]
    fn docker_hub_has_a_name_of_its_own() {
        assert_eq!(names("docker.io"), [DOCKER_HUB]);
        assert_eq!(names("ghcr.io"), ["ghcr.io", "https://ghcr.io"]);
    }

    #[test]
    fn a_file_that_is_not_as_docker_writes_it_is_damaged() {
        let read = |text: &str| serde_json::from_str::<DockerConfig>(text).is_ok();
        for fine in [
            "{}",
            r#"{"auths":{"ghcr.io":{}},"credsStore":"pass","HttpHeaders":{}}"#,
            r#"{"auths":{"ghcr.io":{"auth":"YTpi"}},"credHelpers":{"gcr.io":"gcloud"}}"#,
        ] {
            assert!(read(fine), "{fine}");
        }
        for damaged in ["{", "[]", r#"{"auths":[]}"#, r#"{"credsStore":{}}"#] {
            assert!(!read(damaged), "{damaged}");
        }
    }
}
