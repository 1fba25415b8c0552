//! E-mail addresses.

/// The addresses accepted, as a regular expression for OpenAPI: ASCII, with a dotted domain.
pub(crate) const PATTERN: &str =
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}$";

/// Longest address in characters (RFC 5321).
const LONGEST: usize = 254;

/// Whether mail could be sent there; [`PATTERN`] in code. Only a delivery proves more.
pub(super) fn is_plausible(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let labels: Vec<_> = domain.split('.').collect();
    let [middle @ .., last] = labels.as_slice() else {
        return false;
    };
    text.len() <= LONGEST
        && (1..=64).contains(&local.len())
        && local.bytes().all(is_local)
        && (1..=8).contains(&middle.len())
        && middle.iter().all(|label| is_label(label))
        && (2..=63).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_from_other_texts() {
        for good in ["a@b.at", "ada.lovelace+shop@mail.example.com"] {
            assert!(is_plausible(good), "{good:?}");
        }
        for bad in [
            "", "@", "a@b", "a@@b.at", "a b@c.at", "a@.at", "a@b.a1", "a\0@b.at", "ä@b.at",
            "a@b.at\n",
        ] {
            assert!(!is_plausible(bad), "{bad:?}");
        }
    }
}
