//! Where a PostgreSQL is.

use std::borrow::Cow;
use std::error::Error as _;
use std::fmt;

use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::authority::Authority;
use crate::protection::Protection;

/// Where a PostgreSQL is, who asks it, and how the way there is protected.
///
/// The parameter `sslmode` of the address means what it means to [libpq], with one difference: who asks for `verify-ca`
/// gets `verify-full`.
///
/// | `sslmode` | encrypted | the server's certificate |
/// |---|---|---|
/// | `disable` | no | |
/// | `prefer` | where the server can | is not judged |
/// | `require` | always | is judged where an authority is given |
/// | `verify-full` | always | must be signed by the authority, or by one that the system trusts, and name the host |
///
/// Without the parameter it is `prefer`, and `verify-full` where an authority is given.
///
/// [libpq]: https://www.postgresql.org/docs/current/libpq-ssl.html
#[derive(Clone)]
pub struct Address {
    /// Where, and as whom.
    pub config: Config,
    /// What encrypts the connection.
    pub tls: MakeRustlsConnect,
}

/// Why an address cannot be used. Never repeats it, since it holds a password.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    /// It is none.
    #[error(
        "is not the address of a PostgreSQL: {0} (it looks like postgres://USER:PASSWORD@HOST:5432/DATABASE)"
    )]
    Address(String),
    /// A file of certificates, which is not where the program runs.
    #[error(
        "names a file of certificates (`sslrootcert`): the certificates themselves are given beside the address"
    )]
    File,
    /// What the system trusts cannot be told.
    #[error("asks for a certificate that the system trusts: {0}")]
    System(#[source] rustls::Error),
}

impl Address {
    /// Reads it. `authority` is who must have signed the server's certificate.
    pub fn parse(url: &str, authority: Option<&Authority>) -> Result<Self, Invalid> {
        let (url, verifies) = understood(url)?;
        let mut config: Config = url
            .parse()
            .map_err(|error| Invalid::Address(reason(&error)))?;
        let protection = match (config.get_ssl_mode(), authority) {
            (SslMode::Disable, _) => Protection::Unjudged,
            (_, Some(authority)) => Protection::By(authority),
            (SslMode::Require, None) if verifies => Protection::BySystem,
            _ => Protection::Unjudged,
        };
        // A server that offers no encryption shows no certificate.
        if matches!(protection, Protection::By(_)) {
            config.ssl_mode(SslMode::Require);
        }
        let tls = protection.connector().map_err(Invalid::System)?;
        Ok(Self { config, tls })
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Address");
        // The driver's own form leaves the password out.
        shown.field("config", &self.config).finish_non_exhaustive()
    }
}

/// What the driver finds wrong, where it only names a part of the address. What else it says quotes from the address:
/// a piece of a password with an `@` or a `?` in it may be taken for the name of a parameter.
fn reason(error: &tokio_postgres::Error) -> String {
    error
        .source()
        .map(ToString::to_string)
        .filter(|said| said.starts_with("invalid value for option"))
        .unwrap_or_else(|| "it cannot be read".to_owned())
}

/// The address in the driver's words, which knows nothing of judging a certificate, and whether it asks for that.
fn understood(url: &str) -> Result<(Cow<'_, str>, bool), Invalid> {
    let Some((address, parameters)) = url.rsplit_once('?') else {
        return Ok((Cow::Borrowed(url), false));
    };
    if parameters
        .split('&')
        .any(|one| one.starts_with("sslrootcert="))
    {
        return Err(Invalid::File);
    }
    let judging = ["sslmode=verify-full", "sslmode=verify-ca"];
    if !parameters.split('&').any(|one| judging.contains(&one)) {
        return Ok((Cow::Borrowed(url), false));
    }
    let words: Vec<_> = parameters
        .split('&')
        .map(|one| {
            if judging.contains(&one) {
                "sslmode=require"
            } else {
                one
            }
        })
        .collect();
    Ok((Cow::Owned(format!("{address}?{}", words.join("&"))), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> (SslMode, bool) {
        let (understood, verifies) = understood(url).unwrap();
        let config: Config = understood.parse().unwrap();
        assert_eq!(
            config.get_password(),
            Some("p?w".as_bytes()),
            "{understood}"
        );
        (config.get_ssl_mode(), verifies)
    }

    #[test]
    fn what_an_address_asks_for() {
        for (parameters, expected) in [
            ("", (SslMode::Prefer, false)),
            ("?sslmode=disable", (SslMode::Disable, false)),
            ("?sslmode=prefer", (SslMode::Prefer, false)),
            (
                "?sslmode=require&connect_timeout=3",
                (SslMode::Require, false),
            ),
            (
                "?connect_timeout=3&sslmode=verify-full",
                (SslMode::Require, true),
            ),
            ("?sslmode=verify-ca", (SslMode::Require, true)),
        ] {
            assert_eq!(
                mode(&format!("postgres://u:p?w@db/shop{parameters}")),
                expected,
                "{parameters}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_repeated() {
        for (url, expected) in [
            (
                "http://u:hidden@db/shop",
                "is not the address of a PostgreSQL",
            ),
            (
                "postgres://u:hidden@db:port/shop",
                "is not the address of a PostgreSQL",
            ),
            ("nonsense hidden", "is not the address of a PostgreSQL"),
            ("postgres://u:p@db?hidden=1@db/shop", "it cannot be read"),
            ("postgres://u:hidden@db/shop?sslmode=strict", "sslmode"),
            (
                "postgres://u:hidden@db/shop?sslrootcert=/ca.pem",
                "sslrootcert",
            ),
        ] {
            let said = Address::parse(url, None).unwrap_err().to_string();
            assert!(said.contains(expected), "{url}: {said}");
            assert!(!said.contains("hidden"), "{said}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let address = Address::parse("postgres://u:hidden@db/shop", None).unwrap();
        let shown = format!("{address:?}");
        assert!(
            shown.contains("shop") && !shown.contains("hidden"),
            "{shown}"
        );
    }
}
