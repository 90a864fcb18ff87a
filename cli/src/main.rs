//! The `riddle` binary: arguments in, exit code out.
//!
//! Everything that is done is done by `riddle-engine`; this crate asks for it, prints what came of it,
//! and is the only one that prints or exits.
//!
//! ```text
//! args ──► commands::{solve, judge, run, show, …} ──► Exit
//!               │                 │
//!           progress       summary, table, page ──► printer ──► stdout (data), stderr (all else)
//! ```

mod args;
mod commands;
mod errors;
mod exit;
mod languages;
mod page;
mod printer;
mod progress;
mod sampler;
mod summary;
mod table;
mod text;
mod verdicts;

use std::process::ExitCode;

use clap::{ArgAction, Parser, Subcommand};

use crate::{
    commands::{
        check, doctor, evaluate, explain, inputs, judge, prompt, report, resume, run, setup, show,
        solve, validate, verify,
    },
    exit::Exit,
    printer::{OutputClosed, Printer},
};

/// Search over programs: candidates in, at most ten submissions out
#[derive(Parser, Debug)]
#[command(name = "riddle", version, max_term_width = 100, after_help = HELP_END)]
#[command(
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    // One form of help, the compact one, for `-h` and `--help`.
    /// Print help
    #[arg(short, long, global = true, action = ArgAction::HelpShort)]
    help: Option<bool>,
    /// Print the version
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

const HELP_END: &str = "\
Each candidate is compiled to WebAssembly, run on public tests and on generated inputs inside a
sandbox, and grouped with those that behave alike; the largest groups are submitted first.

Exit codes:
  0    done: every label met, something to submit, a clean end
  1    done, but not so: a candidate's failure
  2    could not be done
  130  interrupted";

#[derive(Subcommand, Debug)]
enum Command {
    Solve(solve::SolveArgs),
    Judge(judge::JudgeArgs),
    Run(run::RunArgs),
    Check(check::CheckArgs),
    Validate(validate::ValidateArgs),
    Inputs(inputs::InputsArgs),
    Show(show::ShowArgs),
    Explain(explain::ExplainArgs),
    Evaluate(evaluate::EvaluateArgs),
    Report(report::ReportArgs),
    Resume(resume::ResumeArgs),
    Verify(verify::VerifyArgs),
    Prompt(prompt::PromptCommandArgs),
    Setup(setup::SetupArgs),
    Doctor(doctor::DoctorArgs),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let printer = Printer::new();
    let result = match &command {
        Command::Solve(args) => solve::solve(args, printer),
        Command::Judge(args) => judge::judge(args, printer),
        Command::Run(args) => run::run(args, printer),
        Command::Check(args) => check::check(args, printer),
        Command::Validate(args) => validate::validate_problems(args, printer),
        Command::Inputs(args) => inputs::inputs(args, printer),
        Command::Show(args) => show::show(args, printer),
        Command::Explain(args) => explain::explain_run(args, printer),
        Command::Evaluate(args) => evaluate::evaluate_runs(args, printer),
        Command::Report(args) => report::report(args, printer),
        Command::Resume(args) => resume::resume(args, printer),
        Command::Verify(args) => verify::verify_runs(args, printer),
        Command::Prompt(args) => prompt::prompt(args, printer),
        Command::Setup(args) => setup::setup(args, printer),
        Command::Doctor(args) => doctor::doctor(args, printer),
    };
    let exit = match result {
        Ok(exit) => exit,
        Err(error) if error.is::<OutputClosed>() => Exit::Done,
        Err(error) => {
            printer.error(&error);
            Exit::CouldNot
        }
    };
    exit.into()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_evaluate_names_every_rule() {
        let mut command = super::Cli::command();
        let command = command.find_subcommand_mut("evaluate").unwrap();
        let help = command.render_help().to_string();
        let rules: Vec<_> = riddle_engine::rule_names().collect();
        assert!(help.contains(&format!("Rules: {}\n", rules.join(" "))));
    }

    #[test]
    fn the_documentation_has_every_help_text_as_it_is() {
        let mut command = super::Cli::command().term_width(100);
        command.build();
        let mut help = String::new();
        for command in command.get_subcommands_mut() {
            let text = command.render_help().to_string();
            let name = command.get_name();
            let text: Vec<_> = text.lines().map(str::trim_end).collect();
            writeln!(
                help,
                "## riddle {name}\n\n```text\n{}\n```\n",
                text.join("\n")
            )
            .unwrap();
        }
        let documented = include_str!("../../docs/cli.md");
        assert!(
            documented.contains(&help),
            "put this into `docs/cli.md`:\n\n{help}"
        );
    }
}
