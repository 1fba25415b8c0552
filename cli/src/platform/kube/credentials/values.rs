//! The passwords and tokens that are made for one installation.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::secret::Present;
use crate::plan::manifest::REDIS;
use crate::platform::Error;
use crate::platform::state::password::generate;

/// What a Secret is to hold: a key and its value.
pub type Values = BTreeMap<&'static str, String>;

/// A password that is there stays; one that is not is made.
fn kept(present: &Present, key: &str) -> Result<String, Error> {
    match present.get(key) {
        Some(value) => Ok(value),
        None => Ok(generate()?.reveal().to_owned()),
    }
}

/// Passwords of the roles, and the addresses that the services know them by.
pub fn postgres(present: &Present) -> Result<Values, Error> {
    let mut values = Values::new();
    for key in [
        "postgres-password",
        "shopmicro-password",
        "backend-password",
        "ml-service-password",
    ] {
        values.insert(key, kept(present, key)?);
    }
    for (url, role, key) in [
        ("migrate-url", "shopmicro", "shopmicro-password"),
        ("backend-url", "backend", "backend-password"),
        ("ml-service-url", "ml_service", "ml-service-password"),
    ] {
        let password = &values[key];
        let value = format!("postgres://{role}:{password}@postgres:5432/shopmicro");
        values.insert(url, value);
    }
    Ok(values)
}

/// The password, as the server and as its client want it. One of the two keys is enough to know it by.
pub fn redis(present: &Present) -> Result<Values, Error> {
    let configuration = present.get("redis.conf");
    let password = match (&configuration, present.get("url")) {
        (Some(configuration), _) => configured(configuration).ok_or_else(no_password)?,
        (None, Some(url)) => addressed(&url).ok_or_else(no_password)?,
        (None, None) => generate()?.reveal().to_owned(),
    };
    let encoded = utf8_percent_encode(&password, NON_ALPHANUMERIC);
    Ok(Values::from([
        ("url", format!("redis://:{encoded}@redis:6379/0")),
        (
            "redis.conf",
            configuration.unwrap_or_else(|| format!("requirepass {password}\n")),
        ),
    ]))
}

/// The password that the server takes from its configuration: that of the last line which names one.
fn configured(configuration: &str) -> Option<String> {
    let mut named = configuration.lines().filter_map(|line| {
        let (directive, password) = line.trim().split_once(char::is_whitespace)?;
        directive
            .eq_ignore_ascii_case("requirepass")
            .then(|| password.trim())
    });
    let password = named.next_back()?;
    let unquoted = password
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    Some(unquoted.unwrap_or(password).to_owned()).filter(|password| !password.is_empty())
}

/// The password in an address of Redis.
fn addressed(url: &str) -> Option<String> {
    let (_, rest) = url.trim().split_once("://")?;
    let (user, _) = rest.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    let password = percent_decode_str(password).decode_utf8().ok()?;
    Some(password.into_owned()).filter(|password| !password.is_empty())
}

/// A password that somebody uses is there, but cannot be read: a new one would lock them out.
fn no_password() -> Error {
    Error::Prerequisite {
        what: format!(
            "Secret `{REDIS}` is there, but its key `redis.conf` has no line `requirepass PASSWORD`, or its key `url` no \
             password"
        ),
        cure: format!(
            "write that line into it, or delete Secret `{REDIS}`, and `shopctl up` makes one with a new password"
        ),
    }
}

/// What a synthetic customer shows.
pub fn tokens(present: &Present) -> Result<Values, Error> {
    let key = "synthetic-token";
    Ok(Values::from([(key, kept(present, key)?)]))
}
