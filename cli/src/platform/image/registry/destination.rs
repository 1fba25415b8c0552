//! Where images go.

use std::fmt;
use std::net::Ipv4Addr;

use oci_client::Reference;

use crate::config::kubernetes::Images;
use crate::plan::Component;

/// A registry and what comes before the services' names in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    host: String,
    prefix: String,
    plain_http: bool,
}

impl Destination {
    /// Understands `registry.example.com/shopmicro`; the prefix may be missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim_end_matches('/');
        let (host, prefix) = text.split_once('/').unwrap_or((text, ""));
        let is_host = host.contains(['.', ':']) || host == "localhost";
        if !is_host || host.is_empty() {
            return Err(format!(
                "`{text}` names no registry; write its host too, such as `registry.example.com/shopmicro`"
            ));
        }
        let destination = Self {
            host: host.to_owned(),
            prefix: prefix.to_owned(),
            plain_http: false,
        };
        let whole = format!("{destination}/{}", Component::Backend);
        match Reference::try_from(whole) {
            Ok(reference) if reference.tag() == Some("latest") && reference.digest().is_none() => {
                Ok(destination)
            }
            Ok(_) => Err(format!(
                "`{text}` must not have a tag: images get their own"
            )),
            Err(error) => Err(format!(
                "`{text}` is no name for images ({error}); write small letters, digits, `-`, `_`, `.` and `/`"
            )),
        }
    }

    /// The registry of the configuration; none when it names none.
    pub fn configured(images: &Images) -> Option<Self> {
        let destination = Self::parse(images.registry.as_ref()?.as_str()).ok()?;
        let plain = images.is_plain_http(&destination.host);
        Some(destination.over_plain_http(plain))
    }

    /// The same, talked to without TLS if `yes`.
    pub fn over_plain_http(self, yes: bool) -> Self {
        Self {
            plain_http: yes,
            ..self
        }
    }

    /// Whether it is to be talked to without TLS in any case.
    pub fn is_plain_http(&self) -> bool {
        self.plain_http
    }

    /// The registry's host, with its port if it has one.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is on this machine, where TLS is not expected.
    pub fn is_loopback(&self) -> bool {
        let (name, _) = self.host.rsplit_once(':').unwrap_or((&self.host, ""));
        let address: Option<Ipv4Addr> = name.parse().ok();
        name == "localhost" || address.is_some_and(|address| address.is_loopback())
    }

    /// The repository of a service.
    pub fn repository(&self, service: Component) -> String {
        let whole = format!("{}/{service}", self.prefix);
        whole.trim_start_matches('/').to_owned()
    }

    /// A service's image by its tag.
    pub(super) fn tagged(&self, service: Component, tag: &str) -> Reference {
        Reference::with_tag(self.host.clone(), self.repository(service), tag.to_owned())
    }

    /// Anything in a service's repository by its digest.
    pub(super) fn by_digest(&self, service: Component, digest: &str) -> Reference {
        Reference::with_digest(
            self.host.clone(),
            self.repository(service),
            digest.to_owned(),
        )
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.host)?;
        if self.prefix.is_empty() {
            return Ok(());
        }
        write!(formatter, "/{}", self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(text: &str) -> String {
        Destination::parse(text)
            .unwrap()
            .repository(Component::Backend)
    }

    #[test]
    fn host_and_prefix() {
        assert_eq!(repository("registry.example.com/a/b/"), "a/b/backend");
        assert_eq!(repository("localhost:5000"), "backend");
        let destination = Destination::parse("ghcr.io/ada").unwrap();
        assert_eq!(
            (destination.host(), destination.to_string().as_str()),
            ("ghcr.io", "ghcr.io/ada")
        );
    }

    #[test]
    fn what_cannot_be_a_name_is_refused_with_the_reason() {
        for (text, reason) in [
            ("shopmicro", "names no registry"),
            ("", "names no registry"),
            ("ghcr.io/Ada", "is no name"),
            ("ghcr.io/ada:1", "is no name"),
            ("ghcr.io/ada@sha256:0", "is no name"),
        ] {
            let refusal = Destination::parse(text).unwrap_err();
            assert!(refusal.contains(reason), "{text}: {refusal}");
        }
    }

    #[test]
    fn loopback_is_known_in_all_its_forms() {
        for host in ["localhost:5000", "127.0.0.1:5000", "127.1.2.3", "localhost"] {
            assert!(Destination::parse(host).unwrap().is_loopback(), "{host}");
        }
        for host in [
            "registry.example.com",
            "10.0.0.1:5000",
            "localhost.example.com",
        ] {
            assert!(!Destination::parse(host).unwrap().is_loopback(), "{host}");
        }
    }
}
