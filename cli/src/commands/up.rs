//! `shopctl up`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::time::sleep;

use super::interrupt::interrupted;
use super::meaning::{Bound, CLUSTERS, ensure_meant};
use super::operation::Operation;
use super::{Context, Outcome, cluster, verify};
use crate::config::{Config, Target};
use crate::exit::Exit;
use crate::failure::{AnyFailure, Failure};
use crate::plan::{Observed, Plan, Serving, Step, up};
use crate::platform::kube::Kube;
use crate::platform::{self, Events, Platform};
use crate::report;

/// How often `--foreground` looks whether somebody else has stopped the shop.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// The arguments of `up`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags are independent of each other"
)]
pub struct Arguments {
    /// The port of the front door [default: the one it had, else 8080]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Print what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Stay attached to the shop and stop it on Ctrl-C
    #[arg(long)]
    pub foreground: bool,
    /// Build from source even when nothing seems to have changed
    #[arg(long)]
    rebuild: bool,
    /// The hosts, as Ansible reads them (target ec2)
    #[arg(long, value_name = "FILE")]
    inventory: Option<PathBuf>,
    /// Take over fields that somebody else has set (targets kube and ec2)
    #[arg(long)]
    pub force_conflicts: bool,
}

impl Arguments {
    /// What has no meaning everywhere.
    fn bound(&self) -> [Bound; 4] {
        let bound = |given, name, targets| Bound {
            given,
            name,
            targets,
        };
        [
            bound(self.port.is_some(), "--port", &[Target::Local]),
            bound(self.foreground, "--foreground", &[Target::Local]),
            bound(self.inventory.is_some(), "--inventory", &[Target::Ec2]),
            bound(self.force_conflicts, "--force-conflicts", CLUSTERS),
        ]
    }
}

/// Takes the target to a verified shop.
pub async fn run(context: Context, arguments: Arguments) -> Outcome {
    let config = context.config()?;
    ensure_meant(config.target, &arguments.bound())?;
    let Arguments {
        port: _,
        dry_run,
        foreground,
        rebuild,
        inventory,
        force_conflicts: _,
    } = arguments;
    if config.target == Target::Ec2 {
        let request = cluster::up::Request { dry_run, inventory };
        let exit = cluster::up::with_shop(&context, &config, request).await?;
        if exit != Exit::Ok || dry_run {
            return Ok(exit);
        }
    }
    let request = Request {
        verb: "up",
        dry_run,
        foreground,
        plan: up::Request { rebuild },
    };
    Box::pin(release(&context, &config, &request)).await
}

/// What was asked for.
#[derive(Debug)]
pub struct Request {
    /// The verb.
    pub verb: &'static str,
    /// Only print what would be done.
    pub dry_run: bool,
    /// Stay attached.
    pub foreground: bool,
    /// What the planner needs to know.
    pub plan: up::Request,
}

/// Brings the release to serve and verifies it.
pub async fn release(context: &Context, config: &Config, request: &Request) -> Outcome {
    let start = Instant::now();
    if request.dry_run && config.target != Target::Local {
        return preview(context, &Kube::new(config)).await;
    }
    let platform = platform::select(config);
    if request.dry_run {
        let plan = whole_plan(&request.plan, &platform.observe().await?);
        let steps = plan.steps.iter();
        let steps = steps.map(|step| (step.name(), step.to_string()));
        report::dry_run(&context.printer, &steps.collect::<Vec<_>>());
        return Ok(Exit::Ok);
    }
    let progress = report::Progress::start(&context.printer);
    let changed = Box::pin(converge(
        context,
        platform.as_ref(),
        request,
        progress.events(),
    ))
    .await?;
    progress.finish().await;
    let serving_after = start.elapsed();
    let checked = Box::pin(verify::release(platform.as_ref(), changed)).await?;
    let sold = report::Sold {
        url: &checked.url,
        release: &checked.release,
        changed,
        serving_after,
        took: start.elapsed(),
        results: &checked.results,
        proved_by_order: checked.wholly,
        same_shop: &context.same_shop(),
    };
    report::up(&context.printer, &sold);
    if request.foreground {
        stay(context, platform.as_ref()).await?;
    }
    Ok(verify::verdict(&checked.results))
}

