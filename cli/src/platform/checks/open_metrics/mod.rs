//! Reads and judges what services say about themselves in the OpenMetrics text format.

mod exposition;
mod line;
mod parse;
mod scrape;

pub use exposition::Exposition;
#[cfg(test)]
pub use parse::parse;
pub use scrape::scrape;
