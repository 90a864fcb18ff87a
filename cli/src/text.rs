//! Numbers, sizes and times as people read them. Knows nothing of what they count.

use std::time::Duration;

use riddle_engine::Interval;

/// Returns a number with its thousands set apart.
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a count with its noun, in the plural unless it is one.
pub(crate) fn counted(n: u64, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(n))
}

/// Returns a size in the largest unit that it fills.
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];
    if n < 1 << 10 {
        return format!("{n} B");
    }
    let unit = (n.ilog2() / 10).min(3);
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let amount = n as f64 / f64::from(1u32 << (10 * unit));
    format!("{amount:.1} {}", UNITS[unit as usize - 1])
}

/// Returns a number in short: with three digits and the letter of its thousands.
pub(crate) fn compact(n: f64) -> String {
    const LETTERS: [&str; 6] = ["", "k", "M", "G", "T", "P"];
    let mut n = n;
    let mut letter = 0;
    // What would be shown as 1000 is a 1 of the next.
    while n >= 999.5 && letter + 1 < LETTERS.len() {
        n /= 1000.0;
        letter += 1;
    }
    let digits = match n {
        n if letter == 0 || n >= 99.95 => 0,
        n if n >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{n:.digits$} {}", LETTERS[letter]);
    text.trim_end().to_owned()
}

/// Returns the ends of an interval in whole percent, rounded outward so that the figure stays inside.
pub(crate) fn outward(it: Interval) -> (f64, f64) {
    const NOISE: f64 = 1e-9;
    let low = (100.0 * it.low + NOISE).floor();
    let high = (100.0 * it.high - NOISE).ceil();
    // No minus before 0.
    (low + 0.0, high + 0.0)
}

/// Returns a time in a unit that suits it.
pub(crate) fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        s if s < 0.0095 => format!("{:.1} ms", s * 1e3),
        s if s < 0.9995 => format!("{:.0} ms", s * 1e3),
        s if s < 99.95 => format!("{s:.1} s"),
        s => format!("{:.0} min", s / 60.0),
    }
}

/// Returns a time given in milliseconds.
pub(crate) fn milliseconds(ms: f64) -> String {
    time(Duration::try_from_secs_f64(ms / 1e3).unwrap_or_default())
}

/// Returns a text without control characters, line feeds apart: names and messages come from
/// anywhere, and a terminal obeys what it is sent.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|it| match it {
            '\n' => it,
            '\t' => ' ',
            _ if it.is_control() => '\u{fffd}',
            _ => it,
        })
        .collect()
}

/// Returns a text of lines as a page may show it: line feeds and tabs are kept, and what else controls a
/// terminal, or turns the direction in which text is read, is replaced.
pub(crate) fn harmless(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let turns = |it: char| matches!(it, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|it| match it {
            '\n' | '\t' => it,
            _ if it.is_control() || turns(it) => '\u{fffd}',
            _ => it,
        })
        .collect()
}

/// Returns a text of at most `room` characters, its middle left out if it has more.
pub(crate) fn shortened(text: &str, room: usize) -> String {
    let n = text.chars().count();
    if n <= room || room < 3 {
        return text.to_owned();
    }
    let head = (room - 1) / 2;
    let tail = room - 1 - head;
    let start: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(n - tail).collect();
    format!("{start}…{end}")
}

/// Breaks a text between words so that no line is longer than `room`, if it can be.
pub(crate) fn wrapped(text: &str, room: Option<usize>) -> Vec<String> {
    let Some(room) = room else {
        return vec![text.to_owned()];
    };
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ];
        for (n, text) in cases {
            assert_eq!(count(n), text);
        }
        assert_eq!(counted(1, "problem"), "1 problem");
        assert_eq!(counted(0, "problem"), "0 problems");
    }

    #[test]
    fn sizes_are_in_the_largest_unit_they_fill() {
        let cases = [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (1 << 20, "1.0 MiB"),
            (u64::MAX, "17179869184.0 GiB"),
        ];
        for (n, text) in cases {
            assert_eq!(bytes(n), text);
        }
    }

    #[test]
    fn large_numbers_have_three_digits() {
        let cases = [
            (0.0, "0"),
            (999.4, "999"),
            (999.6, "1.00 k"),
            (12_345.0, "12.3 k"),
            (99_960.0, "100 k"),
            (5.25e9, "5.25 G"),
            (1e21, "1000000 P"),
        ];
        for (n, text) in cases {
            assert_eq!(compact(n), text);
        }
    }

    #[test]
    fn times_are_in_a_unit_that_suits_them() {
        let cases = [
            (0.0, "0.0 ms"),
            (9.46, "9.5 ms"),
            (9.5, "10 ms"),
            (999.4, "999 ms"),
            (999.6, "1.0 s"),
            (99_900.0, "99.9 s"),
            (600_000.0, "10 min"),
            (f64::NAN, "0.0 ms"),
        ];
        for (ms, text) in cases {
            assert_eq!(milliseconds(ms), text);
        }
    }

    #[test]
    fn a_terminal_is_sent_no_control_characters() {
        assert_eq!(clean("a\x1b[2J\tb\nc\u{9b}"), "a\u{fffd}[2J b\nc\u{fffd}");
    }

    #[test]
    fn a_page_is_read_in_one_direction() {
        assert_eq!(harmless("a\r\n\tb\0\u{202e}c"), "a\n\tb\u{fffd}\u{fffd}c");
    }

    #[test]
    fn the_middle_of_a_long_name_is_left_out() {
        assert_eq!(shortened("accepted/long.cpp", 9), "acce….cpp");
        assert_eq!(shortened("short", 5), "short");
    }

    #[test]
    fn text_breaks_between_words() {
        assert_eq!(wrapped("WA 4, TLE 12", Some(7)), ["WA 4,", "TLE 12"]);
        assert_eq!(wrapped("unbreakable", Some(4)), ["unbreakable"]);
        assert_eq!(wrapped("a b c", None), ["a b c"]);
    }
}
