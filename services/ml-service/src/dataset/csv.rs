//! Order lines in a CSV file.

use std::io::Read;

use csv::{ErrorKind, Position, ReaderBuilder, StringRecord};

use super::{Interactions, InteractionsBuilder, parse_timestamp};

/// Longest accepted name of a basket or an item, in bytes.
const MAX_NAME: usize = 256;
/// Most lines that are read: four times that many bytes twice over stay far below the memory limit.
const MAX_LINES: u64 = 50_000_000;

/// Why a file was refused.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The header lacks a column.
    #[error("line 1: the header has no column '{0}' (expected basket,item,timestamp)")]
    MissingColumn(&'static str),
    /// A row has no usable value in a column.
    #[error("line {line}: {column} {problem}")]
    BadValue {
        /// Line of the file, from 1.
        line: u64,
        /// The column at fault.
        column: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The row is not CSV of the header's shape.
    #[error("line {line}: {problem}")]
    BadRow {
        /// Line of the file, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// There are more lines than fit.
    #[error("more than {MAX_LINES} lines")]
    TooManyLines,
    /// There is a header at most.
    #[error("no interactions: the file has no row after its header")]
    Empty,
    /// The file could not be read to its end.
    #[error("cannot read")]
    Io(#[from] std::io::Error),
}

/// Reads interactions with the columns `basket`, `item` and `timestamp`, in any order and with any others between them.
pub fn read_csv(source: impl Read) -> Result<Interactions, ReadError> {
    let mut reader = ReaderBuilder::new().from_reader(source);
    let columns = Columns::find(&reader.headers().map_err(refusal)?.clone())?;
    let mut builder = InteractionsBuilder::default();
    let mut record = StringRecord::new();
    let mut lines = 0;
    while reader.read_record(&mut record).map_err(refusal)? {
        lines += 1;
        if lines > MAX_LINES {
            return Err(ReadError::TooManyLines);
        }
        let line = record.position().map_or(0, Position::line);
        let basket = name(&record, columns.basket, "basket", line)?;
        let item = name(&record, columns.item, "item", line)?;
        let timestamp = parse_timestamp(record.get(columns.timestamp).unwrap_or_default()).ok_or(
            ReadError::BadValue {
                line,
                column: "timestamp",
                problem: "is neither an integer nor an ISO 8601 date or time",
            },
        )?;
        builder.add(basket, item, timestamp);
    }
    if lines == 0 {
        return Err(ReadError::Empty);
    }
    Ok(builder.finish())
}

struct Columns {
    basket: usize,
    item: usize,
    timestamp: usize,
}

impl Columns {
    fn find(header: &StringRecord) -> Result<Self, ReadError> {
        let find = |column: &'static str| {
            header
                .iter()
                .position(|field| field.trim_start_matches('\u{feff}').trim() == column)
                .ok_or(ReadError::MissingColumn(column))
        };
        Ok(Self {
            basket: find("basket")?,
            item: find("item")?,
            timestamp: find("timestamp")?,
        })
    }
}

fn name<'record>(
    record: &'record StringRecord,
    index: usize,
    column: &'static str,
    line: u64,
) -> Result<&'record str, ReadError> {
    let name = record.get(index).unwrap_or_default().trim();
    let problem = match name.len() {
        0 => "is empty",
        1..=MAX_NAME => return Ok(name),
        _ => "is longer than 256 bytes",
    };
    Err(ReadError::BadValue {
        line,
        column,
        problem,
    })
}

fn refusal(error: csv::Error) -> ReadError {
    let line = error.position().map_or(1, Position::line);
    match error.into_kind() {
        ErrorKind::Io(error) => ReadError::Io(error),
        ErrorKind::Utf8 { .. } => ReadError::BadRow {
            line,
            problem: "is not UTF-8".to_owned(),
        },
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => ReadError::BadRow {
            line,
            problem: format!("has {len} fields where the header has {expected_len}"),
        },
        other => ReadError::BadRow {
            line,
            problem: format!("is not CSV ({other:?})"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::read_csv;

    fn refused(text: impl AsRef<[u8]>) -> String {
        read_csv(text.as_ref()).unwrap_err().to_string()
    }

    #[test]
    fn columns_are_found_by_name() {
        let interactions =
            read_csv("\u{feff}timestamp,store,item,basket\n2,x,tea,b\n1,x,\"a, b\",a\n".as_bytes())
                .unwrap();
        assert_eq!(interactions.basket_names, ["a", "b"]);
        assert_eq!(interactions.item_names, ["a, b", "tea"]);
    }

    #[test]
    fn every_refusal_names_the_line() {
        assert_eq!(
            refused("basket,item\n1,2\n"),
            "line 1: the header has no column 'timestamp' (expected basket,item,timestamp)"
        );
        let header = "basket,item,timestamp\na,b,1\n";
        assert_eq!(refused(format!("{header}a,,1\n")), "line 3: item is empty");
        assert_eq!(
            refused(format!("{header}  ,b,1\n")),
            "line 3: basket is empty"
        );
        assert_eq!(
            refused(format!("{header}a,b,soon\n")),
            "line 3: timestamp is neither an integer nor an ISO 8601 date or time"
        );
        assert_eq!(
            refused(format!("{header}a,b\n")),
            "line 3: has 2 fields where the header has 3"
        );
        assert_eq!(
            refused(format!("{header}a,{},1\n", "x".repeat(300))),
            "line 3: item is longer than 256 bytes"
        );
        assert_eq!(
            refused([header.as_bytes(), b"a,\xff,1\n"].concat()),
            "line 3: is not UTF-8"
        );
    }

    #[test]
    fn nothing_to_learn_from_is_refused() {
        assert_eq!(
            refused("basket,item,timestamp\n"),
            "no interactions: the file has no row after its header"
        );
        assert!(refused("").contains("no column 'basket'"));
    }
}
