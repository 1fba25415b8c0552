//! Where server programs are found.

use std::path::PathBuf;

/// Finds a program on `PATH`, else in the newest directory where Linux distributions hide PostgreSQL's programs.
pub(super) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<_> = std::env::split_paths(&path).collect();
    on_path
        .into_iter()
        .chain(postgres_directories())
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

fn postgres_directories() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    let debian = versions.into_iter().map(|(_, directory)| directory);
    debian
        .chain([
            PathBuf::from("/usr/pgsql/bin"),
            PathBuf::from("/usr/local/pgsql/bin"),
        ])
        .collect()
}

/// A loopback port that was free a moment ago. Another process may take it before the server does; whoever starts the
/// server tries again then.
pub(super) fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
