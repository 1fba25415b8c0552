//! Builds the services and the storefront from a source checkout.

use std::env;
use std::env::consts::ARCH;
use std::path::{Path, PathBuf};

use crate::plan::Component;
use crate::platform::local::machine::binaries::program;
use crate::platform::local::machine::fingerprint::{Sources, is_remembered, remember};
use crate::platform::process::tool::Tool;
use crate::platform::{Error, Events};

/// The C compilers that build for musl on this kind of machine, by the names that builds look for.
const C_COMPILERS: &[&str] = if cfg!(target_arch = "x86_64") {
    &["x86_64-linux-musl-gcc", "musl-gcc"]
} else {
    &["aarch64-linux-musl-gcc"]
};

/// A source checkout.
#[derive(Debug)]
pub struct Checkout {
    root: PathBuf,
    /// The target that the services are built for; that of the compiler when none.
    triple: Option<String>,
}

impl Checkout {
    /// The checkout at `root`.
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            triple: None,
        }
    }

    /// The same checkout with its services linked statically, if the compilers have what that needs: Rust's libraries for
    /// the target, and a compiler for the C that the cryptography is written in.
    pub async fn linked_statically(mut self) -> Self {
        let triple = format!("{ARCH}-unknown-linux-musl");
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        if !compiles_c(&triple, is_set, |name| program(name).is_some()) {
            return self;
        }
        let mut libraries = PathBuf::new();
        if let Ok(tool) = self.rustc(&["--print", "target-libdir", "--target", &triple]) {
            // A compiler that fails here fails at the build as well, and says why.
            let _ = tool.run(|line| libraries = PathBuf::from(line)).await;
        }
        self.triple = libraries.is_dir().then_some(triple);
        self
    }

    /// The directory of the built services.
    pub fn programs(&self) -> PathBuf {
        let target = self.target();
        let target = self
            .triple
            .as_ref()
            .map_or(target.clone(), |triple| target.join(triple));
        target.join("release")
    }

    /// Whether something is older than its sources, or was never built.
    pub fn is_outdated(&self) -> bool {
        self.is_storefront_outdated() || self.are_services_outdated()
    }

    /// Builds what is outdated.
    pub async fn build(&self, events: &Events) -> Result<(), Error> {
        if self.is_storefront_outdated() {
            self.build_storefront(events).await?;
        }
        // Before the build, so that a change in the middle of it is seen afterwards.
        let fingerprint = self.services().fingerprint();
        let tool = self.cargo_build()?;
        tool.run(|line| progress(events, "cargo", line)).await?;
        remember(&self.services_mark(), &fingerprint)
    }

    async fn build_storefront(&self, events: &Events) -> Result<(), Error> {
        let fingerprint = self.storefront().fingerprint();
        for tool in self.npm_builds()? {
            tool.run(|line| progress(events, "npm", line)).await?;
        }
        remember(&self.storefront_mark(), &fingerprint)
    }

    fn npm_builds(&self) -> Result<[Tool; 2], Error> {
        let npm = require(
            "npm",
            "type `apt-get install npm`, or install Node.js 20 or newer from https://nodejs.org",
        )?;
        let call = |arguments: &[&str]| {
            let words = [npm.as_str()].into_iter().chain(arguments.iter().copied());
            Tool::new(words.map(str::to_owned).collect()).inside(self.ui())
        };
        Ok([
            call(&["ci", "--no-audit", "--no-fund"]),
            call(&["run", "build"]),
        ])
    }

    fn cargo_build(&self) -> Result<Tool, Error> {
        let cargo = require("cargo", "install Rust from https://rustup.rs")?;
        let mut argv = vec![
            cargo,
            "build".to_owned(),
            "--release".to_owned(),
            "--locked".to_owned(),
        ];
        for service in Component::SERVICES {
            argv.extend(["--package".to_owned(), service.name().to_owned()]);
        }
        // Whatever the environment says about another target directory: the binaries are looked for in this one.
        argv.extend([
            "--target-dir".to_owned(),
            self.target().display().to_string(),
        ]);
        if let Some(triple) = &self.triple {
            argv.extend(["--target".to_owned(), triple.clone()]);
        }
        Ok(Tool::new(argv).inside(&self.root))
    }

    fn rustc(&self, arguments: &[&str]) -> Result<Tool, Error> {
        let mut argv = vec![require("rustc", "install Rust from https://rustup.rs")?];
        argv.extend(arguments.iter().map(|&argument| argument.to_owned()));
        Ok(Tool::new(argv).inside(&self.root))
    }

    fn is_storefront_outdated(&self) -> bool {
        !self.ui().join("dist/index.html").exists()
            || !is_remembered(&self.storefront_mark(), &self.storefront().fingerprint())
    }

    fn are_services_outdated(&self) -> bool {
        let missing = |service: Component| !self.programs().join(service.name()).exists();
        Component::SERVICES.into_iter().any(missing)
            || !is_remembered(&self.services_mark(), &self.services().fingerprint())
    }

    fn ui(&self) -> PathBuf {
        self.root.join("services/frontend/ui")
    }

    fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    fn storefront(&self) -> Sources {
        Sources {
            roots: vec![self.ui()],
            except: None,
        }
    }

    /// The storefront is a part of the frontend's binary.
    fn services(&self) -> Sources {
        let roots = [
            "Cargo.toml",
            "Cargo.lock",
            "rust-toolchain.toml",
            ".cargo",
            "services",
        ];
        let mut roots: Vec<_> = roots.map(|name| self.root.join(name)).to_vec();
        roots.push(self.ui().join("dist/index.html"));
        roots.push(self.storefront_mark());
        Sources {
            roots,
            except: Some(self.ui()),
        }
    }

    fn storefront_mark(&self) -> PathBuf {
        self.target().join("shopctl/storefront")
    }

    fn services_mark(&self) -> PathBuf {
        let name = self
            .triple
            .as_ref()
            .map(|triple| format!("services-{triple}"));
        let name = name.unwrap_or_else(|| "services".to_owned());
        self.target().join("shopctl").join(name)
    }
}

