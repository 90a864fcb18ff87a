//! Compiling the programs of a package that judge, validate or grade.
//!
//! Knows languages and main files; not how a program is then called.

use riddle_problems::{JudgeLanguage, JudgeProgram};
use riddle_sandbox::{Language, Program, Sandbox, SandboxError, SourceFiles};

/// Compiles a program; the inner `Err` is why it cannot be used.
pub(super) fn build(
    sandbox: &Sandbox,
    program: &JudgeProgram,
) -> Result<Result<Program, String>, SandboxError> {
    let language = match &program.language {
        JudgeLanguage::C => Language::C,
        JudgeLanguage::Cpp => Language::Cpp,
        JudgeLanguage::Python => Language::Python,
        other => return Ok(Err(format!("programs in {other} are not run"))),
    };
    let main = match (&program.entry, &program.files[..]) {
        (Some(entry), files) => files.iter().find(|it| it.name == *entry),
        (None, files) => files
            .iter()
            .find(|it| crate::parts::language_of(&it.name) == Some(language)),
    };
    let Some(main) = main else {
        return Ok(Err("it has no main file".to_owned()));
    };
    let mut files = SourceFiles::default();
    for file in program.files.iter().filter(|it| it.name != main.name) {
        // Read-me files and the like may have any name, and no program asks for them.
        drop(files.add(&file.name, file.bytes.clone()));
    }
    compile(sandbox, language, &main.bytes, &files)
}

fn compile(
    sandbox: &Sandbox,
    language: Language,
    source: &[u8],
    files: &SourceFiles,
) -> Result<Result<Program, String>, SandboxError> {
    let compiled = match sandbox.compile_with(language, source, files) {
        Ok(compiled) => compiled,
        Err(error @ SandboxError::NoToolchain { .. }) => return Ok(Err(error.to_string())),
        Err(error) => return Err(error),
    };
    Ok(compiled
        .outcome
        .map_err(|failure| format!("it does not compile: {}", failure.text)))
}
