//! One log line: a flat JSON object.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::trace;

/// Formats events; knows what is the same in every line of a process.
pub(super) struct JsonLine {
    service: &'static str,
    release: String,
}

impl JsonLine {
    pub(super) fn new(service: &'static str, release: &str) -> Self {
        Self {
            service,
            release: release.to_owned(),
        }
    }
}

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let metadata = event.metadata();
        let ids = trace::current_ids();
        let line = Line {
            timestamp: OffsetDateTime::now_utc()
                .format(&Rfc3339)
                .map_err(|_| fmt::Error)?,
            level: metadata.level().as_str(),
            target: fields.target.as_deref().unwrap_or(metadata.target()),
            message: &fields.message,
            service: self.service,
            release: &self.release,
            trace_id: ids.as_ref().map(|ids| ids.trace_id.as_str()),
            span_id: ids.as_ref().map(|ids| ids.span_id.as_str()),
            fields: &fields.others,
        };
        let text = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{text}")
    }
}

/// A line's keys in the order in which people read them.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'static str,
    target: &'a str,
    message: &'a str,
    service: &'static str,
    release: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<&'a str>,
    #[serde(flatten)]
    fields: &'a Map<String, Value>,
}

/// The keys that belong to the line; an event field of that name is left out rather than written twice.
const RESERVED: [&str; 7] = [
    "timestamp",
    "level",
    "target",
    "service",
    "release",
    "trace_id",
    "span_id",
];

#[derive(Default)]
struct Fields {
    message: String,
    target: Option<String>,
    others: Map<String, Value>,
}

impl Fields {
    fn insert(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            ("message", value) => self.message = value.to_string(),
            // Events of the `log` crate carry their origin in fields with this prefix.
            ("log.target", Value::String(text)) => self.target = Some(text),
            (name, _) if name.starts_with("log.") || RESERVED.contains(&name) => {}
            (name, value) => {
                self.others.insert(name.to_owned(), value);
            }
        }
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value.into());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        use fmt::Write;
        let mut text = value.to_string();
        let mut cause = value.source();
        while let Some(error) = cause {
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        self.insert(field, text.into());
    }
}
