//! Good, odd and broken bodies.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Reads an answer whose choices are these, to a request for four.
fn choices(choices: &Value) -> Vec<Choice> {
    let body = json!({"choices": choices}).to_string();
    parse(body.as_bytes(), 4).unwrap().choices
}

#[track_caller]
fn check_texts(given: &Value, expected: &[(u32, &str)]) {
    let choices = choices(given);
    let texts: Vec<_> = choices.iter().map(|it| (it.index, &*it.text)).collect();
    assert_eq!(texts, expected);
}

#[track_caller]
fn check_broken(body: &str, expected: &str) {
    let Err(NoAnswer::Broken(text)) = parse(body.as_bytes(), 4) else {
        panic!();
    };
    assert_eq!(text, expected);
}

#[track_caller]
fn check_error(body: &Value, status: Option<u16>, said: &str) {
    let expected = (status, said.to_owned());
    assert_eq!(error_of(body.to_string().as_bytes()), expected);
}

#[test]
fn texts_are_read_in_each_shape() {
    let message = |content: Value| json!([{"index": 0, "message": {"content": content}}]);
    check_texts(&message(json!("a")), &[(0, "a")]);
    check_texts(&message(json!(null)), &[(0, "")]);
    check_texts(
        &message(json!([{"type": "text", "text": "a"}, {"type": "image"}, "b", 7])),
        &[(0, "ab")],
    );
    check_texts(
        &json!([{"message": {"reasoning_content": "hm"}}]),
        &[(0, "")],
    );
    check_texts(&json!([{"text": "a"}]), &[(0, "a")]);
    check_texts(&json!([{"text": null, "message": null}]), &[(0, "")]);
}

#[test]
fn a_choice_without_a_text_costs_only_itself() {
    check_texts(
        &json!([
            {"index": 0, "message": {"content": 7}},
            {"index": 1, "text": []},
            {"index": 2, "message": "x"},
            null,
            {"index": 3, "text": "a"},
        ]),
        &[(3, "a")],
    );
}

#[test]
fn indices_count_if_they_are_sound_and_the_order_else() {
    let of = |indices: &[Value]| -> Value {
        let choice = |(i, index)| json!({"index": index, "text": format!("{i}")});
        indices.iter().enumerate().map(choice).collect()
    };
    let n = |it: u64| json!(it);
    check_texts(&of(&[n(2), n(0)]), &[(0, "1"), (2, "0")]);
    check_texts(&of(&[n(0), n(9)]), &[(0, "0")]);
    check_texts(&of(&[n(0), n(0), n(0)]), &[(0, "0"), (1, "1"), (2, "2")]);
    check_texts(&of(&[n(0), json!("1")]), &[(0, "0"), (1, "1")]);
    check_texts(&of(&[json!(-1), n(0)]), &[(0, "0"), (1, "1")]);
    let many = of(&vec![json!(null); 9]);
    check_texts(&many, &[(0, "0"), (1, "1"), (2, "2"), (3, "3")]);
}

#[test]
fn log_probabilities_are_read_in_both_shapes_and_only_whole() {
    for (logprobs, expected) in [
        (
            json!({"content": [{"logprob": -1.5}, {"logprob": -1}]}),
            (Some(-2.5), 2),
        ),
        (json!({"token_logprobs": [-1.5, -1]}), (Some(-2.5), 2)),
        (
            json!({"content": null, "token_logprobs": [-1]}),
            (Some(-1.0), 1),
        ),
        (json!({"token_logprobs": [null, -1]}), (None, 2)),
        (json!({"content": [{}, {"logprob": -1}]}), (None, 2)),
        (json!({"content": [{"logprob": "-1"}]}), (None, 0)),
        (
            json!({"content": [{"logprob": 1e308}, {"logprob": 1e308}]}),
            (None, 2),
        ),
        (json!({"content": []}), (None, 0)),
        (json!(null), (None, 0)),
        (json!([1]), (None, 0)),
    ] {
        let choice = &choices(&json!([{"text": "", "logprobs": logprobs}]))[0];
        assert_eq!((choice.logprob, choice.n_tokens), expected, "{logprobs}");
    }
}

#[test]
fn only_a_stop_is_an_end() {
    for (reason, expected) in [
        (json!("stop"), true),
        (json!("length"), false),
        (json!("error"), false),
        (json!(null), false),
        (json!(1), false),
    ] {
        let choice = &choices(&json!([{"text": "", "finish_reason": reason}]))[0];
        assert_eq!(choice.finished, expected, "{reason}");
    }
}

