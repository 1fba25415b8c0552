//! Reads the components' logs.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use tokio::time::sleep;

use crate::plan::Component;
use crate::platform::local::layout::Layout;
use crate::platform::local::running::stamp;
use crate::platform::local::running::supervisor::log_files;
use crate::platform::{Error, LogLine, LogQuery, LogStream};

/// How often a followed log is looked at.
const INTERVAL: Duration = Duration::from_millis(100);

/// How much of a file's end is read for its last lines, in bytes.
const TAIL: u64 = 16 * 1024;

/// How many last lines go into a message.
const MESSAGE_LINES: usize = 15;

/// The wanted lines, oldest first.
pub fn read(layout: &Layout, query: &LogQuery) -> Result<LogStream, Error> {
    let mut followed = Vec::new();
    let mut lines = Vec::new();
    for component in &query.components {
        let mut log = Followed::new(layout, *component);
        lines.extend(log.whole(query)?);
        followed.push(log);
    }
    // It keeps the order of lines of the same moment.
    lines.sort_by_key(|line| line.at);
    let skipped = query
        .tail
        .map_or(0, |tail| lines.len().saturating_sub(tail));
    let past = stream::iter(lines.into_iter().skip(skipped).map(Ok));
    if !query.follow {
        return Ok(past.boxed());
    }
    Ok(past.chain(follow(followed)).boxed())
}

/// The lines of a component that are younger than `since` and contain `needle`.
pub fn containing(
    layout: &Layout,
    component: Component,
    since: time::OffsetDateTime,
    needle: &str,
) -> Result<Vec<String>, Error> {
    let query = LogQuery {
        components: vec![component],
        since: Some(since),
        tail: None,
        follow: false,
    };
    let lines = Followed::new(layout, component).whole(&query)?;
    Ok(lines
        .into_iter()
        .map(|line| line.text)
        .filter(|text| text.contains(needle))
        .collect())
}

/// The last lines of a file as one text; empty when there is nothing to read.
pub fn last_lines(path: &Path) -> String {
    let read = || -> io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    };
    let text = read().unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(MESSAGE_LINES)..].join("\n")
}

fn follow(logs: Vec<Followed>) -> impl futures_util::Stream<Item = Result<LogLine, Error>> {
    let state = (logs, VecDeque::new());
    stream::unfold(state, |(mut logs, mut waiting)| async move {
        loop {
            if let Some(line) = waiting.pop_front() {
                return Some((line, (logs, waiting)));
            }
            // Nothing is left after an error.
            if logs.is_empty() {
                return None;
            }
            sleep(INTERVAL).await;
            let mut new: Vec<LogLine> = Vec::new();
            for log in &mut logs {
                match log.rest() {
                    Ok(lines) => new.extend(lines),
                    Err(error) => return Some((Err(error), (Vec::new(), waiting))),
                }
            }
            new.sort_by_key(|line| line.at);
            waiting.extend(new.into_iter().map(Ok));
        }
    })
}

/// One component's log and how far it was read.
struct Followed {
    component: Component,
    path: PathBuf,
    reader: Option<Reader>,
}

struct Reader {
    lines: BufReader<File>,
    inode: u64,
    /// The beginning of a line whose end was not there yet.
    torn: Vec<u8>,
}

impl Followed {
    fn new(layout: &Layout, component: Component) -> Self {
        Self {
            component,
            path: layout.log(component),
            reader: None,
        }
    }

    /// Everything that is there, beginning with the oldest file.
    fn whole(&mut self, query: &LogQuery) -> Result<Vec<LogLine>, Error> {
        let mut lines = Vec::new();
        for path in log_files(&self.path) {
            if !is_young_enough(&path, query) {
                continue;
            }
            self.open(&path)?;
            lines.extend(self.available()?);
            if let Some(since) = query.since {
                lines.retain(|line| line.at >= since);
            }
        }
        Ok(lines)
    }

    /// What was written since, across one rotation.
    fn rest(&mut self) -> Result<Vec<LogLine>, Error> {
        let mut lines = self.available()?;
        let inode = fs::metadata(&self.path).map(|metadata| metadata.ino()).ok();
        if inode.is_some() && inode != self.reader.as_ref().map(|reader| reader.inode) {
            self.open(&self.path.clone())?;
            lines.extend(self.available()?);
        }
        Ok(lines)
    }

