//! Content encodings, and which one a client wants.

use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

use crate::asset::Asset;

/// A content encoding that assets come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

/// The smallest first.
const BY_SIZE: [Encoding; 2] = [Encoding::Brotli, Encoding::Gzip];

impl Encoding {
    /// The name in HTTP headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// The smallest variant of the asset that the client accepts. A client that accepts none gets the plain content,
    /// as RFC 9110 allows: it is of more use than an error.
    pub(crate) fn choose(asset: &Asset, headers: &HeaderMap) -> Self {
        BY_SIZE
            .into_iter()
            .find(|encoding| {
                asset.content(*encoding).is_some() && accepts(headers, encoding.name())
            })
            .unwrap_or(Self::Identity)
    }
}

/// Whether `Accept-Encoding` names the encoding, or everything, with a weight above zero.
fn accepts(headers: &HeaderMap, name: &str) -> bool {
    let mut by_wildcard = false;
    let values = headers
        .get_all(ACCEPT_ENCODING)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    for item in values.flat_map(|value| value.split(',')) {
        let (coding, parameters) = item.split_once(';').unwrap_or((item, ""));
        let coding = coding.trim();
        if coding.eq_ignore_ascii_case(name) {
            return is_wanted(parameters);
        }
        by_wildcard |= coding == "*" && is_wanted(parameters);
    }
    by_wildcard
}

/// False only for a weight of zero, such as `q=0` or `q=0.000`.
fn is_wanted(parameters: &str) -> bool {
    let weight = parameters
        .trim()
        .strip_prefix(['q', 'Q'])
        .and_then(|rest| rest.trim_start().strip_prefix('='));
    weight
        .and_then(|weight| weight.trim().parse::<f32>().ok())
        .is_none_or(|weight| weight > 0.0)
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::{ACCEPT_ENCODING, HeaderValue};

    use super::Encoding;
    use crate::asset::Asset;

    const ASSET: Asset = Asset {
        path: "a.js",
        content_type: "text/javascript",
        tag: "t",
        plain: b"plain",
        brotli: Some(b"b"),
        gzip: Some(b"g"),
    };

    fn chosen(asset: &Asset, accepted: &'static str) -> Encoding {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        Encoding::choose(asset, &headers)
    }

    #[test]
    fn the_smallest_accepted_variant_wins() {
        for accepted in [
            "gzip, deflate, br, zstd",
            "br;q=0.1, gzip",
            "*",
            "BR",
            "br ; q = 1",
        ] {
            assert_eq!(chosen(&ASSET, accepted), Encoding::Brotli, "{accepted}");
        }
        for accepted in [
            "gzip",
            "gzip;q=0.5, br;q=0",
            "br;q=0.000, *",
            "deflate, gzip",
        ] {
            assert_eq!(chosen(&ASSET, accepted), Encoding::Gzip, "{accepted}");
        }
        for accepted in [
            "",
            "identity",
            "deflate",
            "*;q=0",
            "br;q=0, gzip;q=0.0",
            "brotli",
        ] {
            assert_eq!(chosen(&ASSET, accepted), Encoding::Identity, "{accepted}");
        }
        assert_eq!(
            Encoding::choose(&ASSET, &HeaderMap::new()),
            Encoding::Identity
        );
    }

    #[test]
    fn a_variant_that_does_not_exist_is_not_chosen() {
        let without_brotli = Asset {
            brotli: None,
            ..ASSET
        };
        assert_eq!(chosen(&without_brotli, "br, gzip"), Encoding::Gzip);
        let plain = Asset {
            brotli: None,
            gzip: None,
            ..ASSET
        };
        assert_eq!(chosen(&plain, "br, gzip"), Encoding::Identity);
    }
}
