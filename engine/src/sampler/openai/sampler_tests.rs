//! The `openai` sampler against a server that does not do as it should.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::StreamExt;
use riddle_problems::{Checker, Format, Task, TaskLimits, Test};
use serde_json::json;

use super::{
    Client, OpenaiConfig, OpenaiSampler, ServerConfig,
    bad_server::{BadServer, Reply, Seen},
    key::Key,
    retry::Pace,
};
use crate::{
    Ask, Interrupt, Place, RejectReason, Sampled, Sampler, SamplerError, SamplingConfig,
    workers::block_on,
};

const KEY: &str = "sk-0123456789abcdefXYZ";

fn task() -> Arc<Task> {
    Arc::new(Task {
        id: "double".to_owned(),
        title: None,
        statement: Some("Print twice the integer.".to_owned()),
        format: Format::Folder,
        limits: TaskLimits::default(),
        checker: Checker::Tokens,
        public_tests: vec![Test {
            name: "1".to_owned(),
            input: b"2\n"[..].into(),
            answer: b"4\n"[..].into(),
            ..Test::default()
        }],
        tags: Vec::new(),
        rating: None,
        ..Task::default()
    })
}

fn config(url: &str) -> OpenaiConfig {
    OpenaiConfig {
        server: ServerConfig {
            base_url: url.to_owned(),
            model: "m".to_owned(),
            max_retries: 1,
            ..ServerConfig::default()
        },
        concurrency: 1,
        sampling: SamplingConfig {
            n_choices: 3,
            ..SamplingConfig::default()
        },
        ..OpenaiConfig::default()
    }
}

fn sampler(config: &OpenaiConfig) -> OpenaiSampler {
    let moment = Duration::from_micros(100);
    let pace = Pace {
        base: moment,
        cap: moment,
        retry_after_cap: moment,
        loading: moment,
    };
    let client = Client::with(&config.server, Key::new(KEY, "K").unwrap(), pace).unwrap();
    OpenaiSampler::with(config, OnceLock::from(client), "m".to_owned()).unwrap()
}

fn ask(n_samples: u64) -> Ask {
    Ask {
        n_samples: Some(n_samples),
        ..Ask::all(task())
    }
}

/// Samples from a server that answers each request by a script.
fn sample(
    ask: Ask,
    script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
) -> (Vec<Sampled>, Option<SamplerError>, Vec<Seen>) {
    block_on(async {
        let server = BadServer::start(script).await;
        let sampler = sampler(&config(&server.url));
        let mut samples = Vec::new();
        let mut error = None;
        let mut stream = sampler.samples(ask);
        while let Some(sampled) = stream.next().await {
            match sampled {
                Ok(sampled) => samples.push(sampled),
                Err(it) => {
                    error = Some(it);
                    break;
                }
            }
        }
        drop(stream);
        (samples, error, server.seen())
    })
    .unwrap()
}

fn indices(samples: &[Sampled]) -> Vec<u64> {
    samples.iter().map(|it| it.index).collect()
}

#[test]
fn each_index_is_asked_for_once_and_has_its_place_and_seed() {
    let (samples, error, seen) = sample(ask(8), |_, seen| Reply::good(seen));
    assert!(error.is_none());
    assert_eq!(indices(&samples), (0..8).collect::<Vec<_>>());
    let last = &samples[7];
    assert_eq!(
        last.place,
        Place {
            request: 2,
            choice: 1
        }
    );
    assert!(last.sample.is_ok());
    // The last request is for what is left of it.
    let n: Vec<u64> = seen.iter().map(Seen::n).collect();
    assert_eq!(n, [3, 3, 2]);
    for (request, seen) in seen.iter().enumerate() {
        let seed = seen.body["seed"].as_u64().unwrap();
        for (choice, sampled) in samples[request * 3..].iter().take(3).enumerate() {
            assert_eq!(sampled.lineage.seed, Some(seed + choice as u64));
            assert_eq!(sampled.lineage.n_prompt_tokens > 0, choice == 0);
        }
    }
}

