//! Waits for components, and not a moment longer than it is certain that they will not come.

use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::{Instant, sleep};

use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::running::logs::last_lines;
use crate::platform::local::running::probe::{http_client, probe};
use crate::platform::local::running::supervision;
use crate::platform::local::running::supervisor::{Part, Phase};

/// How often a component is asked.
const INTERVAL: Duration = Duration::from_millis(5);

/// Waits until all of them are ready, and the front door is open if a service is among them.
pub async fn await_ready(
    layout: &Layout,
    components: &[Component],
    patience: Duration,
) -> Result<(), Error> {
    let deadline = Instant::now() + patience;
    let client = http_client();
    let waits = components
        .iter()
        .map(|component| await_one(layout, &client, *component, deadline));
    try_join_all(waits).await?;
    if components
        .iter()
        .any(|component| Component::SERVICES.contains(component))
    {
        await_front_door(layout, deadline).await?;
    }
    Ok(())
}

async fn await_one(
    layout: &Layout,
    client: &reqwest::Client,
    component: Component,
    deadline: Instant,
) -> Result<(), Error> {
    loop {
        let cause = match probe(layout, client, component).await {
            Ok(()) => return Ok(()),
            Err(cause) => cause,
        };
        let Some(state) = supervision::state(layout) else {
            return Err(supervisor_ended(layout));
        };
        let part = state.components.get(&component);
        if let Some(part) = part.filter(|part| part.phase == Phase::CrashLoop) {
            return Err(crash_loop(component, part));
        }
        if Instant::now() >= deadline {
            let log = last_lines(&layout.log(component));
            return Err(Error::NotReady {
                component: component.to_string(),
                cause,
                log,
            });
        }
        sleep(INTERVAL).await;
    }
}

async fn await_front_door(layout: &Layout, deadline: Instant) -> Result<(), Error> {
    loop {
        let state = supervision::state(layout).ok_or_else(|| supervisor_ended(layout))?;
        if state.front_door_open {
            return Ok(());
        }
        if let Some(cause) = state.front_door_trouble {
            return Err(Error::NotReady {
                component: "front door".to_owned(),
                cause,
                log: String::new(),
            });
        }
        if Instant::now() >= deadline {
            let cause = "it was not opened in time".to_owned();
            return Err(Error::NotReady {
                component: "front door".to_owned(),
                cause,
                log: String::new(),
            });
        }
        sleep(INTERVAL).await;
    }
}

fn crash_loop(component: Component, part: &Part) -> Error {
    let how = part.cause.as_deref().unwrap_or("it ended");
    Error::NotReady {
        component: component.to_string(),
        cause: format!("it ends again and again ({how}, {} times)", part.restarts),
        log: part.last_lines.join("\n"),
    }
}

fn supervisor_ended(layout: &Layout) -> Error {
    Error::NotReady {
        component: "supervisor".to_owned(),
        cause: "it has ended".to_owned(),
        log: last_lines(&layout.supervisor_log()),
    }
}
