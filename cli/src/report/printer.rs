//! The one way to stdout, which carries the result, and to stderr, which carries the chat.

use std::env;
use std::io::{self, BufRead as _, IsTerminal as _, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Mode, Output};

/// Prints one call's result and chat.
#[derive(Debug, Clone)]
pub struct Printer {
    verb: &'static str,
    mode: Mode,
    colour: bool,
}

#[expect(
    clippy::unused_self,
    reason = "every way out is a method, so that nobody can print without having been given a printer"
)]
impl Printer {
    /// A printer for this call of `verb`.
    pub fn new(verb: &'static str, mode: Mode) -> Self {
        // https://no-color.org: set and not empty, whatever its value.
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = !refused && io::stdout().is_terminal() && mode.output == Output::Human;
        Self { verb, mode, colour }
    }

    /// Whether the result is for people.
    pub fn is_human(&self) -> bool {
        self.mode.output == Output::Human
    }

    /// Whether more than usual is to be told.
    pub fn is_verbose(&self) -> bool {
        self.mode.verbose
    }

    /// Whether progress may be told, and whether it may be drawn.
    pub fn progress(&self) -> (bool, bool) {
        let told = self.is_human() && !self.mode.quiet;
        (told, told && io::stderr().is_terminal())
    }

    /// Prints text of the result as it is. False when nobody reads any more.
    pub fn result(&self, text: &str) -> bool {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .is_ok()
    }

    /// Prints one line of the result. False when nobody reads any more.
    pub fn line(&self, text: &str) -> bool {
        self.result(&format!("{text}\n"))
    }

    /// Prints the call's one JSON document, `body` with the schema's name added.
    pub fn document(&self, body: &impl Serialize) {
        let mut value = serde_json::to_value(body)
            .unwrap_or_else(|error| json!({ "error": error.to_string() }));
        if let Value::Object(fields) = &mut value {
            fields.insert(
                "schema".to_owned(),
                json!(format!("shopctl.{}/v1", self.verb)),
            );
        }
        self.line(&format!("{value:#}"));
    }

    /// Says something that is not the result.
    pub fn chat(&self, text: &str) {
        if !self.mode.quiet {
            self.complain(text);
        }
    }

    /// Says something that must be read even when quiet was asked for.
    pub fn complain(&self, text: &str) {
        // A closed stderr must not hide how the call ends.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Asks a yes-or-no question. No when nobody is there to answer.
    pub fn ask(&self, question: &str) -> bool {
        let mut stderr = io::stderr().lock();
        if !io::stdin().is_terminal() || write!(stderr, "{question} [y/N] ").is_err() {
            return false;
        }
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).is_ok()
            && matches!(answer.trim(), "y" | "Y" | "yes")
    }

    /// Prints an address.
    pub fn address(&self, url: &str) {
        if self.is_human() {
            self.line(url);
        } else {
            self.document(&json!({ "url": url }));
        }
    }

    /// Starts a new screen on a terminal.
    pub fn clear_screen(&self) {
        if self.is_human() && io::stdout().is_terminal() {
            self.result("\x1b[2J\x1b[H");
        }
    }

    /// The text in bold, where colour is allowed.
    pub fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// The text in green, where colour is allowed.
    pub fn green(&self, text: &str) -> String {
        self.paint("32", text)
    }

    /// The text in red, where colour is allowed.
    pub fn red(&self, text: &str) -> String {
        self.paint("31", text)
    }

    /// The text in a fainter colour, where colour is allowed.
    pub fn faint(&self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
