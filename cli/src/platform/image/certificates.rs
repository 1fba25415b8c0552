//! Whom the services trust: the authorities that Mozilla trusts, and none that only the building machine has been told of.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

/// How long the lines of a certificate are.
const LINE: usize = 64;

/// All certificates as one PEM file: the same for every machine that this program runs on.
pub fn certificates() -> String {
    let mut certificates: Vec<&[u8]> = TLS_SERVER_ROOT_CERTS.iter().map(AsRef::as_ref).collect();
    certificates.sort_unstable();
    certificates.into_iter().map(pem).collect()
}

fn pem(certificate: &[u8]) -> String {
    let digits = BASE64_STANDARD.encode(certificate);
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    let mut rest = digits.as_str();
    while !rest.is_empty() {
        let (line, others) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = others;
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
mod tests {
    use reqwest::Certificate;

    use super::*;

    #[test]
    fn a_library_reads_them_all() {
        let read = Certificate::from_pem_bundle(certificates().as_bytes()).unwrap();
        assert_eq!(read.len(), TLS_SERVER_ROOT_CERTS.len());
        assert!(read.len() > 50);
    }

    #[test]
    fn lines_are_as_long_as_every_reader_takes() {
        let text = certificates();
        assert!(text.lines().all(|line| line.len() <= LINE));
    }
}
