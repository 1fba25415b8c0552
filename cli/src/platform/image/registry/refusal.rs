//! What a registry's errors mean for the person who reads them.

use std::io::ErrorKind;

use oci_client::RegistryOperation;
use oci_client::errors::{OciDistributionError, OciEnvelope, OciErrorCode};

use super::destination::Destination;
use crate::platform::Error;

/// What servers of tokens say, in words of their own, when they do not accept an account.
const OF_ACCOUNTS: [&str; 4] = ["unauthorized", "denied", "password", "credentials"];

/// Whether the same request may succeed a moment later.
pub fn passes(error: &OciDistributionError) -> bool {
    match (error, code(error)) {
        (_, Some(code)) => matches!(code, 408 | 429 | 500 | 502 | 503 | 504),
        (OciDistributionError::RequestError(error), None) => !error.is_builder(),
        (OciDistributionError::IoError(error), None) => error.kind() == ErrorKind::TimedOut,
        (OciDistributionError::AuthenticationFailure(reason), None) => !is_refused_login(reason),
        (OciDistributionError::RegistryError { envelope, .. }, None) => {
            has(envelope, &OciErrorCode::Toomanyrequests)
        }
        _ => false,
    }
}

/// The status of the answer, where the error has it.
fn code(error: &OciDistributionError) -> Option<u16> {
    match error {
        OciDistributionError::ServerError { code, .. } => Some(*code),
        OciDistributionError::UnauthorizedError { .. } => Some(401),
        OciDistributionError::RequestError(error) => error.status().map(|status| status.as_u16()),
        _ => None,
    }
}

/// Whether the error says that there is no such thing.
pub fn is_absence(error: &OciDistributionError) -> bool {
    match error {
        OciDistributionError::ImageManifestNotFoundError(_) => true,
        OciDistributionError::RegistryError { envelope, .. } => {
            has(envelope, &OciErrorCode::ManifestUnknown)
                || has(envelope, &OciErrorCode::NameUnknown)
                || has(envelope, &OciErrorCode::NotFound)
        }
        _ => code(error) == Some(404),
    }
}

/// The failure with the registry's and the repository's name and what to type next.
pub fn explain(
    destination: &Destination,
    repository: &str,
    operation: RegistryOperation,
    error: &OciDistributionError,
) -> Error {
    let registry = destination.host().to_owned();
    let repository = repository.to_owned();
    let hint = hint(&registry, &repository, operation, error);
    let cause = cause(error);
    if is_refusal(error) {
        return Error::RegistryRefused {
            registry,
            repository,
            cause,
            hint,
        };
    }
    Error::RegistryFailed {
        registry,
        repository,
        cause,
        hint,
    }
}

/// Whether it is about who asks.
fn is_refusal(error: &OciDistributionError) -> bool {
    match error {
        OciDistributionError::AuthenticationFailure(reason) => is_refused_login(reason),
        OciDistributionError::RegistryError { envelope, .. } => {
            has(envelope, &OciErrorCode::Denied) || has(envelope, &OciErrorCode::Unauthorized)
        }
        _ => matches!(code(error), Some(401 | 403)),
    }
}

/// Whether a login that brought no token was refused, and did not only fail: the client keeps the text of the answer, but
/// not its status.
fn is_refused_login(reason: &str) -> bool {
    match serde_json::from_str::<OciEnvelope>(reason) {
        Ok(envelope) if !envelope.errors.is_empty() => {
            has(&envelope, &OciErrorCode::Denied) || has(&envelope, &OciErrorCode::Unauthorized)
        }
        _ => {
            let reason = reason.to_lowercase();
            OF_ACCOUNTS.iter().any(|word| reason.contains(word))
        }
    }
}

fn has(envelope: &OciEnvelope, code: &OciErrorCode) -> bool {
    envelope.errors.iter().any(|error| error.code == *code)
}

fn hint(
    registry: &str,
    repository: &str,
    operation: RegistryOperation,
    error: &OciDistributionError,
) -> String {
    let pulls = operation == RegistryOperation::Pull;
    if is_refusal(error) {
        let right = if pulls { "read" } else { "write to" };
        return format!(
            "type `docker login {registry}` with an account that may {right} `{repository}`, then run the same command again"
        );
    }
    if is_absence(error) {
        return if pulls {
            format!("check that the registry has `{repository}` with that tag or digest")
        } else {
            format!(
                "create the repository `{repository}` in that registry, or name another with `--registry`"
            )
        };
    }
    match error {
        OciDistributionError::RequestError(error) if is_about_certificates(error) => format!(
            "put the authority of its certificate, as PEM, into `/etc/docker/certs.d/{registry}/ca.crt`"
        ),
        OciDistributionError::RequestError(error) if error.status().is_none() => format!(
            "check that `{registry}` is the registry's name and that it runs; one without TLS needs `--plain-http`"
        ),
        OciDistributionError::AuthenticationFailure(_) => format!(
            "run the same command again; if that does not help, type `docker login {registry}`"
        ),
        _ if pulls => "run the same command again".to_owned(),
        _ => "run the same command again; what has arrived is not sent twice".to_owned(),
    }
}

