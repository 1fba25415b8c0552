//! What goes on while it goes on: a spinner on a terminal, plain lines elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;

use super::Printer;
use super::hosts::Hosts;
use crate::platform::{Event, Events};

/// Shows events until it is finished or dropped.
pub struct Progress {
    events: Events,
    display: JoinHandle<()>,
}

impl Progress {
    /// Begins to show what is told to [`Progress::events`].
    pub fn start(printer: &Printer) -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            events: Events::new(sender),
            display: tokio::spawn(show(printer.clone(), receiver)),
        }
    }

    /// Where events are told.
    pub fn events(&self) -> Events {
        self.events.clone()
    }

    /// Shows what was told so far and ends. Every other copy of the events must be gone.
    pub async fn finish(self) {
        let Self { events, display } = self;
        drop(events);
        // A display that panicked has nothing more to show.
        let _ = display.await;
    }
}

async fn show(printer: Printer, mut events: UnboundedReceiver<Event>) {
    let (told, drawn) = printer.progress();
    let bars = MultiProgress::with_draw_target(if drawn {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    });
    let bar = bar(&bars);
    let mut hosts = Hosts::new(bars.clone());
    while let Some(event) = events.recv().await {
        let line = match &event {
            Event::HostBusy(host) => hosts.busy(host, printer.is_verbose()),
            Event::HostDone(host) => Some(hosts.done(host)),
            other => describe(
                other,
                &bar,
                is_worth_a_line(other, drawn, printer.is_verbose()),
            ),
        };
        if let Some(line) = line.filter(|_| told) {
            bars.suspend(|| printer.chat(&line));
        }
    }
    hosts.clear();
    bar.finish_and_clear();
}

fn bar(bars: &MultiProgress) -> ProgressBar {
    let bar = bars.add(ProgressBar::new_spinner());
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {prefix} {wide_msg:.dim}") {
        bar.set_style(style);
    }
    if !bars.is_hidden() {
        bar.enable_steady_tick(Duration::from_millis(100));
    }
    bar
}

/// Whether what a step is busy with is to be printed: each word of it for who wants to know more, and else, where no bar
/// can show it, what would leave a log silent.
const fn is_worth_a_line(event: &Event, drawn: bool, verbose: bool) -> bool {
    verbose || (!drawn && matches!(event, Event::Turn(_)))
}

/// Moves the bar; the line to print, if the event is worth one.
fn describe(event: &Event, bar: &ProgressBar, detailed: bool) -> Option<String> {
    match event {
        Event::StepStarted { step, number, of } => {
            bar.set_prefix(format!("[{number}/{of}] {step}"));
            bar.set_message("");
            None
        }
        Event::Progress(text) | Event::Turn(text) => {
            bar.set_message(text.clone());
            detailed.then(|| format!("    {text}"))
        }
        Event::StepDone { step, took } => Some(format!("  ✓ {step} ({:.1} s)", took.as_secs_f64())),
        Event::Note(text) => Some(format!("  {text}")),
        Event::HostBusy(_) | Event::HostDone(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_told_what_changes_and_a_terminal_shows_it() {
        let line = |event: &Event, drawn: bool, verbose: bool| {
            let bar = ProgressBar::hidden();
            describe(event, &bar, is_worth_a_line(event, drawn, verbose))
        };
        let turn = Event::Turn("backend 1/2".to_owned());
        let busy = Event::Progress("Compiling serde".to_owned());
        let told = Some("    backend 1/2".to_owned());
        assert_eq!(line(&turn, false, false), told);
        assert_eq!(line(&turn, true, false), None);
        assert_eq!(line(&turn, true, true), told);
        assert_eq!(line(&busy, false, false), None);
        assert!(line(&busy, false, true).is_some());
    }
}
