//! Searches over language models: what is refused and how, what is asked, and runs that are killed.

#[cfg(feature = "local")]
use std::path::{Path, PathBuf};
use std::{
    io::{Read, Write},
    net::TcpListener,
};

use crate::{check, programs, world::World};

/// A key that must appear nowhere.
const KEY: &str = "sk-verysecret0123456789";

fn world() -> World {
    let world = World::new();
    world.echo_problem("echo");
    world.write("echo/statement.md", "# Echo\n\nPrint the integer.\n");
    world
}

#[test]
fn where_candidates_come_from_must_be_said() {
    let world = world();
    check!(world.riddle(&["solve", "echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: no candidates are named
    hint: pass a pool by `--candidates PATH`, or a model by `--sampler local`
    ");
    check!(world.riddle(&["solve", "echo", "--sampler", "local", "--candidates", "pool"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `--candidates` goes with `--sampler replay`, not with a model
    ");
    check!(world.riddle(&["solve", "echo", "--sampler", "openai", "--temperature", "0.5..3"]), @"
    exit 2
    --- stdout
    --- stderr
    error: temperature 0.5..3 is out of range: 0 to 2 is possible
    ");
    check!(world.riddle(&["solve", "echo", "--sampler", "openai", "--template", "gpt"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not write the prompt: no template family and no file is named `gpt`
    hint: the bundled families are instruct, few-shot, chatml, code-llama, deepseek-coder, base; a file of your own is named by its path
    ");
}

#[cfg(not(feature = "local"))]
#[test]
fn without_the_embedded_model_it_is_told_how_to_have_it() {
    check!(world().riddle(&["solve", "echo", "--sampler", "local"]), @"
    exit 2
    --- stdout
    --- stderr
    error: this Riddle was built without the embedded model
    hint: build it by `scripts/with-llama cargo build --release -p riddle --features local`
    ");
}

#[test]
fn a_server_that_is_down_is_named_and_no_run_is_begun() {
    let world = world();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/v1");
    let outcome = world.riddle(&["solve", "echo", "--sampler", "openai", "--base-url", &url]);
    let text = outcome.to_string().replace(&port.to_string(), "[port]");
    check!(text, @"
    exit 2
    --- stdout
    --- stderr
    error: could not reach the server `http://127.0.0.1:[port]/v1`: Connection refused (os error 111)
    hint: start the server, or name another address
    ");
    assert!(!world.path("runs").exists());
}

/// Answers every request with one text, as long as anybody asks.
fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut part = vec![0; 65536];
            while let Ok(n) = stream.read(&mut part) {
                request.extend_from_slice(&part[..n]);
                let text = String::from_utf8_lossy(&request);
                let body = text.split_once("\r\n\r\n").map(|it| it.1.len());
                let length = text.to_ascii_lowercase();
                let length = length
                    .split_once("content-length: ")
                    .map_or(0, |it| it.1.lines().next().unwrap().trim().parse().unwrap());
                if n == 0 || body.is_some_and(|it| it >= length) {
                    break;
                }
            }
            let body = if request.starts_with(b"GET") {
                r#"{"data":[{"id":"tiny"}]}"#.to_owned()
            } else {
                let choice = serde_json::json!({
                    "index": 0, "finish_reason": "stop",
                    "message": {"role": "assistant", "content": answer},
                });
                serde_json::json!({"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 4}})
                    .to_string()
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            // The client may have gone.
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn a_key_is_in_no_file_and_no_message() {
    let world = world();
    let url = server("No code today.");
    let output = world
        .command(&[
            "solve",
            "echo",
            "--sampler",
            "openai",
            "--base-url",
            &url,
            "--samples",
            "3",
            "--choices",
            "1",
            "--key-env",
            "TEST_KEY",
            "--prices",
            "1,2",
            "-o",
            "run",
        ])
        .env("TEST_KEY", KEY)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut texts = vec![output.stdout, output.stderr];
    let mut n_files = 0;
    for entry in fs_err::read_dir(world.path("run")).unwrap() {
        n_files += 1;
        texts.push(fs_err::read(entry.unwrap().path()).unwrap());
    }
    assert!(n_files >= 5);
    for text in texts {
        assert!(!String::from_utf8_lossy(&text).contains(KEY));
    }
    let report: serde_json::Value = serde_json::from_str(&world.read("run/report.json")).unwrap();
    assert_eq!(report["funnel"][0]["reasons"]["no_code"], 3);
    assert_eq!(report["sampling"]["n_tokens"], 12);
    let manifest = world.read("run/manifest.json");
    assert!(manifest.contains("TEST_KEY"), "{manifest}");
}

#[test]
fn what_would_be_asked_is_printed() {
    let world = world();
    check!(world.riddle(&["prompt", "echo", "--no-example"]), @r#"
    exit 0
    --- stdout
    [system]
    You are an expert competitive programmer. Answer with one complete Python program and nothing else.
    [user]
    # Echo

    Print the integer.

    Example 1
    Input:
    1234
    Output:
    1234

    Write a Python program. Read from standard input, print to standard output, only code.
    [the answer begins with]
    ```python
    [the answer ends at]
    "\n```"
    --- stderr
    "#);
    let outcome = world.riddle(&[
        "prompt",
        "echo",
        "--template",
        "code-llama",
        "--form",
        "infill",
        "--mix",
        "cpp",
        "--format",
        "jsonl",
    ]);
    check!(outcome, @r#"
    exit 0
    --- stdout
    {"problem":"echo","language":"cpp","rating":null,"tags":[],"messages":null,"prompt":"<PRE> // # Echo\n//\n// Print the integer.\n//\n// Example 1\n// Input:\n// 1234\n// Output:\n// 1234\n#include <bits/stdc++.h>\nusing namespace std;\n\nint main() {\n <SUF>    return 0;\n}\n <MID>","suffix":null,"prefill":"","stop":["<EOT>"]}
    --- stderr
    "#);
    world.write("echo/statement.md", "x".repeat(1 << 20));
    check!(world.riddle(&["prompt", "echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not write the prompt: statement of `echo` has 1048576 bytes: the limit of a prompt is 65536
    ");
    world.write("mine.toml", "[chat]\nmessage = 1\n");
    check!(world.riddle(&["prompt", "echo", "--template", "mine.toml"]), @"
    exit 2
    --- stdout
    --- stderr
    error: template file `mine.toml`, line 2: unknown field `message`, expected one of `messages`, `prompt`, `suffix`, `before`, `after`, `prefill`, `stop`, `prefill_stop`
    ");
}

#[test]
fn a_run_that_was_done_is_resumed_without_its_sampler() {
    let world = world();
    world.write("pool/right.wat", programs::echo());
    let done = world.riddle(&["solve", "echo", "--candidates", "pool", "-o", "run"]);
    assert_eq!(done.exit, Some(0), "{done}");
    fs_err::remove_dir_all(world.path("pool")).unwrap();
    let resumed = world.riddle(&["resume", "run"]);
    assert_eq!((resumed.exit, &resumed.stdout), (Some(0), &done.stdout));
    assert!(
        resumed.stderr.starts_with("the run was done before\n"),
        "{resumed}"
    );
}

#[test]
fn only_a_run_can_be_resumed_or_explained() {
    let world = world();
    check!(world.riddle(&["resume", "echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `echo` is not a run folder: failed to open file `echo/manifest.json`: No such file or directory (os error 2)
    ");
    check!(world.riddle(&["explain", "echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `echo` is not a run folder: failed to open file `echo/manifest.json`: No such file or directory (os error 2)
    ");
}

/// Returns the cache of the user, whose toolchains and model the tests of live runs need, or `None` where
/// the model is not there.
#[cfg(feature = "local")]
fn cache() -> Option<PathBuf> {
    let cache = riddle_engine::sandbox::default_cache()?;
    if riddle_engine::default_model(&cache).is_file() {
        return Some(cache);
    }
    #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
    {
        eprintln!("left out: the embedded model is not installed");
    }
    None
}

#[cfg(feature = "local")]
#[test]
fn a_live_run_that_is_killed_ten_times_has_each_index_once_and_replays_to_its_report() {
    const SAMPLES: usize = 44;
    let Some(cache) = cache() else { return };
    let world = world();
    let n_lines = |path: &Path| {
        let text = fs_err::read_to_string(path).unwrap_or_default();
        text.matches('\n').count()
    };
    let journal = world.path("run/candidates.jsonl");
    let solve = [
        "solve",
        "echo",
        "--sampler",
        "local",
        "--samples",
        "44",
        "--max-tokens",
        "40",
        "--choices",
        "8",
        "--slots",
        "6",
        "-j2",
        "-o",
        "run",
    ];
    let mut n_kills = 0;
    for n in (1..SAMPLES).step_by(4).take(10) {
        let args: &[&str] = if n == 1 { &solve } else { &["resume", "run"] };
        let mut child = world
            .command(args)
            .env("RIDDLE_CACHE", &cache)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while n_lines(&journal) < n && child.try_wait().unwrap().is_none() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        child.kill().unwrap();
        n_kills += usize::from(!child.wait().unwrap().success());
    }
    assert_eq!(n_kills, 10);
    let with_cache = |args: &[&str]| {
        let output = world
            .command(args)
            .env("RIDDLE_CACHE", &cache)
            .output()
            .unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    };
    with_cache(&["resume", "run"]);
    let mut indices: Vec<u64> = world
        .read("run/candidates.jsonl")
        .lines()
        .map(|it| {
            serde_json::from_str::<serde_json::Value>(it).unwrap()["index"]
                .as_u64()
                .unwrap()
        })
        .collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..SAMPLES as u64).collect::<Vec<_>>());
    let pool = "run/candidates.jsonl";
    with_cache(&[
        "solve",
        "echo",
        "--candidates",
        pool,
        "--samples",
        "44",
        "-o",
        "again",
    ]);
    assert_eq!(
        world.read("again/report.json"),
        world.read("run/report.json")
    );
}
