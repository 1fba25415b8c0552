//! What an ELF file wants from the loader.

use std::fs;
use std::path::{Path, PathBuf};

use goblin::elf::Elf;
use goblin::elf::header::{EM_AARCH64, EM_X86_64};

use crate::platform::Error;

/// What the loader is asked for by one program or library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The loader itself; none for a static program and for most libraries.
    pub interpreter: Option<PathBuf>,
    /// The libraries by the names that are looked for.
    pub needed: Vec<String>,
    /// Where it wants them to be looked for first.
    pub search: Vec<PathBuf>,
    /// What it runs on.
    pub machine: Machine,
}

/// The processor that code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    kind: u16,
    wide: bool,
}

impl Machine {
    /// The name in image configurations; none for one that no image is made for.
    pub const fn architecture(self) -> Option<&'static str> {
        match self.kind {
            EM_X86_64 => Some("amd64"),
            EM_AARCH64 => Some("arm64"),
            _ => None,
        }
    }
}

impl Program {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let content = fs::read(path).map_err(|source| Error::file("read", path, source))?;
        Self::parse(path, &content).ok_or_else(|| Error::Prerequisite {
            what: format!("`{}` is no program that Linux can run", path.display()),
            cure: "build the services again with `cargo build --release --workspace`".to_owned(),
        })
    }

    /// The file's content as a program; `path` stands for `$ORIGIN`.
    pub fn parse(path: &Path, content: &[u8]) -> Option<Self> {
        let elf = Elf::parse(content).ok()?;
        // The newer entry hides the older one, as in the loader.
        let search = if elf.runpaths.is_empty() {
            &elf.rpaths
        } else {
            &elf.runpaths
        };
        let origin = path.parent().unwrap_or(Path::new("/")).to_string_lossy();
        let places = search.iter().flat_map(|list| list.split(':'));
        let places = places.filter(|place| !place.is_empty()).map(|place| {
            let place = place.replace("${ORIGIN}", &origin);
            PathBuf::from(place.replace("$ORIGIN", &origin))
        });
        Some(Self {
            interpreter: elf.interpreter.map(PathBuf::from),
            needed: elf.libraries.iter().map(|&name| name.to_owned()).collect(),
            search: places.collect(),
            machine: Machine {
                kind: elf.header.e_machine,
                wide: elf.is_64,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dynamic_program_names_its_loader_and_libraries() {
        let program = Program::read(&std::env::current_exe().unwrap()).unwrap();
        assert!(program.needed.iter().any(|name| name == "libc.so.6"));
        assert!(program.interpreter.unwrap().is_absolute());
        assert!(program.machine.architecture().is_some());
    }

    #[test]
    fn what_is_no_program_says_so() {
        let error = Program::read(Path::new("/etc/passwd")).unwrap_err();
        assert!(error.to_string().contains("`/etc/passwd` is no program"));
    }
}
