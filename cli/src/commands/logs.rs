//! `shopctl logs`

use std::time::Duration;

use clap::Args;
use futures_util::StreamExt as _;
use time::OffsetDateTime;

use super::interrupt::interrupted;
use super::{Context, Error, Outcome};
use crate::config;
use crate::exit::Exit;
use crate::plan::Component;
use crate::platform::{self, LogQuery, LogStream};
use crate::report;

/// The arguments of `logs`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only these components [default: all]
    #[arg(value_name = "COMPONENT")]
    components: Vec<String>,
    /// Go on with lines as they are written
    #[arg(long, short)]
    follow: bool,
    /// Only lines that are younger than this, such as 5m
    #[arg(long, value_name = "DURATION", value_parser = config::parse_duration)]
    since: Option<Duration>,
    /// Only the newest N lines
    #[arg(long, short = 'n', value_name = "N")]
    tail: Option<usize>,
}

/// Prints log lines, oldest first.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let Arguments {
        components,
        follow,
        since,
        tail,
    } = arguments;
    let query = LogQuery {
        components: named(&components)?,
        since: since.map(|age| OffsetDateTime::now_utc() - age),
        tail,
        follow,
    };
    let config = context.config()?;
    let lines = platform::select(&config).logs(&query).await?;
    tokio::select! {
        result = print(&context, lines) => result?,
        () = interrupted() => {}
    }
    Ok(Exit::Ok)
}

fn named(names: &[String]) -> Result<Vec<Component>, Error> {
    if names.is_empty() {
        return Ok(Component::ALL.to_vec());
    }
    let component = |name: &String| {
        Component::from_name(name).ok_or_else(|| Error::UnknownName {
            kind: "component",
            name: name.clone(),
            known: Component::ALL.map(Component::name).join(", "),
        })
    };
    names.iter().map(component).collect()
}

/// What cannot be read is told beside the lines of the others; where no line comes after it, it is a failure.
async fn print(context: &Context, mut lines: LogStream) -> Result<(), platform::Error> {
    let mut unread = None;
    while let Some(line) = lines.next().await {
        match line {
            Ok(line) => {
                if !report::log_line(&context.printer, &line) {
                    return Ok(());
                }
                unread = None;
            }
            Err(error) => {
                context.printer.complain(&format!("note: {error}"));
                unread = Some(error);
            }
        }
    }
    unread.map_or(Ok(()), Err)
}
