//! The cache of the parts, outside the checkout.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::{env, process};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::progress::step;

/// `~/.cache/shopmicro/lab`.
#[derive(Debug)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// Opens the cache.
    pub fn open() -> Result<Self> {
        let base = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
            .context("neither XDG_CACHE_HOME nor HOME is set")?;
        Self::at(base.join("shopmicro/lab"))
    }

    /// A cache in another directory.
    pub fn at(directory: PathBuf) -> Result<Self> {
        fs::create_dir_all(&directory)?;
        Ok(Self { directory })
    }

    /// Whether this recipe was made to the end before.
    pub fn has(&self, name: &str, recipe: &Recipe) -> bool {
        self.place_of(name, recipe).exists()
    }

    fn place_of(&self, name: &str, recipe: &Recipe) -> PathBuf {
        self.directory.join(format!("{name}-{}", recipe.hash()))
    }

    /// The directory of a part. It is made when this recipe was never made to the end before.
    pub fn provide(
        &self,
        name: &str,
        recipe: &Recipe,
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let complete = self.place_of(name, recipe);
        if complete.exists() {
            return Ok(complete);
        }
        // Held while it is made: two labs that start at once make nothing twice.
        let lock = File::create(self.directory.join(format!("{name}.lock")))?;
        lock.lock()?;
        if complete.exists() {
            return Ok(complete);
        }
        self.sweep(name)?;
        // What a killed command started may write to its own for a moment longer.
        let unfinished = self
            .directory
            .join(format!("{name}.{}.unfinished", process::id()));
        fs::create_dir_all(&unfinished)?;
        step(&format!("making {name}"), || make(&unfinished))?;
        fs::rename(unfinished, &complete)?;
        Ok(complete)
    }

    /// Removes what killed commands left of a part, as far as nobody writes to it any more.
    fn sweep(&self, name: &str) -> Result<()> {
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let file = entry.file_name();
            let rest = file.to_str().and_then(|file| file.strip_prefix(name));
            if rest.is_some_and(|rest| rest.starts_with('.') && rest.ends_with(".unfinished")) {
                // The next one tries again.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }
}

/// What a part is made from.
#[derive(Debug, Default)]
pub struct Recipe(Sha256);

impl Recipe {
    /// Made from this text, a command line for example.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.update(text.len().to_le_bytes());
        self.0.update(text);
        self
    }

    /// Made from this part, whose directory is named after its own recipe.
    #[must_use]
    pub fn part(self, directory: &Path) -> Self {
        let name = directory.file_name().unwrap_or_default();
        self.text(&name.to_string_lossy())
    }

    /// Made from every file below the directory.
    pub fn files(mut self, directory: &Path) -> Result<Self> {
        for entry in WalkDir::new(directory).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(directory)?;
                self = self.text(&name.to_string_lossy());
                self = self.text(&String::from_utf8_lossy(&fs::read(entry.path())?));
            }
        }
        Ok(self)
    }

    fn hash(&self) -> String {
        let digest = self.0.clone().finalize();
        let (start, _) = digest.split_at(8);
        start
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn a_part_is_made_once_per_recipe_and_never_half() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path().join("lab")).unwrap();
        let recipe = || Recipe::default().text("flour");
        let failed = cache.provide("bread", &recipe(), |_| bail!("no oven"));
        assert!(failed.is_err());
        let made = cache.provide("bread", &recipe(), |directory| {
            Ok(fs::write(directory.join("loaf"), "1")?)
        });
        let kept = cache
            .provide("bread", &recipe(), |_| bail!("made again"))
            .unwrap();
        assert_eq!(made.unwrap(), kept);
        assert!(kept.join("loaf").exists());
        let other = Recipe::default().text("rye");
        assert_ne!(other.hash(), recipe().hash());
    }

    #[test]
    fn words_that_join_to_the_same_text_are_different_recipes() {
        let one = Recipe::default().text("ab").text("c");
        let two = Recipe::default().text("a").text("bc");
        assert_ne!(one.hash(), two.hash());
    }
}
