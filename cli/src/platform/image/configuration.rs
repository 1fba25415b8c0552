//! How an image is run, and what it says about itself.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::layout::Layer;
use crate::plan::Component;

/// The account that services run as: nobody's on any machine.
pub const ACCOUNT: u32 = 65_532;

/// Where an image has the certificates that it trusts.
pub const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Images have no age of their own, so that the same inputs are the same image.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// The program's path in its image.
pub fn entry_point(service: Component) -> String {
    format!("/usr/local/bin/{service}")
}

/// The image configuration.
pub fn configuration(service: Component, architecture: &str, layers: &[Layer]) -> Value {
    let diff_ids: Vec<_> = layers.iter().map(|layer| &layer.diff_id).collect();
    let history = ["what every service needs", service.name()].map(|comment| {
        json!({ "created": CREATED, "created_by": "shopctl image build", "comment": comment })
    });
    json!({
        "architecture": architecture,
        "os": "linux",
        "created": CREATED,
        "config": {
            "User": format!("{ACCOUNT}:{ACCOUNT}"),
            "Entrypoint": [entry_point(service)],
            "Env": ["PATH=/usr/local/bin".to_owned(), format!("SSL_CERT_FILE={CERTIFICATES}")],
            "WorkingDir": "/",
            "Labels": labels(service),
        },
        "rootfs": { "type": "layers", "diff_ids": diff_ids },
        "history": history,
    })
}

/// The labels, which are the manifest's annotations as well.
pub fn labels(service: Component) -> BTreeMap<String, String> {
    let labels = [
        ("title", service.name()),
        ("description", description(service)),
        ("version", env!("CARGO_PKG_VERSION")),
        ("licenses", env!("CARGO_PKG_LICENSE")),
        ("vendor", "ShopMicro"),
    ];
    let labels = labels.map(|(name, value)| {
        let name = format!("org.opencontainers.image.{name}");
        (name, value.to_owned())
    });
    labels.into()
}

const fn description(service: Component) -> &'static str {
    match service {
        Component::MlService => "The recommendations of ShopMicro",
        Component::Backend => "The API of ShopMicro",
        Component::Frontend => "The storefront of ShopMicro",
        Component::Postgres | Component::Redis => "A store of ShopMicro",
    }
}
