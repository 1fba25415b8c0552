//! Each fault, as both tell it.

use std::fmt::Write as _;
use std::thread;

use serde_json::Value;

use crate::fault::Fault;
use crate::faults;
use crate::figures::Figures;
use crate::run::Run;
use crate::scene::{EMPTY, NAMESPACES, Scene};

/// How long Helm may take: it says what is wrong when that is over.
const PATIENCE: u32 = 60;

/// How long `shopctl` may take.
const LIMIT: &str = "90s";

/// Makes every fault, or those whose names have one of these parts, and prints what both say. Returns what `shopctl` did
/// not call by its name.
pub fn all(scene: &Scene<'_>, only: &str, figures: &mut Figures) -> Vec<String> {
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
        let (ours, theirs) = figures.time(fault.name, || meet(scene, &fault));
        let told = Told::by(&ours);
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
        let is_waited_out = fault.reason.is_empty() && ours.has_served();
        if told.reason != fault.reason || fault.reason.is_empty() != is_waited_out {
            failed.push(format!(
                "{}: exit {}, {:?}\n{}{}",
                fault.name, ours.code, told.reason, ours.stdout, ours.stderr
            ));
        }
    }
    assert!(count > 0, "no fault has `{only}` in its name");
    println!(
        "\n| fault | exit | reason | object, container | named after | helm says | after |\n|---|---|---|---|---|---|---|\n{rows}\n{texts}"
    );
    let whole = scene.operator;
    whole.set("");
    whole.assert_all_checks_pass(&whole.deploy());
    failed
}

/// Both deploy into it at the same time.
fn meet(scene: &Scene<'_>, fault: &Fault) -> (Run, Run) {
    let [own, theirs] = if fault.is_first { EMPTY } else { NAMESPACES };
    let mut settings = (fault.settings)(scene);
    scene.helm.chart(theirs, &settings);
    if fault.is_first {
        settings =
            format!("kubernetes: {{namespace: {own}}}\nexpose: {{host: {own}.local}}\n{settings}");
        scene.helm.prepare(theirs);
    }
    scene.operator.set(&settings);
    (fault.make)(scene);
    let met = thread::scope(|scope| {
        let helm = scope.spawn(|| scene.helm.apply(theirs, PATIENCE));
        let meanwhile = scope.spawn(|| (fault.meanwhile)(scene));
        let ours = Run::of(scene.operator.command(&["deploy", "--timeout", LIMIT]));
        meanwhile.join().unwrap();
        (ours, helm.join().unwrap())
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

/// What `shopctl` has told.
struct Told {
    reason: String,
    place: String,
    text: String,
}

impl Told {
    fn by(run: &Run) -> Self {
        let document = run.document();
        let error = &document["error"];
        let cause = &error["cause"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut said = format!("  {}\n", text(&error["message"]));
        for line in cause["log"].as_array().into_iter().flatten() {
            let _ = writeln!(said, "  | {}", text(line));
        }
        let _ = writeln!(said, "  hint: {}", text(&error["hint"]));
        let place = [text(&cause["object"]), text(&cause["container"])];
        Self {
            reason: text(&cause["reason"]),
            place: place.join(" ").trim().to_owned(),
            text: said,
        }
    }
}

fn row(fault: &Fault, told: &Told, ours: &Run, theirs: &Run) -> String {
    format!(
        "| {} | {} | {} | {} | {:.1} s | {} | {:.1} s |\n",
        fault.name,
        ours.code,
        told.reason,
        told.place,
        ours.took.as_secs_f64(),
        theirs.last_words().replace('|', "/"),
        theirs.took.as_secs_f64(),
    )
}

fn indented(text: &str) -> String {
    text.lines()
        .fold(String::new(), |all, line| format!("{all}  > {line}\n"))
}
