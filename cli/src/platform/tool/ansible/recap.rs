//! What a run has left to say: failures, findings, how much it changed.

use std::path::Path;

use super::event::{Event, Status, TaskResult};
use super::outcome::{HostFinding, Outcome};

/// How many failures are told; the rest is in the log.
const TOLD: usize = 6;

/// How many lines of the log are told when no task has failed.
const TOLD_LINES: usize = 15;

/// A task that failed on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failed {
    host: String,
    role: Option<String>,
    task: String,
    message: String,
}

/// What has happened so far.
#[derive(Debug, Default)]
pub struct Recap {
    failed: Vec<Failed>,
    /// What a preflight has found.
    pub findings: Vec<HostFinding>,
    /// How many results changed something.
    pub changed: u32,
    /// The hosts that took part.
    pub hosts: Vec<String>,
}

impl Recap {
    /// Takes note of the event.
    pub fn note(&mut self, event: &Event) {
        match event {
            Event::Play { hosts, .. } => {
                for host in hosts {
                    if !self.hosts.contains(host) {
                        self.hosts.push(host.clone());
                    }
                }
            }
            Event::Result(result) => self.result(result),
            Event::Task { .. } | Event::Stats {} | Event::Unknown => {}
        }
    }

    fn result(&mut self, result: &TaskResult) {
        if let Some(finding) = &result.finding
            && !self.findings.contains(finding)
        {
            self.findings.push(finding.clone());
        }
        match result.status {
            Status::Changed => self.changed += 1,
            Status::Failed | Status::Unreachable if !self.is_told(result) => {
                self.failed.push(Failed {
                    host: result.host.clone(),
                    role: result.role.clone(),
                    task: result.task.clone(),
                    message: message(result),
                });
            }
            _ => {}
        }
    }

    /// Whether one round of the task's loop has failed there already; the task's own failure says less.
    fn is_told(&self, result: &TaskResult) -> bool {
        let same = |failed: &Failed| failed.host == result.host && failed.task == result.task;
        self.failed.iter().any(same)
    }

    /// The findings that must be mended before anything can be done, if those are all that went wrong.
    pub fn unfit(&self) -> Option<Vec<HostFinding>> {
        let unmet = self
            .findings
            .iter()
            .filter(|finding| !finding.cure.is_empty());
        let unmet: Vec<_> = unmet.cloned().collect();
        (!unmet.is_empty() && self.changed == 0).then_some(unmet)
    }

    /// What a run that succeeded leaves.
    pub fn into_outcome(self) -> Outcome {
        let Self {
            failed: _,
            findings,
            changed,
            hosts,
        } = self;
        Outcome {
            changed,
            hosts,
            findings,
        }
    }

    /// The failing hosts, tasks and messages, and where the whole log is.
    pub fn detail(&self, log: &Path, said: &str) -> String {
        let mut lines: Vec<String> = self.failed.iter().take(TOLD).map(line).collect();
        if lines.is_empty() {
            let all: Vec<_> = said
                .lines()
                .filter(|line| !line.trim().is_empty())
                .collect();
            let last = all.len().saturating_sub(TOLD_LINES);
            lines.extend(all[last..].iter().map(|line| (*line).to_owned()));
        } else if self.failed.len() > TOLD {
            lines.push(format!("and {} more", self.failed.len() - TOLD));
        }
        lines.push(format!("the whole log: {}", log.display()));
        lines.join("\n")
    }
}

fn message(result: &TaskResult) -> String {
    let told = result.message.as_deref().map(str::trim).unwrap_or_default();
    let unreachable = result.status == Status::Unreachable;
    match (unreachable, told) {
        (true, told) => format!("the host cannot be reached: {told}"),
        (false, "") => "it did not say why".to_owned(),
        (false, told) => told.to_owned(),
    }
}

fn line(failed: &Failed) -> String {
    let Failed {
        host,
        role,
        task,
        message,
    } = failed;
    let place = role
        .as_ref()
        .map_or_else(String::new, |role| format!("role `{role}`, "));
    format!("{host}: {place}task `{task}`: {message}")
}

#[cfg(test)]
mod tests {
    use super::super::event::parse;
    use super::*;

    fn recap(lines: &[&str]) -> Recap {
        let mut recap = Recap::default();
        for line in lines {
            recap.note(&parse(line).unwrap());
        }
        recap
    }

    #[test]
    fn a_failure_names_host_role_task_and_message() {
        let recap = recap(&[
            r#"{"event":"result","host":"host-2","role":"packages","task":"Fetch kubelet","status":"failed","message":"404\n"}"#,
        ]);
        assert_eq!(
            recap.detail(Path::new("/state/ansible.log"), "noise"),
            "host-2: role `packages`, task `Fetch kubelet`: 404\nthe whole log: /state/ansible.log"
        );
    }

    #[test]
    fn without_a_failed_task_the_log_speaks() {
        let detail = Recap::default().detail(Path::new("/log"), "\nERROR! no such playbook\n\n");
        assert_eq!(detail, "ERROR! no such playbook\nthe whole log: /log");
    }

    #[test]
    fn findings_count_only_as_long_as_nothing_was_changed() {
        let finding = r#"{"event":"result","host":"a","task":"t","status":"failed","finding":{"host":"a","finding":"small","cure":"grow"}}"#;
        let fine = r#"{"event":"result","host":"a","task":"t","status":"ok","finding":{"host":"a","finding":"large enough"}}"#;
        let changed = r#"{"event":"result","host":"a","task":"t","status":"changed"}"#;
        assert_eq!(recap(&[finding, finding, fine]).unfit().unwrap().len(), 1);
        assert_eq!(recap(&[fine]).unfit(), None);
        assert_eq!(recap(&[changed, finding]).unfit(), None);
    }
}
