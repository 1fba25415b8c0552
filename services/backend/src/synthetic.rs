//! Orders that prove that the shop works and are no sales.

use http::{HeaderMap, StatusCode};
use kit::{Problem, Secret};
use subtle::ConstantTimeEq;

use crate::token;

/// The header that marks an order as synthetic; its value is the secret the shop was started with.
pub const HEADER: &str = "shopmicro-synthetic";

/// Whether the request asks for a synthetic order. A wrong token is refused, so that nobody buys for free by guessing.
pub fn is_synthetic(headers: &HeaderMap, expected: Option<&Secret>) -> Result<bool, Problem> {
    let Some(presented) = headers.get(HEADER) else {
        return Ok(false);
    };
    // Hashes have one length, so the comparison says nothing about the secret's length.
    let presented = token::hash(presented.as_bytes());
    let matches = expected.is_some_and(|expected| {
        bool::from(token::hash(expected.expose().as_bytes()).ct_eq(&presented))
    });
    if matches {
        Ok(true)
    } else {
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "synthetic-order-refused",
            "The token for synthetic orders is wrong",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, value.parse().unwrap());
        headers
    }

    #[test]
    fn takes_only_the_configured_token() {
        let secret = Secret::new("abc");
        assert!(!is_synthetic(&HeaderMap::new(), Some(&secret)).unwrap());
        assert!(is_synthetic(&headers("abc"), Some(&secret)).unwrap());
        assert!(is_synthetic(&headers("abd"), Some(&secret)).is_err());
        assert!(is_synthetic(&headers("abc"), None).is_err());
    }
}
