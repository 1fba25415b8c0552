//! What every verb is given.

use std::path::PathBuf;

use crate::config::{self, Config, Overrides};
use crate::report::{Mode, Printer};

/// The settings of one call, before the configuration is read.
#[derive(Debug, Clone)]
pub struct Context {
    overrides: Overrides,
    /// Where results and chat go.
    pub printer: Printer,
    /// Whether every question is answered with yes.
    pub yes: bool,
}

impl Context {
    /// The context of this call of `verb`.
    pub fn new(overrides: Overrides, verb: &'static str, mode: Mode, yes: bool) -> Self {
        Self {
            overrides,
            printer: Printer::new(verb, mode),
            yes,
        }
    }

    /// Reads the configuration; verbs that need none do not fail on a bad one.
    pub fn config(&self) -> Result<Config, config::Error> {
        config::resolve(self.overrides.clone())
    }

    /// What to add to the next command so that it means the same shop; empty for the default one.
    pub fn same_shop(&self) -> String {
        let Overrides {
            config,
            target,
            context,
            data_dir,
            ..
        } = &self.overrides;
        let path = |path: &Option<PathBuf>| Some(path.as_ref()?.display().to_string());
        let flags = [
            ("--config", path(config)),
            ("--target", target.map(|target| target.name().to_owned())),
            ("--context", context.clone()),
            ("--data-dir", path(data_dir)),
        ];
        let written = flags
            .into_iter()
            .filter_map(|(flag, value)| Some(format!(" {flag} {}", value?)));
        written.collect()
    }
}
