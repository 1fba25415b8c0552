//! Starts the backend: serves, migrates, seeds, or prints its OpenAPI document.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use backend::config::{Arguments, Command, DatabaseArguments, ServeArguments};
use backend::state::AppState;
use backend::store::{Database, migrations};
use backend::{app, openapi, seed};

fn main() -> ExitCode {
    kit::start::run(async |arguments: Arguments| match arguments.command {
        Command::Serve(arguments) => serve(*arguments).await,
        Command::Migrate(arguments) => migrate(&arguments).await,
        Command::Seed(arguments) => load_seed(&arguments).await,
        Command::Openapi => print_openapi(),
    })
}

async fn serve(arguments: ServeArguments) -> anyhow::Result<()> {
    let telemetry = kit::telemetry::init("backend", &arguments.telemetry)?;
    let ServeArguments { serve, .. } = &arguments;
    let serve = serve.clone();
    let state = AppState::connect(arguments.resolve()?)?;
    let readiness = state.readiness.clone();
    let metrics = state.metrics.registry.clone();
    let app = kit::app(app::app(state), &readiness, &metrics);
    kit::serve(&serve, app, &readiness).await?;
    drop(telemetry);
    Ok(())
}

async fn migrate(arguments: &DatabaseArguments) -> anyhow::Result<()> {
    let _telemetry = kit::telemetry::init("backend", &arguments.telemetry)?;
    let applied = migrations::run(&arguments.database.address()?)
        .await
        .context("cannot migrate the database")?;
    tracing::info!(applied, "the schema is up to date");
    Ok(())
}

async fn load_seed(arguments: &DatabaseArguments) -> anyhow::Result<()> {
    let _telemetry = kit::telemetry::init("backend", &arguments.telemetry)?;
    let address = arguments.database.address()?;
    let mut connection = Database::connect_once(&address).await?;
    let outcome = seed::load(&mut connection)
        .await
        .context("cannot load the seed")?;
    tracing::info!(
        products = outcome.products,
        orders = outcome.orders,
        "{}",
        outcome.summary()
    );
    Ok(())
}

fn print_openapi() -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{:#}", openapi::document())
        .context("cannot write to standard output")
}
