//! Every fault, met by a release and called by its name.

use std::fmt::Write as _;
use std::thread;

use crate::faults::{self, Fault, Scene, Told};
use crate::figures::Figures;
use crate::operator::Operator;

/// A namespace for shops that are not there yet.
const EMPTY: &str = "fresh";

/// How long a release may take that cannot come.
const LIMIT: &str = "90s";

/// Meets all of them, one after the other; after the last one the shop is as it was.
pub fn are_all_faults(operator: &Operator, figures: &mut Figures) {
    let scene = Scene {
        operator,
        namespaces: &["shopmicro"],
    };
    let mut failed = String::new();
    for fault in faults::all() {
        let told = figures.time(fault.name, || meet(&scene, &fault));
        println!("{}", told.text);
        if !told.is(&fault) {
            let (name, code, reason, place) = (fault.name, told.code, &told.reason, told.place());
            let _ = writeln!(
                failed,
                "{name}: exit {code}, `{reason}` of `{place}`\n{}",
                told.text
            );
        }
    }
    assert!(failed.is_empty(), "{failed}");
    // Whatever leads into the shop may find the API server later than the release that has waited for it.
    operator.shopctl(&["verify", "--wait", "3m"]);
    operator.set("");
    Operator::assert_all_checks_pass(&operator.deploy());
}

fn meet(scene: &Scene<'_>, fault: &Fault) -> Told {
    scene.operator.set(&fault.settings_in(scene, EMPTY));
    (fault.make)(scene);
    let output = thread::scope(|scope| {
        let meanwhile = scope.spawn(|| (fault.meanwhile)(scene));
        let limit = ["deploy", "--timeout", LIMIT];
        // What is to be waited out has the time that everybody has.
        let words = if fault.reason.is_empty() {
            &limit[..1]
        } else {
            &limit[..]
        };
        let mut command = scene.operator.command(words);
        let output = command.output().unwrap();
        meanwhile.join().unwrap();
        output
    });
    (fault.end)(scene);
    if fault.is_first {
        scene.kubectl(&format!("delete namespace {EMPTY} --timeout=90s"));
    }
    let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Told::by(output.status.code().unwrap_or(-1), &document)
}
