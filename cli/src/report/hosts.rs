//! One line for each host and what it is busy with: drawn below the spinner, and said once it is done.

use std::collections::BTreeMap;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::platform::HostProgress;

/// The lines of all hosts.
pub struct Hosts {
    bars: MultiProgress,
    lines: BTreeMap<String, ProgressBar>,
    /// The longest host and role so far, so that the columns stand below each other.
    widths: (usize, usize),
}

impl Hosts {
    /// No lines yet.
    pub fn new(bars: MultiProgress) -> Self {
        Self {
            bars,
            lines: BTreeMap::new(),
            widths: (0, 0),
        }
    }

    /// Moves the host's line; the task as a line of its own where more than usual is told.
    pub fn busy(&mut self, host: &HostProgress, verbose: bool) -> Option<String> {
        let text = format!("{}  {}", self.names(host), counts(host));
        let bars = &self.bars;
        let line = self
            .lines
            .entry(host.host.clone())
            .or_insert_with(|| line(bars));
        line.set_prefix(text);
        line.set_message(host.task.clone());
        verbose.then(|| format!("    {}: {} ({})", host.host, host.task, counts(host)))
    }

    /// Takes the host's line away; what is left to say about it.
    pub fn done(&mut self, host: &HostProgress) -> String {
        if let Some(line) = self.lines.remove(&host.host) {
            line.finish_and_clear();
        }
        let names = self.names(host);
        let seconds = host.took.as_secs_f64();
        if host.failed {
            return format!("  ✗ {names}  failed at `{}` ({seconds:.1} s)", host.task);
        }
        format!("  ✓ {names}  {} ({seconds:.1} s)", counts(host))
    }

    /// Takes all lines away.
    pub fn clear(&mut self) {
        for line in std::mem::take(&mut self.lines).into_values() {
            line.finish_and_clear();
        }
    }

    fn names(&mut self, host: &HostProgress) -> String {
        let HostProgress { host, role, .. } = host;
        let (first, second) = self.widths;
        self.widths = (
            first.max(host.chars().count()),
            second.max(role.chars().count()),
        );
        let (first, second) = self.widths;
        format!("{host:first$}  {role:second$}")
    }
}

fn line(bars: &MultiProgress) -> ProgressBar {
    let line = bars.add(ProgressBar::new_spinner());
    if let Ok(style) = ProgressStyle::with_template("    {prefix}  {wide_msg:.dim}") {
        line.set_style(style);
    }
    line
}

fn counts(host: &HostProgress) -> String {
    match (host.ok, host.changed) {
        (ok, 0) => format!("{ok} ok"),
        (0, changed) => format!("{changed} changed"),
        (ok, changed) => format!("{ok} ok, {changed} changed"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use indicatif::ProgressDrawTarget;

    use super::*;

    fn progress(host: &str, role: &str) -> HostProgress {
        HostProgress {
            host: host.to_owned(),
            role: role.to_owned(),
            task: "Unpack".to_owned(),
            ok: 3,
            changed: 0,
            failed: false,
            took: Duration::from_millis(1234),
        }
    }

    #[test]
    fn columns_stand_below_each_other() {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let mut hosts = Hosts::new(bars);
        assert_eq!(hosts.busy(&progress("host-10", "base"), false), None);
        assert_eq!(
            hosts.done(&progress("host-1", "base")),
            "  ✓ host-1   base  3 ok (1.2 s)"
        );
        let changed = HostProgress {
            changed: 2,
            ..progress("host-10", "containerd")
        };
        assert_eq!(
            hosts.done(&changed),
            "  ✓ host-10  containerd  3 ok, 2 changed (1.2 s)"
        );
        let failed = HostProgress {
            failed: true,
            ..progress("host-1", "worker")
        };
        assert_eq!(
            hosts.done(&failed),
            "  ✗ host-1   worker      failed at `Unpack` (1.2 s)"
        );
    }
}
