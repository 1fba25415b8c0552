//! Runs a verb to its exit code.

use std::future::Future;

use super::Context;
use crate::exit::Exit;
use crate::failure::AnyFailure;
use crate::report;

/// How a verb ends.
pub type Outcome = Result<Exit, AnyFailure>;

/// Runs the verb on a single-threaded runtime and prints its failure, if it fails.
///
/// One thread is enough for a tool that waits, and the kernel's parent-death signal is bound to the thread that
/// starts a child: it must be one that lives as long as the process.
pub fn run<V, F>(context: Context, verb: V) -> Exit
where
    V: FnOnce(Context) -> F,
    F: Future<Output = Outcome>,
{
    let printer = context.printer.clone();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return report::bug(&printer, &error),
    };
    runtime
        .block_on(verb(context))
        .unwrap_or_else(|failure| report::failure(&printer, failure.as_ref()))
}
