//! Room on the disk that holds the data.

use nix::sys::statvfs::statvfs;

use crate::platform::Error;
use crate::platform::local::layout::Layout;

/// With less than this many bytes nothing is started: PostgreSQL would begin to recover, run out of space in the middle
/// and end again and again. It writes ahead in files of 16 MiB.
const LEAST: u64 = 32 * MEBIBYTE;

/// Bytes in the unit that people are told.
pub const MEBIBYTE: u64 = 1024 * 1024;

/// How many bytes are free where the data is or will be; none when the system does not say.
pub fn free(layout: &Layout) -> Option<u64> {
    let existing = layout.root().ancestors().find(|place| place.exists())?;
    let disk = statvfs(existing).ok()?;
    Some(disk.blocks_available() * disk.fragment_size())
}

/// Fails when there is too little to start anything.
pub fn ensure(layout: &Layout) -> Result<(), Error> {
    match free(layout) {
        Some(free) if free < LEAST => Err(Error::Prerequisite {
            what: format!(
                "the disk of `{}` is full: {} MiB are free, and a shop needs {} MiB to start",
                layout.root().display(),
                free / MEBIBYTE,
                LEAST / MEBIBYTE
            ),
            cure: "free some space on that disk, then run the same command again".to_owned(),
        }),
        _ => Ok(()),
    }
}
