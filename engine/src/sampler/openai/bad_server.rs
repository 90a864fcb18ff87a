//! A server on loopback that does as its script says, for the tests of the client.
//!
//! Knows of HTTP what the client sends, and nothing of what is asked.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// A request that came in.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Method and path, such as `GET /v1/models`.
    pub(super) line: String,
    /// Headers, in lower case, as `name: value`.
    pub(super) headers: Vec<String>,
    /// The body; null if there is none.
    pub(super) body: Value,
}

impl Seen {
    fn number(&self, field: &str) -> Option<u64> {
        self.body[field].as_u64()
    }

    /// Returns how many choices are asked for.
    pub(super) fn n(&self) -> u64 {
        self.number("n").unwrap_or(1)
    }
}

/// What the server does next.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// A whole answer: status, header lines, body.
    Whole(u16, String, Vec<u8>),
    /// These bytes, and the connection ends.
    Raw(Vec<u8>),
    /// These bytes, then these ones again and again until the client leaves.
    Endless(Vec<u8>, Vec<u8>, Duration),
}

impl Reply {
    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::Whole(status, String::new(), body.into())
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string())
    }

    /// An error as OpenAI words it.
    pub(super) fn error(status: u16, message: &str) -> Self {
        Self::json(status, &json!({"error": {"message": message}}))
    }

    pub(super) fn with_header(self, line: &str) -> Self {
        match self {
            Self::Whole(status, headers, body) => {
                Self::Whole(status, format!("{headers}{line}\r\n"), body)
            }
            other => other,
        }
    }

    /// The first `n` choices of a good answer; each names its seed.
    pub(super) fn choices(seen: &Seen, n: u64) -> Self {
        let seed = seen.number("seed").unwrap_or(0);
        let choices: Vec<_> = (0..n)
            .map(|i| {
                let text = format!("seed {}", seed + i);
                let mut choice = json!({"index": i, "finish_reason": "stop"});
                if seen.line.ends_with("/chat/completions") {
                    choice["message"] = json!({"role": "assistant", "content": text});
                } else {
                    choice["text"] = text.into();
                }
                if seen.body["logprobs"] == json!(true) {
                    choice["logprobs"] =
                        json!({"content": [{"logprob": -0.5}, {"logprob": -0.25}]});
                } else if seen.body["logprobs"] == json!(1) {
                    choice["logprobs"] = json!({"token_logprobs": [-0.5, -0.25]});
                }
                choice
            })
            .collect();
        let usage = json!({"prompt_tokens": 10, "completion_tokens": 2 * n});
        Self::json(
            200,
            &json!({"model": "m-1", "choices": choices, "usage": usage}),
        )
    }

    /// A good answer with all that is asked for.
    pub(super) fn good(seen: &Seen) -> Self {
        if seen.line.starts_with("GET") {
            return Self::json(200, &json!({"data": [{"id": "m-1"}, {"id": "m-2"}]}));
        }
        Self::choices(seen, seen.n())
    }
}

type Script = Arc<dyn Fn(usize, &Seen) -> Reply + Send + Sync>;

/// A server, until its runtime ends.
pub(super) struct BadServer {
    /// Its address.
    pub(super) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Hears of each connection that the client ended.
    left: mpsc::UnboundedReceiver<()>,
}

impl BadServer {
    /// Starts a server that answers the request of each number, from 0, by a script.
    pub(super) async fn start(
        script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (leaving, left) = mpsc::unbounded_channel();
        let script: Script = Arc::new(script);
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, log, leaving) =
                    (Arc::clone(&script), Arc::clone(&log), leaving.clone());
                tokio::spawn(async move {
                    serve(stream, script, log).await;
                    let _ = leaving.send(());
                });
            }
        });
        Self { url, seen, left }
    }

    /// Returns what was asked so far.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns once a client ended a connection.
    pub(super) async fn client_left(&mut self) {
        self.left.recv().await.unwrap();
    }
}

/// Answers the requests of one connection until either side ends it.
async fn serve(stream: TcpStream, script: Script, log: Arc<Mutex<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(seen) = read_request(&mut stream).await {
        let number = {
            let mut log = log.lock().unwrap();
            log.push(seen.clone());
            log.len() - 1
        };
        match script(number, &seen) {
            Reply::Whole(status, headers, body) => {
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n",
                    body.len()
                );
                if stream
                    .write_all(&[head.as_bytes(), &body].concat())
                    .await
                    .is_err()
                {
                    return;
                }
            }
            Reply::Raw(bytes) => {
                drop(stream.write_all(&bytes).await);
                drop(stream.shutdown().await);
                return;
            }
            Reply::Endless(head, again, pause) => {
                drop(stream.write_all(&head).await);
                let mut end = [0];
                loop {
                    if !again.is_empty() && stream.write_all(&again).await.is_err() {
                        return;
                    }
                    // The client says nothing more: a byte read is the end of the connection.
                    tokio::select! {
                        _ = stream.read(&mut end) => return,
                        () = tokio::time::sleep(pause) => {}
                    }
                }
            }
        }
    }
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers: Vec<_> = lines.iter().skip(1).map(|it| it.to_lowercase()).collect();
    let length = headers
        .iter()
        .find_map(|it| it.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |it| it.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen {
        line: lines[0].trim_end_matches(" HTTP/1.1").to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    })
}
