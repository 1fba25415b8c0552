//! Where telemetry is sent.

use std::net::{IpAddr, Ipv6Addr};

use super::shape::shape;

shape!(
    /// The base address of a collector as it is written.
    EndpointText,
    400,
    r"^http://([A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*\.?|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[-A-Za-z0-9._~/]*)?$",
    "http://collector.tracing:4318"
);

/// The port of an address that names none.
const DEFAULT_PORT: u16 = 80;

/// The base address of a collector that takes OTLP over HTTP, without TLS: the services export over nothing else.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint {
    text: EndpointText,
    host: String,
    port: u16,
}

impl Endpoint {
    /// The address as it is written.
    pub fn as_str(&self) -> &str {
        self.text.as_str()
    }

    /// The name or address of the host, in small letters, without brackets and without the dot at its end.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host where it is an address and no name.
    pub fn address(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl TryFrom<String> for Endpoint {
    type Error = String;

    fn try_from(written: String) -> Result<Self, String> {
        if written.starts_with("https://") {
            return Err(format!(
                "`{written}` cannot be used: traces leave without TLS; write something like `http://collector.tracing:4318`, \
                 a collector near the shop that sends them on"
            ));
        }
        let text = EndpointText::try_from(written)?;
        let wrong = |what| {
            format!(
                "`{}` cannot be used: it has no usable {what}",
                text.as_str()
            )
        };
        let (host, port) = parts(text.as_str());
        let port = port.map_or(Some(DEFAULT_PORT), |port| port.parse().ok());
        let port = port
            .filter(|port| *port != 0)
            .ok_or_else(|| wrong("port"))?;
        let host = match host.strip_prefix('[') {
            Some(address) => {
                let address: Option<Ipv6Addr> = address.trim_end_matches(']').parse().ok();
                address.ok_or_else(|| wrong("address"))?.to_string()
            }
            None => host.trim_end_matches('.').to_ascii_lowercase(),
        };
        Ok(Self { text, host, port })
    }
}

/// The host, in its brackets if it has some, and the port of an address that has the shape.
fn parts(text: &str) -> (&str, Option<&str>) {
    let rest = text.strip_prefix("http://").unwrap_or(text);
    let authority = rest.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

impl schemars::JsonSchema for Endpoint {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Endpoint".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        EndpointText::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(text: &str) -> Result<Endpoint, String> {
        Endpoint::try_from(text.to_owned())
    }

    #[test]
    fn host_and_port_are_known() {
        for (text, host, port) in [
            ("http://127.0.0.1:4318", "127.0.0.1", 4318),
            ("http://[FD00::1]:4318/otlp", "fd00::1", 4318),
            ("http://Otel.tracing.svc./", "otel.tracing.svc", 80),
        ] {
            let endpoint = endpoint(text).unwrap();
            assert_eq!((endpoint.host(), endpoint.port()), (host, port));
            assert_eq!(endpoint.as_str(), text);
        }
    }

    #[test]
    fn what_the_services_refuse_is_refused_here() {
        for wrong in [
            "",
            "collector:4318",
            "http://",
            "http://collector:0",
            "http://collector:65536",
            "http://[10.0.0.1]:4318",
            "http://a b",
            "http://user@host",
            "http://x/\"\n",
            "ftp://collector",
        ] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
        let refused = endpoint("https://otel.example.com").unwrap_err();
        assert!(refused.contains("without TLS"), "{refused}");
    }
}
