//! Builds the storefront into the binary: every file of `ui/dist`, as it is and compressed as well as it can be, so
//! that the server has nothing to compute.
//!
//! Without `ui/dist` the table is empty and the crate still compiles: checking Rust code needs no Node.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Where Vite puts the built storefront.
const DIST: &str = "ui/dist";

/// A compressed file must be at least this much smaller to be worth a variant of its own.
const WORTHWHILE_PERCENT: usize = 95;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let dist = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join(DIST);
    let output = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let path = file
            .strip_prefix(&dist)?
            .to_str()
            .ok_or("paths must be UTF-8")?;
        table.push_str(&entry(file, path, number, &output)?);
    }
    table.push_str("]\n");
    fs::write(output.join("assets.rs"), table)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={DIST}");
    Ok(())
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    println!("cargo::rerun-if-changed={}", directory.display());
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The source text of one `Asset`.
fn entry(file: &Path, path: &str, number: usize, output: &Path) -> Outcome<String> {
    let plain = file.to_str().ok_or("paths must be UTF-8")?;
    let content = fs::read(file)?;
    let kind = content_type(path);
    let tag = Sha256::digest(&content)[..12]
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
    let (brotli, gzip) = if is_compressible(&kind) {
        (
            variant(&content, brotli(&content)?, output, number, "br")?,
            variant(&content, gzip(&content)?, output, number, "gz")?,
        )
    } else {
        ("None".to_owned(), "None".to_owned())
    };
    Ok(format!(
        "    Asset {{ path: {path:?}, content_type: {kind:?}, tag: {tag:?}, \
         plain: include_bytes!({plain:?}), brotli: {brotli}, gzip: {gzip} }},\n",
    ))
}

/// Text is always UTF-8 here, and browsers should not have to guess.
fn content_type(path: &str) -> String {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    if kind.type_() == "text" {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_string()
    }
}

fn is_compressible(kind: &str) -> bool {
    const PREFIXES: [&str; 5] = [
        "text/",
        "application/json",
        "application/manifest+json",
        "application/wasm",
        "image/svg+xml",
    ];
    PREFIXES.iter().any(|prefix| kind.starts_with(prefix))
}

/// Writes a compressed variant and returns the expression that embeds it, or `None` when it does not pay.
fn variant(
    plain: &[u8],
    compressed: Vec<u8>,
    output: &Path,
    number: usize,
    suffix: &str,
) -> Outcome<String> {
    if compressed.len() * 100 > plain.len() * WORTHWHILE_PERCENT {
        return Ok("None".to_owned());
    }
    let file = output.join(format!("{number}.{suffix}"));
    fs::write(&file, compressed)?;
    let file = file.to_str().ok_or("paths must be UTF-8")?;
    Ok(format!("Some(include_bytes!({file:?}))"))
}

fn brotli(content: &[u8]) -> Outcome<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: content.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
