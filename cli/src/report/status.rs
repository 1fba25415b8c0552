//! What runs.

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Printer;
use super::table::columns;
use crate::plan::Component;
use crate::platform::{ComponentStatus, Status};

#[derive(Debug, Serialize)]
struct Model<'a> {
    release: Option<&'a str>,
    url: Option<&'a str>,
    place: &'a str,
    ready: bool,
    components: Vec<ComponentModel<'a>>,
}

#[derive(Debug, Serialize)]
struct ComponentModel<'a> {
    name: &'static str,
    state: &'static str,
    ready: bool,
    pid: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replicas: Option<ReplicasModel>,
    since: Option<String>,
    restarts: u32,
    cause: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct ReplicasModel {
    ready: u32,
    wanted: u32,
}

/// Prints the state of the shop.
pub fn status(printer: &Printer, status: &Status) {
    if !printer.is_human() {
        printer.document(&model(status));
        return;
    }
    let release = status.release.as_deref().unwrap_or("none");
    printer.line(&format!("release  {release}"));
    printer.line(&format!("address  {}", address(status)));
    printer.line(&format!("data     {}", status.place));
    printer.line("");
    let rows: Vec<_> = status.components.iter().map(row).collect();
    printer.result(&columns(&rows));
    for component in &status.components {
        if let Some(cause) = &component.cause {
            printer.line(&format!("\n{}: {cause}", component.component));
        }
    }
}

/// The address, or how to come to one: a shop in a cluster may run without.
fn address(status: &Status) -> &str {
    let sells = |component| {
        let mut components = status.components.iter();
        components.any(|one| one.component == component && one.ready)
    };
    match &status.url {
        Some(url) => url,
        None if sells(Component::Backend) && sells(Component::Frontend) => {
            "none is published; `shopctl open` leads in from here"
        }
        None => "closed; open it with `shopctl up`",
    }
}

fn row(status: &ComponentStatus) -> [String; 5] {
    let pid = status.pid.map(|pid| format!("pid {pid}"));
    let replicas = status
        .replicas
        .map(|replicas| format!("{}/{}", replicas.ready, replicas.wanted));
    let since = status
        .since
        .map_or_else(String::new, |since| format!("up {}", age(since)));
    let restarts = match status.restarts {
        0 => String::new(),
        1 => "1 restart".to_owned(),
        count => format!("{count} restarts"),
    };
    [
        status.component.to_string(),
        status.state.to_owned(),
        pid.or(replicas).unwrap_or_default(),
        since,
        restarts,
    ]
}

/// An age in its largest unit.
fn age(since: OffsetDateTime) -> String {
    let seconds = (OffsetDateTime::now_utc() - since).whole_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

fn model(status: &Status) -> Model<'_> {
    Model {
        release: status.release.as_deref(),
        url: status.url.as_deref(),
        place: &status.place,
        ready: status.components.iter().all(|component| component.ready),
        components: status.components.iter().map(component_model).collect(),
    }
}

fn component_model(status: &ComponentStatus) -> ComponentModel<'_> {
    let ComponentStatus {
        component,
        ready,
        state,
        pid,
        replicas,
        since,
        restarts,
        cause,
    } = status;
    ComponentModel {
        name: component.name(),
        state,
        ready: *ready,
        pid: *pid,
        replicas: replicas.map(|replicas| ReplicasModel {
            ready: replicas.ready,
            wanted: replicas.wanted,
        }),
        since: since.and_then(|since| since.format(&Rfc3339).ok()),
        restarts: *restarts,
        cause: cause.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sells_without_an_address_is_not_closed() {
        let shop = |ready| Status {
            release: Some("1-abc".to_owned()),
            url: None,
            place: "namespace shop".to_owned(),
            components: Component::ALL
                .map(|component| ComponentStatus {
                    component,
                    ready,
                    state: "ready",
                    pid: None,
                    replicas: None,
                    since: None,
                    restarts: 0,
                    cause: None,
                })
                .to_vec(),
        };
        assert_eq!(
            address(&shop(true)),
            "none is published; `shopctl open` leads in from here"
        );
        assert_eq!(address(&shop(false)), "closed; open it with `shopctl up`");
    }
}
