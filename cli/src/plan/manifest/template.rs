//! The templates, which are a part of the program.

use super::Phase;
use crate::config::kubernetes::{Database, Kubernetes};

/// What several templates have in common.
pub const PARTS_FILE: &str = include_str!("../../../../templates/parts.tera");

/// One object of one component.
#[derive(Debug)]
pub struct Template {
    /// When it is applied.
    pub phase: Phase,
    /// The folder.
    pub component: &'static str,
    /// The file, without `.yaml`.
    pub file: &'static str,
    /// Whether it is rendered at all.
    pub when: When,
    /// Its text.
    pub text: &'static str,
}

/// Whether a template is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// Where PostgreSQL runs in the namespace.
    PostgresBundled,
    /// Where the number of backends follows the load.
    BackendScales,
    /// Where the number of storefronts follows the load.
    FrontendScales,
    /// Where the number of those who recommend follows the load.
    MlServiceScales,
    /// Where the entry is an Ingress.
    Ingress,
    /// Where the entry is a Gateway.
    Gateway,
    /// Where the entry is a Gateway with TLS.
    GatewayWithTls,
    /// Where cert-manager makes the certificate.
    Issuer,
    /// Where Traefik is to be installed.
    Traefik,
}

impl When {
    /// Whether it holds for these settings.
    pub fn applies(self, kubernetes: &Kubernetes) -> bool {
        let expose = &kubernetes.expose;
        match self {
            Self::Always => true,
            Self::PostgresBundled => matches!(kubernetes.database, Database::Bundled { .. }),
            Self::BackendScales => kubernetes.backend.scales(),
            Self::FrontendScales => kubernetes.frontend.scales(),
            Self::MlServiceScales => kubernetes.ml_service.scales(),
            Self::Ingress => expose.gateway.is_none(),
            Self::Gateway => expose.gateway.is_some(),
            Self::GatewayWithTls => expose.gateway.is_some() && expose.tls.is_some(),
            Self::Issuer => expose.tls.as_ref().is_some_and(|tls| tls.issuer.is_some()),
            Self::Traefik => expose.ingress.install,
        }
    }
}

impl Template {
    /// The path below `templates`.
    pub fn name(&self) -> String {
        format!("{}/{}.yaml", self.component, self.file)
    }
}

macro_rules! template {
    ($phase:ident, $component:literal, $file:literal, $when:ident) => {
        Template {
            phase: Phase::$phase,
            component: $component,
            file: $file,
            when: When::$when,
            text: include_str!(concat!(
                "../../../../templates/",
                $component,
                "/",
                $file,
                ".yaml"
            )),
        }
    };
}

/// All of them; within a phase in the order of applying.
pub const TEMPLATES: &[Template] = &[
    template!(NamespaceAndPolicies, "namespace", "namespace", Always),
    template!(NamespaceAndPolicies, "namespace", "network-policy", Always),
    template!(NamespaceAndPolicies, "backend", "service-account", Always),
    template!(NamespaceAndPolicies, "backend", "network-policy", Always),
    template!(NamespaceAndPolicies, "frontend", "service-account", Always),
    template!(NamespaceAndPolicies, "frontend", "network-policy", Always),
    template!(
        NamespaceAndPolicies,
        "ml-service",
        "service-account",
        Always
    ),
    template!(NamespaceAndPolicies, "ml-service", "network-policy", Always),
    template!(
        NamespaceAndPolicies,
        "postgres",
        "service-account",
        PostgresBundled
    ),
    template!(
        NamespaceAndPolicies,
        "postgres",
        "network-policy",
        PostgresBundled
    ),
    template!(NamespaceAndPolicies, "redis", "service-account", Always),
    template!(NamespaceAndPolicies, "redis", "network-policy", Always),
    template!(NamespaceAndPolicies, "migration", "service-account", Always),
    template!(NamespaceAndPolicies, "migration", "network-policy", Always),
    template!(NamespaceAndPolicies, "seed", "service-account", Always),
    template!(NamespaceAndPolicies, "seed", "network-policy", Always),
    template!(NamespaceAndPolicies, "training", "service-account", Always),
    template!(NamespaceAndPolicies, "training", "network-policy", Always),
    template!(NamespaceAndPolicies, "traefik", "service-account", Traefik),
    template!(NamespaceAndPolicies, "traefik", "network-policy", Traefik),
    template!(NamespaceAndPolicies, "exposure", "network-policy", Issuer),
    template!(NamespaceAndPolicies, "access", "service-account", Always),
    template!(NamespaceAndPolicies, "access", "role", Always),
    template!(NamespaceAndPolicies, "access", "role-binding", Always),
    template!(NamespaceAndPolicies, "traefik", "role", Traefik),
    template!(NamespaceAndPolicies, "traefik", "role-binding", Traefik),
    template!(NamespaceAndPolicies, "traefik", "cluster-role", Traefik),
    template!(
        NamespaceAndPolicies,
        "traefik",
        "cluster-role-binding",
        Traefik
    ),
    template!(DataStores, "postgres", "service", PostgresBundled),
    template!(
        DataStores,
        "postgres",
        "pod-disruption-budget",
        PostgresBundled
    ),
    template!(DataStores, "postgres", "stateful-set", PostgresBundled),
    template!(DataStores, "redis", "service", Always),
    template!(DataStores, "redis", "pod-disruption-budget", Always),
    template!(DataStores, "redis", "stateful-set", Always),
    template!(Migration, "migration", "job", Always),
    template!(Services, "ml-service", "service", Always),
    template!(Services, "ml-service", "pod-disruption-budget", Always),
    template!(Services, "ml-service", "deployment", Always),
    template!(
        Services,
        "ml-service",
        "horizontal-pod-autoscaler",
        MlServiceScales
    ),
    template!(Services, "backend", "service", Always),
    template!(Services, "backend", "pod-disruption-budget", Always),
    template!(Services, "backend", "deployment", Always),
    template!(
        Services,
        "backend",
        "horizontal-pod-autoscaler",
        BackendScales
    ),
    template!(Services, "frontend", "service", Always),
    template!(Services, "frontend", "pod-disruption-budget", Always),
    template!(Services, "frontend", "deployment", Always),
    template!(
        Services,
        "frontend",
        "horizontal-pod-autoscaler",
        FrontendScales
    ),
    template!(Services, "seed", "job", Always),
    template!(Services, "training", "cron-job", Always),
    template!(Exposure, "traefik", "ingress-class", Traefik),
    template!(Exposure, "traefik", "service", Traefik),
    template!(Exposure, "traefik", "pod-disruption-budget", Traefik),
    template!(Exposure, "traefik", "deployment", Traefik),
    template!(Exposure, "exposure", "ingress", Ingress),
    template!(Exposure, "exposure", "gateway", Gateway),
    template!(Exposure, "exposure", "http-route", Gateway),
    template!(Exposure, "exposure", "http-route-redirect", GatewayWithTls),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_value_goes_through_the_filter() {
        let parts = ("parts.tera".to_owned(), PARTS_FILE);
        let all = TEMPLATES
            .iter()
            .map(|template| (template.name(), template.text));
        for (name, text) in all.chain([parts]) {
            for expression in text.split("{{").skip(1) {
                let expression = expression.split("}}").next().unwrap_or_default().trim();
                let quoted = expression.ends_with("| yaml");
                let component = expression.starts_with('<');
                assert!(quoted || component, "{name}: {expression}");
            }
        }
    }

    #[test]
    fn each_is_listed_once() {
        let names: BTreeSet<_> = TEMPLATES.iter().map(Template::name).collect();
        assert_eq!(names.len(), TEMPLATES.len());
    }
}
