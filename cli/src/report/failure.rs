//! How a call that failed says so.

use std::fmt::Display;

use serde::Serialize;

use super::Printer;
use crate::exit::Exit;
use crate::failure::Failure;

/// A failure as JSON.
#[derive(Debug, Serialize)]
struct Model<'a> {
    error: Error<'a>,
    exit: u8,
}

#[derive(Debug, Serialize)]
struct Error<'a> {
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

/// Prints what happened, what explains it and what to type next.
pub fn failure(printer: &Printer, failure: &dyn Failure) -> Exit {
    let exit = failure.exit();
    if printer.is_human() {
        explain(printer, failure);
    } else {
        printer.document(&Model {
            error: Error {
                message: failure.to_string(),
                hint: failure.hint(),
                detail: failure.detail(),
            },
            exit: exit as u8,
        });
    }
    exit
}

fn explain(printer: &Printer, failure: &dyn Failure) {
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
