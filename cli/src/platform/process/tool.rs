//! The one place that runs external tools: they die with `shopctl`, and a failure carries what they printed.

use std::collections::{BTreeMap, VecDeque};
use std::env;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal as UnixSignal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::platform::Error;
use crate::platform::process::account::Account;
use crate::platform::process::launcher::Launch;
use crate::platform::process::signal::Signal;

/// How many of the last lines an error carries.
const KEPT_LINES: usize = 30;

/// How long to wait for what is still in the pipes after the tool has ended.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// One call of an external program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// Variables that make a difference. Never a secret: they appear in messages.
    pub environment: Vec<(String, String)>,
    /// What it has besides, without being worth a word; the environment of `shopctl` when none.
    pub surroundings: Option<BTreeMap<String, String>>,
    /// Where it runs; where `shopctl` runs when none.
    pub directory: Option<PathBuf>,
    /// Who it runs as; who `shopctl` runs as when none.
    pub account: Option<Account>,
    /// What ends it when `shopctl` ends.
    pub death_signal: Signal,
}

impl Tool {
    /// A call with nothing special.
    pub fn new(argv: Vec<String>) -> Self {
        Self {
            argv,
            environment: Vec::new(),
            surroundings: None,
            directory: None,
            account: None,
            death_signal: Signal::Kill,
        }
    }

    /// Runs it under an account.
    pub fn under(mut self, account: Option<&Account>) -> Self {
        self.account = account.cloned();
        self
    }

    /// Runs it in a directory.
    pub fn inside(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Adds variables to its environment.
    pub fn with(mut self, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        self.environment.extend(environment);
        self
    }

    /// Gives it these variables instead of those of `shopctl`.
    pub fn only_with(mut self, surroundings: BTreeMap<String, String>) -> Self {
        self.surroundings = Some(surroundings);
        self
    }

    /// Gives it these variables besides those of `shopctl`, without a word about them.
    pub fn besides(self, more: impl IntoIterator<Item = (String, String)>) -> Self {
        let own = env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        self.only_with(own.chain(more).collect())
    }

    /// Lets it end by this signal when `shopctl` ends, instead of being killed.
    pub fn dying_by(mut self, signal: Signal) -> Self {
        self.death_signal = signal;
        self
    }

    /// The call as one would type it.
    pub fn command_line(&self) -> String {
        let quote =
            |word: &str| shlex::try_quote(word).map_or_else(|_| word.to_owned(), Into::into);
        let change = self
            .directory
            .iter()
            .map(|place| format!("cd {} &&", quote(&place.to_string_lossy())));
        let variables = self
            .environment
            .iter()
            .map(|(name, value)| format!("{name}={}", quote(value)));
        let account = self
            .account
            .iter()
            .map(|account| format!("runuser -u {} --", account.name));
        let words = self.argv.iter().map(|word| quote(word));
        let parts: Vec<String> = change
            .chain(account_after(variables, account))
            .chain(words)
            .collect();
        parts.join(" ")
    }

    /// Runs it to its end and tells every line that it prints. An exit code other than 0 is an error.
    ///
    /// Dropping the future ends the tool and everything that it has started.
    pub async fn run(&self, mut on_line: impl FnMut(&str)) -> Result<(), Error> {
        let mut command = self.command();
        let child = command
            .spawn()
            .map_err(|source| self.failed(&source.to_string(), &[]))?;
        let mut group = Group(child);
        let (sender, mut lines) = unbounded_channel();
        forward(group.0.stdout.take(), sender.clone());
        forward(group.0.stderr.take(), sender);
        let mut last = VecDeque::new();
        let mut keep = |line: String| {
            on_line(&line);
            if last.len() == KEPT_LINES {
                last.pop_front();
            }
            last.push_back(line);
        };
        let ended = loop {
            tokio::select! {
                Some(line) = lines.recv() => keep(line),
                ended = group.0.wait() => break ended,
            }
        };
        // Something that the tool left behind may keep the pipes open: it does not keep us.
        while let Ok(Some(line)) = timeout(LAST_WORDS, lines.recv()).await {
            keep(line);
        }
        let status = ended.map_err(|source| self.failed(&source.to_string(), &[]))?;
        if status.success() {
            return Ok(());
        }
        Err(self.failed(&how(status), last.make_contiguous()))
    }

    /// Starts it with everything that it prints going into the file.
    pub fn start(&self, log: File) -> Result<Group, Error> {
        let failed = |source: io::Error| self.failed(&source.to_string(), &[]);
        let twin = log.try_clone().map_err(failed)?;
        let mut command = self.command();
        command.stdout(log).stderr(twin);
        Ok(Group(command.spawn().map_err(failed)?))
    }

    fn command(&self) -> Command {
        let launch = Launch {
            death_signal: self.death_signal,
            account: self.account.as_ref(),
            argv: &self.argv,
        };
        let mut command = Command::from(launch.command());
        if let Some(surroundings) = &self.surroundings {
            command.env_clear().envs(surroundings);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn failed(&self, status: &str, last: &[String]) -> Error {
        Error::Tool {
            command_line: self.command_line(),
            status: status.to_owned(),
            output: last.join("\n"),
        }
    }
}

/// `runuser` comes before the variables, so that `env` runs under the account.
fn account_after(
    variables: impl Iterator<Item = String>,
    account: impl Iterator<Item = String>,
) -> impl Iterator<Item = String> {
    let mut variables = variables.peekable();
    let env = variables.peek().map(|_| "env".to_owned());
    account.chain(env).chain(variables)
}

/// A child that leads a group; the whole group ends when this is dropped before the child has ended.
#[derive(Debug)]
pub struct Group(Child);

impl Group {
    /// Waits for the end of the child.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait().await
    }

    /// Tells the whole group.
    pub fn signal(&self, signal: Signal) {
        // The number is there as long as nobody has waited for the child, so it names no other group.
        if let Some(pid) = self.0.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _ = killpg(Pid::from_raw(pid), UnixSignal::from(signal));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::Kill);
    }
}

/// Sends the lines on until the pipe is closed or nobody listens any more.
fn forward(pipe: Option<impl AsyncRead + Send + Unpin + 'static>, lines: UnboundedSender<String>) {
    let Some(pipe) = pipe else {
        return;
    };
    tokio::spawn(async move {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while matches!(reader.read_until(b'\n', &mut line).await, Ok(length) if length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if lines.send(text).is_err() {
                return;
            }
        }
    });
}

/// How a process ended, for people.
pub fn how(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(number)) => match UnixSignal::try_from(number) {
            Ok(signal) => format!("ended by {signal}"),
            Err(_) => format!("ended by signal {number}"),
        },
        (None, None) => "ended".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::process::identity::Identity;

