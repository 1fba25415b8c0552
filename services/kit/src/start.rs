//! From `main` to the running service: arguments, runtime, and one clear line when the start fails.

use std::future::Future;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::secret::SecretError;
use crate::serve::ServeError;
use crate::telemetry::TelemetryError;

/// The exit code for a bad value in the configuration.
pub const EXIT_USAGE: u8 = 2;

/// The services wait for the network, not for the processor; more threads only cost memory.
const WORKER_THREADS: usize = 2;

/// A configured value that cannot be used. Ends the start with exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {reason}")]
pub struct BadValue {
    name: &'static str,
    reason: String,
}

impl BadValue {
    /// `name` is the environment variable; `reason` must not repeat a secret.
    pub fn new(name: &'static str, reason: impl Into<String>) -> Self {
        Self {
            name,
            reason: reason.into(),
        }
    }
}

/// Parses the arguments and runs `body` on a small tokio runtime (two worker threads, or `TOKIO_WORKER_THREADS`).
///
/// An error becomes one line on standard error. The exit code is 2 when a configured value is to blame
/// ([`BadValue`], [`SecretError`], [`TelemetryError`], [`ServeError::Bind`] or the arguments themselves), else 1.
pub fn run<A, F, Fut>(body: F) -> ExitCode
where
    A: Parser,
    F: FnOnce(A) -> Fut,
    Fut: Future<Output = anyhow::Result<()>>,
{
    let arguments = match A::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    let outcome = runtime()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(body(arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&chain(&error));
            ExitCode::from(exit_code(&error))
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    // Tokio reads the variable itself, unless it is told a number.
    if std::env::var_os("TOKIO_WORKER_THREADS").is_none() {
        builder.worker_threads(WORKER_THREADS);
    }
    builder.enable_all().build()
}

fn exit_code(error: &anyhow::Error) -> u8 {
    let is_usage = error.chain().any(|cause| {
        cause.is::<BadValue>()
            || cause.is::<SecretError>()
            || cause.is::<TelemetryError>()
            || matches!(cause.downcast_ref(), Some(ServeError::Bind { .. }))
    });
    if is_usage { EXIT_USAGE } else { 1 }
}

/// The error and its causes, without those that the error before them has quoted already.
fn chain(error: &anyhow::Error) -> String {
    error
        .chain()
        .map(ToString::to_string)
        .fold(String::new(), |line, cause| match line.as_str() {
            "" => cause,
            line if line.contains(&cause) => line.to_owned(),
            line => format!("{line}: {cause}"),
        })
}

/// Prints help as clap does, and everything else as one line.
fn refuse(error: &clap::Error) -> ExitCode {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return if error.print().is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Nothing is left to do when standard error is gone.
        let _ = error.print();
    } else {
        complain(&one_line(&error.to_string()));
    }
    ExitCode::from(EXIT_USAGE)
}

/// The first paragraph of a clap error, without its prefix and line breaks.
fn one_line(text: &str) -> String {
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let words: Vec<_> = paragraph.split_whitespace().collect();
    let line = words.join(" ");
    line.strip_prefix("error: ").unwrap_or(&line).to_owned()
}

fn complain(text: &str) {
    // Nothing is left to do when standard error is gone.
    let _ = writeln!(std::io::stderr(), "error: {}", text.replace('\n', " "));
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use anyhow::Context;
    use clap::Parser;

    use super::{BadValue, chain, exit_code, one_line};
    use crate::secret::Secret;
    use crate::serve::ServeError;

    #[derive(Parser, Debug)]
    struct Arguments {
        #[arg(long)]
        listen: SocketAddr,
    }

    #[test]
    fn argument_errors_fit_one_line() {
        let missing = Arguments::try_parse_from(["service"])
            .unwrap_err()
            .to_string();
        let expected = "the following required arguments were not provided: --listen <LISTEN>";
        assert_eq!(one_line(&missing), expected);
        let wrong = Arguments::try_parse_from(["service", "--listen=x"])
            .unwrap_err()
            .to_string();
        assert_eq!(
            one_line(&wrong),
            "invalid value 'x' for '--listen <LISTEN>': invalid socket address syntax"
        );
    }

    #[test]
    fn causes_are_named_once() {
        let source = std::io::Error::other("address in use");
        let address = "127.0.0.1:1".parse().unwrap();
        let error = anyhow::Error::new(ServeError::Bind { address, source });
        assert_eq!(
            chain(&error),
            "LISTEN: cannot listen on 127.0.0.1:1: address in use"
        );
    }

    #[test]
    fn a_bad_value_is_told_from_other_failures_through_its_context() {
        let bad = anyhow::Error::new(BadValue::new("X", "must be 1")).context("cannot start");
        assert_eq!(exit_code(&bad), 2);
        assert_eq!(chain(&bad), "cannot start: X: must be 1");
        let secret = Secret::required("SHOPMICRO_NO_SUCH_SECRET", None)
            .context("cannot start")
            .unwrap_err();
        assert_eq!(exit_code(&secret), 2);
        assert_eq!(exit_code(&anyhow::anyhow!("the disk is full")), 1);
    }
}
