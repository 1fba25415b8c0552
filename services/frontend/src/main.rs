//! The web server of the storefront: boot only.

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use kit::config::{ServeConfig, TelemetryConfig};
use kit::{Metrics, Readiness};

const SERVICE: &str = "frontend";

/// Serves the built storefront, which is part of this program.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until SIGTERM, then drain
    Serve(ServeArguments),
}

#[derive(Args)]
struct ServeArguments {
    #[command(flatten)]
    serve: ServeConfig,
    #[command(flatten)]
    telemetry: TelemetryConfig,
}

fn main() -> ExitCode {
    kit::start::run(
        |Arguments {
             command: Command::Serve(arguments),
         }| serve(arguments),
    )
}

async fn serve(arguments: ServeArguments) -> anyhow::Result<()> {
    let ServeArguments { serve, telemetry } = arguments;
    let _telemetry = kit::telemetry::init(SERVICE, &telemetry)?;
    let metrics = Metrics::new(SERVICE, &telemetry.release);
    let readiness = Readiness::new().probe("storefront", async || {
        if frontend::EMBEDDED.is_empty() {
            Err("the storefront is not built into this program")
        } else {
            Ok(())
        }
    });
    let app = kit::app(frontend::routes(frontend::EMBEDDED), &readiness, &metrics);
    kit::serve(&serve, app, &readiness).await?;
    Ok(())
}
