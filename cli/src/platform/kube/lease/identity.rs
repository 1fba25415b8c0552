//! Who holds a lock.

use std::sync::LazyLock;

use uuid::Uuid;

/// How much of the random part is shown.
const RANDOM: usize = 8;

/// Containers share host names and process numbers, so a random part tells two of them apart.
static IDENTITY: LazyLock<String> = LazyLock::new(make);

/// Who this process is, for the person who finds the lock taken.
pub fn identity() -> &'static str {
    &IDENTITY
}

fn make() -> String {
    let host = nix::unistd::gethostname().unwrap_or_default();
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid());
    let user = user
        .ok()
        .flatten()
        .map_or_else(String::new, |user| user.name);
    let random = Uuid::new_v4().simple().to_string();
    format!(
        "{user}@{} (process {}, {})",
        host.to_string_lossy(),
        std::process::id(),
        &random[..RANDOM]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_stays_the_same_and_two_are_told_apart() {
        assert_eq!(identity(), identity());
        assert_ne!(make(), make());
    }
}
