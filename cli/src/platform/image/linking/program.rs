//! What an ELF file wants from the loader.

use std::fs::File;
use std::path::{Path, PathBuf};

use object::elf::{
    DT_NEEDED, DT_RPATH, DT_RUNPATH, EM_AARCH64, EM_X86_64, FileHeader32, FileHeader64,
};
use object::read::elf::{FileHeader, ProgramHeader as _};
use object::{Endianness, FileKind, ReadCache};

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
    /// Reads what a loader reads of the file; a program of many megabytes is not read whole.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::file("read", path, source))?;
        let content = ReadCache::new(file);
        let program = match FileKind::parse(&content) {
            Ok(FileKind::Elf64) => Self::of::<FileHeader64<Endianness>>(path, &content),
            Ok(FileKind::Elf32) => Self::of::<FileHeader32<Endianness>>(path, &content),
            _ => None,
        };
        program.ok_or_else(|| Error::Prerequisite {
            what: format!("`{}` is no program that Linux can run", path.display()),
            cure: "build the services again with `cargo build --release --workspace`".to_owned(),
        })
    }

    /// The file's content as a program; `path` stands for `$ORIGIN`.
    fn of<Elf: FileHeader<Endian = Endianness>>(
        path: &Path,
        content: &ReadCache<File>,
    ) -> Option<Self> {
        let header = Elf::parse(content).ok()?;
        let endian = header.endian().ok()?;
        let mut segments = header.program_headers(endian, content).ok()?.iter();
        let interpreter = segments.find_map(|segment| segment.interpreter(endian, content).ok()?);
        let sections = header.sections(endian, content).ok()?;
        let entries = sections.dynamic_table(endian, content).ok()?;
        let named = |tag| {
            let fitting = entries.iter().filter(move |entry| entry.tag == tag);
            let texts = fitting.filter_map(|entry| entries.string(entry).ok());
            texts.map(text).collect::<Vec<_>>()
        };
        // The newer entry hides the older one, as in the loader.
        let mut search = named(DT_RUNPATH);
        if search.is_empty() {
            search = named(DT_RPATH);
        }
        Some(Self {
            interpreter: interpreter.map(|name| PathBuf::from(text(name))),
            needed: named(DT_NEEDED),
            search: search.iter().flat_map(|list| places(path, list)).collect(),
            machine: Machine {
                kind: header.e_machine(endian),
                wide: header.is_type_64(),
            },
        })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The places of a list like `$ORIGIN/../lib:/opt/lib`.
fn places(path: &Path, list: &str) -> Vec<PathBuf> {
    let origin = path.parent().unwrap_or(Path::new("/")).to_string_lossy();
    let places = list.split(':').filter(|place| !place.is_empty());
    let places = places.map(|place| {
        let place = place.replace("${ORIGIN}", &origin);
        PathBuf::from(place.replace("$ORIGIN", &origin))
    });
    places.collect()
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
