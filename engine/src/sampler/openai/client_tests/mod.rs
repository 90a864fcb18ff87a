//! The client and a server: what is asked for, and that it is had whatever the server's ways.

mod failing;

use std::time::Duration;

use serde_json::json;

use super::{
    Answer, Call, CallError, CallKind, Choice, Client, MAX_SEED, Message, Prefill, ServerConfig,
    bad_server::{BadServer, Reply, Seen},
    key::Key,
    retry::Pace,
};
use crate::workers::block_on;

const KEY: &str = "sk-0123456789abcdefXYZ";
/// Longer than any test takes: what a test waits for ends by itself.
const LONG: Duration = Duration::from_secs(600);

fn config(url: &str) -> ServerConfig {
    ServerConfig {
        base_url: url.to_owned(),
        model: "m".to_owned(),
        request_timeout: LONG,
        max_retries: 3,
        ..ServerConfig::default()
    }
}

/// Waits of a moment: which ones they are is tested beside them.
fn client(config: &ServerConfig) -> Client {
    let moment = Duration::from_micros(100);
    let pace = Pace {
        base: moment,
        cap: moment,
        retry_after_cap: moment,
        loading: Duration::from_millis(20),
    };
    Client::with(config, Key::new(KEY, "K").unwrap(), pace).unwrap()
}

fn chat(n: u32) -> Call {
    let message = Message {
        role: "user".to_owned(),
        content: "add".to_owned(),
    };
    Call {
        kind: CallKind::Chat {
            messages: vec![message],
            prefill: String::new(),
        },
        n,
        seed: Some(100),
        temperature: 0.8,
        top_p: 0.95,
        max_tokens: 64,
        stop: vec!["```".to_owned()],
        interrupt: crate::Interrupt::new(),
    }
}

fn completion(n: u32) -> Call {
    Call {
        kind: CallKind::Completion {
            prompt: "def f".to_owned(),
            suffix: Some("end".to_owned()),
        },
        ..chat(n)
    }
}

fn texts(answer: &Answer) -> Vec<&str> {
    answer.choices.iter().map(|it| &*it.text).collect()
}

/// Asks a scripted server once; returns the result and what the server saw.
fn ask(
    call: &Call,
    script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
) -> (Result<Answer, CallError>, Vec<Seen>) {
    block_on(async {
        let server = BadServer::start(script).await;
        let result = client(&config(&server.url)).call(call).await;
        (result, server.seen())
    })
    .unwrap()
}

#[test]
fn a_chat_is_asked_and_answered() {
    let (result, seen) = ask(&chat(2), |_, seen| Reply::good(seen));
    let choice = |index, text: &str| Choice {
        index,
        text: text.to_owned(),
        finished: true,
        logprob: Some(-0.75),
        n_tokens: 2,
    };
    let expected = Answer {
        is_cut: false,
        choices: vec![choice(0, "seed 100"), choice(1, "seed 101")],
        missing: None,
        n_prompt_tokens: 10,
        model: Some("m-1".to_owned()),
    };
    assert_eq!(result.unwrap(), expected);
    assert_eq!(seen[0].line, "POST /v1/chat/completions");
    let authorization = format!("authorization: bearer {}", KEY.to_lowercase());
    assert!(seen[0].headers.contains(&authorization));
    assert_eq!(
        seen[0].body,
        json!({
            "model": "m", "messages": [{"role": "user", "content": "add"}], "n": 2, "seed": 100,
            "temperature": 0.8, "top_p": 0.95, "max_tokens": 64, "stop": ["```"],
            "logprobs": true, "top_logprobs": 1,
        })
    );
}

#[test]
fn a_completion_is_asked_and_answered() {
    let (result, seen) = ask(&completion(1), |_, seen| Reply::good(seen));
    let answer = result.unwrap();
    assert_eq!(texts(&answer), ["seed 100"]);
    assert_eq!(answer.choices[0].logprob, Some(-0.75));
    assert_eq!(seen[0].line, "POST /v1/completions");
    assert_eq!(
        seen[0].body,
        json!({
            "model": "m", "prompt": "def f", "suffix": "end", "seed": 100, "temperature": 0.8,
            "top_p": 0.95, "max_tokens": 64, "stop": ["```"], "logprobs": 1,
        })
    );
}

