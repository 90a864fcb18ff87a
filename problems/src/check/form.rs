//! Outputs in a form in which those that a checker takes for one are the same bytes.
//!
//! A checker compares an output with an answer. Where there is no answer, programs are grouped by what they print, and
//! a space at the end of a line must not part them. The form is coarser than any one comparison where that needs it:
//! within tolerances "the same" is not transitive, and numbers are rounded.

use super::{Checker, Dmoj, KattisFlags, Testlib};

/// Digits that a number keeps where a checker has a tolerance; the coarsest usual one is 1e-4.
const DIGITS: usize = 4;

/// What of an output counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Bytes,
    /// Words, whatever the white space between them.
    Words {
        /// Whether `yes` differs from `YES`.
        is_case_sensitive: bool,
        /// Whether numbers are rounded.
        rounds: bool,
    },
}

impl Checker {
    /// Returns an output in a form that is the same for outputs that this checker takes for one, as far as there is
    /// such a form; the output itself where white space counts. Takes time in proportion to the output.
    ///
    /// # Examples
    ///
    /// ```
    /// use riddle_problems::Checker;
    ///
    /// assert_eq!(Checker::Tokens.form(b" 1 2\n\n3"), Checker::Tokens.form(b"1\n2 3\n"));
    /// assert_ne!(Checker::Tokens.form(b"1.0"), Checker::Tokens.form(b"1"));
    /// ```
    pub fn form(&self, output: &[u8]) -> Vec<u8> {
        let Form::Words {
            is_case_sensitive,
            rounds,
        } = self.kind_of_form()
        else {
            return output.to_vec();
        };
        let mut form = Vec::with_capacity(output.len());
        let words = output.split(u8::is_ascii_whitespace);
        for word in words.filter(|it| !it.is_empty()) {
            match rounds.then(|| rounded(word)).flatten() {
                Some(number) => form.extend_from_slice(number.as_bytes()),
                None if is_case_sensitive => form.extend_from_slice(word),
                None => form.extend(word.iter().map(u8::to_ascii_lowercase)),
            }
            form.push(b' ');
        }
        form
    }

    fn kind_of_form(&self) -> Form {
        let words = |is_case_sensitive, rounds| Form::Words {
            is_case_sensitive,
            rounds,
        };
        match self {
            Self::Tokens => words(true, false),
            Self::Kattis(KattisFlags {
                space_change_sensitive: true,
                ..
            }) => Form::Bytes,
            Self::Kattis(flags) => words(
                flags.case_sensitive,
                flags.float_absolute_tolerance.is_some()
                    || flags.float_relative_tolerance.is_some(),
            ),
            Self::AlphaCode => words(false, true),
            Self::Testlib(Testlib::Fcmp) | Self::EvalPlus | Self::Harness(_) => Form::Bytes,
            Self::Testlib(
                Testlib::Acmp
                | Testlib::Dcmp
                | Testlib::Rcmp
                | Testlib::Rcmp4
                | Testlib::Rcmp6
                | Testlib::Rcmp9
                | Testlib::Rncmp,
            ) => words(true, true),
            Self::Testlib(Testlib::Nyesno | Testlib::Yesno) => words(false, false),
            Self::Testlib(_) => words(true, false),
            Self::Dmoj(Dmoj::Standard | Dmoj::Unordered) => words(true, false),
            Self::Dmoj(Dmoj::Floats(_) | Dmoj::Floatsabs(_) | Dmoj::Floatsrel(_)) => {
                words(true, true)
            }
            Self::Dmoj(Dmoj::Easy) => words(false, false),
            Self::Dmoj(_) => Form::Bytes,
        }
    }
}

/// Returns a decimal number with a few digits; `None` for what is none, or has a sign of infinity.
fn rounded(word: &[u8]) -> Option<String> {
    // `inf` and `nan` are words.
    if !word.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let number: f64 = str::from_utf8(word).ok()?.parse().ok()?;
    // `-0` is 0, and so is what is next to it.
    let number = if number.abs() < 1e-9 { 0.0 } else { number };
    number.is_finite().then(|| format!("{number:.DIGITS$e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(checker: &str, one: &str, other: &str, is_same: bool) {
        let checker: Checker = checker.parse().expect("a checker");
        let [one, other] = [one, other].map(|it| checker.form(it.as_bytes()));
        assert_eq!(one == other, is_same, "{checker}");
    }

    #[test]
    fn white_space_parts_nothing_unless_it_counts() {
        check("tokens", "1 2 \r\n\n3", "1\n2 3\n", true);
        check("tokens", "12", "1 2", false);
        check("kattis", "a b", "a\nb", true);
        check("kattis space_change_sensitive", "a b", "a\nb", false);
        check("testlib:fcmp", "a ", "a", false);
        check("testlib:wcmp", "a ", "a", true);
    }

    #[test]
    fn case_parts_where_it_counts() {
        check("tokens", "Yes", "YES", false);
        check("kattis", "Yes", "YES", true);
        check("kattis case_sensitive", "Yes", "YES", false);
        check("testlib:yesno", "Yes", "YES", true);
    }

    #[test]
    fn numbers_are_rounded_where_there_is_a_tolerance() {
        check(
            "kattis float_tolerance 1e-6",
            "0.50000001 3",
            "0.5 3.0",
            true,
        );
        check("kattis float_tolerance 1e-6", "0.51", "0.5", false);
        check("testlib:rcmp6", "-0.0000000001", "0", true);
        check("testlib:rcmp6", "1e3", "1000", true);
        check("testlib:rcmp6", "nan", "inf", false);
        check("kattis", "0.50", "0.5", false);
    }
}
