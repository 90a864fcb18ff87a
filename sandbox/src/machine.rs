//! What this machine has. For defaults only: nothing in a report depends on it.

/// Returns the memory that this process may use, in bytes: the machine's, or its control group's if that is less.
pub(crate) fn memory_bytes() -> u64 {
    let group = fs_err::read_to_string("/sys/fs/cgroup/memory.max");
    let group = group.ok().and_then(|text| text.trim().parse().ok());
    let machine = fs_err::read_to_string("/proc/meminfo");
    let machine = machine.ok().and_then(|text| total_bytes(&text));
    group
        .into_iter()
        .chain(machine)
        .min()
        .unwrap_or(FALLBACK_BYTES)
}

/// Assumed where nothing says, in bytes.
const FALLBACK_BYTES: u64 = 4 << 30;

/// Reads `MemTotal:  24689764 kB`.
fn total_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo
        .lines()
        .find_map(|it| it.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_memory_is_read() {
        let meminfo = "MemTotal:       24689764 kB\nMemFree:         2689764 kB\n";
        assert_eq!(total_bytes(meminfo), Some(24_689_764 << 10));
        assert_eq!(total_bytes("MemFree: 7 kB"), None);
        assert!(memory_bytes() > 64 << 20);
    }
}