/// Tokens of choices of which the last has a list of two, by the count of the whole.
#[track_caller]
fn check_shares(usage: &Value, expected: &[u64]) {
    let mut choices = vec![json!({"text": ""}); expected.len()];
    choices[expected.len() - 1]["logprobs"] = json!({"token_logprobs": [-1, -1]});
    let body = json!({"choices": choices, "usage": usage, "model": 7}).to_string();
    let part = parse(body.as_bytes(), 9).unwrap();
    let counts: Vec<_> = part.choices.iter().map(|it| it.n_tokens).collect();
    assert_eq!(counts, expected);
    assert_eq!(part.model, None);
}

#[test]
fn tokens_that_are_not_listed_are_shared_in_whole_numbers() {
    check_shares(&json!({"completion_tokens": 13}), &[4, 4, 3, 2]);
    check_shares(&json!({"completion_tokens": 1}), &[0, 2]);
    check_shares(&json!({"completion_tokens": "13"}), &[0, 2]);
    check_shares(&json!("none"), &[0, 2]);
    check_shares(&json!({"completion_tokens": 5}), &[2]);
}

#[test]
fn what_is_no_answer_says_so() {
    check_broken("{}", "it has no list `choices`");
    check_broken(r#"{"choices":{}}"#, "it has no list `choices`");
    check_broken(r#"{"choices":[]}"#, "its `choices` are empty");
    check_broken(r#"{"choices":[7]}"#, "none of its `choices` can be read");
    check_broken(
        r#"{"choices":[{"index":9,"text":""}]}"#,
        "none of its `choices` can be read",
    );
    check_broken(
        r#"{"choices":[{"text":"","logprobs":{"token_logprobs":[NaN]}}]}"#,
        "it is broken JSON (expected value at line 1 column 54), which begins \
         `{\"choices\":[{\"text\":\"\",\"logprobs\":{\"token_logprobs\":[NaN]}}]}`",
    );
    check_broken(
        "",
        "it is broken JSON (EOF while parsing a value at line 1 column 0), which begins ``",
    );
}

#[test]
fn errors_are_read_in_each_shape() {
    check_error(&json!({"error": {"message": "m"}}), None, "m");
    check_error(
        &json!({"error": {"message": "m", "code": 502}}),
        Some(502),
        "m",
    );
    check_error(
        &json!({"error": {"message": "m", "code": "429"}}),
        Some(429),
        "m (429)",
    );
    check_error(
        &json!({"error": {"message": "m", "code": "c"}}),
        None,
        "m (c)",
    );
    check_error(&json!({"error": "m"}), None, "m");
    check_error(&json!({"error": {"type": "t"}}), None, r#"{"type":"t"}"#);
    check_error(
        &json!({"object": "error", "message": "m", "code": 400}),
        Some(400),
        "m",
    );
    check_error(
        &json!({"detail": [{"loc": ["n"]}]}),
        None,
        r#"[{"loc":["n"]}]"#,
    );
    check_error(&json!([1]), None, "[1]");
    assert_eq!(error_of(b"<p>\xff"), (None, "<p>\u{fffd}".to_owned()));
    let body = br#"{"choices":[{"text":"a"}],"error":null}"#;
    assert_eq!(parse(body, 1).unwrap().choices.len(), 1);
}

/// What holds for any body.
fn check_any(body: &[u8], n: u32) {
    if let Ok(part) = parse(body, n) {
        assert!(!part.choices.is_empty());
        assert!(part.choices.is_sorted_by(|a, b| a.index < b.index));
        assert!(part.choices.iter().all(|it| it.index < n));
        assert!(
            part.choices
                .iter()
                .all(|it| it.logprob.is_none_or(f64::is_finite))
        );
    }
    let _ = (error_of(body), first_model(body));
}

const GOOD: &str = r#"{"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"content":"a"},
"logprobs":{"content":[{"logprob":-1.5,"top_logprobs":[]}]}},{"index":1,"text":"b","logprobs":{"token_logprobs":
[-0.5,null]}}],"usage":{"prompt_tokens":3,"completion_tokens":4},"data":[{"id":"m"}],"error":null}"#;

/// Bytes that mean something in such a body.
const PIECES: [&str; 14] = [
    "null",
    "{}",
    "[]",
    "\"",
    "-1",
    "1e999",
    "NaN",
    "[[",
    "{",
    "]",
    ",",
    "\\ud800",
    "\u{0}",
    "99999999999999999999",
];

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200), n in 1..9_u32) {
        check_any(&body, n);
    }

    #[test]
    fn any_change_of_a_good_body_is_read_or_refused(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..20_usize, 0..PIECES.len()), 0..4),
        n in 1..4_u32,
    ) {
        let mut body = GOOD.as_bytes().to_vec();
        for (at, n_lost, piece) in changes {
            let at = at.index(body.len() + 1);
            let end = (at + n_lost).min(body.len());
            body.splice(at..end, PIECES[piece].bytes());
        }
        check_any(&body, n);
    }
}
