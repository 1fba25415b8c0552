//! Images that cannot be fetched.

use super::reason::Reason;

/// The states of a container that waits for its image.
pub const STATES: [&str; 5] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "RegistryUnavailable",
];

/// What container runtimes say when the registry answers that there is no such thing.
const NOT_FOUND: [&str; 5] = [
    ": not found",
    "NotFound",
    "manifest unknown",
    "name unknown",
    "repository does not exist",
];

/// What they say when the registry wants to know who asks.
const REFUSED: [&str; 9] = [
    "401 Unauthorized",
    "403 Forbidden",
    "authorization failed",
    "pull access denied",
    "insufficient_scope",
    "no basic auth credentials",
    "authentication required",
    "unauthorized:",
    "access to the resource is denied",
];

/// Reads the runtime's message. What it does not know is a registry that cannot be reached: the only failure that may
/// pass, so that the doubt goes to patience.
pub fn reason(state: &str, message: &str) -> Reason {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if matches!(state, "InvalidImageName" | "ErrImageNeverPull") {
        Reason::ImageNotFound
    } else if says(&REFUSED) {
        Reason::RegistryRefuses
    } else if says(&NOT_FOUND) {
        Reason::ImageNotFound
    } else {
        Reason::RegistryUnreachable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runtimes_say() {
        let containerd = "rpc error: code = NotFound desc = failed to pull and unpack image \"r/a:1\": failed to resolve reference \"r/a:1\": r/a:1: not found";
        assert_eq!(reason("ErrImagePull", containerd), Reason::ImageNotFound);
        let denied =
            "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized";
        assert_eq!(reason("ErrImagePull", denied), Reason::RegistryRefuses);
        let away = "failed to do request: Head \"http://r/v2/a/manifests/1\": dial tcp 10.0.0.1:5000: connect: connection refused";
        assert_eq!(reason("ErrImagePull", away), Reason::RegistryUnreachable);
        assert_eq!(reason("InvalidImageName", ""), Reason::ImageNotFound);
    }
}
