//! Whose signature a server's certificate needs.

use std::fmt;
use std::str::FromStr;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// Certificates of those who may sign a server's certificate.
#[derive(Clone)]
pub struct Authority(RootCertStore);

/// Why a text holds none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----)")]
pub struct NoAuthority;

impl Authority {
    pub(crate) fn roots(&self) -> RootCertStore {
        self.0.clone()
    }
}

impl FromStr for Authority {
    type Err = NoAuthority;

    /// Reads certificates in PEM form, one after the other; all of them must be good.
    fn from_str(text: &str) -> Result<Self, NoAuthority> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(text.as_bytes()) {
            let certificate = certificate.map_err(|_| NoAuthority)?;
            roots.add(certificate).map_err(|_| NoAuthority)?;
        }
        if roots.is_empty() {
            return Err(NoAuthority);
        }
        Ok(Self(roots))
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Authority({} certificates)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_certificates_are_taken() {
        let pem = |name: &str| {
            let signed = rcgen::generate_simple_self_signed([name.to_owned()]);
            signed.unwrap().cert.pem()
        };
        let two = format!("# the old one\n{}\n{}", pem("old"), pem("new"));
        let authority: Authority = two.parse().unwrap();
        assert_eq!(format!("{authority:?}"), "Authority(2 certificates)");
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "/etc/ssl/ca.pem", broken, &format!("{two}\n{broken}")] {
            assert_eq!(
                text.parse::<Authority>().unwrap_err(),
                NoAuthority,
                "{text}"
            );
        }
    }
}
