//! One container image: assembled, pushed into a registry of its own, and kept as that registry's files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::archive::{pack, place};
use super::cache::{Cache, Recipe};
use super::host::SUITE;
use super::module::directory;
use crate::command::{program, run};
use crate::registry::Registry;

/// Changes whenever images are made in another way.
const METHOD: &str = "method 1";
/// Where Debian's packages and our own files have their programs.
const PATH: &str =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin";

/// What an image is made of.
#[derive(Debug, Default)]
pub struct Image {
    /// Its upstream name.
    pub reference: String,
    /// The same under other names.
    pub aliases: Vec<String>,
    /// Files, and where they are put.
    pub files: Vec<(PathBuf, &'static str)>,
    /// Debian packages, extracted with what they depend on.
    pub packages: &'static [&'static str],
    /// Shell scripts that settle the tree, run in it.
    pub settle: &'static [&'static str],
    /// What is run; the words are divided by commas.
    pub entrypoint: &'static str,
    /// The default arguments.
    pub arguments: &'static str,
    /// The user, root when empty.
    pub user: &'static str,
}

impl Image {
    /// The files of a registry that holds just this image.
    pub fn provide(&self, cache: &Cache, tools: &Tools) -> Result<PathBuf> {
        let name = format!("image-{}", self.reference.replace(['/', ':'], "-"));
        cache.provide(&name, &self.recipe()?, |target| {
            let tree = target.join("tree");
            self.assemble(&tree)?;
            let layer = target.join("layer.tar");
            pack(&tree, &layer)?;
            fs::remove_dir_all(tree)?;
            self.push(&layer, &target.join("registry"), tools)?;
            Ok(fs::remove_file(layer)?)
        })
    }

    fn recipe(&self) -> Result<Recipe> {
        let mut recipe = Recipe::default().files(&directory("image"))?;
        for text in [METHOD, PATH, &format!("{self:?}")] {
            recipe = recipe.text(text);
        }
        Ok(recipe)
    }

    fn assemble(&self, tree: &Path) -> Result<()> {
        if self.packages.is_empty() {
            fs::create_dir(tree)?;
        } else {
            let mut command = program(
                "mmdebstrap",
                ["--quiet", "--mode=root", "--variant=extract"],
            );
            command
                .arg(format!("--include={}", self.packages.join(",")))
                .arg("--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr")
                .args([
                    "--aptopt=APT::Install-Recommends false",
                    "--format=directory",
                    SUITE,
                ]);
            run(command.arg(tree))?;
        }
        let mut skeleton = program("cp", ["--recursive", "--no-target-directory"]);
        run(skeleton.arg(directory("image").join("files")).arg(tree))?;
        for (from, to) in &self.files {
            place(from, &tree.join(to))?;
        }
        let temporary = tree.join("tmp");
        fs::create_dir_all(&temporary)?;
        fs::set_permissions(&temporary, fs::Permissions::from_mode(0o1777))?;
        self.settle
            .iter()
            .try_for_each(|script| run(program("sh", ["-euc", script]).current_dir(tree)))
    }

    fn push(&self, layer: &Path, files: &Path, tools: &Tools) -> Result<()> {
        let registry = Registry::temporary(&tools.registry, files)?;
        let target = format!("{}/{}", registry.address(), self.reference);
        let mut append = program(&tools.crane, ["append", "--insecure", "--new_layer"]);
        run(append.arg(layer).args(["--new_tag", &target]))?;
        run(
            program(&tools.crane, ["mutate", "--insecure", "--tag", &target])
                .args(self.configuration())
                .arg(&target),
        )?;
        for alias in &self.aliases {
            let alias = format!("{}/{alias}", registry.address());
            run(&mut program(
                &tools.crane,
                ["copy", "--insecure", &target, &alias],
            ))?;
        }
        Ok(())
    }

    fn configuration(&self) -> Vec<String> {
        let options = [
            ("--set-platform", "linux/amd64"),
            ("--env", PATH),
            ("--entrypoint", self.entrypoint),
            ("--cmd", self.arguments),
            ("--user", self.user),
        ];
        options
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .flat_map(|(option, value)| [option.to_owned(), value.to_owned()])
            .collect()
    }
}

/// The programs that make images.
#[derive(Debug)]
pub struct Tools {
    /// Pushes layers.
    pub crane: PathBuf,
    /// The registry.
    pub registry: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_configured() {
        let image = Image {
            entrypoint: "/pause",
            user: "65535:65535",
            ..Image::default()
        };
        let words = image.configuration().join(" ");
        assert!(
            words.starts_with("--set-platform linux/amd64 --env PATH="),
            "{words}"
        );
        assert!(
            words.ends_with("--entrypoint /pause --user 65535:65535"),
            "{words}"
        );
    }
}