    fn tool(words: &[&str]) -> Tool {
        Tool::new(words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn the_command_line_can_be_pasted() {
        let account = Account {
            name: "postgres".to_owned(),
            uid: 101,
            gid: 104,
        };
        let tool = tool(&["initdb", "--pwfile=/a b"])
            .under(Some(&account))
            .with([("TZ".to_owned(), "UTC".to_owned())]);
        assert_eq!(
            tool.command_line(),
            "runuser -u postgres -- env TZ=UTC initdb '--pwfile=/a b'"
        );
    }

    #[test]
    fn a_plain_command_line_is_plain() {
        assert_eq!(
            tool(&["npm", "ci"]).inside("/src/ui").command_line(),
            "cd /src/ui && npm ci"
        );
        let with_variable = tool(&["npm", "ci"]).with([("CI".to_owned(), "1".to_owned())]);
        assert_eq!(with_variable.command_line(), "env CI=1 npm ci");
    }

    #[tokio::test]
    async fn a_failure_carries_the_last_lines() {
        let tool = tool(&["sh", "-c", "echo out; echo err >&2; exit 3"]);
        let Error::Tool {
            command_line,
            status,
            output,
        } = tool.run(|_| {}).await.unwrap_err()
        else {
            panic!("another failure");
        };
        assert_eq!(command_line, "sh -c 'echo out; echo err >&2; exit 3'");
        assert_eq!(status, "exit code 3");
        let mut lines: Vec<_> = output.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["err", "out"]);
    }

    #[tokio::test]
    async fn what_a_tool_leaves_behind_is_not_waited_for() {
        let mut lines = Vec::new();
        let run = tool(&["sh", "-c", "echo $$; sleep 60 & echo done"]);
        run.run(|line| lines.push(line.to_owned())).await.unwrap();
        assert_eq!(lines[1], "done");
        killpg(
            Pid::from_raw(lines[0].parse().unwrap()),
            UnixSignal::SIGKILL,
        )
        .unwrap();
    }

    #[tokio::test]
    async fn an_abandoned_tool_ends_with_its_children() {
        let (sender, mut lines) = unbounded_channel();
        let run = tool(&["sh", "-c", "sleep 60 & echo $!; wait"]);
        let running = run.run(move |line| sender.send(line.to_owned()).unwrap());
        let line = tokio::select! {
            _ = running => panic!("it ended"),
            line = lines.recv() => line.unwrap(),
        };
        let pid = line.parse().unwrap();
        while Identity::of(pid).is_some() {
            tokio::task::yield_now().await;
        }
    }
}
