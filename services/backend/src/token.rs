//! The bearer of an order: shown once to its buyer, never stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Length of the salts and hashes in bytes.
pub const HASH_LENGTH: usize = 32;

/// Derives the bearer of an order: HMAC-SHA-256, keyed by the order's salt, of its id and the buyer's idempotency key.
///
/// The same request gets the same bearer again, on any replica, and there is no server-wide secret that could leak or
/// be rotated: whoever reads the table still lacks the idempotency key, and whoever knows the key lacks the salt.
pub fn derive(salt: &[u8], order: Uuid, idempotency_key: &str) -> String {
    let mut hmac = hmac(salt);
    hmac.update(b"shopmicro order bearer");
    hmac.update(order.as_bytes());
    hmac.update(idempotency_key.as_bytes());
    URL_SAFE_NO_PAD.encode(hmac.finalize().into_bytes())
}

/// What is stored of a bearer or an idempotency key.
pub fn hash(value: &[u8]) -> [u8; HASH_LENGTH] {
    Sha256::digest(value).into()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(salt: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(salt).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_salt_order_and_key() {
        let order = Uuid::from_u128(7);
        let bearer = derive(b"salt", order, "key");
        assert_eq!(bearer, derive(b"salt", order, "key"));
        assert_ne!(bearer, derive(b"pepper", order, "key"));
        assert_ne!(bearer, derive(b"salt", Uuid::from_u128(8), "key"));
        assert_ne!(bearer, derive(b"salt", order, "other"));
        assert_eq!(bearer.len(), 43);
    }
}
