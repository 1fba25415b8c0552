//! Reads and judges what services say about themselves in the OpenMetrics text format.

mod exposition;
mod line;
mod parse;
mod scrape;
mod scraped;

#[cfg(test)]
pub use parse::parse;
pub use scrape::scrape;
pub use scraped::Scraped;
