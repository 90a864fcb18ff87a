//! Drawing a token from a model's scores: temperature and top-p, seeded.
//!
//! Knows no model and no text.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Scores so many temperatures below the highest are out of the draw: e⁻¹⁸ is 1.5 · 10⁻⁸, and few are
/// left to sort (`top_p` of llama.cpp sorts the whole vocabulary).
const CUT_TEMPERATURES: f32 = 18.0;
/// The lowest temperature that is divided by; below it the best token is taken.
const MIN_TEMPERATURE: f32 = 1e-3;

/// Draws the tokens of one sample.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    temperature: f32,
    top_p: f64,
    random: ChaCha8Rng,
    /// Kept between calls to save allocations.
    left: Vec<(f32, u32)>,
}

/// A token that was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drawn {
    pub(super) token: u32,
    /// Log-probability of the token under the model, at temperature 1 and over the whole vocabulary.
    pub(super) logprob: f64,
}

impl Draw {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "temperatures are small numbers, scores are of single precision"
    )]
    pub(super) fn new(temperature: f64, top_p: f64, seed: u64) -> Self {
        Self {
            temperature: (temperature as f32).max(MIN_TEMPERATURE),
            top_p,
            random: ChaCha8Rng::seed_from_u64(seed),
            left: Vec::new(),
        }
    }

    /// Draws from the scores of all tokens. Takes O(vocabulary) time. Scores that are no numbers are out
    /// of the draw; where none is left, token 0 is drawn.
    pub(super) fn draw(&mut self, scores: &[f32]) -> Drawn {
        let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if !highest.is_finite() {
            return Drawn {
                token: 0,
                logprob: 0.0,
            };
        }
        let total: f64 = scores
            .iter()
            .filter(|it| **it > highest - CUT_TEMPERATURES)
            .map(|it| f64::from(it - highest).exp())
            .sum();
        let least = highest - CUT_TEMPERATURES * self.temperature;
        self.left.clear();
        let tokens = (0..).zip(scores).filter(|(_, score)| **score >= least);
        self.left
            .extend(tokens.map(|(token, score)| (*score, token)));
        self.left
            .sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));

        let weight = |score: f32| (f64::from(score - highest) / f64::from(self.temperature)).exp();
        let mass: f64 = self.left.iter().map(|it| weight(it.0)).sum();
        let mut kept = 0.0;
        let mut n_kept = 0;
        for (score, _) in &self.left {
            kept += weight(*score);
            n_kept += 1;
            if kept >= self.top_p * mass {
                break;
            }
        }
        let mut point = self.random.random::<f64>() * kept;
        let drawn = self.left[..n_kept].iter().find(|it| {
            point -= weight(it.0);
            point < 0.0
        });
        // Rounding may leave nothing: then it is the last.
        let (score, token) = *drawn.unwrap_or(&self.left[n_kept - 1]);
        Drawn {
            token,
            logprob: f64::from(score - highest) - total.ln(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn draws_follow_the_scores() {
        // Probabilities 0.6, 0.3, 0.1.
        let scores = [0.6f32.ln(), 0.3f32.ln(), 0.1f32.ln()];
        let mut draw = Draw::new(1.0, 1.0, 7);
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[draw.draw(&scores).token as usize] += 1;
        }
        assert!((5_800..6_200).contains(&counts[0]), "{counts:?}");
        assert!((2_800..3_200).contains(&counts[1]), "{counts:?}");
        let drawn = draw.draw(&scores);
        let expected = f64::from(scores[drawn.token as usize]);
        assert!((drawn.logprob - expected).abs() < 1e-6);
    }

    #[test]
    fn top_p_leaves_out_the_unlikely() {
        let scores = [0.6f32.ln(), 0.3f32.ln(), 0.1f32.ln()];
        let mut draw = Draw::new(1.0, 0.85, 7);
        assert!((0..1000).all(|_| draw.draw(&scores).token < 2));
    }

    #[test]
    fn without_temperature_it_is_the_best() {
        let mut draw = Draw::new(0.0, 1.0, 7);
        assert!((0..100).all(|_| draw.draw(&[1.0, 3.0, 2.9]).token == 1));
    }

    #[test]
    fn the_seed_decides() {
        let scores: Vec<f32> = (0..100u8).map(|it| f32::from(it % 7)).collect();
        let tokens = |seed| {
            let mut draw = Draw::new(0.8, 0.95, seed);
            (0..50)
                .map(|_| draw.draw(&scores).token)
                .collect::<Vec<_>>()
        };
        assert_eq!(tokens(1), tokens(1));
        assert_ne!(tokens(1), tokens(2));
    }

    proptest! {
        #[test]
        fn any_scores_give_a_token_of_theirs(
            scores in proptest::collection::vec(any::<f32>(), 1..50),
            temperature in 0.0..2.0f64,
            top_p in 0.0..=1.0f64,
        ) {
            let drawn = Draw::new(temperature, top_p, 1).draw(&scores);
            prop_assert!((drawn.token as usize) < scores.len());
        }
    }
}
