//! New passwords.

use crate::config::Secret;
use crate::platform::Error;

/// Letters and digits only, so that a password can stand in an address or a configuration file as it is.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// 43 of 62 characters are 256 bits.
const LENGTH: usize = 43;

/// A password that nobody has had before.
pub fn generate() -> Result<Secret, Error> {
    let mut characters = String::with_capacity(LENGTH);
    let mut bytes = [0_u8; 64];
    while characters.len() < LENGTH {
        getrandom::fill(&mut bytes).map_err(|error| Error::Prerequisite {
            what: format!("the system has no random numbers: {error}"),
            cure: "make `/dev/urandom` readable".to_owned(),
        })?;
        // Only the largest multiple of the alphabet's length is fair.
        let fair = bytes
            .iter()
            .filter(|byte| **byte < 248)
            .map(|byte| usize::from(*byte) % 62);
        characters.extend(
            fair.map(|index| char::from(ALPHABET[index]))
                .take(LENGTH - characters.len()),
        );
    }
    Ok(Secret::new(characters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_long_and_plain_and_never_the_same() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_eq!(one.reveal().len(), LENGTH);
        assert!(one.reveal().bytes().all(|byte| ALPHABET.contains(&byte)));
        assert_ne!(one, other);
    }
}
