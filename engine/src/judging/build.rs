//! Compiling the programs of a package that judge, validate or grade.
//!
//! Knows languages and main files; not how a program is then called.

use std::sync::Arc;

use riddle_problems::{JudgeLanguage, JudgeProgram, SourceFile};
use riddle_sandbox::{Language, Program, Sandbox, SandboxError, SourceFiles};

/// Where the modules of a Python program of several files lie.
const MODULES: &str = "/program/";

/// A program, and what it reads of its own while it runs, by path.
pub(super) struct Built {
    pub(super) program: Program,
    pub(super) own_files: Vec<(String, Arc<[u8]>)>,
}

/// Compiles a program; the inner `Err` is why it cannot be used.
pub(super) fn build(
    sandbox: &Sandbox,
    program: &JudgeProgram,
) -> Result<Result<Built, String>, SandboxError> {
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
    let beside = || program.files.iter().filter(|it| it.name != main.name);
    if language == Language::Python {
        let modules: Vec<&SourceFile> = beside().collect();
        return python(sandbox, main, &modules);
    }
    let mut files = SourceFiles::default();
    for file in beside() {
        // Read-me files and the like may have any name, and no program asks for them.
        drop(files.add(&file.name, file.bytes.clone()));
    }
    let built = compile(sandbox, language, &main.bytes, &files)?;
    Ok(built.map(|program| Built {
        program,
        own_files: Vec::new(),
    }))
}

/// Compiles a Python program. One of several files starts at a line of ours, which finds the others where they lie
/// when it runs; each is compiled once before, so that a mistake in it is no word on what it judges.
fn python(
    sandbox: &Sandbox,
    main: &SourceFile,
    modules: &[&SourceFile],
) -> Result<Result<Built, String>, SandboxError> {
    let none = SourceFiles::default();
    let alone = compile(sandbox, Language::Python, &main.bytes, &none)?;
    let is_module =
        |it: &&&SourceFile| crate::parts::language_of(&it.name) == Some(Language::Python);
    let program = match alone {
        Ok(program) => program,
        Err(reason) => return Ok(Err(reason)),
    };
    if !modules.iter().any(|it| is_module(&it)) {
        return Ok(Ok(Built {
            program,
            own_files: Vec::new(),
        }));
    }
    for module in modules.iter().filter(is_module) {
        if let Err(reason) = compile(sandbox, Language::Python, &module.bytes, &none)? {
            return Ok(Err(format!("`{}`: {reason}", module.name)));
        }
    }
    let path = format!("{MODULES}{}", main.name);
    let start = format!(
        "__import__('sys').path.insert(0, {folder:?})\n\
         exec(compile(open({path:?}, 'rb').read(), {path:?}, 'exec', dont_inherit=True))\n",
        folder = MODULES.trim_end_matches('/'),
    );
    let own_files = modules.iter().copied().chain([main]);
    let own_files = own_files
        .map(|it| (format!("{MODULES}{}", it.name), it.bytes.as_slice().into()))
        .collect();
    let started = compile(sandbox, Language::Python, start.as_bytes(), &none)?;
    Ok(started.map(|program| Built { program, own_files }))
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
