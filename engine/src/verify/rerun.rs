//! One candidate again: compiled from the journal, run in fresh executions, and compared bit by bit.

use std::{fmt::Display, sync::Arc};

use riddle_clustering::EndingClass;
use riddle_problems::{Test, Verdict};
use riddle_sandbox::{Cancel, Language, Program, SandboxError};

use super::{
    draw::{Drawn, Job},
    ground::Ground,
    report::{Mismatch, VerifyReport},
};
use crate::{
    Candidate, Stage,
    evaluate::limits,
    record::{ExecutionRecord, ending_name},
    tally::{compile_reason, kept_detail},
    verdict::verdict,
};

/// What the database says of a compilation that the wall clock ended.
const COMPILER_BACKSTOP: &str = "compiler_backstop";

/// Why executions are not compared where the program itself differs.
const OTHER_PROGRAM: &str = "their program came out as another";

/// Compiles a candidate again, runs what was drawn of it again, and returns what differs.
pub(super) fn rerun(
    ground: &Ground,
    job: &Job,
    candidate: &Candidate,
) -> Result<VerifyReport, SandboxError> {
    let mut report = VerifyReport::default();
    let n = job.executions.len() as u64;
    let language = candidate.sample.language;
    if let Some(reason) = ground.foreign.get(&language) {
        report.not_comparable(reason, n, 1);
        return Ok(report);
    }
    let mut again = Again {
        ground,
        job,
        report,
    };
    match again.compile(candidate)? {
        Came::Out(program) => {
            for drawn in &job.executions {
                again.execute(language, &program, drawn)?;
            }
        }
        Came::AsAnother => again.report.not_comparable(OTHER_PROGRAM, n, 0),
        Came::TooLate => again.report.executions.n_backstopped += n,
    }
    Ok(again.report)
}

/// How a candidate came out of the compiler.
enum Came {
    /// As the program that was recorded.
    Out(Program),
    /// As another, or as none.
    AsAnother,
    /// The wall clock ended the compiler, then or now.
    TooLate,
}

struct Again<'a> {
    ground: &'a Ground,
    job: &'a Job,
    report: VerifyReport,
}

