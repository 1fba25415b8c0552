//! A certificate of an authority that only a test knows.

use std::fs;

use rcgen::{CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};

/// Three files in PEM form.
pub struct Certificate {
    directory: tempfile::TempDir,
}

impl Certificate {
    /// The authority's own certificate.
    pub const AUTHORITY: &str = "ca.pem";
    /// The certificate of the host.
    pub const OWN: &str = "tls.pem";
    /// Its key.
    pub const KEY: &str = "tls.key";

    /// Makes one for the name or address of a host.
    pub fn for_host(host: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        authority.distinguished_name = DistinguishedName::new();
        authority.distinguished_name.push(DnType::CommonName, "lab");
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own = CertificateParams::new([host.to_owned()]).unwrap();
        let own = own.signed_by(&key, &authority).unwrap();
        for (name, text) in [
            (Self::AUTHORITY, authority.pem()),
            (Self::OWN, own.pem()),
            (Self::KEY, key.serialize_pem()),
        ] {
            fs::write(directory.path().join(name), text).unwrap();
        }
        Self { directory }
    }

    /// Where one of the files is.
    pub fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// What one of the files says.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }
}
