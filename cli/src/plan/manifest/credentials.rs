//! The Secrets that the manifests refer to. They are never rendered: whoever applies the manifests makes them once.

use crate::config::kubernetes::{Database, Kubernetes};

/// A Secret that must be there, and its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The Secret's name.
    pub name: String,
    /// The keys that are mounted.
    pub keys: Vec<&'static str>,
}

/// The Secret with passwords and addresses of the PostgreSQL in the namespace.
pub const BUNDLED: &str = "postgres-credentials";

/// The Secret with the addresses of a PostgreSQL elsewhere. Another one: who moves there and back needs the passwords of
/// the data that was left, and new pods that read the other address.
pub const EXTERNAL: &str = "postgres-external";

/// The Secret of Redis.
pub const REDIS: &str = "redis-credentials";

/// The Secret of synthetic customers.
pub const TOKENS: &str = "backend-tokens";

/// The keys that hold addresses of PostgreSQL.
pub const URLS: [&str; 3] = ["backend-url", "migrate-url", "ml-service-url"];

/// The keys that hold passwords of a PostgreSQL in the namespace.
const PASSWORDS: [&str; 4] = [
    "backend-password",
    "ml-service-password",
    "postgres-password",
    "shopmicro-password",
];

/// The name of the Secret with the addresses of PostgreSQL.
pub fn postgres_secret(kubernetes: &Kubernetes) -> &str {
    match &kubernetes.database {
        Database::External {
            secret: Some(secret),
            ..
        } => secret.as_str(),
        Database::External { secret: None, .. } => EXTERNAL,
        Database::Bundled { .. } => BUNDLED,
    }
}

/// Every Secret that must be there before the manifests of the data stores are applied.
pub fn credentials(kubernetes: &Kubernetes) -> Vec<Credentials> {
    let bundled = matches!(kubernetes.database, Database::Bundled { .. });
    let passwords = PASSWORDS.into_iter().filter(|_| bundled);
    let mut secrets = vec![
        Credentials {
            name: postgres_secret(kubernetes).to_owned(),
            keys: URLS.into_iter().chain(passwords).collect(),
        },
        Credentials {
            name: REDIS.to_owned(),
            keys: vec!["redis.conf", "url"],
        },
        Credentials {
            name: TOKENS.to_owned(),
            keys: vec!["synthetic-token"],
        },
    ];
    let tls = kubernetes.expose.tls.as_ref();
    if let Some(tls) = tls.filter(|tls| tls.issuer.is_none()) {
        secrets.push(Credentials {
            name: tls.secret.as_str().to_owned(),
            keys: vec!["tls.crt", "tls.key"],
        });
    }
    if let Some(pull_secret) = &kubernetes.images.pull_secret {
        secrets.push(Credentials {
            name: pull_secret.as_str().to_owned(),
            keys: vec![".dockerconfigjson"],
        });
    }
    secrets
}
