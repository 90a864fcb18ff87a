//! A program's source, judged by the package's static validator.

use std::sync::Arc;

use riddle_sandbox::{Cancel, Files, Request, SandboxError};

use super::{
    Judges,
    guest::{FEEDBACK, JudgeGuest},
    no_execution,
    opinion::Opinion,
    put,
};
use crate::{evaluate::TestResult, parts::Parts};

impl Judges {
    /// Judges a program's source, with the arguments of one group of tests.
    pub(crate) fn judge_source(
        &self,
        parts: &Parts<'_>,
        args: &[String],
    ) -> Result<TestResult, SandboxError> {
        let validator = self.static_validator.as_ref();
        let Some(Ok(program)) = validator.map(|it| &it.program) else {
            let reason = validator.and_then(JudgeGuest::unusable);
            let reason = reason.unwrap_or_else(|| "there is no static validator".to_owned());
            return Ok(TestResult::of(&no_execution(), Opinion::fault(reason)));
        };
        let validator = validator.expect("its program is there");
        let mut files = Files::new();
        for (name, bytes) in parts.files() {
            put(&mut files, name, bytes.into());
        }
        files.add_folder(FEEDBACK).ok();
        let [language, entry] = parts.entry_point();
        let fixed = [&*validator.name, language, entry, FEEDBACK].map(str::to_owned);
        let request = Request {
            input: Arc::default(),
            arguments: fixed.into_iter().chain(args.iter().cloned()).collect(),
            files: Some(files),
        };
        let limits = validator.limits();
        let (execution, after) =
            (self.sandbox).execute_with(program, request, &limits, &Cancel::new())?;
        let opinion = self.wrong_if_partial(validator.opinion(&execution, &after));
        Ok(TestResult::of(&no_execution(), opinion))
    }
}
