//! Pools of candidates made from labelled programs: what a sampler would have given, without a model.
//!
//! Most candidates are wrong, as sampled programs are: a third of the C and C++ and a tenth of the
//! Python is made not to compile (arXiv 2203.07814, table A7), about 3 % are right, and some are
//! duplicates. One seed gives one pool, byte for byte. Nothing here compiles or runs a program, so
//! what a candidate will turn out to be is not known, only how it was made.

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{mistakes, rewrite};

/// A language that pools are made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// C.
    C,
    /// C++.
    Cpp,
    /// Python 3.
    Python,
}

impl Language {
    /// Returns the language that a file is in by its extension, or `None` if pools have none of it.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "c" => Some(Self::C),
            "cc" | "cpp" | "cxx" => Some(Self::Cpp),
            "py" => Some(Self::Python),
            _ => None,
        }
    }

    /// Returns the name as in a pool's lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Python => "python",
        }
    }

    pub(crate) fn empty_statement(self) -> &'static str {
        match self {
            Self::C | Self::Cpp => ";",
            Self::Python => "pass",
        }
    }
}

/// A program that comes with a label.
#[derive(Clone, Debug)]
pub struct LabelledProgram {
    /// Its text.
    pub source: String,
    /// Its language.
    pub language: Language,
    /// Whether it is labelled as right.
    pub accepted: bool,
}

/// How a candidate was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Making {
    /// A right program as it was.
    Untouched,
    /// A right program with other names, comments and spacing.
    Rewritten,
    /// A program with another label, with other names, comments and spacing.
    Labelled,
    /// One to three small mistakes that mostly compile.
    Mutated,
    /// A closing bracket left out: does not compile.
    Unclosed,
    /// A name misspelt once: does not compile, or fails when it gets there.
    Misnamed,
    /// Cut off: hardly ever compiles.
    Truncated,
    /// Never ends, where it gets there; some flood the output.
    Endless,
    /// Crashes or exits with a code, where it gets there.
    Crashing,
    /// An earlier candidate again.
    Duplicate,
    /// An earlier candidate with other white space.
    Respaced,
}

/// One candidate of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolEntry {
    /// The problem that it is for.
    pub problem: String,
    /// Its name, unique in the pool.
    pub id: String,
    /// Its text.
    pub source: String,
    /// Its language.
    pub language: Language,
    /// How it was made; not part of its line.
    pub making: Making,
}

impl PoolEntry {
    /// Returns the candidate as one line of JSON, without the end of the line.
    pub fn to_json_line(&self) -> String {
        serde_json::json!({
            "problem": self.problem,
            "id": self.id,
            "source": self.source,
            "language": self.language.name(),
        })
        .to_string()
    }
}

/// What the shares of a language add up to.
const SHARES_OF: u32 = 1_000;

/// How many of [`SHARES_OF`] candidates are made in which way, in C and C++ and in Python.
const SHARES: [(Making, u32, u32); 11] = [
    (Making::Untouched, 10, 10),
    (Making::Rewritten, 20, 20),
    (Making::Labelled, 130, 150),
    (Making::Mutated, 350, 415),
    (Making::Unclosed, 85, 50),
    (Making::Misnamed, 85, 60),
    (Making::Truncated, 85, 60),
    (Making::Endless, 60, 60),
    (Making::Crashing, 75, 75),
    (Making::Duplicate, 60, 60),
    (Making::Respaced, 40, 40),
];

/// How often another program and way are tried before a candidate is a plain copy: some programs
/// give some edits nothing to work on.
const MAX_TRIES: u32 = 20;

