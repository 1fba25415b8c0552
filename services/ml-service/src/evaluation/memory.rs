//! What the process has used, and what is left.

/// The largest resident set this process ever had, in bytes. `None` off Linux.
pub fn peak_memory() -> Option<u64> {
    kibibytes("/proc/self/status", "VmHWM:")
}

/// The memory that can be used without pushing out anybody else, in bytes. `None` off Linux.
pub fn available_memory() -> Option<u64> {
    kibibytes("/proc/meminfo", "MemAvailable:")
}

/// A figure in a file of lines such as `name:   12 kB`, in bytes.
fn kibibytes(file: &str, name: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let figure = text.lines().find_map(|line| line.strip_prefix(name))?;
    let count: u64 = figure.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(count * 1024)
}

#[cfg(test)]
mod tests {
    use super::{available_memory, peak_memory};

    #[test]
    fn the_peak_grows_with_what_is_used() {
        let before = peak_memory().unwrap();
        let used = std::hint::black_box(vec![1_u8; 64 << 20]);
        assert!(peak_memory().unwrap() >= before.max(used.len() as u64));
    }

    #[test]
    fn something_is_left() {
        assert!(available_memory().unwrap() > 1 << 20);
    }
}
