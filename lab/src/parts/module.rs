//! Programs that are built from Go modules.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::cache::{Cache, Recipe};
use crate::command::{line, program, run, succeeds};

/// Programs that come from one `go.mod`.
#[derive(Debug, Clone, Copy)]
pub struct Module {
    /// The directory below `parts/`.
    pub name: &'static str,
    /// The module whose version is the part's.
    pub path: &'static str,
    /// Build tags.
    pub tags: &'static str,
    /// Linker flags; `{version}` is the module's version without its `v`.
    pub flags: &'static str,
    /// Whether a part of it is C. It is linked statically then, so that it runs in every image.
    pub c: bool,
}

impl Module {
    /// A module that needs nothing special.
    pub const fn plain(name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            path,
            tags: "",
            flags: "",
            c: false,
        }
    }

    /// The programs, in a directory.
    pub fn provide(&self, cache: &Cache) -> Result<PathBuf> {
        let source = directory(self.name);
        let commands = commands(&fs::read_to_string(source.join("tools.go"))?);
        let mut go = self.compiler()?;
        let recipe = self.recipe(&go)?;
        cache.provide(self.name, &recipe, |target| {
            if !succeeds(&mut program("go", ["version"])) {
                bail!("the lab builds its parts from source and needs Go, from https://go.dev/dl");
            }
            go.arg(target).args(&commands).current_dir(&source);
            go.env("GOFLAGS", "-mod=readonly").env("GOWORK", "off");
            run(go.env("CGO_ENABLED", if self.c { "1" } else { "0" }))
        })
    }

    /// Whether the programs are in the cache.
    pub fn is_built(&self, cache: &Cache) -> Result<bool> {
        Ok(cache.has(self.name, &self.recipe(&self.compiler()?)?))
    }

    fn compiler(&self) -> Result<Command> {
        Ok(program("go", self.arguments(&self.version()?)))
    }

    fn recipe(&self, go: &Command) -> Result<Recipe> {
        Recipe::default()
            .text(&line(go))
            .text(if self.c { "c" } else { "" })
            .files(&directory(self.name))
    }

    /// The version of what is built, without its `v`.
    pub fn version(&self) -> Result<String> {
        version(self.name, self.path)
    }

    fn arguments(&self, version: &str) -> Vec<String> {
        let linkage = if self.c { " -extldflags -static" } else { "" };
        let flags = format!(
            "-s -w {}{linkage}",
            self.flags.replace("{version}", version)
        );
        let tags = format!("-tags={}", self.tags);
        [
            "build",
            "-trimpath",
            "-buildvcs=false",
            &tags,
            "-ldflags",
            &flags,
            "-o",
        ]
        .map(str::to_owned)
        .to_vec()
    }
}

/// A directory with what a part is made from.
pub fn directory(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("parts")
        .join(part)
}

/// The version of a module that a part requires, without its `v`. The `go.mod` is the one place where it stands.
pub fn version(part: &str, module: &str) -> Result<String> {
    let file = directory(part).join("go.mod");
    let text =
        fs::read_to_string(&file).with_context(|| format!("there is no part {part} of the lab"))?;
    required(&text, module).with_context(|| format!("{} does not require {module}", file.display()))
}

fn required(text: &str, module: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let line = line.trim().trim_start_matches("require ");
        let version = line.strip_prefix(module)?.strip_prefix(" v")?;
        version.split(' ').next().map(str::to_owned)
    })
}

/// The packages that a `tools.go` imports.
fn commands(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("_ \"")?.strip_suffix('"'))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_what_go_mod_requires() {
        let text = "module m\n\nrequire k8s.io/kubernetes v1.36.3\n\nrequire (\n\tk8s.io/api v0.36.3 // indirect\n)\n";
        assert_eq!(required(text, "k8s.io/kubernetes").unwrap(), "1.36.3");
        assert_eq!(required(text, "k8s.io/api").unwrap(), "0.36.3");
        assert_eq!(required(text, "k8s.io/kube"), None);
    }

    #[test]
    fn commands_are_what_tools_go_imports() {
        let text = "import (\n\t_ \"a.b/cmd/x\"\n\t_ \"a.b/cmd/y\"\n)\n";
        assert_eq!(commands(text), ["a.b/cmd/x", "a.b/cmd/y"]);
    }

    #[test]
    fn the_version_reaches_the_linker() {
        let module = Module {
            name: "x",
            path: "x",
            tags: "a,b",
            flags: "-X v={version}",
            c: true,
        };
        assert_eq!(
            module.arguments("1.2.3").join(" "),
            "build -trimpath -buildvcs=false -tags=a,b -ldflags -s -w -X v=1.2.3 -extldflags -static -o"
        );
    }
}