#[test]
fn a_prefill_is_sent_as_the_server_wants_it() {
    let last = json!({"role": "assistant", "content": "```\n"});
    for (prefill, n_messages, continues) in [
        (Prefill::Message, 2, json!(null)),
        (Prefill::Vllm, 2, json!(true)),
        (Prefill::None, 1, json!(null)),
    ] {
        let mut call = chat(1);
        if let CallKind::Chat { prefill, .. } = &mut call.kind {
            *prefill = "```\n".to_owned();
        }
        let body = block_on(async {
            let server = BadServer::start(|_, seen| Reply::good(seen)).await;
            let config = ServerConfig {
                prefill,
                ..config(&server.url)
            };
            client(&config).call(&call).await.unwrap();
            server.seen()[0].body.clone()
        })
        .unwrap();
        let messages = body["messages"].as_array().unwrap();
        assert_eq!(messages.len(), n_messages, "{prefill:?}");
        assert_eq!(messages.last() == Some(&last), n_messages == 2);
        assert_eq!(body["continue_final_message"], continues);
    }
}

/// A server that takes `most` choices at once, by refusing or by giving fewer: two calls for ten.
#[track_caller]
fn check_parts(refuses: bool, most: u64, first: &[u64], second: &[u64]) {
    block_on(async {
        let server = BadServer::start(move |_, seen| {
            if refuses && seen.n() > most {
                Reply::error(400, "n is too large")
            } else {
                Reply::choices(seen, seen.n().min(most))
            }
        })
        .await;
        let client = client(&config(&server.url));
        let mut n_before = 0;
        for expected in [first, second] {
            let answer = client.call(&chat(10)).await.unwrap();
            // Whatever the parts, each choice has the seed that it has in one request.
            let seeds: Vec<_> = (100..110).map(|it| format!("seed {it}")).collect();
            assert_eq!(texts(&answer), seeds);
            assert!(answer.choices.iter().map(|it| it.index).eq(0..10));
            let seen = server.seen();
            let asked: Vec<_> = seen[n_before..].iter().map(Seen::n).collect();
            assert_eq!(asked, expected);
            n_before = seen.len();
        }
    })
    .unwrap();
}

#[test]
fn choices_are_asked_for_in_the_parts_that_the_server_takes() {
    check_parts(true, 10, &[10], &[10]);
    check_parts(true, 4, &[10, 5, 2, 2, 2, 2, 2], &[2, 2, 2, 2, 2]);
    check_parts(true, 1, &[10, 5, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], &[1; 10]);
    check_parts(false, 4, &[10, 4, 2], &[4, 4, 2]);
    check_parts(false, 1, &[10, 1, 1, 1, 1, 1, 1, 1, 1, 1], &[1; 10]);
}

#[test]
fn a_call_that_is_bad_in_itself_does_not_lower_the_number_of_choices() {
    block_on(async {
        let server = BadServer::start(|_, seen| {
            if seen.body["messages"][0]["content"] == "bad" {
                return Reply::error(400, "the prompt is too long");
            }
            Reply::good(seen)
        })
        .await;
        let client = client(&config(&server.url));
        let mut bad = chat(8);
        if let CallKind::Chat { messages, .. } = &mut bad.kind {
            messages[0].content = "bad".to_owned();
        }
        let Err(CallError::Request(detail)) = client.call(&bad).await else {
            panic!();
        };
        assert_eq!(detail, "status 400: the prompt is too long");
        client.call(&chat(8)).await.unwrap();
        let asked: Vec<_> = server.seen().iter().map(Seen::n).collect();
        assert_eq!(asked, [8, 4, 2, 1, 8]);
    })
    .unwrap();
}