/// Whether the registry's certificate was not accepted.
fn is_about_certificates(error: &reqwest::Error) -> bool {
    error.is_connect() && innermost(error).contains("certificate")
}

/// The first cause.
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// One line without the addresses that the hint names already.
fn cause(error: &OciDistributionError) -> String {
    match error {
        OciDistributionError::RequestError(error) => {
            if let Some(status) = error.status() {
                return format!("it answers {status}");
            }
            let innermost = innermost(error);
            let what = if error.is_timeout() {
                "timed out: "
            } else {
                ""
            };
            format!("{what}{innermost}")
        }
        OciDistributionError::AuthenticationFailure(reason) if is_refused_login(reason) => {
            "the account was not accepted".to_owned()
        }
        OciDistributionError::AuthenticationFailure(reason) => {
            let line = reason.lines().next().unwrap_or_default().trim();
            let what = format!("the login was not answered with a token: {line}");
            what.trim_end_matches([':', ' ']).to_owned()
        }
        OciDistributionError::UnauthorizedError { .. } => "an account is needed".to_owned(),
        OciDistributionError::ServerError { code, message, .. } => answer(*code, message),
        OciDistributionError::RegistryError { envelope, .. } => said(envelope),
        other => other.to_string(),
    }
}

fn answer(code: u16, message: &str) -> String {
    match serde_json::from_str::<OciEnvelope>(message) {
        Ok(envelope) if !envelope.errors.is_empty() => format!("{code}, {}", said(&envelope)),
        _ => {
            let line = message.lines().next().unwrap_or_default().trim();
            format!("it answers {code} {line}").trim_end().to_owned()
        }
    }
}

fn said(envelope: &OciEnvelope) -> String {
    let messages = envelope.errors.iter().map(|error| error.message.as_str());
    messages.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use crate::failure::Failure as _;

    fn server(code: u16, message: &str) -> OciDistributionError {
        OciDistributionError::ServerError {
            code,
            url: "http://registry/v2/".to_owned(),
            message: message.to_owned(),
        }
    }

    fn explained(error: &OciDistributionError) -> Error {
        let destination = Destination::parse("registry.example.com/shop").unwrap();
        explain(&destination, "shop/backend", RegistryOperation::Push, error)
    }

    #[test]
    fn a_refusal_says_how_to_log_in() {
        let denied = r#"{"errors":[{"code":"DENIED","message":"requested access is denied"}]}"#;
        let error = explained(&server(403, denied));
        assert_eq!(
            error.to_string(),
            "registry `registry.example.com` refuses `shop/backend`: 403, requested access is denied"
        );
        assert_eq!(error.exit(), Exit::Prerequisite);
        assert!(
            error
                .hint()
                .unwrap()
                .contains("docker login registry.example.com")
        );
    }

    #[test]
    fn a_failure_of_the_registry_is_one_of_a_tool() {
        let error = explained(&server(502, "<html>\nBad gateway"));
        assert!(
            error.to_string().ends_with("it answers 502 <html>"),
            "{error}"
        );
        assert_eq!(error.exit(), Exit::Tool);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        assert!(passes(&server(503, "")) && passes(&server(429, "")));
        assert!(!passes(&server(403, "")) && !passes(&server(404, "")));
        assert!(is_absence(&server(404, "")));
    }

    #[test]
    fn a_login_without_a_token_is_a_refusal_only_if_the_answer_says_so() {
        let login = |reason: &str| OciDistributionError::AuthenticationFailure(reason.to_owned());
        for reason in [
            r#"{"details":"incorrect username or password"}"#,
            r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#,
        ] {
            let error = login(reason);
            assert!(!passes(&error), "{reason}");
            assert_eq!(explained(&error).exit(), Exit::Prerequisite);
        }
        for reason in [
            "",
            "<html>503 Service Temporarily Unavailable",
            r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"#,
        ] {
            let error = login(reason);
            assert!(passes(&error), "{reason}");
            let explained = explained(&error);
            assert_eq!(explained.exit(), Exit::Tool);
            assert!(explained.hint().unwrap().contains("docker login"));
        }
        assert!(
            explained(&login(""))
                .to_string()
                .ends_with("not answered with a token")
        );
    }

    #[test]
    fn who_only_reads_is_not_asked_for_the_right_to_write() {
        let destination = Destination::parse("registry.example.com").unwrap();
        let hint = |error: &OciDistributionError| {
            let operation = RegistryOperation::Pull;
            let error = explain(&destination, "library/postgres", operation, error);
            error.hint().unwrap()
        };
        assert!(hint(&server(403, "")).contains("that may read `library/postgres`"));
        assert!(hint(&server(404, "")).contains("check that the registry has"));
        assert!(!hint(&server(502, "")).contains("sent"));
    }
}
