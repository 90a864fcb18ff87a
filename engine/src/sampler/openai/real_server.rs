//! The client against a real server: the one that `scripts/model-server` starts, with four slots.
//!
//! A model's texts differ between builds and machines, so that only their form is looked at.

use super::{Answer, Call, CallError, CallKind, Client, Message, ServerConfig};
use crate::workers::block_on;

/// Choices that the server of the tests gives at once.
const N_SLOTS: u32 = 4;

/// Returns a client of the server that `RIDDLE_TEST_SERVER` names, or `None` where that is not set.
fn client() -> Option<Client> {
    let Ok(base_url) = std::env::var("RIDDLE_TEST_SERVER") else {
        #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
        {
            eprintln!("left out: RIDDLE_TEST_SERVER names no server");
        }
        return None;
    };
    let config = ServerConfig {
        base_url,
        key_env: "RIDDLE_TEST_KEY".to_owned(),
        ..ServerConfig::default()
    };
    Some(Client::new(&config).unwrap())
}

fn call(client: &Client, call: &Call) -> Result<Answer, CallError> {
    block_on(client.call(call)).unwrap()
}

fn of(kind: CallKind, n: u32) -> Call {
    Call {
        kind,
        n,
        seed: Some(7),
        temperature: 0.8,
        top_p: 0.95,
        max_tokens: 48,
        stop: vec!["```".to_owned()],
        interrupt: crate::Interrupt::new(),
    }
}

fn chat(n: u32) -> Call {
    let message = Message {
        role: "user".to_owned(),
        content: "Write a Python program that prints the sum of two numbers.".to_owned(),
    };
    let prefill = "```python\n".to_owned();
    of(
        CallKind::Chat {
            messages: vec![message],
            prefill,
        },
        n,
    )
}

/// What holds for every answer of `n` choices.
#[track_caller]
fn check(answer: &Answer, n: u32) {
    assert!(
        answer.choices.iter().map(|it| it.index).eq(0..n),
        "{answer:?}"
    );
    assert_eq!(answer.missing, None);
    assert!(answer.n_prompt_tokens > 0 && answer.model.is_some());
    assert!(answer.choices.iter().any(|it| !it.text.is_empty()));
    for choice in &answer.choices {
        assert!((1..=48).contains(&choice.n_tokens), "{choice:?}");
        assert!(choice.finished || choice.n_tokens == 48, "{choice:?}");
        // A model that ends at once says nothing, and llama-server of that no probability.
        let says = !choice.text.is_empty();
        assert_eq!(
            choice.logprob.is_some_and(|it| it < 0.0),
            says,
            "{choice:?}"
        );
    }
}

#[test]
fn a_real_server_names_its_model() {
    let Some(client) = client() else { return };
    let model = block_on(client.check()).unwrap().unwrap();
    assert!(!model.is_empty());
}

#[test]
fn a_real_chat_goes_on_from_its_prefill_and_stops_at_the_fence() {
    let Some(client) = client() else { return };
    let answer = call(&client, &chat(N_SLOTS)).unwrap();
    check(&answer, N_SLOTS);
    for choice in &answer.choices {
        // llama-server repeats the prefill, others do not.
        let program = choice.text.trim_start_matches("```python\n");
        assert!(!program.contains("```"), "{choice:?}");
    }
}

#[test]
fn more_choices_than_a_real_server_has_slots_are_asked_for_in_parts() {
    let Some(client) = client() else { return };
    let n = 2 * N_SLOTS + 1;
    let answer = call(&client, &chat(n)).unwrap();
    check(&answer, n);
    let mut texts: Vec<_> = answer.choices.iter().map(|it| &it.text).collect();
    texts.sort();
    texts.dedup();
    // Other seeds, other texts: parts that began at one seed would give the same ones again.
    assert!(texts.len() > N_SLOTS as usize, "{texts:?}");
}

#[test]
fn a_real_completion_is_answered() {
    let Some(client) = client() else { return };
    let prompt = "def add(a, b):\n    return".to_owned();
    let kind = CallKind::Completion {
        prompt,
        suffix: None,
    };
    check(&call(&client, &of(kind, 3)).unwrap(), 3);
}

#[test]
fn a_real_server_refuses_a_prompt_without_end() {
    let Some(client) = client() else { return };
    let prompt = "no ".repeat(100_000);
    let kind = CallKind::Completion {
        prompt,
        suffix: None,
    };
    let result = call(&client, &of(kind, 1));
    let Err(CallError::Request(detail)) = result else {
        panic!("{result:?}");
    };
    assert!(detail.starts_with("status 400: "), "{detail}");
}
