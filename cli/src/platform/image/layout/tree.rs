//! The files of a layer before they are packed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::platform::local::hashes::of_text;

/// Whatever changes the bytes of a packed layer must change this: packed layers are remembered.
const FORM: &str = "ustar gzip-6 1";

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What a file of this machine holds, as long as its SHA-256 is this.
    File {
        /// The file.
        path: PathBuf,
        /// In hexadecimal digits.
        hash: String,
    },
}

/// Files by their paths, which have no leading slash. All belong to root and may be read by everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree(BTreeMap<String, Node>);

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What is in it.
    pub content: Content,
    /// Its permission bits.
    pub mode: u32,
}

impl Tree {
    /// Adds a file that nobody executes.
    pub fn add(&mut self, path: &str, content: Content) {
        let mode = 0o644;
        self.0.insert(relative(path), Node { content, mode });
    }

    /// Adds a program or library.
    pub fn add_executable(&mut self, path: &str, content: Content) {
        let mode = 0o755;
        self.0.insert(relative(path), Node { content, mode });
    }

    /// The files in order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().map(|(path, node)| (path.as_str(), node))
    }

    /// All directories above the files, in order, each with a slash at its end.
    pub fn directories(&self) -> BTreeSet<&str> {
        let above = |path: &'_ str| -> Vec<usize> {
            path.match_indices('/')
                .map(|(place, _)| place + 1)
                .collect()
        };
        let directories = self
            .0
            .keys()
            .flat_map(|path| above(path).into_iter().map(move |end| &path[..end]));
        directories.collect()
    }

    /// A text that differs whenever the packed layer would.
    pub fn key(&self) -> String {
        let mut text = format!("{FORM}\n");
        for (path, Node { content, mode }) in &self.0 {
            let hash = match content {
                Content::Bytes(bytes) => of_text(bytes),
                Content::File { hash, .. } => hash.clone(),
            };
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{mode:o} {hash} {path}");
        }
        of_text(text.as_bytes())
    }
}

fn relative(path: &str) -> String {
    path.trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.add(path, Content::Bytes(text.as_bytes().to_vec()));
        }
        tree
    }

    #[test]
    fn every_directory_comes_once_and_in_order() {
        let tree = tree(&[("/etc/ssl/certs/a", ""), ("/etc/passwd", ""), ("/b", "")]);
        let directories: Vec<_> = tree.directories().into_iter().collect();
        assert_eq!(directories, ["etc/", "etc/ssl/", "etc/ssl/certs/"]);
    }

    #[test]
    fn the_key_is_of_paths_modes_and_content() {
        let one = tree(&[("/a", "1"), ("/b", "2")]);
        assert_eq!(one.key(), tree(&[("/b", "2"), ("/a", "1")]).key());
        assert_ne!(one.key(), tree(&[("/a", "2"), ("/b", "1")]).key());
        let mut program = Tree::default();
        program.add_executable("/a", Content::Bytes(b"1".to_vec()));
        assert_ne!(program.key(), tree(&[("/a", "1")]).key());
    }

    #[test]
    fn a_file_counts_as_what_it_holds() {
        let mut file = Tree::default();
        let (path, hash) = (PathBuf::from("/anywhere"), of_text(b"1"));
        file.add("/a", Content::File { path, hash });
        assert_eq!(file.key(), tree(&[("/a", "1")]).key());
    }
}
