//! A server that does not do as it should: what is tried again, what fails, and how it is told.

use std::time::Duration;

use serde_json::json;

use super::{
    super::{
        CallError, ServerConfig,
        bad_server::{BadServer, Reply},
    },
    LONG, ask, chat, client, config, texts,
};
use crate::workers::block_on;

/// The server's first reply is this one, and good ones follow: the call is answered by the second.
#[track_caller]
fn check_tried_again(first: Reply) {
    let (result, seen) = ask(&chat(2), move |number, seen| match number {
        0 => first.clone(),
        _ => Reply::good(seen),
    });
    assert_eq!(texts(&result.unwrap()), ["seed 100", "seed 101"]);
    assert_eq!(seen.len(), 2);
}

/// The server only ever gives this reply: the call fails for good, after so many requests.
#[track_caller]
fn check_request_fails(reply: Reply, n_requests: usize, expected: &str) {
    let (result, seen) = ask(&chat(1), move |_, _| reply.clone());
    let Err(CallError::Request(detail)) = result else {
        panic!("{result:?}");
    };
    assert_eq!((&*detail, seen.len()), (expected, n_requests));
}

/// The server's first reply shows that it is of no use. Its address stands as `URL`.
#[track_caller]
fn check_server_fails(reply: Reply, expected: &str) {
    let (message, n_requests) = block_on(async {
        let server = BadServer::start(move |_, _| reply.clone()).await;
        let result = client(&config(&server.url)).call(&chat(4)).await;
        let Err(CallError::Server(error)) = result else {
            panic!("{result:?}");
        };
        let message = format!("{error} | {}", error.hint().unwrap_or_default());
        (message.replace(&server.url, "URL"), server.seen().len())
    })
    .unwrap();
    assert_eq!((&*message, n_requests), (expected, 1));
}

#[test]
fn what_may_go_better_is_tried_again() {
    for status in [408, 409, 425, 429, 500, 502, 503, 504, 529] {
        check_tried_again(Reply::error(status, "busy"));
    }
    check_tried_again(Reply::error(429, "slow down").with_header("retry-after: 9999999"));
    check_tried_again(Reply::text(200, "{\"choices\": ["));
    check_tried_again(Reply::text(200, "<html>Welcome</html>"));
    check_tried_again(Reply::json(200, &json!({"choices": []})));
    check_tried_again(Reply::json(
        200,
        &json!({"error": {"code": 502, "message": "x"}}),
    ));
    // Closed without an answer, cut off in the head, in the body, and after less than promised.
    check_tried_again(Reply::Raw(Vec::new()));
    check_tried_again(Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()));
    check_tried_again(Reply::Raw(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"cho".to_vec(),
    ));
    check_tried_again(Reply::Raw(
        b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{\"choices\":[{\"text\":\"x\"}]}".to_vec(),
    ));
    // Not HTTP at all, and headers without end.
    check_tried_again(Reply::Raw(b"220 mail.example.org ESMTP\r\n".to_vec()));
    check_tried_again(Reply::Endless(
        b"HTTP/1.1 200 OK\r\n".to_vec(),
        b"x-more: and more\r\n".repeat(1000),
        Duration::ZERO,
    ));
}

#[test]
fn a_request_that_fails_for_good_says_why() {
    check_request_fails(
        Reply::error(500, "out of\nmemory"),
        4,
        "status 500: out of memory, after 4 tries",
    );
    check_request_fails(Reply::error(400, "no"), 1, "status 400: no");
    check_request_fails(Reply::text(422, "{\"detail\":[1]}"), 1, "status 422: [1]");
    check_request_fails(
        Reply::text(200, "<html>"),
        4,
        "the answer is not one: it is broken JSON (expected value at line 1 column 1), which begins \
         `<html>`, after 4 tries",
    );
    check_request_fails(
        Reply::Raw(Vec::new()),
        4,
        "connection closed before message completed, after 4 tries",
    );
    check_request_fails(
        Reply::json(200, &json!({"error": "model crashed"})),
        4,
        "the answer is an error: model crashed, after 4 tries",
    );
}