    fn open(&mut self, path: &Path) -> Result<(), Error> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(Error::file("read", path, source)),
        };
        let inode = file
            .metadata()
            .map_err(|source| Error::file("read", path, source))?
            .ino();
        self.reader = Some(Reader {
            lines: BufReader::new(file),
            inode,
            torn: Vec::new(),
        });
        Ok(())
    }

    fn available(&mut self) -> Result<Vec<LogLine>, Error> {
        let Some(reader) = &mut self.reader else {
            return Ok(Vec::new());
        };
        let mut lines = Vec::new();
        loop {
            let read = reader.lines.read_until(b'\n', &mut reader.torn);
            read.map_err(|source| Error::file("read", &self.path, source))?;
            if reader.torn.pop_if(|last| *last == b'\n').is_none() {
                return Ok(lines);
            }
            let text = String::from_utf8_lossy(&reader.torn).into_owned();
            reader.torn.clear();
            let component = self.component;
            lines.extend(stamp::split(&text).map(|(at, text)| LogLine {
                at,
                component,
                pod: None,
                text: text.to_owned(),
            }));
        }
    }
}

/// A file that was last written before the wanted time need not be read.
fn is_young_enough(path: &Path, query: &LogQuery) -> bool {
    let written = fs::metadata(path).and_then(|metadata| metadata.modified());
    match (written, query.since) {
        (Ok(written), Some(since)) => time::OffsetDateTime::from(written) >= since,
        (Ok(_), None) => true,
        (Err(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use time::OffsetDateTime;

    use super::*;

    fn layout(directory: &tempfile::TempDir) -> Layout {
        let layout = Layout::new(directory.path());
        fs::create_dir_all(layout.logs()).unwrap();
        layout
    }

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_795_000_000 + second).unwrap()
    }

    fn write(path: &Path, second: i64, text: &str) {
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        writeln!(file, "{} {text}", stamp::text(at(second))).unwrap();
    }

    fn query(tail: Option<usize>, follow: bool) -> LogQuery {
        LogQuery {
            components: vec![Component::Backend, Component::Redis],
            since: None,
            tail,
            follow,
        }
    }

    async fn texts(stream: LogStream) -> Vec<String> {
        stream.map(|line| line.unwrap().text).collect().await
    }

    #[tokio::test]
    async fn lines_of_all_files_come_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let layout = layout(&directory);
        write(
            &layout.log(Component::Backend).with_extension("log.1"),
            1,
            "a",
        );
        write(&layout.log(Component::Backend), 3, "c");
        write(&layout.log(Component::Redis), 2, "b");
        fs::write(layout.log(Component::MlService), "not asked for\n").unwrap();
        assert_eq!(
            texts(read(&layout, &query(None, false)).unwrap()).await,
            ["a", "b", "c"]
        );
        assert_eq!(
            texts(read(&layout, &query(Some(2), false)).unwrap()).await,
            ["b", "c"]
        );
        let younger = LogQuery {
            since: Some(at(2)),
            ..query(None, false)
        };
        assert_eq!(texts(read(&layout, &younger).unwrap()).await, ["b", "c"]);
        assert_eq!(
            containing(&layout, Component::Backend, at(0), "c").unwrap(),
            ["c"]
        );
    }

    #[tokio::test]
    async fn following_goes_on_over_a_rotation() {
        let directory = tempfile::tempdir().unwrap();
        let layout = layout(&directory);
        let path = layout.log(Component::Backend);
        write(&path, 1, "old");
        let mut stream = read(&layout, &query(None, true)).unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap().text, "old");
        write(&path, 2, "last of the old file");
        fs::rename(&path, path.with_extension("log.1")).unwrap();
        write(&path, 3, "first of the new file");
        let texts: Vec<_> = stream
            .take(2)
            .map(|line| line.unwrap().text)
            .collect()
            .await;
        assert_eq!(texts, ["last of the old file", "first of the new file"]);
    }

    #[test]
    fn the_last_lines_of_nothing_are_nothing() {
        assert_eq!(last_lines(Path::new("/nowhere")), "");
    }
}
