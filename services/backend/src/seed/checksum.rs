//! What names a data set.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::catalogue::FILES;
use super::history::REVISION;

/// The same for the same bundled files and the same simulation, and else different.
pub(super) fn checksum() -> String {
    let mut hash = Sha256::new_with_prefix(REVISION);
    for file in FILES {
        hash.update(file);
    }
    hash.finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
