//! How long clustering, the rules, the cover and the n@k curve take, on pools made by seed.
//!
//! The pools are made to be like those of hard problems (a few large behaviours, many programs that
//! slip on an input or two, a long tail), and say nothing about which rule is better.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use riddle_clustering::rules::{Extras, all};
use riddle_clustering::{
    Ballot, Behaviours, Digest, Draws, EndingClass, ExecutionMatrix, IncrementalClusters,
    LabelledPool, Observation, Tolerance, cluster, cluster_tolerantly, cover, drawn_n_at_k,
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
}

/// Programs of `n_ideas` ideas, the first most frequent; one in three slips on one to three inputs,
/// one slip in five is a crash.
fn pool(n_rows: usize, n_inputs: usize, n_ideas: u64) -> ExecutionMatrix {
    let mut dice = Lcg(7);
    let mut matrix = ExecutionMatrix::with_capacity(n_inputs, n_rows);
    for _ in 0..n_rows {
        let most = dice.below(n_ideas) + 1;
        let idea = dice.below(most);
        let mut row: Vec<Observation> = (0..n_inputs as u64)
            .map(|input| Observation {
                ending: EndingClass::Ok,
                output: digest(
                    input,
                    if idea.is_multiple_of(input + 2) {
                        0
                    } else {
                        idea
                    },
                ),
                fuel: 1_000 + dice.below(1_000),
                memory_bytes: 65_536 * dice.below(20),
            })
            .collect();
        if n_inputs > 0 && dice.below(3) == 0 {
            for _ in 0..=dice.below(3) {
                let input = dice.below(n_inputs as u64);
                let slip = &mut row[usize::try_from(input).expect("an index")];
                slip.output = digest(input, 1_000_000 + dice.below(30));
                if dice.below(5) == 0 {
                    slip.ending = EndingClass::Trap;
                }
            }
        }
        matrix.push_row(1, &row);
    }
    matrix
}

fn digest(input: u64, answer: u64) -> Digest {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&input.to_le_bytes());
    bytes[8..16].copy_from_slice(&answer.to_le_bytes());
    // As good as random, as a real digest is.
    let mixed = (input << 32 ^ answer).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bytes[24..].copy_from_slice(&mixed.to_le_bytes());
    Digest(bytes)
}

fn bench_clusters(c: &mut Criterion) {
    let mut group = c.benchmark_group("cluster");
    group.sample_size(20);
    for (n_rows, n_inputs) in [(8_192, 50), (100_000, 50)] {
        let matrix = pool(n_rows, n_inputs, 40);
        let size = format!("{n_rows}x{n_inputs}");
        group.bench_function(BenchmarkId::new("exact", &size), |b| {
            b.iter(|| cluster(black_box(&matrix)));
        });
        group.bench_function(BenchmarkId::new("incremental", &size), |b| {
            b.iter(|| {
                let mut clusters = IncrementalClusters::default();
                clusters.catch_up(black_box(&matrix))
            });
        });
        if n_rows < 10_000 {
            group.bench_function(BenchmarkId::new("tolerant", &size), |b| {
                b.iter(|| cluster_tolerantly(black_box(&matrix), Tolerance::default()));
            });
        }
        let behaviours = Behaviours::of(&matrix);
        group.bench_function(BenchmarkId::new("cover-10", &size), |b| {
            b.iter(|| cover(black_box(&behaviours), 10));
        });
    }
    group.finish();
}

fn bench_rules(c: &mut Criterion) {
    let matrix = pool(8_192, 50, 40);
    let behaviours = Behaviours::of(&matrix);
    let mut group = c.benchmark_group("rule/8192x50");
    group.sample_size(20);
    for rule in all(&Extras::default()) {
        group.bench_function(rule.name(), |b| {
            b.iter(|| rule.choose(&Ballot::new(black_box(&behaviours)), 10));
        });
    }
    group.finish();
}

/// One curve of 16 sizes, 20 draws: a fiftieth of what `riddle` would print for a problem.
fn bench_curve(c: &mut Criterion) {
    let matrix = pool(100_000, 50, 40);
    let behaviours = Behaviours::of(&matrix);
    let right: Vec<bool> = (0..matrix.n_rows()).map(|it| it % 50 == 0).collect();
    let pool = LabelledPool {
        behaviours: &behaviours,
        right: &right,
        n_failed: 0,
    };
    let ks = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
    ];
    let draws = Draws {
        ks: ks.to_vec(),
        numbers: 0..20,
        ..Draws::default()
    };
    let mut group = c.benchmark_group("curve/100000x50x20-draws");
    group.sample_size(10);
    for rule in all(&Extras::default()) {
        if ["alphacode", "fmv", "riddle", "random"].contains(&rule.name()) {
            group.bench_function(rule.name(), |b| {
                b.iter(|| drawn_n_at_k(pool, &[&*rule], black_box(&draws)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, bench_clusters, bench_rules, bench_curve);
criterion_main!(benches);
