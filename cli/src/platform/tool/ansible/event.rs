//! What the callback plugin tells, one JSON object a line.

use serde::Deserialize;

use super::outcome::HostFinding;

/// Something that happened in Ansible.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// A play begins.
    Play {
        /// Its name.
        #[serde(default)]
        name: String,
        /// The hosts that take part.
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// A task begins.
    Task {
        /// The role that it belongs to.
        role: Option<String>,
        /// Its name.
        #[serde(default)]
        name: String,
    },
    /// A task has ended on a host, or is tried again.
    Result(TaskResult),
    /// All plays have ended.
    Stats {},
    /// Something that this `shopctl` does not know.
    #[serde(other)]
    Unknown,
}

/// How a task ended on a host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaskResult {
    /// The host.
    pub host: String,
    /// The role that the task belongs to.
    pub role: Option<String>,
    /// The task's name.
    #[serde(default)]
    pub task: String,
    /// How it ended.
    pub status: Status,
    /// Why it failed.
    pub message: Option<String>,
    /// What a preflight has found.
    pub finding: Option<HostFinding>,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing had to be changed.
    Ok,
    /// Something was changed.
    Changed,
    /// There was nothing to do on this host.
    Skipped,
    /// It failed, and with it the host.
    Failed,
    /// It failed, and that is allowed.
    Ignored,
    /// The host does not answer.
    Unreachable,
    /// It failed and is tried again.
    Retry,
}

/// Reads one line; none when it is no event.
pub fn parse(line: &str) -> Option<Event> {
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_of_the_contract() {
        let play = parse(r#"{"event":"play","name":"Base","hosts":["host-1"],"tasks":3}"#);
        assert_eq!(
            play,
            Some(Event::Play {
                name: "Base".to_owned(),
                hosts: vec!["host-1".to_owned()],
            })
        );
        let task = parse(r#"{"event":"task","play":"Base","role":null,"name":"Ping"}"#);
        assert_eq!(
            task,
            Some(Event::Task {
                role: None,
                name: "Ping".to_owned()
            })
        );
        let stats = parse(r#"{"event":"stats","hosts":{"host-1":{"ok":1}}}"#);
        assert_eq!(stats, Some(Event::Stats {}));
    }

    #[test]
    fn a_failure_has_its_message_and_a_finding_its_cure() {
        let line = r#"{"event":"result","host":"host-2","role":"preflight","task":"Swap","status":"failed",
            "message":"no","finding":{"host":"host-2","finding":"swap is on","cure":"swapoff -a"}}"#;
        let Some(Event::Result(result)) = parse(line) else {
            panic!("no result");
        };
        assert_eq!(
            (result.status, result.message.as_deref()),
            (Status::Failed, Some("no"))
        );
        assert_eq!(result.finding.unwrap().cure, "swapoff -a");
    }

    #[test]
    fn what_is_not_known_is_no_failure() {
        assert_eq!(parse(r#"{"event":"weather"}"#), Some(Event::Unknown));
        assert_eq!(parse("rubbish"), None);
        assert_eq!(
            parse(r#"{"event":"result","host":"h","status":"odd"}"#),
            None
        );
    }
}
