//! Each fault, as both tell it.

use std::fmt::Write as _;
use std::thread;

use crate::faults::{self, Fault, Scene, Told};
use crate::figures::Figures;
use crate::helm::Helm;
use crate::operator::Operator;
use crate::run::Run;

/// The namespaces of the two shops.
pub const NAMESPACES: [&str; 2] = ["shopmicro", "helm"];

/// Those of two shops that are not there yet.
const EMPTY: [&str; 2] = ["fresh", "fresh-helm"];

/// How long Helm may take: it says what is wrong when that is over.
const PATIENCE: u32 = 60;

/// How long `shopctl` may take.
const LIMIT: &str = "90s";

/// Makes every fault, or those whose names have one of these parts, and prints what both say. Returns what `shopctl` did
/// not call by its name.
pub fn all(scene: &Scene<'_>, helm: &Helm<'_>, only: &str, figures: &mut Figures) -> Vec<String> {
    let mut rows = String::new();
    let mut texts = String::new();
    let mut failed = Vec::new();
    let mut count = 0;
    for fault in faults::all() {
        let mut wanted = only.split(',');
        if !["", "faults"].contains(&only) && !wanted.any(|part| fault.name.contains(part)) {
            continue;
        }
        count += 1;
        let (ours, theirs) = figures.time(fault.name, || meet(scene, helm, &fault));
        let told = Told::by(ours.code, &ours.document());
        let row = row(&fault, &told, &ours, &theirs);
        println!("{row}");
        rows += &row;
        let _ = writeln!(
            texts,
            "{}:\n{}{}\n  helm: {}\n",
            fault.name,
            told.text,
            indented(&ours.stderr),
            theirs.stderr.trim()
        );
        if !told.is(&fault) {
            failed.push(format!(
                "{}: exit {}, {:?} of {:?}\n{}{}",
                fault.name,
                told.code,
                told.reason,
                told.place(),
                ours.stdout,
                ours.stderr
            ));
        }
    }
    assert!(count > 0, "no fault has `{only}` in its name");
    println!(
        "\n| fault | exit | reason | object, container | named after | helm says | after |\n|---|---|---|---|---|---|---|\n{rows}\n{texts}"
    );
    let whole = scene.operator;
    whole.set("");
    Operator::assert_all_checks_pass(&whole.deploy());
    failed
}

/// Both deploy into it at the same time.
fn meet(scene: &Scene<'_>, helm: &Helm<'_>, fault: &Fault) -> (Run, Run) {
    let [own, theirs] = if fault.is_first { EMPTY } else { NAMESPACES };
    helm.chart(theirs, &(fault.settings)(scene));
    if fault.is_first {
        helm.prepare(theirs);
    }
    scene.operator.set(&fault.settings_in(scene, own));
    (fault.make)(scene);
    let met = thread::scope(|scope| {
        let their_run = scope.spawn(|| helm.apply(theirs, PATIENCE));
        let meanwhile = scope.spawn(|| (fault.meanwhile)(scene));
        let ours = Run::of(scene.operator.command(&["deploy", "--timeout", LIMIT]));
        meanwhile.join().unwrap();
        (ours, their_run.join().unwrap())
    });
    (fault.end)(scene);
    if fault.is_first {
        for namespace in EMPTY {
            scene.kubectl(&format!(
                "delete namespace {namespace} --ignore-not-found --timeout=90s"
            ));
        }
    }
    met
}

fn row(fault: &Fault, told: &Told, ours: &Run, theirs: &Run) -> String {
    format!(
        "| {} | {} | {} | {} | {:.1} s | {} | {:.1} s |\n",
        fault.name,
        ours.code,
        told.reason,
        told.place(),
        ours.took.as_secs_f64(),
        theirs.last_words().replace('|', "/"),
        theirs.took.as_secs_f64(),
    )
}

fn indented(text: &str) -> String {
    text.lines()
        .fold(String::new(), |all, line| format!("{all}  > {line}\n"))
}