/// Makes a pool of `n` candidates for a problem out of labelled programs.
///
/// Languages come out in the programs' own mix. A shorter pool with the same seed is the beginning
/// of a longer one. Without programs the pool is empty.
///
/// # Examples
///
/// ```
/// use riddle_benches::pool::{Language, LabelledProgram, pool};
///
/// let right = LabelledProgram {
///     source: "n = int(input())\nprint(n + 1)\n".to_owned(),
///     language: Language::Python,
///     accepted: true,
/// };
/// let candidates = pool("successor", &[right], 100, 0);
/// assert_eq!(candidates.len(), 100);
/// assert_eq!(candidates[7].id, "successor-000007");
/// ```
pub fn pool(problem_id: &str, programs: &[LabelledProgram], n: usize, seed: u64) -> Vec<PoolEntry> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Each problem draws from a stream of its own: another one more does not move the rest.
    rng.set_stream(fnv1a(problem_id));

    let mut entries: Vec<PoolEntry> = Vec::new();
    while entries.len() < n && !programs.is_empty() {
        let (making, language, source) = candidate(programs, &entries, &mut rng);
        entries.push(PoolEntry {
            problem: problem_id.to_owned(),
            id: format!("{problem_id}-{:06}", entries.len()),
            source,
            language,
            making,
        });
    }
    entries
}

fn candidate(
    programs: &[LabelledProgram],
    earlier: &[PoolEntry],
    rng: &mut ChaCha8Rng,
) -> (Making, Language, String) {
    for _ in 0..MAX_TRIES {
        let base = programs.choose(rng).expect("there are programs");
        let making = draw(base.language, rng);
        if let Some((language, source)) = make(making, base, programs, earlier, rng) {
            return (making, language, source);
        }
    }
    let base = programs.choose(rng).expect("there are programs");
    let making = if base.accepted {
        Making::Untouched
    } else {
        Making::Labelled
    };
    (making, base.language, base.source.clone())
}

fn draw(language: Language, rng: &mut ChaCha8Rng) -> Making {
    let mut mark = rng.random_range(0..SHARES_OF);
    for (making, c_family, python) in SHARES {
        let share = match language {
            Language::C | Language::Cpp => c_family,
            Language::Python => python,
        };
        if mark < share {
            return making;
        }
        mark -= share;
    }
    unreachable!("the shares of a language add up to {SHARES_OF}")
}

fn make(
    making: Making,
    base: &LabelledProgram,
    programs: &[LabelledProgram],
    earlier: &[PoolEntry],
    rng: &mut ChaCha8Rng,
) -> Option<(Language, String)> {
    let labelled = |accepted: bool, rng: &mut ChaCha8Rng| {
        let of_label: Vec<&LabelledProgram> = programs
            .iter()
            .filter(|it| it.accepted == accepted && it.language == base.language)
            .collect();
        of_label.choose(rng).copied()
    };
    let language = base.language;
    let source = match making {
        Making::Untouched => labelled(true, rng)?.source.clone(),
        Making::Rewritten => rewrite::rewrite(&labelled(true, rng)?.source, language, rng),
        Making::Labelled => rewrite::rewrite(&labelled(false, rng)?.source, language, rng),
        Making::Mutated => mistakes::mutate(&base.source, language, rng)?,
        Making::Unclosed => mistakes::unclose(&base.source, language, rng)?,
        Making::Misnamed => mistakes::misname(&base.source, language, rng)?,
        Making::Truncated => mistakes::truncate(&base.source, rng)?,
        Making::Endless => mistakes::hang(&base.source, language, rng)?,
        Making::Crashing => mistakes::crash(&base.source, language, rng)?,
        Making::Duplicate => {
            let again = earlier.choose(rng)?;
            return Some((again.language, again.source.clone()));
        }
        Making::Respaced => {
            let again = earlier.choose(rng)?;
            let source = rewrite::respace(&again.source, again.language, rng);
            return Some((again.language, source));
        }
    };
    Some((language, source))
}

