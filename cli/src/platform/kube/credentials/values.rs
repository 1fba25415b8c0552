//! The passwords and tokens that are made for one installation.

use std::collections::BTreeMap;

use super::secret::Present;
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

/// The password, as the server and as its client want it.
pub fn redis(present: &Present) -> Result<Values, Error> {
    let configured = present.get("redis.conf");
    let password = configured
        .as_deref()
        .and_then(|line| line.trim().strip_prefix("requirepass "));
    let password = match password {
        Some(password) => password.to_owned(),
        None => generate()?.reveal().to_owned(),
    };
    Ok(Values::from([
        ("url", format!("redis://:{password}@redis:6379/0")),
        ("redis.conf", format!("requirepass {password}\n")),
    ]))
}

/// What a synthetic customer shows.
pub fn tokens(present: &Present) -> Result<Values, Error> {
    let key = "synthetic-token";
    Ok(Values::from([(key, kept(present, key)?)]))
}
