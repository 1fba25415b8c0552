//! The steps that an operation is made of.

use std::fmt;

use super::Component;
use super::manifest::Phase;

/// One side effect, small enough to be carried out again after a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Install packages with the machine's package manager.
    InstallPackages(Vec<String>),
    /// Compile the services and build the storefront from the source checkout.
    Build,
    /// Copy the binaries into a release of that name.
    StageRelease(String),
    /// Make the directories, passwords and ports of the shop.
    PrepareState,
    /// Make the database cluster.
    CreateDatabaseCluster,
    /// End the processes of a supervisor that died or serves something else.
    StopComponents,
    /// Start the supervisor with these components.
    StartStores,
    /// Make the roles and the database.
    CreateRoles,
    /// Bring the schema to the release's version.
    Migrate,
    /// Load the catalogue and the order history.
    Seed,
    /// Learn the recommendations; then the data is complete for the release of that name.
    Train(String),
    /// Start the release's services and open the front door.
    StartServices,
    /// Wait until every component says that it is ready.
    AwaitReady(Vec<Component>),
    /// Remove everything that the shop has written.
    DeleteData,
    /// Send the images of the services to the registry.
    PushImages,
    /// Make the Secrets that are not there yet.
    MakeCredentials,
    /// Apply the manifests of a phase.
    Apply(Phase),
    /// Wait until what a phase has applied is ready.
    AwaitPhase(Phase),
    /// Remove the objects that the release no longer has, and record it.
    RecordRelease,
}

impl Step {
    /// A stable name for the journal and for JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::InstallPackages(_) => "install-packages",
            Self::Build => "build",
            Self::StageRelease(_) => "stage-release",
            Self::PrepareState => "prepare-state",
            Self::CreateDatabaseCluster => "create-database-cluster",
            Self::StopComponents => "stop-components",
            Self::StartStores => "start-stores",
            Self::CreateRoles => "create-roles",
            Self::Migrate => "migrate",
            Self::Seed => "seed",
            Self::Train(_) => "train",
            Self::StartServices => "start-services",
            Self::AwaitReady(_) => "await-ready",
            Self::DeleteData => "delete-data",
            Self::PushImages => "push-images",
            Self::MakeCredentials => "make-credentials",
            Self::Apply(Phase::NamespaceAndPolicies) => "apply-namespace-and-policies",
            Self::Apply(Phase::DataStores) => "apply-data-stores",
            Self::Apply(Phase::Migration) => "apply-migration",
            Self::Apply(Phase::Services) => "apply-services",
            Self::Apply(Phase::Exposure) => "apply-exposure",
            Self::AwaitPhase(Phase::NamespaceAndPolicies) => "await-namespace-and-policies",
            Self::AwaitPhase(Phase::DataStores) => "await-data-stores",
            Self::AwaitPhase(Phase::Migration) => "await-migration",
            Self::AwaitPhase(Phase::Services) => "await-services",
            Self::AwaitPhase(Phase::Exposure) => "await-exposure",
            Self::RecordRelease => "record-release",
        }
    }
}

impl Step {
    /// Whether the step that follows it need not wait for its end: both are carried out at the same time.
    pub const fn goes_with_next(&self) -> bool {
        // Copying the binaries waits for the disk, and learning needs nothing that starting services changes.
        matches!(self, Self::StageRelease(_) | Self::Train(_))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InstallPackages(packages) => write!(formatter, "install {}", packages.join(", ")),
            Self::Build => formatter.write_str("build services and storefront"),
            Self::StageRelease(release) => write!(formatter, "stage release {release}"),
            Self::PrepareState => formatter.write_str("prepare directories, passwords and ports"),
            Self::CreateDatabaseCluster => formatter.write_str("create database cluster"),
            Self::StopComponents => formatter.write_str("stop what still runs"),
            Self::StartStores => formatter.write_str("start PostgreSQL and Redis"),
            Self::CreateRoles => formatter.write_str("create database roles"),
            Self::Migrate => formatter.write_str("migrate the schema"),
            Self::Seed => formatter.write_str("load catalogue and order history"),
            Self::Train(_) => formatter.write_str("learn recommendations"),
            Self::StartServices => formatter.write_str("start services and front door"),
            Self::AwaitReady(components) => {
                let names: Vec<_> = components
                    .iter()
                    .map(|component| component.name())
                    .collect();
                write!(formatter, "wait for {}", names.join(", "))
            }
            Self::DeleteData => formatter.write_str("delete all data"),
            Self::PushImages => formatter.write_str("send images to the registry"),
            Self::MakeCredentials => formatter.write_str("make the Secrets that are missing"),
            Self::Apply(phase) => write!(formatter, "apply {}", phase.title()),
            Self::AwaitPhase(phase) => write!(formatter, "wait for {}", phase.title()),
            Self::RecordRelease => formatter.write_str("record the release"),
        }
    }
}

/// What an operation is going to do, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps; empty when nothing is to be done.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}
