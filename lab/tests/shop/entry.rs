//! A shop with an entry of its own: the bundled Traefik, later with a certificate.

use serde_json::Value;

use crate::certificate::Certificate;
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
    Operator::assert_all_checks_pass(&made);

    let certificate = Certificate::for_host("shopmicro.local");
    store(&certificate, operator);
    operator.set(&format!("{place}\nexpose: {{tls: {{secret: shop-tls}}}}"));
    let made = figures.time("its entry gets a certificate", || {
        deploy_trusting(&certificate, operator)
    });
    Operator::assert_all_checks_pass(&made);
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

/// Makes it the Secret that `expose.tls.secret` names.
fn store(certificate: &Certificate, operator: &Operator) {
    let (own, key) = (
        certificate.path(Certificate::OWN),
        certificate.path(Certificate::KEY),
    );
    let words = format!("create secret tls shop-tls -n {NAMESPACE} --cert={own} --key={key}");
    kubectl::run(operator, &words);
}

/// Runs `shopctl deploy`, which trusts the certificate's authority, and returns its one document.
fn deploy_trusting(certificate: &Certificate, operator: &Operator) -> Value {
    let mut command = operator.command(&["deploy"]);
    let output = command
        .env("SSL_CERT_FILE", certificate.path(Certificate::AUTHORITY))
        .output()
        .unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{wrong}");
    serde_json::from_slice(&output.stdout).unwrap()
}
