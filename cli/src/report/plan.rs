//! A plan before it is carried out.

use serde::Serialize;

use super::Printer;

#[derive(Debug, Serialize)]
struct Model {
    changes: bool,
    steps: Vec<StepModel>,
}

#[derive(Debug, Serialize)]
struct StepModel {
    name: &'static str,
    text: String,
}

/// Prints what would be done: the name and the text of each step. Plans hold no secret values, so nothing needs to be masked.
pub fn dry_run(printer: &Printer, steps: &[(&'static str, String)]) {
    if !printer.is_human() {
        printer.document(&model(steps));
        return;
    }
    if steps.is_empty() {
        printer.line("nothing to do");
        return;
    }
    for (index, (_, text)) in steps.iter().enumerate() {
        printer.line(&format!("{:>3}. {text}", index + 1));
    }
    printer.line("nothing was changed");
}

fn model(steps: &[(&'static str, String)]) -> Model {
    let step = |(name, text): &(&'static str, String)| StepModel {
        name,
        text: text.clone(),
    };
    Model {
        changes: !steps.is_empty(),
        steps: steps.iter().map(step).collect(),
    }
}
