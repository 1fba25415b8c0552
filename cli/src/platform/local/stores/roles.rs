//! The database, its roles and what they may do.

use std::fmt::Write as _;

use postgres_protocol::password::scram_sha_256;
use tokio_postgres::{Client, Config, NoTls};

use crate::config::Secret;
use crate::plan::Component;
use crate::platform::Error;
use crate::platform::local::layout::Layout;
use crate::platform::local::machine::ports::Ports;
use crate::platform::local::stores::passwords::{self, Password};

/// A login of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Made by initdb; only used to make the others.
    Superuser,
    /// Owns the database: migrations, catalogue, the checks.
    Owner,
    /// Serves: rows, no tables.
    Backend,
    /// Reads everything, publishes models.
    MlService,
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Superuser => "postgres",
            Self::Owner => "shopmicro",
            Self::Backend => "backend",
            Self::MlService => "ml_service",
        }
    }

    const fn password(self) -> Password {
        match self {
            Self::Superuser => Password::Superuser,
            Self::Owner => Password::Owner,
            Self::Backend => Password::Backend,
            Self::MlService => Password::MlService,
        }
    }
}

/// Connects to a database of the cluster.
pub async fn connect(layout: &Layout, role: Role, database: &str) -> Result<Client, Error> {
    let port = Ports::of(layout)?.port(Component::Postgres);
    let password = passwords::read(layout, role.password())?;
    let mut config = Config::new();
    config
        .host("127.0.0.1")
        .port(port)
        .user(role.name())
        .password(password.reveal())
        .dbname(database)
        .application_name("shopctl")
        .connect_timeout(std::time::Duration::from_secs(5));
    let (client, connection) = config
        .connect(NoTls)
        .await
        .map_err(|error| failed("reach", &error))?;
    tokio::spawn(async {
        // What goes wrong here is told to whoever uses the client.
        let _ = connection.await;
    });
    Ok(client)
}

/// Makes the roles and the database as they should be, whatever is there.
pub async fn create(layout: &Layout) -> Result<(), Error> {
    let server = connect(layout, Role::Superuser, "postgres").await?;
    let mut script = String::new();
    for role in [Role::Owner, Role::Backend, Role::MlService] {
        role_script(
            &mut script,
            role,
            &passwords::read(layout, role.password())?,
        );
    }
    run(&server, &script).await?;
    let there = server
        .query_opt("SELECT 1 FROM pg_database WHERE datname = 'shopmicro'", &[])
        .await
        .map_err(|error| failed("ask", &error))?;
    if there.is_none() {
        run(&server, "CREATE DATABASE shopmicro OWNER shopmicro").await?;
    }
    let database = connect(layout, Role::Superuser, "shopmicro").await?;
    run(&database, RIGHTS).await
}

/// What can only be granted once the tables are there.
pub async fn grant_after_migration(layout: &Layout) -> Result<(), Error> {
    let database = connect(layout, Role::Owner, "shopmicro").await?;
    run(
        &database,
        "GRANT INSERT, UPDATE, DELETE ON models TO ml_service",
    )
    .await
}

const RIGHTS: &str = "
    REVOKE ALL ON DATABASE shopmicro FROM PUBLIC;
    GRANT CONNECT ON DATABASE shopmicro TO backend, ml_service;
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT ALL ON SCHEMA public TO shopmicro;
    GRANT USAGE ON SCHEMA public TO backend, ml_service;
    ALTER DEFAULT PRIVILEGES FOR ROLE shopmicro IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO backend;
    ALTER DEFAULT PRIVILEGES FOR ROLE shopmicro IN SCHEMA public
        GRANT USAGE, SELECT ON SEQUENCES TO backend;
    ALTER DEFAULT PRIVILEGES FOR ROLE shopmicro IN SCHEMA public
        GRANT SELECT ON TABLES TO ml_service;
";

/// The server is given the verifier and not the password: a statement can end up in a log.
fn role_script(script: &mut String, role: Role, password: &Secret) {
    let name = role.name();
    let verifier = scram_sha_256(password.reveal().as_bytes());
    // Writing into a string cannot fail.
    let _ = write!(
        script,
        "DO $$ BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name}; END IF;
        END $$;
        ALTER ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '{verifier}';"
    );
}

async fn run(client: &Client, script: &str) -> Result<(), Error> {
    client
        .batch_execute(script)
        .await
        .map_err(|error| failed("prepare", &error))
}

fn failed(action: &'static str, error: &tokio_postgres::Error) -> Error {
    let cause = match error.as_db_error() {
        Some(database) => database.message().to_owned(),
        None => error.to_string(),
    };
    Error::Store {
        action,
        store: "postgres",
        cause,
    }
}
