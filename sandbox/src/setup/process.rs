//! Running the tools of a setup: trusted programs, unlike a candidate's compiler.

use std::process::{Command, Stdio};

use super::install::SetupError;

/// Lines of a failed tool's output that its error quotes.
const QUOTED_LINES: usize = 20;

/// Runs a command to its end and returns its standard output, or an error that quotes its last lines.
pub(super) fn run(action: &str, command: &mut Command) -> Result<String, SetupError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| SetupError::Spawn {
            program: program.clone(),
            source,
        })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let mut text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stdout));
    let lines: Vec<&str> = text.lines().collect();
    Err(SetupError::Tool {
        action: action.to_owned(),
        program,
        status: output.status.to_string(),
        output: lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n"),
    })
}
