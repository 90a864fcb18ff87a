//! Integers as inputs have them: written the one usual way.

/// Reads an integer of at most so many digits, 19 or fewer, that is written the one usual way: without a sign if it is not
/// negative, without leading zeros.
pub(super) fn integer(token: &[u8], max_digits: usize) -> Option<i128> {
    let digits = token.strip_prefix(b"-").unwrap_or(token);
    let usual = match digits {
        [b'0'] => token.len() == 1,
        [b'1'..=b'9', ..] => digits.len() <= max_digits,
        _ => false,
    };
    if !usual || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(token).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_written_one_way() {
        assert_eq!(integer(b"-12", 19), Some(-12));
        assert_eq!(integer(b"0", 1), Some(0));
        assert_eq!(integer(b"-12", 2), Some(-12));
        assert_eq!(integer(b"123", 2), None);
        assert_eq!(
            integer(b"9999999999999999999", 19),
            Some(9_999_999_999_999_999_999)
        );
        for other in [
            "",
            "-",
            "-0",
            "007",
            "+5",
            "1.0",
            "1e5",
            "99999999999999999999",
        ] {
            assert_eq!(integer(other.as_bytes(), 19), None, "{other}");
        }
    }
}
