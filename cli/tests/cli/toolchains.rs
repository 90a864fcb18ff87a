//! `riddle setup` and `riddle doctor`, without a network and without toolchains.

use serde_json::Value;

use crate::{check, world::World};

#[test]
fn doctor_says_what_is_missing_and_what_to_do() {
    let world = World::new();
    let outcome = world.riddle(&["doctor", "--format", "json"]);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let checks = json["checks"].as_array().unwrap();
    let missing = |name: &str| {
        let check = checks.iter().find(|it| it["name"] == name).unwrap();
        (check["state"].as_str(), check["fix"].as_str())
    };
    for language in ["C and C++", "Python"] {
        assert_eq!(
            missing(language),
            (Some("missing"), Some("run `riddle setup`"))
        );
    }
    assert_eq!(outcome.exit, Some(1));

    let human = world.riddle(&["doctor"]);
    assert!(human.stdout.contains("missing  Python"), "{human}");
    assert!(
        human.stderr.contains("hint: Python: run `riddle setup`"),
        "{human}"
    );
    assert_eq!(human.exit, Some(1));

    let lines = world.riddle(&["doctor", "--format", "jsonl"]).stdout;
    assert_eq!(lines.lines().count(), checks.len());
}

#[test]
fn setup_names_a_folder_of_wheels_that_is_none() {
    let world = World::new();
    check!(world.riddle(&["setup", "--from", "wheels"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `wheels` is not a folder
    ");
}

#[test]
fn setup_names_a_cache_folder_that_cannot_be_used() {
    let world = World::new();
    world.write("file", "");
    check!(world.riddle(&["setup", "--cache", "file/cache"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not set up the cache folder
      caused by: failed to create directory `file/cache/toolchains`: Not a directory (os error 20)
    ");
}
