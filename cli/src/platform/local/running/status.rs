//! What runs of a local shop.

use futures_util::future::join_all;
use time::OffsetDateTime;

use crate::plan::Component;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::running::probe::{http_client, probe};
use crate::platform::local::running::supervision;
use crate::platform::local::running::supervisor::{Part, Phase, State};
use crate::platform::state::open_journal::past;
use crate::platform::{ComponentStatus, Status};

/// How long a component may be unready before that is worth another word than `starting`.
const STARTING: time::Duration = time::Duration::seconds(10);

/// The state of the whole shop.
pub async fn status(layout: &Layout) -> Status {
    let state = supervision::state(layout);
    let client = http_client();
    let components = Component::ALL.map(|component| {
        let part = state
            .as_ref()
            .and_then(|state| state.components.get(&component));
        let client = &client;
        async move {
            let answer = match part {
                Some(part) if part.phase == Phase::Running => {
                    probe(layout, client, component).await
                }
                _ => Err(String::new()),
            };
            component_status(component, part, answer)
        }
    });
    Status {
        release: release(layout, state.as_ref()),
        url: state
            .as_ref()
            .filter(|state| state.front_door_open)
            .and_then(url),
        place: layout.root().display().to_string(),
        components: join_all(components).await,
    }
}

/// The address of the front door, without a slash at its end.
pub fn url(state: &State) -> Option<String> {
    state
        .desired
        .front_door
        .map(|door| format!("http://127.0.0.1:{}", door.port))
}

fn release(layout: &Layout, state: Option<&State>) -> Option<String> {
    let running = state.and_then(|state| state.desired.release.clone());
    running.or_else(|| Ports::read(layout).and_then(|_| past(&layout.journal()).data_ready_for))
}

fn component_status(
    component: Component,
    part: Option<&Part>,
    answer: Result<(), String>,
) -> ComponentStatus {
    let ready = answer.is_ok();
    let (state, cause) = match part {
        None => ("stopped", None),
        Some(part) => (word(part, ready), trouble(part, answer.err())),
    };
    ComponentStatus {
        component,
        ready,
        state,
        pid: part
            .and_then(|part| part.process)
            .map(|process| process.pid),
        replicas: None,
        since: part
            .filter(|part| part.process.is_some())
            .map(|part| part.since),
        restarts: part.map_or(0, |part| part.restarts),
        cause,
    }
}

fn word(part: &Part, ready: bool) -> &'static str {
    match part.phase {
        Phase::Running if ready => "ready",
        Phase::Running if OffsetDateTime::now_utc() - part.since < STARTING => "starting",
        Phase::Running => "unready",
        Phase::Stopping => "stopping",
        Phase::BackingOff => "backing-off",
        Phase::CrashLoop => "crash-loop",
        Phase::Stopped => "stopped",
    }
}

fn trouble(part: &Part, answer: Option<String>) -> Option<String> {
    match part.phase {
        Phase::Running => answer,
        Phase::BackingOff | Phase::CrashLoop => {
            let mut text = part.cause.clone().unwrap_or_default();
            for line in &part.last_lines {
                text.push('\n');
                text.push_str(line);
            }
            Some(text)
        }
        Phase::Stopping | Phase::Stopped => None,
    }
}
