//! Counts results by host and role, for one progress line each. Pure but for the clock that it is given.

use std::collections::BTreeMap;
use std::time::Instant;

use super::event::{Event, Status, TaskResult};
use crate::platform::event::{Event as Told, HostProgress};

/// What goes on, host by host.
#[derive(Debug, Default)]
pub struct Tally {
    play: String,
    hosts: BTreeMap<String, Line>,
}

/// What one host is busy with.
#[derive(Debug)]
struct Line {
    role: String,
    task: String,
    ok: u32,
    changed: u32,
    failed: bool,
    since: Instant,
}

impl Tally {
    /// Counts the event; what there is to tell about it.
    pub fn count(&mut self, event: &Event, now: Instant) -> Vec<Told> {
        match event {
            Event::Play { name, hosts } => {
                let told = self.close_all(now);
                self.play.clone_from(name);
                let line = |host: &String| (host.clone(), Line::new(String::new(), now));
                self.hosts = hosts.iter().map(line).collect();
                told
            }
            Event::Task { role, name } => self.begin(role.as_deref(), name, now),
            Event::Result(result) => self.result(result, now).into_iter().collect(),
            Event::Stats {} => self.close_all(now),
            Event::Unknown => Vec::new(),
        }
    }

    /// All hosts go on to the task; those that come from another role are done with that one.
    fn begin(&mut self, role: Option<&str>, task: &str, now: Instant) -> Vec<Told> {
        let role = role.unwrap_or(&self.play);
        let mut told = Vec::new();
        for (host, line) in &mut self.hosts {
            if line.role != role {
                told.extend(line.done(host, now));
                *line = Line::new(role.to_owned(), now);
            }
            task.clone_into(&mut line.task);
        }
        let going_on = self.hosts.iter().filter(|(_, line)| !line.failed);
        told.extend(going_on.map(|(host, line)| Told::HostBusy(line.progress(host, now))));
        told
    }

    fn result(&mut self, result: &TaskResult, now: Instant) -> Option<Told> {
        let role = result.role.as_deref().unwrap_or(&self.play);
        let line = self
            .hosts
            .entry(result.host.clone())
            .or_insert_with(|| Line::new(role.to_owned(), now));
        match result.status {
            Status::Ok | Status::Ignored => line.ok += 1,
            Status::Changed => line.changed += 1,
            Status::Failed | Status::Unreachable => {
                line.failed = true;
                line.task.clone_from(&result.task);
            }
            Status::Skipped | Status::Retry => return None,
        }
        Some(Told::HostBusy(line.progress(&result.host, now)))
    }

    fn close_all(&mut self, now: Instant) -> Vec<Told> {
        let lines = std::mem::take(&mut self.hosts);
        let done = lines.iter().filter_map(|(host, line)| line.done(host, now));
        done.collect()
    }
}

impl Line {
    const fn new(role: String, since: Instant) -> Self {
        Self {
            role,
            task: String::new(),
            ok: 0,
            changed: 0,
            failed: false,
            since,
        }
    }

    /// The last word about this role; none where there was nothing to do.
    fn done(&self, host: &str, now: Instant) -> Option<Told> {
        let nothing = self.ok + self.changed == 0 && !self.failed;
        (!nothing).then(|| Told::HostDone(self.progress(host, now)))
    }

    fn progress(&self, host: &str, now: Instant) -> HostProgress {
        HostProgress {
            host: host.to_owned(),
            role: self.role.clone(),
            task: self.task.clone(),
            ok: self.ok,
            changed: self.changed,
            failed: self.failed,
            took: now - self.since,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::parse;
    use super::*;

    /// `HOST ROLE ok/changed`, with `!` where the role failed, for every role that was done.
    fn done(lines: &[&str]) -> Vec<String> {
        let mut tally = Tally::default();
        let now = Instant::now();
        let mut done = Vec::new();
        for line in lines {
            for told in tally.count(&parse(line).unwrap(), now) {
                if let Told::HostDone(host) = told {
                    let mark = if host.failed { "!" } else { "" };
                    let HostProgress {
                        host,
                        role,
                        ok,
                        changed,
                        ..
                    } = host;
                    done.push(format!("{host} {role} {ok}/{changed}{mark}"));
                }
            }
        }
        done
    }

    const PLAY: &str = r#"{"event":"play","name":"All","hosts":["a","b"]}"#;
    const STATS: &str = r#"{"event":"stats","hosts":{}}"#;

    fn task(role: &str) -> String {
        format!(r#"{{"event":"task","play":"All","role":"{role}","name":"t"}}"#)
    }

    fn result(host: &str, role: &str, status: &str) -> String {
        format!(
            r#"{{"event":"result","host":"{host}","role":"{role}","task":"t","status":"{status}"}}"#
        )
    }

    #[test]
    fn a_role_is_done_when_the_next_one_begins() {
        let (base, runtime) = (task("base"), task("runtime"));
        let results = [
            result("a", "base", "changed"),
            result("b", "base", "ok"),
            result("a", "base", "ok"),
            result("b", "base", "skipped"),
        ];
        let mut lines = vec![PLAY, &base];
        lines.extend(results.iter().map(String::as_str));
        lines.push(&runtime);
        assert_eq!(done(&lines), ["a base 1/1", "b base 1/0"]);
    }

    #[test]
    fn nothing_is_said_of_a_host_with_nothing_to_do() {
        let lines = [
            PLAY.to_owned(),
            task("worker"),
            result("a", "worker", "skipped"),
            result("b", "worker", "changed"),
            STATS.to_owned(),
        ];
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        assert_eq!(done(&lines), ["b worker 0/1"]);
    }

    #[test]
    fn a_failed_role_says_so() {
        let lines = [
            PLAY.to_owned(),
            task("base"),
            result("a", "base", "failed"),
            STATS.to_owned(),
        ];
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        assert_eq!(done(&lines), ["a base 0/0!"]);
    }
}