#[test]
fn a_body_without_end_is_left_at_its_limit() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n";
    check_request_fails(
        Reply::Endless(head.into(), vec![b' '; 1 << 16], Duration::ZERO),
        1,
        "the answer goes on after 1114112 bytes, which is the limit",
    );
    // So is that of an error, of which only the beginning matters.
    let head = "HTTP/1.1 400 X\r\ncontent-length: 99999999999\r\n\r\n";
    check_request_fails(
        Reply::Endless(head.into(), b"no ".repeat(1 << 14), Duration::ZERO),
        1,
        &format!("status 400: {}…", &"no ".repeat(100)[..288]),
    );
}

/// The only test that waits for a clock: a quarter of a second in all.
#[test]
fn silence_and_a_trickle_end_by_the_timeout() {
    let trickle = Reply::Endless(
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n".to_vec(),
        b" ".to_vec(),
        Duration::from_millis(5),
    );
    for reply in [Reply::Endless(Vec::new(), Vec::new(), LONG), trickle] {
        let result = block_on(async {
            let server = BadServer::start(move |_, _| reply.clone()).await;
            let config = ServerConfig {
                request_timeout: Duration::from_millis(60),
                max_retries: 1,
                ..config(&server.url)
            };
            client(&config).call(&chat(1)).await
        });
        let Ok(Err(CallError::Request(detail))) = result else {
            panic!("{result:?}");
        };
        assert_eq!(detail, "no answer within 0.06 s, after 2 tries");
    }
}

#[test]
fn a_server_that_refuses_us_is_not_asked_again() {
    check_server_fails(
        Reply::error(401, "who are you?"),
        "refused by the server `URL/v1`: status 401: who are you? | the key is taken from the \
         environment variable `OPENAI_API_KEY`",
    );
    check_server_fails(
        Reply::error(404, "no model `m`"),
        "refused by the server `URL/v1`: status 404: no model `m` | are address and model right? most \
         addresses end in `/v1`",
    );
    check_server_fails(
        Reply::json(
            429,
            &json!({"error": {"code": "insufficient_quota", "message": "pay"}}),
        ),
        "refused by the server `URL/v1`: status 429: pay (insufficient_quota) | are address and model \
         right? most addresses end in `/v1`",
    );
}

#[test]
fn a_server_that_never_answered_is_not_waited_for() {
    let result = block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        client(&config(&url)).call(&chat(1)).await
    });
    let Ok(Err(CallError::Server(error))) = result else {
        panic!("{result:?}");
    };
    let message = error.to_string();
    assert!(
        message.starts_with("could not reach the server `http://127.0.0.1:"),
        "{message}"
    );
    assert!(
        message.ends_with("/v1`: Connection refused (os error 111)"),
        "{message}"
    );
}

#[test]
fn a_server_without_tls_is_not_taken_for_one_with() {
    let result = block_on(async {
        let server = BadServer::start(|_, seen| Reply::good(seen)).await;
        let url = server.url.replace("http:", "https:");
        client(&config(&url)).call(&chat(1)).await
    });
    let Ok(Err(CallError::Server(error))) = result else {
        panic!("{result:?}");
    };
    let message = error.to_string();
    assert!(
        message.starts_with("could not reach the server `https://"),
        "{message}"
    );
}

#[test]
fn no_redirection_is_followed() {
    block_on(async {
        let other = BadServer::start(|_, seen| Reply::good(seen)).await;
        let to = other.url.clone();
        let server = BadServer::start(move |_, _| {
            Reply::text(307, "").with_header(&format!("location: {to}/v1"))
        })
        .await;
        let result = client(&config(&server.url)).call(&chat(1)).await;
        let Err(CallError::Server(error)) = result else {
            panic!("{result:?}");
        };
        assert!(
            error.to_string().contains("which is not followed"),
            "{error}"
        );
        assert_eq!(other.seen().len(), 0);
    })
    .unwrap();
}
