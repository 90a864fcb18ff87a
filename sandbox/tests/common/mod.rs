//! What the tests of C and C++ candidates share: one program, compiled and run once.

use riddle_sandbox::{
    Cancel, Ending, Execution, Language, Limits, Program, Sandbox, SandboxOptions, default_cache,
};

/// Opens a sandbox on the cache that `riddle setup` filled.
pub(crate) fn sandbox() -> Sandbox {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Sandbox::open(SandboxOptions {
        n_slots: 1,
        ..SandboxOptions::new(cache)
    })
    .unwrap()
}

/// Compiles a program that must compile.
#[track_caller]
pub(crate) fn compile(sandbox: &Sandbox, language: Language, source: &str) -> Program {
    let compiled = sandbox.compile(language, source.as_bytes()).unwrap();
    compiled
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text))
}

/// Runs a program that compiles.
#[track_caller]
pub(crate) fn run(language: Language, source: &str, input: &str) -> Execution {
    let sandbox = sandbox();
    let program = compile(&sandbox, language, source);
    let (limits, cancel) = (Limits::default(), Cancel::new());
    sandbox
        .execute(&program, input.as_bytes().into(), &limits, &cancel)
        .unwrap()
}

/// Runs a program that must end well and print what is expected.
#[track_caller]
pub(crate) fn check(language: Language, source: &str, input: &str, expected: &str) {
    let execution = run(language, source, input);
    let stderr = String::from_utf8_lossy(&execution.stderr).into_owned();
    assert_eq!(execution.ending, Ending::Ok, "{stderr}");
    assert_eq!(String::from_utf8_lossy(&execution.stdout), expected);
}
