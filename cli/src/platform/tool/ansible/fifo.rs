//! The pipe through which the callback plugin tells its events.

use std::fs;
use std::io;
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::unix::pipe::{OpenOptions, Receiver};

use crate::platform::Error;

/// The reading end.
pub struct Fifo(Lines<BufReader<Receiver>>);

impl Fifo {
    /// Makes the pipe anew and opens it.
    pub fn make(path: &Path) -> Result<Self, Error> {
        let receiver = make(path).map_err(|source| Error::file("make", path, source))?;
        Ok(Self(BufReader::new(receiver).lines()))
    }

    /// The next line. It never ends: this end also counts as a writer.
    pub async fn line(&mut self) -> String {
        loop {
            match self.0.next_line().await {
                Ok(Some(line)) => return line,
                // Bytes that are no text are no event.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
                Ok(None) | Err(_) => std::future::pending::<()>().await,
            }
        }
    }
}

fn make(path: &Path) -> io::Result<Receiver> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR)?;
    // For writing as well: then it opens before a writer is there, and stays open when one has gone.
    OpenOptions::new().read_write(true).open_receiver(path)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[tokio::test]
    async fn writers_come_and_go() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events");
        fs::write(&path, "left behind").unwrap();
        let mut fifo = Fifo::make(&path).unwrap();
        for text in ["one", "two"] {
            let mut writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
            writeln!(writer, "{text}").unwrap();
            drop(writer);
            assert_eq!(fifo.line().await, text);
        }
    }
}
