//! What the tests of this folder share.

use std::collections::BTreeMap;
use std::path::Path;

use crate::plan::Component;
use crate::platform::local::running::spec::Spec;
use crate::platform::process::signal::Signal;

/// A component that is a shell script.
pub fn spec(component: Component, script: &str, directory: &Path) -> Spec {
    let path = std::env::var("PATH").unwrap_or_default();
    Spec {
        component,
        argv: vec!["sh".to_owned(), "-c".to_owned(), script.to_owned()],
        environment: BTreeMap::from([("PATH".to_owned(), path)]),
        directory: directory.to_owned(),
        account: None,
        stop_signal: Signal::Terminate,
        death_signal: Signal::Kill,
        stop_timeout_seconds: 5,
    }
}
