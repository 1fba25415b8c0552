//! The address of a database that runs somewhere else, from the file that the settings name.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use database::Address;

use super::secret::Present;
use super::values::Values;
use crate::config::Secret;
use crate::config::kubernetes::{Database, Kubernetes};
use crate::plan::manifest::URLS;
use crate::platform::Error;

/// The file with the address; none where the database is not elsewhere, or somebody else makes the Secret.
fn file(settings: &Kubernetes) -> Option<&Path> {
    match &settings.database {
        Database::External { url_file, .. } => url_file.as_deref(),
        Database::Bundled { .. } => None,
    }
}

/// What the Secret is to hold.
pub fn values(settings: &Kubernetes) -> Result<Values, Error> {
    let Some(path) = file(settings) else {
        return Ok(Values::new());
    };
    let text = fs::read_to_string(path).map_err(|source| Error::file("read", path, source))?;
    let url = Secret::new(text.trim());
    if let Err(error) = Address::parse(url.reveal(), None) {
        return Err(Error::Prerequisite {
            what: format!("{} {error}", path.display()),
            cure: format!("write the address of the database into {}", path.display()),
        });
    }
    Ok(URLS.map(|key| (key, url.reveal().to_owned())).into())
}

/// The keys that say something else than the file. A machine without the file leaves a whole Secret as it is: a pipeline
/// need not know the address.
pub fn outdated(settings: &Kubernetes, present: &Present) -> Result<Vec<&'static str>, Error> {
    match values(settings) {
        Ok(values) => Ok(values
            .into_iter()
            .filter(|(key, value)| present.get(key).as_ref() != Some(value))
            .map(|(key, _)| key)
            .collect()),
        Err(Error::File { source, .. })
            if source.kind() == ErrorKind::NotFound && URLS.iter().all(|key| present.has(key)) =>
        {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}
