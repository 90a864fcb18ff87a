//! Python's texts and numbers, as the harnesses written in it see them.
//!
//! Unicode as of version 14 (Python 3.11) for digits. Knows no harness.

/// The zeros of all decimal digits; the nine after each are its 1 to 9.
const ZEROS: [u32; 66] = [
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6,
    0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80,
    0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0,
    0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0,
    0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// `str.isspace` of one character: white space of Unicode and the four separators of ASCII.
pub(super) fn is_space(it: char) -> bool {
    it.is_whitespace() || matches!(it, '\x1c'..='\x1f')
}

/// `bytes.isspace` of one byte.
pub(super) fn is_byte_space(byte: u8) -> bool {
    super::scan::is_space(byte)
}

/// `str.strip()`.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `str.split()`.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|it| !it.is_empty())
}

/// `str.splitlines()`: it also cuts at `\v`, `\f`, the separators of ASCII, NEL, LS and PS.
pub(super) fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |it| {
        matches!(
            it,
            '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(length) = rest.find(is_end) else {
            return Some(std::mem::take(&mut rest));
        };
        let (line, after) = rest.split_at(length);
        let end = after.chars().next().map_or(0, char::len_utf8);
        let end = if after.starts_with("\r\n") { 2 } else { end };
        rest = &after[end..];
        Some(line)
    })
}

/// The value of a decimal digit of any script.
pub(super) fn digit(it: char) -> Option<u8> {
    let code = u32::from(it);
    let after = ZEROS.partition_point(|&zero| zero <= code);
    let zero = ZEROS[..after].last()?;
    u8::try_from(code - zero).ok().filter(|it| *it < 10)
}

/// `float(text)`: white space around it, digits of any script, underscores between digits.
pub(super) fn float(text: &str) -> Option<f64> {
    if text.is_ascii() {
        return ascii_float(text);
    }
    let as_ascii = |it: char| match it {
        _ if it.is_ascii() => Some(it),
        _ if is_space(it) => Some(' '),
        _ => digit(it).map(|it| char::from(b'0' + it)),
    };
    ascii_float(&text.chars().map(as_ascii).collect::<Option<String>>()?)
}

/// `float(bytes)`: the same, ASCII only.
pub(super) fn float_of_bytes(bytes: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.is_ascii().then(|| ascii_float(text)).flatten()
}

fn ascii_float(text: &str) -> Option<f64> {
    let text = text.trim_matches(|it| u8::try_from(it).is_ok_and(is_byte_space));
    if !text.contains('_') {
        // The grammar of what remains is Rust's own, `inf`, `nan` and `Infinity` included.
        return text.parse().ok();
    }
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|it| bytes.get(it))
            .is_some_and(u8::is_ascii_digit)
    };
    let is_between = |(at, _)| is_digit(usize::checked_sub(at, 1)) && is_digit(at.checked_add(1));
    if !text.match_indices('_').all(is_between) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// `round(value, 3)`: correctly, halves to even.
pub(super) fn round_to_thousandths(value: f64) -> f64 {
    /// From here on every float is whole.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    if !value.is_finite() || value.abs() >= WHOLE {
        return value;
    }
    format!("{value:.3}").parse().unwrap_or(value)
}

/// `numpy.allclose(found, expected)` of one pair.
#[expect(
    clippy::float_cmp,
    reason = "infinities are close to themselves, as there"
)]
pub(super) fn is_close(found: f64, expected: f64, relative: f64, absolute: f64) -> bool {
    let near = (found - expected).abs() <= absolute + relative * expected.abs();
    near && expected.is_finite() || found == expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_pythons() {
        assert_eq!(strip("\x1f\u{85}\u{3000}a\u{200b}\x1c"), "a\u{200b}");
        assert!(split(" a\u{a0}b\x1dc ").eq(["a", "b", "c"]));
    }

    #[test]
    fn lines_are_pythons() {
        let text = "a\r\nb\rc\x0bd\x0ce\x1cf\x1fg\u{2028}\nh\n";
        assert!(split_lines(text).eq(["a", "b", "c", "d", "e", "f\x1fg", "", "h"]));
        assert!(split_lines("\n\n").eq(["", ""]));
        assert_eq!(split_lines("").count(), 0);
    }

    #[track_caller]
    fn check(text: &str, expected: Option<f64>) {
        assert_eq!(float(text), expected, "{text:?}");
    }

    #[test]
    fn floats_are_pythons() {
        check(" \t+1_000.5e-1\n", Some(100.05));
        check("٣.५", Some(3.5));
        check("\u{3000}7\u{85}", Some(7.0));
        check("-Infinity", Some(f64::NEG_INFINITY));
        check("1e999", Some(f64::INFINITY));
        check(".5", Some(0.5));
        check("5.", Some(5.0));
        for bad in [
            "", ".", "1e", "1__0", "_1", "1_", "1_.0", "1._0", "1_e5", "0x10", "1 2", "1,5",
            "\x1c1", "1\0", "²", "--1", "in_f", "infin", "nan()",
        ] {
            check(bad, None);
        }
        assert!(float("nAN").is_some_and(f64::is_nan));
        assert_eq!(float_of_bytes("٣".as_bytes()), None);
        assert_eq!(float_of_bytes(b" 1_0\x0b"), Some(10.0));
    }

    #[test]
    fn rounding_is_correct_and_halves_go_to_even() {
        for (value, expected) in [
            (0.0625, 0.062),
            (0.1875, 0.188),
            (1.0005, 1.0),
            (-0.0001, -0.0),
            (1e300, 1e300),
            (4_503_599_627_370_495.5, 4_503_599_627_370_495.5),
        ] {
            assert_eq!(
                round_to_thousandths(value).to_bits(),
                f64::to_bits(expected)
            );
        }
    }
}
