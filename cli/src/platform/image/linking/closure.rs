//! Everything that the loader maps before and while a program runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::places::places;
use super::program::{Machine, Program};
use crate::platform::Error;

/// What the C library loads by itself when a name is resolved. The first two are a part of newer C libraries.
const FOR_NAMES: [&str; 3] = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"];

/// The C library.
const C_LIBRARY: &str = "libc.so.6";

/// A program's shared libraries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closure {
    /// Where the program looks for each file, and where it is on this machine.
    pub files: BTreeMap<PathBuf, PathBuf>,
}

impl Closure {
    /// The libraries of `program`, which was read from `path`; none for a static one.
    pub fn of(path: &Path, program: &Program) -> Result<Self, Error> {
        let mut search = Search {
            machine: program.machine,
            places: places(),
            interpreter: program.interpreter.clone(),
            found: BTreeMap::new(),
        };
        search.require(path, program)?;
        if search.found.contains_key(C_LIBRARY) {
            for name in FOR_NAMES {
                search.add_if_there(path, name)?;
            }
        }
        search.closure(path)
    }
}

struct Search {
    machine: Machine,
    places: Vec<PathBuf>,
    interpreter: Option<PathBuf>,
    found: BTreeMap<String, PathBuf>,
}

impl Search {
    /// Finds all that `program` needs, and all that those need.
    fn require(&mut self, path: &Path, program: &Program) -> Result<(), Error> {
        for name in &program.needed {
            let loader = self.interpreter.as_deref().and_then(Path::file_name);
            if self.found.contains_key(name) || loader.is_some_and(|loader| loader == name.as_str())
            {
                continue;
            }
            let (library, needs) = self
                .find(name, &program.search)
                .ok_or_else(|| missing(path, name))?;
            self.found.insert(name.clone(), library.clone());
            self.require(&library, &needs)?;
        }
        Ok(())
    }

    fn add_if_there(&mut self, path: &Path, name: &str) -> Result<(), Error> {
        if self.find(name, &[]).is_none() {
            return Ok(());
        }
        let wish = Program {
            interpreter: None,
            needed: vec![name.to_owned()],
            search: Vec::new(),
            machine: self.machine,
        };
        self.require(path, &wish)
    }

    /// The first library of that name that is for the same processor.
    fn find(&self, name: &str, first: &[PathBuf]) -> Option<(PathBuf, Program)> {
        first.iter().chain(&self.places).find_map(|place| {
            let path = place.join(name);
            let program = Program::read(&path).ok()?;
            (program.machine == self.machine).then_some((path, program))
        })
    }

    /// All libraries go where the C library is: that is a place where every loader looks without a cache.
    fn closure(self, path: &Path) -> Result<Closure, Error> {
        let mut files = BTreeMap::new();
        let home = self.found.get(C_LIBRARY).and_then(|path| path.parent());
        let home = home.unwrap_or(Path::new("/lib")).to_owned();
        for (name, library) in self.found {
            files.insert(home.join(name), real(&library)?);
        }
        if let Some(loader) = self.interpreter {
            let real = loader.canonicalize();
            let real = real.map_err(|_| missing(path, &loader.to_string_lossy()))?;
            files.insert(loader, real);
        }
        Ok(Closure { files })
    }
}

fn real(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize()
        .map_err(|source| Error::file("read", path, source))
}

fn missing(path: &Path, name: &str) -> Error {
    Error::Prerequisite {
        what: format!(
            "`{}` needs `{name}`, which is nowhere that the loader looks",
            path.display()
        ),
        cure: format!(
            "install the package that brings `{name}`, or build the services on this machine"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_libraries_of_this_very_program() {
        let path = std::env::current_exe().unwrap();
        let program = Program::read(&path).unwrap();
        let closure = Closure::of(&path, &program).unwrap();
        let names: Vec<_> = closure
            .files
            .keys()
            .map(|path| path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert!(names.contains(&C_LIBRARY), "{names:?}");
        assert!(names.contains(&"libresolv.so.2"), "{names:?}");
        assert!(closure.files.contains_key(&program.interpreter.unwrap()));
        assert!(closure.files.values().all(|path| path.is_file()));
    }

    #[test]
    fn a_static_program_needs_nothing() {
        let machine = Program::read(&std::env::current_exe().unwrap())
            .unwrap()
            .machine;
        let program = Program {
            interpreter: None,
            needed: Vec::new(),
            search: Vec::new(),
            machine,
        };
        let closure = Closure::of(Path::new("/bin/static"), &program).unwrap();
        assert_eq!(closure, Closure::default());
    }

    #[test]
    fn a_library_that_is_missing_is_named() {
        let path = std::env::current_exe().unwrap();
        let mut program = Program::read(&path).unwrap();
        program.needed.push("libmissing.so.9".to_owned());
        let error = Closure::of(&path, &program).unwrap_err();
        assert!(error.to_string().contains("`libmissing.so.9`"), "{error}");
    }
}
