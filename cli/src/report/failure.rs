//! How a call that failed says so.

use std::fmt::Display;

use serde::Serialize;

use super::Printer;
use crate::exit::Exit;
use crate::failure::{Failure, NamedCause};

/// A failure as JSON.
#[derive(Debug, Serialize)]
struct Model<'a> {
    error: Error<'a>,
    exit: u8,
}

#[derive(Debug, Serialize)]
pub(super) struct Error<'a> {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
}

impl<'a> Error<'a> {
    /// What happened, what explains it and what to type next.
    pub(super) fn of(failure: &'a dyn Failure) -> Self {
        Self {
            message: failure.to_string(),
            hint: failure.hint(),
            detail: failure.detail(),
            cause: failure.named_cause().map(Cause::from),
        }
    }
}

/// The one cause, in parts.
#[derive(Debug, Serialize)]
struct Cause {
    object: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    reason: &'static str,
    message: String,
    log: Vec<String>,
    next: String,
}

impl From<NamedCause> for Cause {
    fn from(cause: NamedCause) -> Self {
        let NamedCause {
            object,
            container,
            reason,
            message,
            log,
            next,
        } = cause;
        Self {
            object,
            container,
            reason,
            message,
            log,
            next,
        }
    }
}

/// Prints what happened, what explains it and what to type next.
pub fn failure(printer: &Printer, failure: &dyn Failure) -> Exit {
    let exit = failure.exit();
    if printer.is_human() {
        explain(printer, failure);
    } else {
        printer.document(&model(failure));
    }
    exit
}

fn model(failure: &dyn Failure) -> Model<'_> {
    Model {
        error: Error::of(failure),
        exit: failure.exit() as u8,
    }
}

/// Says to people what happened, what explains it and what to type next.
pub(super) fn explain(printer: &Printer, failure: &dyn Failure) {
    printer.complain(&format!("error: {failure}"));
    for line in failure.detail().into_iter().flat_map(str::lines) {
        printer.complain(&format!("  | {line}"));
    }
    if let Some(hint) = failure.hint() {
        printer.complain(&format!("hint: {hint}"));
    }
}

/// Prints a defect of `shopctl` itself.
pub fn bug(printer: &Printer, cause: &dyn Display) -> Exit {
    printer.complain(&format!("bug: {cause}"));
    printer.complain(
        "hint: this is a defect of shopctl; please report it with the command that you typed",
    );
    Exit::Bug
}

/// Prints what is wrong with the command line, or the help that was asked for.
pub fn usage(error: &clap::Error) -> Exit {
    // clap knows which stream it is for; a closed one must not hide the exit code.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Ok
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::platform::Error as Failed;
    use crate::platform::kube::diagnosis::{Cause as Why, Reason};
    use crate::platform::kube::rollout;

    #[test]
    fn a_rollout_names_its_cause_in_parts() {
        let cause = Why::of("pod/backend-5d-x", Reason::CrashLoop, "exit code 1");
        let failed = rollout::Failed {
            workload: "deployment/backend".to_owned(),
            component: "backend",
            cause: cause.in_container("backend"),
            log: "one\ntwo".to_owned(),
            next: "kubectl logs pod/backend-5d-x".to_owned(),
            serving: true,
        };
        let error = Failed::Rollout(Box::new(failed));
        assert_eq!(
            serde_json::to_value(model(&error)).unwrap(),
            json!({
                "exit": 11,
                "error": {
                    "message": "deployment/backend does not become ready: pod/backend-5d-x, container backend: the container ends again and again (exit code 1); the shop serves on with the pods of before",
                    "hint": "kubectl logs pod/backend-5d-x",
                    "detail": "one\ntwo",
                    "cause": {
                        "object": "pod/backend-5d-x",
                        "container": "backend",
                        "reason": "crash-loop",
                        "message": "exit code 1",
                        "log": ["one", "two"],
                        "next": "kubectl logs pod/backend-5d-x",
                    },
                },
            })
        );
    }
}