/// What a cluster would be changed into, as its API server sees it.
async fn preview(context: &Context, shop: &Kube) -> Outcome {
    let preview = shop.preview().await?;
    report::changes(&context.printer, &preview);
    // What `up` would end with, this ends with.
    let refusal = preview.refusals.first();
    Ok(refusal.map_or(Exit::Ok, Failure::exit))
}

/// Both halves of `up` as far as they can be known before the build.
fn whole_plan(request: &up::Request, observed: &Observed) -> Plan {
    let mut plan = up::prepare(request, observed);
    plan.steps.extend(up::converge(observed).steps);
    plan
}

/// Brings the wanted release to serve; whether anything had to be done.
async fn converge(
    context: &Context,
    platform: &dyn Platform,
    request: &Request,
    events: Events,
) -> Result<bool, AnyFailure> {
    let mut operation = Operation::begin(platform, request.verb, events.clone()).await?;
    let converged = carry_on(context, &mut operation, request, &events).await;
    if converged.is_err() {
        operation.release().await;
    }
    let changed = converged?;
    operation.finish().await?;
    Ok(changed)
}

/// The steps of `converge`, under the lock.
async fn carry_on(
    context: &Context,
    operation: &mut Operation<'_>,
    request: &Request,
    events: &Events,
) -> Result<bool, AnyFailure> {
    let mut observed = operation.observe().await?;
    if let Some(interruption) = &observed.interruption {
        let (verb, step) = (&interruption.operation, &interruption.step);
        events.note(format!(
            "the last `{verb}` was cut off at `{step}`; going on from there"
        ));
    }
    let tools = up::prepare(&request.plan, &observed);
    if !tools.is_empty() {
        permit(context, &tools)?;
        operation.execute_or_abandon(&tools).await?;
        observed = operation.observe().await?;
    }
    let plan = up::converge(&observed);
    operation.execute_or_abandon(&plan).await?;
    Ok(!(tools.is_empty() && plan.is_empty()))
}

/// Installing packages changes the machine: it needs a yes.
fn permit(context: &Context, plan: &Plan) -> Result<(), platform::Error> {
    for step in &plan.steps {
        let Step::InstallPackages(packages) = step else {
            continue;
        };
        let packages = packages.join(" ");
        if context.yes
            || context
                .printer
                .ask(&format!("Install {packages} with apt-get?"))
        {
            continue;
        }
        return Err(platform::Error::Prerequisite {
            what: format!("this machine lacks {packages}"),
            cure: format!(
                "let `shopctl up --yes` install it, or type `apt-get install {packages}`"
            ),
        });
    }
    Ok(())
}

/// Waits for an interruption or for the end of the shop, and leaves nothing running.
async fn stay(context: &Context, platform: &dyn Platform) -> Result<(), AnyFailure> {
    context.printer.chat("Ctrl-C stops the shop");
    tokio::select! {
        () = interrupted() => {}
        ended = end_of_shop(platform) => ended?,
    }
    let progress = report::Progress::start(&context.printer);
    let mut operation = Operation::begin(platform, "up", progress.events()).await?;
    // The interruption that has ended the waiting must not end this too.
    let observed = platform.observe().await;
    if observed.is_err() {
        operation.release().await;
    }
    if observed?.serving != Serving::Nothing {
        let steps = vec![Step::StopComponents];
        operation.execute(&Plan { steps }).await?;
    }
    operation.finish().await?;
    progress.finish().await;
    Ok(())
}

/// Comes back when nothing of the shop runs any more: somebody else has stopped it.
async fn end_of_shop(platform: &dyn Platform) -> Result<(), platform::Error> {
    while platform.observe().await?.serving != Serving::Nothing {
        sleep(LOOK_INTERVAL).await;
    }
    Ok(())
}
