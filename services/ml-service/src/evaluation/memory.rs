//! What the process has used.

/// The largest resident set this process ever had, in bytes. `None` off Linux.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    kibibytes
        .trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|count| count * 1024)
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_grows_with_what_is_used() {
        let before = super::peak_memory().unwrap();
        let used = std::hint::black_box(vec![1_u8; 64 << 20]);
        assert!(super::peak_memory().unwrap() >= before.max(used.len() as u64));
    }
}
