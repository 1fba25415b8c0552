//! A shop with an entry of its own: the bundled Traefik, later with a certificate.

use std::fs;

use rcgen::{CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use serde_json::Value;

use crate::figures::Figures;
use crate::kubectl;
use crate::operator::Operator;

/// A namespace that no other part uses.
const NAMESPACE: &str = "shop-entry";

/// It comes, speaks TLS, and leaves nothing behind.
pub fn of_its_own(operator: &Operator, figures: &mut Figures) {
    let place = format!("kubernetes: {{namespace: {NAMESPACE}}}\ningress: {{install: true}}");
    operator.set(&place);
    let made = figures.time("a shop with an entry of its own", || operator.deploy());
    operator.assert_all_checks_pass(&made);

    let certificate = Certificate::for_host("shopmicro.local");
    certificate.store(operator);
    operator.set(&format!("{place}\nexpose: {{tls: {{secret: shop-tls}}}}"));
    let made = figures.time("its entry gets a certificate", || {
        certificate.trusted(operator, &["deploy"])
    });
    operator.assert_all_checks_pass(&made);
    assert_eq!(made["url"].as_str().map(|url| &url[..8]), Some("https://"));

    let gone = operator.shopctl(&["down", "--delete-data", "--yes"]);
    assert_eq!(gone["left"], Value::Array(Vec::new()), "{gone:#}");
    for kinds in [
        "namespaces",
        "clusterroles,clusterrolebindings,ingressclasses",
        "pv",
    ] {
        let left = kubectl::run(operator, &format!("get {kinds} -o name"));
        assert!(
            !left.contains(NAMESPACE) && !left.contains("shopmicro-traefik"),
            "{left}"
        );
    }
}

/// A certificate of an authority that only this test knows.
struct Certificate {
    directory: tempfile::TempDir,
}

impl Certificate {
    fn for_host(host: &str) -> Self {
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
            ("ca.pem", authority.pem()),
            ("tls.pem", own.pem()),
            ("tls.key", key.serialize_pem()),
        ] {
            fs::write(directory.path().join(name), text).unwrap();
        }
        Self { directory }
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// Makes it the Secret that `expose.tls.secret` names.
    fn store(&self, operator: &Operator) {
        let (certificate, key) = (self.path("tls.pem"), self.path("tls.key"));
        let words =
            format!("create secret tls shop-tls -n {NAMESPACE} --cert={certificate} --key={key}");
        kubectl::run(operator, &words);
    }

    /// Runs `shopctl`, which trusts its authority, and returns its one document.
    fn trusted(&self, operator: &Operator, arguments: &[&str]) -> Value {
        let mut command = operator.command(arguments);
        let output = command
            .env("SSL_CERT_FILE", self.path("ca.pem"))
            .output()
            .unwrap();
        let wrong = String::from_utf8_lossy(&output.stderr);
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{wrong}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}
