//! Values that must never be printed, and where they come from.
//!
//! A secret called `X` is read from the environment variable `X` or from the file that `X_FILE` names. It is never a
//! command line argument: those are visible to every user of the machine.

use std::fmt;
use std::path::{Path, PathBuf};

/// A text that prints as `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why a secret could not be read. Names the variable or the file, never the value.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Neither the variable nor its file variant is set.
    #[error(
        "{name} is not set: give the value in {name} or the path of a file that holds it in {name}_FILE"
    )]
    Missing {
        /// The variable's name.
        name: &'static str,
    },
    /// Both are set, so it is unclear which one is meant.
    #[error("{name} and {name}_FILE are both set: give one of them")]
    Ambiguous {
        /// The variable's name.
        name: &'static str,
    },
    /// The value is empty or is not UTF-8.
    #[error("{name} is empty or is not text")]
    Unusable {
        /// The variable's name.
        name: &'static str,
    },
    /// The file could not be read.
    #[error("cannot read {name}_FILE {}: {source}", path.display())]
    File {
        /// The variable's name.
        name: &'static str,
        /// The file it points at.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Reads the secret `name` from the environment, or from `file` (the value of the argument whose variable is
    /// `{name}_FILE`). Without either there is none.
    pub fn optional(name: &'static str, file: Option<&Path>) -> Result<Option<Self>, SecretError> {
        let value = match std::env::var(name) {
            Ok(value) => Some(value),
            Err(std::env::VarError::NotPresent) => None,
            Err(std::env::VarError::NotUnicode(_)) => return Err(SecretError::Unusable { name }),
        };
        Self::resolve(name, value, file)
    }

    /// As [`Secret::optional`], but an absent secret is an error.
    pub fn required(name: &'static str, file: Option<&Path>) -> Result<Self, SecretError> {
        Self::optional(name, file)?.ok_or(SecretError::Missing { name })
    }

    fn resolve(
        name: &'static str,
        value: Option<String>,
        file: Option<&Path>,
    ) -> Result<Option<Self>, SecretError> {
        let value = match (value, file) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(SecretError::Ambiguous { name }),
            (Some(value), None) => value,
            (None, Some(path)) => read(name, path)?,
        };
        if value.is_empty() {
            return Err(SecretError::Unusable { name });
        }
        Ok(Some(Self(value)))
    }
}

/// Editors and `echo` end a file with a newline that is no part of the secret.
fn read(name: &'static str, path: &Path) -> Result<String, SecretError> {
    let text = std::fs::read_to_string(path).map_err(|source| SecretError::File {
        name,
        path: path.to_owned(),
        source,
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Secret, SecretError};

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    #[test]
    fn never_prints_its_value() {
        let secret = Secret::new("hunter2");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(&secret)),
            "[redacted] [redacted] Some([redacted])"
        );
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn comes_from_a_variable_or_from_a_file_without_its_last_newline() {
        let from_variable = Secret::resolve("X", Some(" value ".into()), None).unwrap();
        assert_eq!(from_variable, Some(Secret::new(" value ")));
        let file = file(b"value\r\n");
        assert_eq!(
            Secret::resolve("X", None, Some(file.path())).unwrap(),
            Some(Secret::new("value"))
        );
        assert_eq!(Secret::resolve("X", None, None).unwrap(), None);
    }

    #[test]
    fn refuses_two_sources_nothing_and_what_is_no_text() {
        let (full, empty, binary) = (file(b"value"), file(b"\n"), file(&[0xff, 0xfe]));
        let both = Secret::resolve("X", Some("value".into()), Some(full.path()));
        assert!(matches!(both, Err(SecretError::Ambiguous { name: "X" })));
        assert!(matches!(
            Secret::resolve("X", None, Some(empty.path())),
            Err(SecretError::Unusable { name: "X" })
        ));
        assert!(matches!(
            Secret::resolve("X", Some(String::new()), None),
            Err(SecretError::Unusable { name: "X" })
        ));
        let error = Secret::resolve("X", None, Some(binary.path()))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("cannot read X_FILE /"), "{error}");
    }

    #[test]
    fn a_required_one_says_how_to_give_it() {
        let error = Secret::required("SHOPMICRO_NO_SUCH_SECRET", None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("SHOPMICRO_NO_SUCH_SECRET_FILE"), "{error}");
    }
}
