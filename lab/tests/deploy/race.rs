//! The same release by both, in turn.

use crate::figures::Figures;
use crate::helm::Helm;
use crate::kubectl;
use crate::operator::Operator;
use crate::run::Run;
use crate::table::{Side, Sides};

/// How often everything is measured; the median counts.
const ROUNDS: usize = 3;

/// How long Helm may take.
const PATIENCE: u32 = 300;

const NAMESPACE: &str = "helm";

/// Install, upgrade of one service, and nothing to do: by one, then by the other, each alone in an empty cluster.
pub fn run(operator: &Operator, helm: &Helm<'_>, figures: &mut Figures) {
    let mut sides = Sides::default();
    operator.shopctl(&["down", "--delete-data", "--yes"]);
    leave(operator);
    for round in 0..ROUNDS {
        // Who comes first has the colder caches.
        let ours = |figures: &mut Figures| figures.time("a life by shopctl", || shopctl(operator));
        let theirs =
            |figures: &mut Figures| figures.time("a life by helm", || by_helm(operator, helm));
        let (one, other) = if round.is_multiple_of(2) {
            let one = ours(figures);
            (one, theirs(figures))
        } else {
            let other = theirs(figures);
            (ours(figures), other)
        };
        sides.add(one, other);
    }
    sides.print();
    operator.set("");
    Run::of(operator.command(&["deploy"])).served();
}

fn shopctl(operator: &Operator) -> Side {
    let mut side = Side::default();
    let measure = |lines: &str| {
        operator.set(lines);
        let run = Run::of(operator.command(&["deploy"]));
        (run.served(), run.peak)
    };
    side.install = measure("");
    side.upgrade = measure("backend: {cart_ttl: 3d}");
    side.nothing = measure("backend: {cart_ttl: 3d}");
    operator.shopctl(&["down", "--delete-data", "--yes"]);
    side
}

fn by_helm(operator: &Operator, helm: &Helm<'_>) -> Side {
    let mut side = Side::default();
    let measure = || {
        let run = helm.apply(NAMESPACE, PATIENCE).succeeded();
        (run.took, run.peak)
    };
    helm.chart(NAMESPACE, "");
    helm.prepare(NAMESPACE);
    side.install = measure();
    helm.chart(NAMESPACE, "backend: {cart_ttl: 3d}");
    side.upgrade = measure();
    side.nothing = measure();
    leave(operator);
    side
}

/// Removes the shop that Helm has made, with its data.
fn leave(operator: &Operator) {
    let words = format!("delete namespace {NAMESPACE} --ignore-not-found --timeout=120s");
    kubectl::run(operator, &words);
}