/// The 64-bit FNV-1a hash: fixed for ever, unlike the standard library's.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const CPP: &str = "#include <iostream>\nint main() {\n    int n;\n    std::cin >> n;\n    \
        n = n + 1;\n    std::cout << n;\n    return 0;\n}\n";
    const PYTHON: &str = "n = int(input())\nn = n + 1\nprint(n)\n";

    fn program(source: &str, language: Language, accepted: bool) -> LabelledProgram {
        LabelledProgram {
            source: source.to_owned(),
            language,
            accepted,
        }
    }

    fn programs() -> Vec<LabelledProgram> {
        vec![
            program(CPP, Language::Cpp, true),
            program(&CPP.replace('+', "-"), Language::Cpp, false),
            program(
                &CPP.replace("std::cin >> n", "scanf(\"%d\", &n)"),
                Language::C,
                false,
            ),
            program(PYTHON, Language::Python, true),
            program(&PYTHON.replace("+ 1", "+ 2"), Language::Python, false),
        ]
    }

    fn lines(problem: &str, n: usize, seed: u64) -> Vec<String> {
        let pool = pool(problem, &programs(), n, seed);
        pool.iter().map(PoolEntry::to_json_line).collect()
    }

    #[test]
    fn the_shares_add_up() {
        for sum in [
            SHARES.iter().map(|it| it.1).sum::<u32>(),
            SHARES.iter().map(|it| it.2).sum(),
        ] {
            assert_eq!(sum, SHARES_OF);
        }
    }

    #[test]
    fn one_seed_gives_one_pool() {
        assert_eq!(lines("a", 200, 7), lines("a", 200, 7));
        assert_ne!(lines("a", 200, 7), lines("a", 200, 8));
    }

    #[test]
    fn problems_of_one_seed_differ_in_more_than_their_names() {
        let sources = |problem| {
            let pool = pool(problem, &programs(), 50, 7);
            pool.into_iter().map(|it| it.source).collect::<Vec<_>>()
        };
        assert_ne!(sources("a"), sources("b"));
    }

    #[test]
    fn a_short_pool_is_the_beginning_of_a_long_one() {
        assert_eq!(lines("a", 50, 7), lines("a", 200, 7)[..50]);
    }

    #[test]
    fn counts_and_names_are_exact() {
        let pool = pool("a", &programs(), 500, 1);
        let ids: BTreeSet<&str> = pool.iter().map(|it| it.id.as_str()).collect();
        assert_eq!((pool.len(), ids.len()), (500, 500));
    }

    #[test]
    fn every_way_and_language_occurs_in_500() {
        let pool = pool("a", &programs(), 500, 1);
        for (making, _, _) in SHARES {
            let n = pool.iter().filter(|it| it.making == making).count();
            assert!(n > 0, "no {making:?}");
        }
        for language in [Language::C, Language::Cpp, Language::Python] {
            let n = pool.iter().filter(|it| it.language == language).count();
            assert!(n > 50, "{n} in {language:?}");
        }
    }

    #[test]
    fn few_are_right() {
        let pool = pool("a", &programs(), 5_000, 1);
        let right = |it: &&PoolEntry| [Making::Untouched, Making::Rewritten].contains(&it.making);
        let n = pool.iter().filter(right).count();
        assert!((100..=200).contains(&n), "{n} of 5,000");
    }

    #[test]
    fn nothing_comes_of_no_programs() {
        assert_eq!(pool("a", &[], 500, 1), []);
    }

    #[test]
    fn programs_that_give_nothing_to_edit_are_copied() {
        let pool = pool("a", &[program("", Language::C, false)], 30, 1);
        assert!(pool.iter().all(|it| it.source.trim().is_empty()));
        assert_eq!(pool.len(), 30);
    }

    #[test]
    fn a_line_is_an_object_of_four_strings() {
        let entry = PoolEntry {
            problem: "a".to_owned(),
            id: "a-000000".to_owned(),
            source: "print(\"1\")\n".to_owned(),
            language: Language::Python,
            making: Making::Untouched,
        };
        assert_eq!(
            entry.to_json_line(),
            r#"{"problem":"a","id":"a-000000","source":"print(\"1\")\n","language":"python"}"#
        );
    }
}
