//! Redis: carts, which are to survive a restart, and caches, which need not.

use std::path::PathBuf;

use crate::config::Secret;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::binaries::Found;
use crate::platform::local::running::environment;
use crate::platform::local::running::spec::Spec;
use crate::platform::local::stores::passwords::{self, Password};
use crate::platform::process::account::Account;
use crate::platform::process::signal::Signal;

/// The configuration file, which holds the password.
pub fn configuration_file(layout: &Layout, port: u16) -> Result<(PathBuf, Vec<u8>), Error> {
    let password = passwords::read(layout, Password::Redis)?;
    let text = configuration(layout, port, &password);
    Ok((layout.redis_configuration(), text.into_bytes()))
}

fn configuration(layout: &Layout, port: u16, password: &Secret) -> String {
    let directory = layout
        .redis()
        .display()
        .to_string()
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    let password = password.reveal();
    // A full memory drops what would live shortest anyway: cached products go before carts.
    // Carts are written to disk every second.
    format!(
        "bind 127.0.0.1\n\
         port {port}\n\
         protected-mode yes\n\
         requirepass {password}\n\
         daemonize no\n\
         dir \"{directory}\"\n\
         appendonly yes\n\
         appendfsync everysec\n\
         save \"\"\n\
         maxmemory 256mb\n\
         maxmemory-policy volatile-ttl\n\
         tcp-keepalive 60\n\
         logfile \"\"\n"
    )
}

/// How the server is run.
pub fn spec(layout: &Layout, found: &Found, account: Option<&Account>) -> Spec {
    Spec {
        component: Component::Redis,
        argv: vec![
            found.path.display().to_string(),
            layout.redis_configuration().display().to_string(),
        ],
        environment: environment::base(layout),
        directory: layout.redis(),
        account: account.cloned(),
        stop_signal: Signal::Terminate,
        death_signal: Signal::Terminate,
        stop_timeout_seconds: 30,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_listens_on_loopback_and_asks_for_the_password() {
        let text = configuration(&Layout::new("/a \"shop\""), 20_002, &Secret::new("abc"));
        for line in [
            "bind 127.0.0.1",
            "port 20002",
            "requirepass abc",
            r#"dir "/a \"shop\"/redis""#,
        ] {
            assert!(
                text.lines().any(|present| present == line),
                "{line} in {text}"
            );
        }
    }

    #[test]
    fn the_password_is_not_on_the_command_line() {
        let found = Found {
            path: "/usr/bin/redis-server".into(),
            version: crate::platform::local::machine::binaries::Version(7, 0),
        };
        let spec = spec(&Layout::new("/shop"), &found, None);
        assert_eq!(
            spec.argv,
            ["/usr/bin/redis-server", "/shop/secrets/redis.conf"]
        );
    }
}
