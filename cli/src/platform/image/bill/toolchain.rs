//! Which Rust the programs were built with: its libraries are a part of them.

use std::path::Path;

/// The file that says so, of the services beside an installed `shopctl`.
const OWN: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../rust-toolchain.toml"
));

/// The version that the checkout asks for, or the one of this `shopctl`; none where a checkout leaves it open.
pub fn toolchain(checkout: Option<&Path>) -> Option<String> {
    let Some(checkout) = checkout else {
        return channel(OWN);
    };
    channel(&std::fs::read_to_string(checkout.join("rust-toolchain.toml")).ok()?)
}

/// The `channel` of the file, where it is a version.
fn channel(text: &str) -> Option<String> {
    let mut lines = text.lines().filter_map(|line| line.split_once('='));
    let (_, channel) = lines.find(|(key, _)| key.trim() == "channel")?;
    let channel = channel.trim().trim_matches('"');
    let is_version = channel.starts_with(|first: char| first.is_ascii_digit());
    is_version.then(|| channel.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_is_one() {
        assert!(toolchain(None).is_some());
        assert_eq!(
            channel("[toolchain]\nchannel = \"1.95.0\"\n").unwrap(),
            "1.95.0"
        );
        assert_eq!(channel("[toolchain]\nchannel = \"stable\"\n"), None);
    }
}
