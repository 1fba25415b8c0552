//! Paths that the public must not reach, however they are written.

use percent_encoding::percent_decode_str;

/// The paths that only the inside may ask for.
const GUARDED: [&str; 3] = ["metrics", "livez", "readyz"];

/// How many layers of encoding are taken off before a path is refused as hostile.
const LAYERS: usize = 4;

/// Whether a server behind the front door might take the path for one that the public must not reach.
pub fn is_guarded(path: &str) -> bool {
    let mut decoded = path.to_owned();
    for _ in 0..LAYERS {
        let next = percent_decode_str(&decoded)
            .decode_utf8_lossy()
            .into_owned();
        if next == decoded {
            return leads_to_guarded(&decoded);
        }
        decoded = next;
    }
    true
}

fn leads_to_guarded(path: &str) -> bool {
    let mut segments = Vec::new();
    for segment in path.split(['/', '\\']) {
        // What follows a semicolon is a parameter of the segment to some servers.
        match segment.split(';').next().unwrap_or_default().trim() {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(name.to_ascii_lowercase()),
        }
    }
    segments
        .first()
        .is_some_and(|first| GUARDED.contains(&first.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_it_is_refused() {
        let paths = [
            "/metrics",
            "/metrics/",
            "//metrics",
            "/./metrics",
            "/%6detrics",
            "/%6D%65%74%72%69%63%73",
            "/%256detrics",
            "/METRICS",
            "/api/../metrics",
            "/api/%2e%2e/metrics",
            "/api/..%2fmetrics",
            "/api\\..\\metrics",
            "/metrics;x=1",
            "/metrics/more",
            "/livez",
            "/readyz%20",
            "/%25252525256d",
        ];
        for path in paths {
            assert!(is_guarded(path), "{path}");
        }
    }

    #[test]
    fn the_shop_is_not_guarded() {
        for path in [
            "/",
            "/api/health",
            "/products/metrics",
            "/assets/metrics.js",
            "/metricsandmore",
            "/caf%C3%A9",
        ] {
            assert!(!is_guarded(path), "{path}");
        }
    }
}