#[test]
fn a_hole_is_asked_for_again_and_surplus_is_left() {
    let (result, seen) = ask(&chat(4), |number, seen| match number {
        0 => {
            let choice =
                |index| json!({"index": index, "message": {"content": format!("{index}")}});
            let choices: Vec<_> = [3, 0, 7, 1].into_iter().map(choice).collect();
            Reply::json(200, &json!({"choices": choices}))
        }
        _ => Reply::choices(seen, 3),
    });
    assert_eq!(texts(&result.unwrap()), ["0", "1", "seed 102", "3"]);
    assert_eq!((seen.len(), seen[1].n()), (2, 1));
}

#[test]
fn what_can_be_had_is_the_answer() {
    let (result, seen) = ask(&chat(3), |number, seen| match number {
        0 => Reply::choices(seen, 2),
        _ => Reply::error(500, "down"),
    });
    let answer = result.unwrap();
    assert_eq!(texts(&answer), ["seed 100", "seed 101"]);
    assert_eq!(
        answer.missing.as_deref(),
        Some("status 500: down, after 4 tries")
    );
    assert_eq!(seen.len(), 5);
    let (result, seen) = ask(&chat(0), |_, seen| Reply::good(seen));
    assert_eq!((result.unwrap(), seen.len()), (Answer::default(), 0));
}

#[test]
fn seeds_are_sent_in_31_bits() {
    let call = Call {
        seed: Some(u64::MAX),
        ..chat(1)
    };
    let (_, seen) = ask(&call, |_, seen| Reply::good(seen));
    assert_eq!(seen[0].body["seed"], json!(MAX_SEED));
}

#[test]
fn a_wording_that_is_refused_is_given_up_for_the_rest_of_the_run() {
    for status in [400, 403, 422] {
        block_on(async {
            let server = BadServer::start(move |_, seen| {
                if seen.body.get("max_tokens").is_some() {
                    return Reply::error(400, "use 'max_completion_tokens'");
                }
                if seen.body.get("logprobs").is_some() {
                    return Reply::error(status, "no `logprobs` for this model");
                }
                Reply::good(seen)
            })
            .await;
            let client = client(&config(&server.url));
            for n_requests in [3, 4] {
                let answer = client.call(&chat(2)).await.unwrap();
                // Without log-probabilities, the tokens are of the server's own account.
                let counts: Vec<_> = answer.choices.iter().map(|it| it.n_tokens).collect();
                assert_eq!((answer.choices[0].logprob, counts), (None, vec![2, 2]));
                assert_eq!(server.seen().len(), n_requests);
            }
            assert_eq!(server.seen()[3].body["max_completion_tokens"], json!(64));
        })
        .unwrap();
    }
}

/// What `check` makes of a server that answers so, for a config that names this model.
fn check_of(
    model: &str,
    script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
) -> Result<String, String> {
    block_on(async {
        let server = BadServer::start(script).await;
        let config = ServerConfig {
            model: model.to_owned(),
            ..config(&server.url)
        };
        let result = client(&config).check().await;
        result.map_err(|error| error.in_full().replace(&server.url, "URL"))
    })
    .unwrap()
}

