//! `riddle report`.

use serde_json::json;

use crate::{check, programs, world::World};

const HOSTILE_NAME: &str = "<script>alert(1)</script>\u{1b}[2J\u{202e}";

/// Solves problem `echo` with candidates whose names and texts are markup.
fn world_with_run() -> World {
    let world = World::new();
    world.echo_problem("echo");
    let hostile = "</code></pre><img src=http://example.com/x onerror=alert(2)>";
    let lines: Vec<_> = [
        (HOSTILE_NAME, format!(";; {hostile}\n{}", programs::echo())),
        ("constant", programs::prints(1, *b"1234")),
        ("again", format!(";; again\n{}", programs::echo())),
        ("traps", programs::traps()),
        ("broken", programs::broken()),
    ]
    .iter()
    .map(|(name, it)| json!({"language": "wasm", "source": it, "id": name}).to_string())
    .collect();
    world.write("pool.jsonl", lines.join("\n"));
    let solved = world.riddle(&["solve", "echo", "--candidates", "pool.jsonl", "-o", "run"]);
    assert_eq!(solved.exit, Some(0), "{solved}");
    world
}

/// Panics unless every element that is opened is closed in its turn.
fn check_balance(page: &str) {
    const VOID: [&str; 2] = ["meta", "!DOCTYPE"];
    let (_, style) = page.split_once("<style>").unwrap();
    let (style, body) = style.split_once("</style>").unwrap();
    assert!(!style.contains('<'), "a style has no markup");
    let mut open = Vec::new();
    for tag in body.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("a tag ends");
        let name = tag
            .split([' ', '/', '\n'])
            .find(|it| !it.is_empty())
            .unwrap();
        if tag.starts_with('/') {
            let opened = open.pop();
            // The head was opened before the style.
            assert!(
                opened == Some(name) || ["head", "html"].contains(&name),
                "{opened:?}, {name}"
            );
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
}

#[test]
fn a_run_has_a_page() {
    let world = world_with_run();
    let outcome = world.riddle(&["report", "run", "--plots", "plots"]);
    assert_eq!(outcome.exit, Some(0), "{outcome}");
    assert!(outcome.stdout.is_empty(), "{outcome}");
    assert!(
        outcome.stderr.ends_with("wrote 4 plots to plots\n"),
        "{outcome}"
    );
    let page = world.read("run/report.html");
    check_balance(&page);
    for part in [
        "<title>run · Riddle</title>",
        "1 of 1 ",
        "10@k: problems solved with 10 submissions",
        "They part on 50 of 50 generated inputs",
        "✓ AC",
        "✗ WA",
        "− 1 RTE",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for name in ["funnel", "cluster-sizes", "n-at-k-1", "n-at-k-10"] {
        let plot = world.read(&format!("plots/{name}.svg"));
        let plot = roxmltree::Document::parse(&plot).unwrap();
        assert!(
            plot.root_element()
                .has_tag_name(("http://www.w3.org/2000/svg", "svg"))
        );
    }
}

#[test]
fn what_others_wrote_is_text() {
    let world = world_with_run();
    assert_eq!(world.riddle(&["report", "run"]).exit, Some(0));
    let page = world.read("run/report.html");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\u{fffd}[2J\u{fffd}"));
    assert!(page.contains("&lt;/code&gt;&lt;/pre&gt;&lt;img src=http://example.com/x"));
    for markup in [
        "<script",
        "<img",
        "<link",
        "<iframe",
        "<object",
        " href=\"http",
        " src=",
    ] {
        let outside = page.replace("&lt;img src=", "");
        assert!(!outside.contains(markup), "{markup}");
    }
    for loads in ["url(", "@import", "https:", "xmlns"] {
        assert!(!page.contains(loads), "{loads}");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline';"));
    assert!(!page.contains(['\u{1b}', '\u{202e}', '\r']));
}

#[test]
fn the_same_run_is_the_same_page() {
    let world = world_with_run();
    assert_eq!(world.riddle(&["report", "run"]).exit, Some(0));
    let again = world.riddle(&["report", "./run/../run", "-o", "again.html"]);
    assert_eq!(again.exit, Some(0), "{again}");
    assert_eq!(world.read("run/report.html"), world.read("again.html"));
}

#[test]
fn a_run_without_private_tests_says_so() {
    let world = World::new();
    world.echo_problem("echo");
    fs_err::remove_dir_all(world.path("echo/tests/private")).unwrap();
    let lines = [programs::echo(), programs::traps()];
    let lines = lines.map(|it| json!({"language": "wasm", "source": it}).to_string());
    world.write("pool.jsonl", lines.join("\n"));
    let solve = ["solve", "echo", "--candidates", "pool.jsonl", "-o", "run"];
    assert_eq!(world.riddle(&solve).exit, Some(0));
    let outcome = world.riddle(&["report", "run", "--plots", "plots"]);
    assert!(
        outcome.stderr.ends_with("wrote 2 plots to plots\n"),
        "{outcome}"
    );
    let page = world.read("run/report.html");
    assert!(page.contains("n@k cannot be told"));
    assert!(page.contains("1 problem not measured: the problem has no private tests."));
    assert!(page.contains("problems with something to submit"));
}

#[test]
fn a_run_without_survivors_says_so() {
    let world = World::new();
    world.echo_problem("echo");
    let line = json!({"language": "wasm", "source": programs::traps()}).to_string();
    world.write("pool.jsonl", line);
    let solve = ["solve", "echo", "--candidates", "pool.jsonl", "-o", "run"];
    assert_eq!(world.riddle(&solve).exit, Some(1));
    let outcome = world.riddle(&["report", "run"]);
    assert_eq!(outcome.exit, Some(0), "{outcome}");
    assert!(
        world
            .read("run/report.html")
            .contains("No candidate passes the public tests")
    );
}

#[test]
fn bad_input_is_named() {
    let world = world_with_run();
    check!(world.riddle(&["report", "nowhere"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `nowhere` is not a run folder: failed to open file `nowhere/manifest.json`: No such file or directory (os error 2)
    ");
    check!(world.riddle(&["report", "run", "run", "-o", "page.html"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `-o` is for one run: 2 are given
    ");
    check!(world.riddle(&["report", "run", "--rules", "luck"]), @"
    exit 2
    --- stdout
    --- stderr
    error: unknown rule `luck`: expected `all` or some of riddle, alphacode, alphacode2, mbr-exec, fmv, codet, codet-sqrt, b4, maxpass, srank, random, first
    ");
    check!(world.riddle(&["report", "run", "-o", "no/such/page.html"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not write the page
      caused by: failed to create file `no/such/page.html`: No such file or directory (os error 2)
    ");
    let report = world.read("run/report.json");
    fs_err::remove_file(world.path("run/report.json")).unwrap();
    check!(world.riddle(&["report", "run"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `run/report.json` is not there: the run was cut short
    hint: `riddle resume run` goes on with the run
    ");
    world.write("run/report.json", "{\"problem\": ");
    check!(world.riddle(&["report", "run"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `run` is not a run folder: `report.json`: EOF while parsing a value at line 1 column 12
    ");
    // As if interrupted before the first problem was begun.
    let totals = json!({
        "n_problems": 0, "n_scored": 0, "n_solved": 0, "n_solvable": 0, "n_candidates": 0,
        "n_survivors": 0, "n_executions": 0,
    });
    let nothing = json!({"problems": [], "totals": totals});
    world.write("run/report.json", nothing.to_string());
    assert_eq!(world.riddle(&["report", "run"]).exit, Some(0));
    let page = world.read("run/report.html");
    assert!(page.contains("it came to 0 of 1 problem.") && page.contains("not searched"));
    world.write("run/report.json", report);
    let database = fs_err::read(world.path("run/run.sqlite")).unwrap();
    world.write("run/run.sqlite", &database[..database.len() / 2]);
    check!(world.riddle(&["report", "run"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not read the tables in the run database `run/run.sqlite`
      caused by: database disk image is malformed
      caused by: Error code 11: database disk image is malformed
    ");
}
