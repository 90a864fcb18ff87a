//! Two guests that talk to each other, taking turns on one thread.
//!
//! Each has a clock of its own, which counts the intervals of fuel that it has used; whoever is behind goes on, and
//! who waited for the other takes over its time. So it is as if both ran at once, each on a core of its own, and
//! yet nothing depends on threads; and when both wait, that is seen at once.

use std::{pin::Pin, task::Poll, time::Duration};

use super::{
    cpu_time::time_on_this_thread,
    drive::{Backstop, poll},
    invocation::Invocation,
    module::ModuleProgram,
    pipe::Ends,
};
use crate::{Conversation, Ending, SandboxError};

type Guest<'a> = Pin<Box<dyn Future<Output = wasmtime::Result<()>> + 'a>>;

/// Joins the output of each of two programs to the other's input and runs both. The first one begins.
pub(crate) fn converse(
    programs: [&ModuleProgram; 2],
    mut invocations: [Invocation<'_>; 2],
) -> Result<Conversation, SandboxError> {
    let ends = <[Ends; 2]>::from(Ends::pair());
    for (invocation, ends) in invocations.iter_mut().zip(&ends) {
        invocation.ends = Some(ends.clone());
    }
    let mut first = programs[0].begin(&invocations[0])?;
    let mut second = programs[1].begin(&invocations[1])?;
    let mut cpu_times = [Duration::ZERO; 2];
    let mut results = [None, None];
    let mut first_to_end = None;
    let mut deadlocked = false;
    {
        let mut guests: [Guest<'_>; 2] = [
            Box::pin(programs[0].run(&mut first)),
            Box::pin(programs[1].run(&mut second)),
        ];
        let backstop = invocations[0].limits.backstop;
        let backstop = backstop.max(invocations[1].limits.backstop);
        let mut backstop = Backstop::new(backstop, invocations[0].cancel);
        let mut turn = 0;
        let mut clocks = [0u64; 2];
        let mut waits = [false; 2];
        while results.iter().any(Option::is_none) {
            let can_go_on = |it: usize| results[it].is_none() && ends[it].can_go_on();
            let other = 1 - turn;
            for (guest, its_other) in [(turn, other), (other, turn)] {
                if waits[guest] && can_go_on(guest) {
                    clocks[guest] = clocks[guest].max(clocks[its_other]);
                    waits[guest] = false;
                }
            }
            turn = match (can_go_on(turn), can_go_on(other)) {
                (true, true) if clocks[other] < clocks[turn] => other,
                (true, _) => turn,
                (false, true) => other,
                (false, false) => {
                    deadlocked = true;
                    break;
                }
            };
            let (polled, cpu_time) = time_on_this_thread(|| poll(guests[turn].as_mut()));
            cpu_times[turn] += cpu_time;
            match polled {
                Poll::Ready(result) => {
                    results[turn] = Some(result);
                    ends[turn].leave();
                    first_to_end.get_or_insert(turn);
                }
                Poll::Pending if backstop.has_come() => break,
                Poll::Pending if ends[turn].waits() => waits[turn] = true,
                Poll::Pending => clocks[turn] += 1,
            }
        }
    }
    let [result, other_result] = results;
    let (mut execution, files) = programs[0].end(first, result, &invocations[0])?;
    let (mut other, other_files) = programs[1].end(second, other_result, &invocations[1])?;
    for (execution, cpu_time) in [&mut execution, &mut other].into_iter().zip(cpu_times) {
        execution.cpu_time = cpu_time;
        if deadlocked && execution.ending == Ending::Backstop {
            execution.ending = Ending::Deadlock;
        }
    }
    Ok(Conversation {
        executions: [execution, other],
        files: [files, other_files],
        first_to_end,
    })
}
