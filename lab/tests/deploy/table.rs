//! What was measured, as a table.

use std::time::Duration;

/// How long something took, and the most memory in KiB.
pub type Measured = (Duration, u64);

/// One of the times of a life.
type Time = fn(&Side) -> Measured;

/// One life of a shop.
#[derive(Debug, Default, Clone, Copy)]
pub struct Side {
    /// Into an empty cluster.
    pub install: Measured,
    /// Of one service.
    pub upgrade: Measured,
    /// Where nothing differs.
    pub nothing: Measured,
}

/// The lives by `shopctl` and by Helm.
#[derive(Debug, Default)]
pub struct Sides {
    ours: Vec<Side>,
    theirs: Vec<Side>,
}

impl Sides {
    /// Adds a round.
    pub fn add(&mut self, ours: Side, theirs: Side) {
        self.ours.push(ours);
        self.theirs.push(theirs);
    }

    /// Prints the medians and their ratios.
    pub fn print(&self) {
        println!(
            "\n| what | shopctl | helm | shopctl/helm | rounds: shopctl; helm |\n|---|---|---|---|---|"
        );
        let rows: [(&str, Time); 3] = [
            ("install into an empty cluster", |side| side.install),
            ("upgrade of one service", |side| side.upgrade),
            ("nothing to do", |side| side.nothing),
        ];
        for (what, of) in rows {
            let (ours, theirs) = (seconds(&self.ours, of), seconds(&self.theirs, of));
            let (one, other) = (median(&ours), median(&theirs));
            let (ours, theirs) = (list(&ours), list(&theirs));
            println!(
                "| {what} | {one:.2} s | {other:.2} s | {:.2} | {ours}; {theirs} |",
                one / other
            );
        }
        let (ours, theirs) = (peak(&self.ours), peak(&self.theirs));
        println!(
            "| peak memory | {ours:.1} MB | {theirs:.1} MB | {:.2} | |",
            ours / theirs
        );
    }
}

fn seconds(sides: &[Side], of: fn(&Side) -> Measured) -> Vec<f64> {
    sides.iter().map(|side| of(side).0.as_secs_f64()).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn list(values: &[f64]) -> String {
    let texts: Vec<_> = values.iter().map(|value| format!("{value:.2}")).collect();
    texts.join(", ")
}

fn peak(sides: &[Side]) -> f64 {
    let all = sides
        .iter()
        .flat_map(|side| [side.install.1, side.upgrade.1, side.nothing.1]);
    let kibibytes = u32::try_from(all.max().unwrap_or_default()).unwrap();
    f64::from(kibibytes) * 1024.0 / 1e6
}
