//! What makes a connection unreadable on its way, and what the server's certificate is judged by.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, Error};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::authority::Authority;
use crate::unjudged::Unjudged;

/// What the certificate of a server is judged by.
pub enum Protection<'a> {
    /// By nothing: who listens on the way learns nothing, who stands in it does.
    Unjudged,
    /// By an authority.
    By(&'a Authority),
    /// By those that the system trusts.
    BySystem,
}

impl Protection<'_> {
    /// What makes encrypted connections.
    pub fn connector(&self) -> Result<MakeRustlsConnect, Error> {
        // Named, since a program with two kinds of cryptography has no default one.
        let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?;
        let builder = match self {
            Self::Unjudged => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Unjudged::with(&provider))),
            Self::By(authority) => builder.with_root_certificates(authority.roots()),
            Self::BySystem => builder.with_platform_verifier()?,
        };
        Ok(MakeRustlsConnect::new(builder.with_no_client_auth()))
    }
}
