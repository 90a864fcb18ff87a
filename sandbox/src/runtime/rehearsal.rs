//! Running a module of our own before there is any candidate, for what it writes and for the memory that it leaves.
//!
//! Nothing that differs between two machines is seen by it: its clock stands still, its randomness is seeded.

use std::sync::Arc;

use wasmtime::{InstancePre, error::Context as _};

use super::{drive::Cancel, invocation::Invocation, module::ModuleHost};
use crate::{Files, Limits, Request, SandboxError};

/// Most memory of a rehearsal, in bytes.
const MEMORY_BYTES: u64 = 2 << 30;
/// Most bytes that a rehearsal may write.
const OUTPUT_BYTES: u64 = 256 << 20;

/// A module that is run apart from candidates.
pub(crate) struct Rehearsal(InstancePre<ModuleHost>);

/// What a rehearsal left.
pub(crate) struct Rehearsed {
    /// All of its memory, from address zero.
    pub(crate) memory: Vec<u8>,
    /// What it wrote to standard output.
    pub(crate) stdout: Vec<u8>,
}

impl Rehearsal {
    pub(super) fn new(pre: InstancePre<ModuleHost>) -> Self {
        Self(pre)
    }

    /// Calls functions of a fresh instance, one after the other: each without arguments, or with one number.
    pub(crate) fn run(
        &self,
        calls: &[(&str, Option<u32>)],
        input: Arc<[u8]>,
    ) -> Result<Rehearsed, SandboxError> {
        let limits = Limits {
            fuel: u64::MAX,
            memory_bytes: MEMORY_BYTES,
            stdout_bytes: OUTPUT_BYTES,
            ..Limits::default()
        };
        // The C library looks for folders once: where there are files, programs find them.
        let request = Request {
            input,
            files: Some(Files::new()),
            ..Request::default()
        };
        let cancel = Cancel::new();
        // The clock stands still.
        let invocation = Invocation::new(request, &limits, &cancel, u64::MAX, 0);
        let host = ModuleHost::new(&invocation, 0);
        let mut store = invocation.store(self.0.module().engine(), host)?;
        let memory = invocation.drive(async {
            let instance = self.0.instantiate_async(&mut store).await?;
            for (name, argument) in calls {
                let function = instance
                    .get_func(&mut store, name)
                    .with_context(|| format!("no `{name}`"))?;
                match argument {
                    None => {
                        function
                            .typed::<(), ()>(&store)?
                            .call_async(&mut store, ())
                            .await?;
                    }
                    Some(argument) => {
                        let function = function.typed::<u32, ()>(&store)?;
                        function.call_async(&mut store, *argument).await?;
                    }
                }
            }
            let memory = instance.get_memory(&mut store, "memory");
            let memory = memory.context("it exports no memory")?;
            Ok(memory.data(&store).to_vec())
        });
        let memory = memory.unwrap_or_else(|| Err(wasmtime::format_err!("its time is up")));
        let memory = memory.map_err(|error| {
            let (stderr, _) = store.data_mut().streams.stderr.take();
            let message = String::from_utf8_lossy(&stderr).into_owned();
            SandboxError::runtime("run a module of our own", error.context(message))
        })?;
        Ok(Rehearsed {
            memory,
            stdout: store.data_mut().streams.stdout.take().0,
        })
    }
}
