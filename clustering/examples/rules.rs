//! Compares all rules on made-up problems: `cargo run --release -p riddle-clustering --example rules`.
//!
//! What is measured is how a rule fares where the model below holds, which real pools need not keep
//! to: survivors have ideas, few of them right; wrong ideas differ from the right one on some inputs
//! and are shared; some inputs are invalid, and there right programs differ by style or crash; some
//! programs slip.
#![expect(clippy::print_stdout, reason = "an example prints what it found")]

use riddle_clustering::rules::{Extras, all};
use riddle_clustering::{
    Behaviours, Digest, Draws, EndingClass, ExecutionMatrix, LabelledPool, Observation,
    bootstrap_mean, drawn_n_at_k,
};

/// Knuth's MMIX generator.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

/// A kind of problem.
struct Kind {
    name: &'static str,
    /// Of 1,000 survivors, those with the right idea.
    n_right: u64,
    n_inputs: u64,
    /// Inputs of 100 that are invalid.
    invalid: u64,
    /// Programs of 100 that slip on one or two inputs.
    slips: u64,
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "easy",
        n_right: 300,
        n_inputs: 20,
        invalid: 0,
        slips: 5,
    },
    Kind {
        name: "hard",
        n_right: 50,
        n_inputs: 20,
        invalid: 0,
        slips: 5,
    },
    Kind {
        name: "hard, invalid inputs",
        n_right: 50,
        n_inputs: 20,
        invalid: 40,
        slips: 5,
    },
    Kind {
        name: "very hard",
        n_right: 15,
        n_inputs: 50,
        invalid: 10,
        slips: 10,
    },
    Kind {
        name: "few inputs",
        n_right: 50,
        n_inputs: 3,
        invalid: 20,
        slips: 5,
    },
    Kind {
        name: "many inputs, slips",
        n_right: 50,
        n_inputs: 100,
        invalid: 20,
        slips: 60,
    },
];

const N_SURVIVORS: u64 = 1_000;
const N_IDEAS: u64 = 60;

fn problem(kind: &Kind, seed: u64) -> (ExecutionMatrix, Vec<bool>) {
    let mut dice = Lcg(seed * 7_919 + 1);
    for _ in 0..9 {
        dice.below(2);
    }
    let invalid: Vec<bool> = (0..kind.n_inputs)
        .map(|_| dice.percent(kind.invalid))
        .collect();
    // How often each wrong idea differs from the right one, in percent, and where.
    let differs: Vec<Vec<bool>> = (0..N_IDEAS)
        .map(|_| {
            let often = 3 + dice.below(90) * dice.below(90) / 90;
            (0..kind.n_inputs).map(|_| dice.percent(often)).collect()
        })
        .collect();
    let mut matrix = ExecutionMatrix::new(usize::try_from(kind.n_inputs).expect("few"));
    let mut right = Vec::new();
    for _ in 0..N_SURVIVORS {
        let is_right = dice.below(N_SURVIVORS) < kind.n_right;
        let most = dice.below(N_IDEAS) + 1;
        let idea = dice.below(most);
        let style = dice.below(4);
        let slips = dice.percent(kind.slips);
        let mut row = Vec::new();
        for input in 0..kind.n_inputs {
            let at = usize::try_from(input).expect("few");
            let mut ending = EndingClass::Ok;
            let mut answer = if is_right || !differs[usize::try_from(idea).expect("few")][at] {
                0
            } else if dice.percent(8) {
                // A wrong idea is now and then put into words in its own way.
                1_000 + dice.below(1_000)
            } else {
                idea + 1
            };
            if invalid[at] {
                answer += 10_000 * style;
                if style == 3 {
                    ending = EndingClass::Trap;
                }
            } else if slips && dice.below(kind.n_inputs) == 0 {
                answer = 100_000 + dice.below(1_000);
                if dice.percent(40) {
                    ending = EndingClass::Trap;
                }
            }
            let mut output = [0; 32];
            output[..8].copy_from_slice(&answer.to_le_bytes());
            row.push(Observation {
                ending,
                output: Digest(output),
                fuel: 1_000 + dice.below(500),
                memory_bytes: 0,
            });
        }
        matrix.push_row(1, &row);
        // One slip in two is on something that the private tests see.
        right.push(is_right && !(slips && dice.percent(50)));
    }
    (matrix, right)
}

fn main() {
    let rules = all(&Extras::default());
    let rules: Vec<_> = rules.iter().map(|it| &**it).collect();
    for n_submissions in [1, 10] {
        for kind in KINDS {
            println!(
                "{}, {n_submissions} submissions, k = 100 and 1,000:",
                kind.name
            );
            let mut figures = vec![[Vec::new(), Vec::new()]; rules.len()];
            for seed in 0..120 {
                let (matrix, right) = problem(&kind, seed);
                let pool = LabelledPool {
                    behaviours: &Behaviours::of(&matrix),
                    right: &right,
                    n_failed: 0,
                };
                let draws = Draws {
                    ks: vec![100, N_SURVIVORS],
                    n_submissions,
                    numbers: 0..20,
                    seed,
                };
                let curves = drawn_n_at_k(pool, &rules, &draws).expect("k is in range");
                for (figures, curve) in figures.iter_mut().zip(curves) {
                    for (figures, point) in figures.iter_mut().zip(curve.points) {
                        figures.push(point.solved.value);
                    }
                }
            }
            for (rule, figures) in rules.iter().zip(&figures) {
                print!("  {:>11}", rule.name());
                for figures in figures {
                    let it = bootstrap_mean(figures, 1_000, 0).expect("problems");
                    print!("  {:.3} ({:.3} to {:.3})", it.value, it.low, it.high);
                }
                println!();
            }
        }
    }
}
