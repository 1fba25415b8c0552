//! The files of the storefront.

use crate::encoding::Encoding;

/// One file of the storefront, ready to be sent.
#[derive(Debug)]
pub struct Asset {
    /// Path below the root, without a leading slash.
    pub path: &'static str,
    /// Value of the header `Content-Type`.
    pub content_type: &'static str,
    /// Names the content: changes whenever the content does.
    pub tag: &'static str,
    /// The content as it is.
    pub plain: &'static [u8],
    /// The content compressed by Brotli, if that makes it smaller.
    pub brotli: Option<&'static [u8]>,
    /// The content compressed by gzip, if that makes it smaller.
    pub gzip: Option<&'static [u8]>,
}

/// The storefront that was built into this program, sorted by path; empty when there was none.
pub static EMBEDDED: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The page that starts the storefront, whatever the path.
pub(crate) const INDEX: &str = "index.html";

/// The folder whose files carry a hash of their content in their names.
const HASHED: &str = "assets/";

impl Asset {
    /// The content in an encoding, if it exists in that encoding.
    pub(crate) fn content(&self, encoding: Encoding) -> Option<&'static [u8]> {
        match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
            Encoding::Identity => Some(self.plain),
        }
    }

    /// Whether the content depends on what the client accepts.
    pub(crate) fn has_variants(&self) -> bool {
        self.brotli.is_some() || self.gzip.is_some()
    }

    /// How long clients may keep the file. The page must always be asked for, or a new release would not be seen; it
    /// names the other files by their hashes, which therefore never change.
    pub(crate) fn cache_control(&self) -> &'static str {
        if self.path.starts_with(HASHED) {
            "public, max-age=31536000, immutable"
        } else if self.path == INDEX {
            "no-cache"
        } else {
            "public, max-age=3600"
        }
    }
}
