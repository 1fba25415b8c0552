//! `shopctl deploy` beside `helm install` and `helm upgrade` of the same manifests, in one run on one cluster: time,
//! memory, and what each says of seventeen faults.
//!
//! It wants root, and `SHOPCTL_BIN` and `SHOPCTL_ANSIBLE_PLAYBOOK` as `cargo xtask bench deploy` sets them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "what takes minutes says how far it is")]

#[path = "../shop/kubectl.rs"]
mod kubectl;
#[path = "../shop/operator.rs"]
mod operator;

mod chart;
#[path = "../faults/mod.rs"]
mod faults;
#[path = "../cluster/figures.rs"]
mod figures;
mod helm;
mod peak;
mod race;
mod run;
mod table;
mod trial;
#[path = "../cluster/waiting.rs"]
mod waiting;

use faults::Scene;
use figures::Figures;
use helm::Helm;
use lab::Network;
use operator::Operator;

/// What is only to be measured, or only to be broken, when not both.
const ONLY: &str = "SHOPMICRO_BENCH_ONLY";

#[test]
fn beside_helm() {
    let mut figures = Figures::default();
    let operator = Operator::with_cluster("bench", Network::new(81), &mut figures);
    let only = std::env::var(ONLY).unwrap_or_default();
    let helm = Helm::new(&operator);
    if only.is_empty() || only == "times" {
        race::run(&operator, &helm, &mut figures);
    }
    if only != "times" {
        let scene = Scene {
            operator: &operator,
            namespaces: &trial::NAMESPACES,
        };
        helm.install(trial::NAMESPACES[1]);
        let failed = trial::all(&scene, &helm, &only, &mut figures);
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
    figures.print();
    operator.close();
}