/// Whether a C compiler for the target is found as the build of a C library finds one: named by a variable, or on the path.
fn compiles_c(
    triple: &str,
    is_set: impl Fn(&str) -> bool,
    is_there: impl Fn(&'static str) -> bool,
) -> bool {
    let variables = [
        format!("CC_{triple}"),
        format!("CC_{}", triple.replace('-', "_")),
        "TARGET_CC".to_owned(),
    ];
    variables.iter().any(|name| is_set(name)) || C_COMPILERS.iter().any(|name| is_there(name))
}

fn require(name: &'static str, cure: &str) -> Result<String, Error> {
    program(name)
        .map(|path| path.display().to_string())
        .ok_or_else(|| Error::Prerequisite {
            what: format!("`{name}` is needed to build the shop, and it is not installed"),
            cure: cure.to_owned(),
        })
}

fn progress(events: &Events, tool: &str, line: &str) {
    let line = line.trim();
    if !line.is_empty() {
        events.progress(format!("{tool}: {line}"));
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn all_services_are_built_in_one_go() {
        let tool = Checkout::new(Path::new("/src")).cargo_build().unwrap();
        assert!(tool.argv[0].ends_with("/cargo"), "{}", tool.argv[0]);
        let arguments = tool.argv[1..].join(" ");
        assert_eq!(
            arguments,
            "build --release --locked --package ml-service --package backend --package frontend --target-dir /src/target"
        );
        assert_eq!(tool.directory.as_deref(), Some(Path::new("/src")));
    }

    #[test]
    fn services_that_are_linked_statically_lie_elsewhere() {
        let mut checkout = Checkout::new(Path::new("/src"));
        checkout.triple = Some("x86_64-unknown-linux-musl".to_owned());
        let tool = checkout.cargo_build().unwrap();
        assert!(
            tool.argv
                .join(" ")
                .ends_with("--target x86_64-unknown-linux-musl")
        );
        let place = Path::new("/src/target/x86_64-unknown-linux-musl/release");
        assert_eq!(checkout.programs(), place);
    }

    #[test]
    fn a_static_build_needs_a_compiler_of_c_for_the_target() {
        let triple = "x86_64-unknown-linux-musl";
        assert!(!compiles_c(triple, |_| false, |_| false));
        assert!(compiles_c(triple, |_| false, |name| name == C_COMPILERS[0]));
        assert!(!compiles_c(triple, |_| false, |name| name == "gcc"));
        for variable in ["CC_x86_64_unknown_linux_musl", "TARGET_CC"] {
            assert!(compiles_c(triple, |name| name == variable, |_| false));
        }
        assert!(!compiles_c(triple, |name| name == "CC", |_| false));
    }

    #[test]
    fn nothing_is_outdated_after_it_was_built() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        let files = [
            "services/backend/src/main.rs",
            "services/frontend/ui/src/main.tsx",
            "services/frontend/ui/dist/index.html",
        ];
        let binaries = Component::SERVICES.map(|service| format!("target/release/{service}"));
        for file in files.into_iter().map(str::to_owned).chain(binaries) {
            fs::create_dir_all(root.join(&file).parent().unwrap()).unwrap();
            fs::write(root.join(&file), "").unwrap();
        }
        let checkout = Checkout::new(root);
        assert!(checkout.is_outdated());
        remember(
            &checkout.storefront_mark(),
            &checkout.storefront().fingerprint(),
        )
        .unwrap();
        remember(
            &checkout.services_mark(),
            &checkout.services().fingerprint(),
        )
        .unwrap();
        assert!(!checkout.is_outdated());
        fs::write(root.join("services/frontend/ui/src/main.tsx"), "changed").unwrap();
        assert!(checkout.is_storefront_outdated());
        assert!(!checkout.are_services_outdated());
        fs::remove_file(root.join("target/release/backend")).unwrap();
        assert!(checkout.are_services_outdated());
    }
}