impl Again<'_> {
    fn compile(&mut self, candidate: &Candidate) -> Result<Came, SandboxError> {
        let recorded = &self.job.candidate;
        let sample = &candidate.sample;
        let compiled = self
            .ground
            .sandbox
            .compile(sample.language, &sample.source)?;
        let dropped = recorded
            .dropped
            .as_ref()
            .filter(|it| it.0 == Stage::Compile.title());
        let is_late = match &compiled.outcome {
            Err(failure) => !failure.is_deterministic(),
            Ok(_) => false,
        };
        if is_late || dropped.is_some_and(|it| it.1 == COMPILER_BACKSTOP) {
            self.report.compilations.n_backstopped += 1;
            return Ok(Came::TooLate);
        }
        let before = self.report.n_mismatches;
        self.equal(
            "compile",
            None,
            "source",
            recorded.source,
            candidate.source_digest(),
        );
        self.equal(
            "compile",
            None,
            "language",
            &recorded.language,
            sample.language,
        );
        let artifact = compiled.outcome.as_ref().ok().map(Program::digest);
        let shown =
            |it: Option<riddle_sandbox::Digest>| it.map_or("none".into(), |it| it.to_string());
        self.equal(
            "compile",
            None,
            "artifact",
            shown(recorded.artifact),
            shown(artifact),
        );
        if let Err(failure) = &compiled.outcome {
            let (reason, detail) = dropped.map_or(("none", "none"), |it| (&it.1, &it.2));
            self.equal(
                "compile",
                None,
                "failure",
                reason,
                compile_reason(failure.kind),
            );
            self.equal(
                "compile",
                None,
                "detail",
                detail,
                kept_detail(&failure.text),
            );
        }
        self.report
            .compilations
            .compared(self.report.n_mismatches == before);
        Ok(match compiled.outcome {
            Ok(program) if artifact == recorded.artifact => Came::Out(program),
            _ => Came::AsAnother,
        })
    }

    fn execute(
        &mut self,
        language: Language,
        program: &Program,
        drawn: &Drawn,
    ) -> Result<(), SandboxError> {
        let Ground { task, private, .. } = self.ground;
        let tests: &[Test] = match (&*drawn.stage, private) {
            ("private", Ok(private)) => private,
            ("private", Err(reason)) => {
                self.report.not_comparable(reason, 1, 0);
                return Ok(());
            }
            ("public", _) => &task.public_tests,
            _ => &[],
        };
        let test = tests.get(drawn.index);
        let generated = match &*drawn.stage {
            "inputs" => self.ground.inputs.get(drawn.index),
            _ => None,
        };
        let Some(input) = test.map(|it| &it.input).or(generated) else {
            self.report.executions.compared(false);
            self.equal(
                &drawn.stage,
                Some(drawn),
                "record",
                "an execution",
                "no test or input",
            );
            return Ok(());
        };
        if drawn.record.ending == EndingClass::Unknown {
            self.report.executions.n_backstopped += 1;
            return Ok(());
        }
        let limits = limits(task, self.ground.time_limit, language);
        let sandbox = &self.ground.sandbox;
        let execution = sandbox.execute(program, Arc::clone(input), &limits, &Cancel::new())?;
        let seen = ExecutionRecord::of(&execution);
        if seen.ending == EndingClass::Unknown {
            self.report.executions.n_backstopped += 1;
            return Ok(());
        }
        let before = self.report.n_mismatches;
        let was = &drawn.record;
        let at = Some(drawn);
        self.equal(
            &drawn.stage,
            at,
            "ending",
            ending_name(was.ending),
            ending_name(seen.ending),
        );
        self.equal(&drawn.stage, at, "exit_code", was.exit_code, seen.exit_code);
        self.equal(&drawn.stage, at, "output", was.output, seen.output);
        self.equal(&drawn.stage, at, "fuel", was.fuel, seen.fuel);
        self.equal(
            &drawn.stage,
            at,
            "memory_bytes",
            was.memory_bytes,
            seen.memory_bytes,
        );
        if let Some(test) = test {
            let verdict = verdict(&execution, &task.checker, &test.answer);
            self.judge(drawn, tests, verdict);
        }
        self.report
            .executions
            .compared(self.report.n_mismatches == before);
        Ok(())
    }

    /// Compares a verdict with what the records say: all but a stage's last execution passed, and the last
    /// one decided.
    fn judge(&mut self, drawn: &Drawn, tests: &[Test], seen: Verdict) {
        let candidate = &self.job.candidate;
        let is_last = drawn.index + 1 == drawn.n_recorded;
        let dropped = candidate.dropped.as_ref().map(|it| (&*it.1, &*it.2));
        let told = self.ground.told.get(&candidate.place);
        let recorded = match (&*drawn.stage, is_last) {
            (_, false) => "AC",
            ("public", true) => dropped.map_or("AC", |it| it.0),
            (_, true) => match told {
                Some(told) => told.verdict.as_str(),
                // Nothing tells the verdict but that no test came after it.
                None if seen == Verdict::Ac && drawn.n_recorded < tests.len() => "not AC",
                None => return,
            },
        };
        self.equal(
            &drawn.stage,
            Some(drawn),
            "verdict",
            recorded,
            seen.as_str(),
        );
        match (&*drawn.stage, dropped, told) {
            ("public", Some((_, detail)), _) if is_last => {
                let seen = format!("on public test {}", drawn.index + 1);
                self.equal(&drawn.stage, Some(drawn), "detail", detail, seen);
            }
            ("private", _, Some(told)) if is_last => {
                let Some(recorded) = &told.failed_test else {
                    return;
                };
                let recorded = recorded.as_deref().unwrap_or("none");
                let failed = tests.get(drawn.index).filter(|_| seen != Verdict::Ac);
                let seen = failed.map_or("none", |it| &it.name);
                self.equal(&drawn.stage, Some(drawn), "failed_test", recorded, seen);
            }
            _ => {}
        }
    }

    /// Notes a mismatch unless both values read the same.
    fn equal(
        &mut self,
        stage: &str,
        drawn: Option<&Drawn>,
        field: &str,
        recorded: impl Display,
        seen: impl Display,
    ) {
        let (recorded, seen) = (recorded.to_string(), seen.to_string());
        if recorded == seen {
            return;
        }
        let tests = match (stage, &self.ground.private) {
            ("public", _) => &self.ground.task.public_tests[..],
            ("private", Ok(private)) => private,
            _ => &[],
        };
        let index = drawn.map(|it| it.index);
        let mismatch = Mismatch {
            problem: self.ground.task.id.clone(),
            candidate: Some(self.job.candidate.name.clone()),
            place: Some(self.job.candidate.place),
            stage: stage.to_owned(),
            number: index.map(|it| it as u64),
            test: index.and_then(|it| Some(tests.get(it)?.name.clone())),
            field: field.to_owned(),
            recorded,
            seen,
        };
        self.report.differs(mismatch);
    }
}
