//! A plan before it is carried out.

use serde::Serialize;

use super::Printer;
use crate::plan::{Plan, Step};

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

/// Prints what would be done. Plans hold no secret values, so nothing needs to be masked.
pub fn dry_run(printer: &Printer, plan: &Plan) {
    if !printer.is_human() {
        printer.document(&model(plan));
        return;
    }
    if plan.is_empty() {
        printer.line("nothing to do");
        return;
    }
    for (index, step) in plan.steps.iter().enumerate() {
        printer.line(&format!("{:>3}. {step}", index + 1));
    }
    printer.line("nothing was changed");
}

fn model(plan: &Plan) -> Model {
    let step = |step: &Step| StepModel {
        name: step.name(),
        text: step.to_string(),
    };
    Model {
        changes: !plan.is_empty(),
        steps: plan.steps.iter().map(step).collect(),
    }
}