#[test]
fn what_is_there_already_is_not_asked_for() {
    let whole = sample(ask(9), |_, seen| Reply::good(seen)).0;
    let missing = Ask {
        have: Arc::new(BTreeSet::from([0, 1, 2, 4, 6])),
        ..ask(9)
    };
    let (samples, error, seen) = sample(missing, |_, seen| Reply::good(seen));
    assert!(error.is_none());
    assert_eq!(indices(&samples), [3, 5, 7, 8]);
    assert_eq!(seen.len(), 3);
    for sampled in &samples {
        let same = whole.iter().find(|it| it.index == sampled.index).unwrap();
        assert_eq!(
            (same.place, same.lineage.seed),
            (sampled.place, sampled.lineage.seed)
        );
    }
}

#[test]
fn a_request_that_fails_costs_its_samples_and_not_the_run() {
    let (samples, error, _) = sample(ask(9), |number, seen| match number {
        1 | 2 => Reply::text(500, "oh"),
        _ => Reply::good(seen),
    });
    assert!(error.is_none(), "{error:?}");
    assert_eq!(indices(&samples), (0..9).collect::<Vec<_>>());
    for sampled in &samples {
        let is_lost = (3..6).contains(&sampled.index);
        match &sampled.sample {
            Err(rejected) => assert!(is_lost && rejected.reason == RejectReason::RequestFailed),
            Ok(_) => assert!(!is_lost),
        }
    }
}

#[test]
fn a_server_that_fails_again_and_again_ends_the_sampling_and_loses_nothing() {
    let (samples, error, _) = sample(ask(300), |number, seen| match number {
        0 => Reply::good(seen),
        _ => Reply::text(500, "oh"),
    });
    // Those of the failed requests are not given up for lost: a resumed run asks for them again.
    assert_eq!(indices(&samples), [0, 1, 2]);
    let error = error.unwrap().to_string();
    assert!(error.starts_with("8 requests in a row failed: "), "{error}");
}

#[test]
fn a_prompt_that_the_server_never_takes_is_an_error() {
    let refusal = json!({"error": {"message": "the request exceeds the available context size"}});
    let (samples, error, _) = sample(ask(3), move |_, _| Reply::json(400, &refusal));
    assert!(samples.is_empty());
    let error = error.unwrap().to_string();
    assert!(
        error.contains("exceeds the available context size"),
        "{error}"
    );
}

#[test]
fn a_server_that_refuses_us_ends_the_sampling_at_once() {
    let (samples, error, seen) = sample(ask(30), |number, seen| match number {
        0 => Reply::good(seen),
        _ => Reply::error(401, "bad key"),
    });
    assert_eq!(samples.len(), 3);
    assert!(error.is_some());
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_server_that_goes_away_in_the_middle_of_a_call_leaves_the_rest_missing() {
    // One choice a request: the third of the first call is refused.
    let (samples, error, _) = sample(ask(9), |number, seen| match number {
        0 | 1 => Reply::choices(seen, 1),
        _ => Reply::error(401, "bad key"),
    });
    assert_eq!(indices(&samples), [0, 1]);
    assert!(samples.iter().all(|it| it.sample.is_ok()));
    assert!(error.is_some());
}

#[test]
fn after_an_interrupt_a_call_asks_for_no_further_part() {
    let interrupt = Interrupt::new();
    let asked = Ask {
        interrupt: interrupt.clone(),
        ..ask(9)
    };
    let (samples, error, seen) = sample(asked, move |number, seen| {
        if number == 1 {
            interrupt.set();
        }
        Reply::choices(seen, 1)
    });
    assert!(error.is_none());
    assert_eq!(indices(&samples), [0, 1]);
    assert_eq!(seen.len(), 2);
}

#[test]
fn after_an_interrupt_nothing_new_is_begun() {
    let interrupt = Interrupt::new();
    let asked = Ask {
        interrupt: interrupt.clone(),
        ..ask(30)
    };
    let (samples, error, seen) = sample(asked, move |number, seen| {
        if number == 1 {
            interrupt.set();
        }
        Reply::good(seen)
    });
    // What was under way is finished.
    assert!(error.is_none());
    assert_eq!((samples.len(), seen.len()), (6, 2));
}

#[test]
fn the_manifest_holds_no_key() {
    let config = config("http://127.0.0.1:1");
    let text = serde_json::to_string(&sampler(&config).config()).unwrap();
    assert!(
        !text.contains(KEY) && text.contains("OPENAI_API_KEY"),
        "{text}"
    );
}
