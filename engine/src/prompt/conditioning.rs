//! What AlphaCode varied from sample to sample beside the temperature: language, rating and tags.
//!
//! A pure function of seed, problem and request: neither the order of requests nor what other
//! requests drew matters.

use riddle_problems::Task;
use riddle_sandbox::{Digest, Language};

use super::PromptConfig;

/// What one request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditioning {
    /// The language of the program.
    pub language: Language,
    /// The rating that the prompt claims, on the Codeforces scale.
    pub rating: Option<u32>,
    /// The topics that the prompt claims.
    pub tags: Vec<String>,
}

/// Draws what the request of an index asks for. `config` has been checked.
pub(super) fn draw(
    config: &PromptConfig,
    combinations: &[Vec<String>],
    task: &Task,
    seed: u64,
    request: u64,
) -> Conditioning {
    // Each use draws by a name of its own, so that a setting does not move the other draws.
    let draw = |purpose: &str| {
        let digest = Digest::of_parts(
            "riddle 2026-11-24 prompt conditioning",
            &[
                &seed.to_le_bytes(),
                task.id.as_bytes(),
                &request.to_le_bytes(),
                purpose.as_bytes(),
            ],
        );
        u64::from_le_bytes(std::array::from_fn(|index| digest.0[index]))
    };
    let rating = match config.ratings {
        Some(range) => {
            let n = u64::from((range.last - range.first) / range.step) + 1;
            let index = u32::try_from(below(draw("rating"), n)).expect("fewer than 2^32 ratings");
            Some(range.first + index * range.step)
        }
        None => task.rating,
    };
    let tags = if config.random_tags && !combinations.is_empty() {
        let index = below(draw("tags"), combinations.len() as u64);
        combinations[usize::try_from(index).expect("below a usize")].clone()
    } else {
        task.tags.clone()
    };
    Conditioning {
        language: pick(&config.languages, draw("language")),
        rating,
        tags,
    }
}

/// Turns 64 random bits into a number below `n`, which is not 0. The bias is below `n / 2^64`.
fn below(bits: u64, n: u64) -> u64 {
    let wide = u128::from(bits) * u128::from(n);
    u64::try_from(wide >> 64).expect("the upper half of a product")
}

/// Turns 64 random bits into a language, by weight.
fn pick(languages: &[(Language, f64)], bits: u64) -> Language {
    #[expect(
        clippy::cast_precision_loss,
        reason = "53 bits are what an f64 holds exactly"
    )]
    let unit = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    // Over the largest weight first, so that no sum of finite weights overflows.
    let largest = languages.iter().fold(0.0_f64, |most, it| most.max(it.1));
    let total: f64 = languages.iter().map(|it| it.1 / largest).sum();
    let mut left = unit * total;
    for (language, weight) in languages {
        left -= weight / largest;
        if left < 0.0 {
            return *language;
        }
    }
    languages.last().expect("checked to have a language").0
}
