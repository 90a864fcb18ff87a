//! One candidate again: compiled from the journal, run in fresh executions, and compared bit by bit.

use std::sync::Arc;

use riddle_clustering::EndingClass;
use riddle_problems::{Test, Verdict};
use riddle_sandbox::{Digest, Language, Program, SandboxError};

use super::{
    draw::{Drawn, Job},
    ground::{Ground, NO_TEST},
    report::{Mismatch, VerifyReport},
};
use crate::{
    Candidate, Stage,
    evaluate::limits,
    judging::run_input,
    record::{ExecutionRecord, PARTING, ending_name},
    tally::{compile_reason, kept_detail},
};

/// What the database says of a compilation that the backstop ended.
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
                if ground.interrupt.is_set() {
                    again.report.is_interrupted = true;
                    break;
                }
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
    /// The backstop ended the compiler, then or now.
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
            .judges
            .sandbox()
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
        let artifact = compiled.outcome.as_ref().ok().map(Program::digest);
        let shown = |it: Option<Digest>| it.map_or("none".to_owned(), |it| it.to_string());
        let source = candidate.source_digest();
        let mut is_equal = self.compare(
            None,
            [
                ("source", recorded.source.to_string(), source.to_string()),
                (
                    "language",
                    recorded.language.clone(),
                    sample.language.to_string(),
                ),
                ("artifact", shown(recorded.artifact), shown(artifact)),
            ],
        );
        if let Err(failure) = &compiled.outcome {
            let (reason, detail) = dropped.map_or(("none", "none"), |it| (&it.1, &it.2));
            let (seen, text) = (compile_reason(failure.kind), kept_detail(&failure.text));
            is_equal &= self.compare(
                None,
                [
                    ("failure", reason.to_owned(), seen.to_owned()),
                    ("detail", detail.to_owned(), text.to_owned()),
                ],
            );
        }
        self.report.compilations.compared(is_equal);
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
        let Ground {
            judges, private, ..
        } = self.ground;
        let task = judges.task();
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
            PARTING => self.ground.parting_inputs.get(drawn.index),
            _ => None,
        };
        let Some(input) = test.map(|it| &it.input).or(generated) else {
            let (recorded, seen) = ("an execution".to_owned(), "no such input".to_owned());
            let is_equal = self.compare(Some(drawn), [("record", recorded, seen)]);
            self.report.executions.compared(is_equal);
            return Ok(());
        };
        if drawn.record.ending == EndingClass::Unknown {
            self.report.executions.n_backstopped += 1;
            return Ok(());
        }
        let limits = limits(task, self.ground.time_limit, language);
        let sandbox = self.ground.judges.sandbox();
        let (seen, verdict) = if let Some(test) = test {
            let result = self.ground.judges.run_test(program, &limits, test)?;
            (result.record, Some(result.verdict))
        } else {
            let execution = run_input(sandbox, task, program, &limits, Arc::clone(input))?;
            (
                ExecutionRecord::of_behaviour(&execution, task, self.ground.same_output),
                None,
            )
        };
        if seen.ending == EndingClass::Unknown {
            self.report.executions.n_backstopped += 1;
            return Ok(());
        }
        let was = &drawn.record;
        let ending = |it: &ExecutionRecord| ending_name(it.ending).to_owned();
        let mut is_equal = self.compare(
            Some(drawn),
            [
                ("ending", ending(was), ending(&seen)),
                (
                    "exit_code",
                    was.exit_code.to_string(),
                    seen.exit_code.to_string(),
                ),
                ("output", was.output.to_string(), seen.output.to_string()),
                ("fuel", was.fuel.to_string(), seen.fuel.to_string()),
                (
                    "memory_bytes",
                    was.memory_bytes.to_string(),
                    seen.memory_bytes.to_string(),
                ),
            ],
        );
        if let Some(verdict) = verdict {
            is_equal &= self.judge(drawn, tests, verdict);
        }
        self.report.executions.compared(is_equal);
        Ok(())
    }

    /// Compares a verdict with what the records say: all but a stage's last execution passed, and the last
    /// one decided.
    fn judge(&mut self, drawn: &Drawn, tests: &[Test], seen: Verdict) -> bool {
        let candidate = &self.job.candidate;
        let is_last = drawn.index + 1 == drawn.n_recorded;
        let dropped = candidate.dropped.as_ref();
        let recorded = match (&*drawn.stage, is_last) {
            (_, false) => "AC",
            ("public", true) => dropped.map_or("AC", |it| &it.1),
            (_, true) => return self.judge_private(drawn, tests, seen),
        };
        let verdict = ("verdict", recorded.to_owned(), seen.as_str().to_owned());
        let is_equal = self.compare(Some(drawn), [verdict]);
        match dropped {
            Some((_, _, detail)) if is_last => {
                let seen = format!("on public test {}", drawn.index + 1);
                is_equal & self.compare(Some(drawn), [("detail", detail.clone(), seen)])
            }
            _ => is_equal,
        }
    }

    /// Compares the last private test's verdict with the report's and with the database's, which are
    /// mostly the same and then compared once.
    fn judge_private(&mut self, drawn: &Drawn, tests: &[Test], seen: Verdict) -> bool {
        let candidate = &self.job.candidate;
        let of_report = self.ground.told.get(&candidate.place);
        let of_database = candidate.artifact;
        let of_database = of_database.and_then(|it| self.ground.recorded.get(&it));
        let verdicts = [of_report, of_database].map(|it| it.map(|it| it.verdict.as_str()));
        let failed_tests =
            [of_report, of_database].map(|it| it.and_then(|it| it.failed_test.clone()));
        let recorded = match verdicts {
            [None, None] if seen == Verdict::Ac && drawn.n_recorded < tests.len() => {
                // Nothing tells the verdict but that no test came after it.
                vec!["not AC"]
            }
            [Some(a), Some(b)] if a == b => vec![a],
            both => both.into_iter().flatten().collect(),
        };
        let mut is_equal = true;
        for recorded in recorded {
            let verdict = ("verdict", recorded.to_owned(), seen.as_str().to_owned());
            is_equal &= self.compare(Some(drawn), [verdict]);
        }
        let recorded = match failed_tests {
            [Some(a), Some(b)] if a == b => vec![a],
            both => both.into_iter().flatten().collect(),
        };
        for recorded in recorded {
            let failed = tests.get(drawn.index).filter(|_| seen != Verdict::Ac);
            let seen = failed.map_or(NO_TEST, |it| &it.name).to_owned();
            is_equal &= self.compare(Some(drawn), [("failed_test", recorded, seen)]);
        }
        is_equal
    }

    /// Notes each field whose recorded value is not the one seen, and returns true if there is none.
    /// Without an execution the fields are those of the compilation.
    fn compare<const N: usize>(
        &mut self,
        drawn: Option<&Drawn>,
        fields: [(&str, String, String); N],
    ) -> bool {
        let Ground {
            judges, private, ..
        } = self.ground;
        let task = judges.task();
        let stage = drawn.map_or("compile", |it| &it.stage);
        let tests = match (stage, private) {
            ("public", _) => &task.public_tests[..],
            ("private", Ok(private)) => private,
            _ => &[],
        };
        let index = drawn.map(|it| it.index);
        let mut is_equal = true;
        for (field, recorded, seen) in fields {
            if recorded == seen {
                continue;
            }
            is_equal = false;
            self.report.differs(Mismatch {
                problem: task.id.clone(),
                candidate: Some(self.job.candidate.name.clone()),
                place: Some(self.job.candidate.place),
                stage: stage.to_owned(),
                number: index.map(|it| it as u64),
                test: index.and_then(|it| Some(tests.get(it)?.name.clone())),
                field: field.to_owned(),
                recorded,
                seen,
            });
        }
        is_equal
    }
}
