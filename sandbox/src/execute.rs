//! Executing: one program alone, or two that talk to each other.
//!
//! Does not know how a program came to be.

use std::sync::Arc;

use crate::{
    Calibration, Cancel, Conversation, Execution, Files, Limits, Program, Request, Sandbox,
    SandboxError,
    runtime::{Invocation, ModuleProgram, converse},
};

impl Sandbox {
    /// Executes a program once, in a fresh instance. Waits while all slots are taken, or while the executions
    /// under way leave too little of the [memory budget](crate::SandboxOptions::memory_budget_bytes). The guest
    /// has stacks of its own: the calling thread needs [`CALLER_STACK_BYTES`](crate::CALLER_STACK_BYTES).
    ///
    /// # Errors
    ///
    /// Returns an error on a fault of ours. However the guest ends is in the [`Execution`].
    pub fn execute(
        &self,
        program: &Program,
        input: Arc<[u8]>,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Execution, SandboxError> {
        let request = Request {
            input,
            ..Request::default()
        };
        let (execution, _) = self.execute_with(program, request, limits, cancel)?;
        Ok(execution)
    }

    /// As [`execute`](Self::execute), with arguments and files; returns the files as they are at the end.
    ///
    /// # Errors
    ///
    /// As [`execute`](Self::execute).
    pub fn execute_with(
        &self,
        program: &Program,
        request: Request,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<(Execution, Files), SandboxError> {
        let _slot = self.slots.take(program.most_bytes(limits));
        let has_more = request.files.is_some() || !request.arguments.is_empty();
        let limits = self.bounded(limits);
        let invocation = self.invocation(program, request, &limits, cancel);
        if has_more {
            self.with_files(program)?.execute(&invocation)
        } else {
            program.module.execute(&invocation)
        }
    }

    /// Runs two programs, each one's standard output being the other's standard input, by bounded pipes.
    ///
    /// They take turns on the calling thread, the first one beginning, so that all that happens is the same
    /// each time. A program that reads waits for the other, to its end; when both wait, both end as
    /// [`Ending::Deadlock`](crate::Ending::Deadlock). The input of a request is not used.
    ///
    /// # Errors
    ///
    /// Returns an error for faults of ours only, as [`execute`](Self::execute) does.
    pub fn converse(
        &self,
        programs: [&Program; 2],
        requests: [Request; 2],
        limits: [&Limits; 2],
        cancel: &Cancel,
    ) -> Result<Conversation, SandboxError> {
        let most_bytes = programs
            .iter()
            .zip(limits)
            .map(|(program, limits)| program.most_bytes(limits));
        let _slot = self.slots.take(most_bytes.sum());
        let [first, second] = requests;
        let limits = limits.map(|it| self.bounded(it));
        let invocations = [
            self.invocation(programs[0], first, &limits[0], cancel),
            self.invocation(programs[1], second, &limits[1], cancel),
        ];
        let (first, second) = (self.with_files(programs[0])?, self.with_files(programs[1])?);
        converse([first, second], invocations)
    }

    /// Returns a program as one that may have files and arguments, and may talk.
    fn with_files<'a>(&self, program: &'a Program) -> Result<&'a ModuleProgram, SandboxError> {
        if let Some(module) = program.with_files.get() {
            return Ok(module);
        }
        let module = program.module.with_files(self.runtime(program.language)?)?;
        Ok(program.with_files.get_or_init(|| module))
    }

    fn bounded(&self, limits: &Limits) -> Limits {
        Limits {
            backstop: limits.backstop.min(self.options.max_backstop),
            ..*limits
        }
    }

    fn invocation<'a>(
        &self,
        program: &Program,
        request: Request,
        limits: &'a Limits,
        cancel: &'a Cancel,
    ) -> Invocation<'a> {
        let fuel_per_second = Calibration::of(program.language).fuel_per_second();
        Invocation::new(request, limits, cancel, fuel_per_second, self.options.seed)
    }
}