#[test]
fn a_server_is_checked_by_its_models() {
    let ok = |model: &str| Ok(model.to_owned());
    let fault = |text: &str| Err(text.to_owned());
    assert_eq!(check_of("", |_, seen| Reply::good(seen)), ok("m-1"));
    assert_eq!(check_of("m", |_, seen| Reply::good(seen)), ok("m"));
    assert_eq!(check_of("m", |_, _| Reply::error(404, "no")), ok("m"));
    assert_eq!(check_of("m", |_, _| Reply::text(200, "{}")), ok("m"));
    assert_eq!(
        check_of("", |_, _| Reply::error(404, "no")),
        fault("refused by the server `URL/v1`: status 404: no")
    );
    assert_eq!(
        check_of("m", |_, _| Reply::error(401, "no")),
        fault("refused by the server `URL/v1`: status 401: no")
    );
    assert_eq!(
        check_of("", |_, _| Reply::text(200, r#"{"data":[{"id":7},8]}"#)),
        fault("the server lists no model")
    );
    assert_eq!(
        check_of("m", |_, _| Reply::text(200, "<html>")),
        fault(
            "could not list the server's models: the answer is not one: its list of models is broken \
             JSON (expected value at line 1 column 1), after 4 tries"
        )
    );
}

#[test]
fn a_server_that_loads_its_model_is_waited_for() {
    let loading = || Reply::error(503, "Loading model");
    // Longer than the retries of other failures.
    let script = move |number, seen: &Seen| match number {
        0..=9 => loading(),
        _ => Reply::good(seen),
    };
    assert_eq!(check_of("", script), Ok("m-1".to_owned()));
    assert_eq!(
        check_of("", move |_, _| loading()),
        Err("could not list the server's models: status 503: Loading model".to_owned())
    );
}

#[test]
fn a_call_finds_the_model_by_itself() {
    block_on(async {
        let server = BadServer::start(|_, seen| Reply::good(seen)).await;
        let config = ServerConfig {
            model: String::new(),
            ..config(&server.url)
        };
        let client = client(&config);
        client.call(&chat(1)).await.unwrap();
        client.clone().call(&chat(1)).await.unwrap();
        let lines: Vec<_> = server.seen().into_iter().map(|it| it.line).collect();
        let chat = "POST /v1/chat/completions";
        assert_eq!(lines, ["GET /v1/models", chat, chat]);
        assert_eq!(server.seen()[2].body["model"], "m-1");
    })
    .unwrap();
}

#[test]
fn the_key_is_in_no_text() {
    let echo = format!("Bearer {KEY} is wrong");
    let replies = [
        Reply::error(401, &echo),
        Reply::error(400, &echo),
        Reply::error(500, &echo).with_header(&format!("x-echo: {KEY}")),
        Reply::text(400, &echo),
        Reply::text(200, &echo),
        Reply::text(307, "").with_header(&format!("location: http://h/{KEY}")),
        Reply::json(200, &json!({"error": echo})),
        Reply::json(200, &json!({"choices": echo})),
        Reply::json(
            200,
            &json!({"data": [{"id": KEY}], "model": KEY, "choices": [{"text": echo}]}),
        ),
    ];
    for reply in replies {
        block_on(async {
            let server = BadServer::start(move |_, _| reply.clone()).await;
            let config = ServerConfig {
                model: String::new(),
                ..config(&server.url)
            };
            let client = client(&config);
            let checked = client.check().await;
            let named = ServerConfig {
                model: "m".to_owned(),
                ..config
            };
            let called = self::client(&named).call(&chat(1)).await;
            let shown = format!("{checked:?} {called:?} {client:?} {named:?}");
            assert!(shown.contains("***") && !shown.contains("sk-0"), "{shown}");
        })
        .unwrap();
    }
}

#[test]
fn a_call_that_is_dropped_is_cancelled_at_once() {
    block_on(async {
        let mut server =
            BadServer::start(|_, _| Reply::Endless(Vec::new(), Vec::new(), LONG)).await;
        let client = client(&config(&server.url));
        let call = chat(1);
        tokio::select! {
            result = client.call(&call) => panic!("{result:?}"),
            () = async {
                while server.seen().is_empty() {
                    tokio::task::yield_now().await;
                }
            } => {}
        }
        server.client_left().await;
    })
    .unwrap();
}

#[test]
fn a_client_outlives_a_runtime() {
    let mut client = None;
    for _ in 0..2 {
        block_on(async {
            let server = BadServer::start(|_, seen| Reply::good(seen)).await;
            let client = client.get_or_insert_with(|| self::client(&config(&server.url)));
            // The first server is gone with its runtime, and so are its connections.
            let result = client.call(&chat(1)).await;
            let is_first = !server.seen().is_empty();
            assert_eq!(result.is_ok(), is_first, "{result:?}");
        })
        .unwrap();
    }
}
