//! Running Python: one module, compiled once, instantiated copy-on-write for each execution.
//!
//! Knows the guest's functions (`sandbox/guest/python/guest.c`), and nothing of where the module came from.

use std::sync::Arc;

use wasmtime::{ExternType, InstancePre, Linker, ModuleExport, Store, error::Context as _};
use wasmtime_wasi::I32Exit;

use super::module::{Kind, ModuleHost, ModuleProgram};
use crate::SandboxError;

/// The guest, ready to be instantiated.
pub(crate) struct PythonGuest {
    pre: InstancePre<ModuleHost>,
    memory: ModuleExport,
    allocate: ModuleExport,
    compile: ModuleExport,
    run: ModuleExport,
    /// What every instance has before its candidate asks for any, in bytes: it is not the candidate's use.
    memory_bytes: u64,
}

/// What one instance of the guest is for.
#[derive(Clone)]
pub(super) struct PythonProgram {
    guest: Arc<PythonGuest>,
    task: Task,
}

#[derive(Clone)]
enum Task {
    /// Compiles the source on standard input to code on standard output; exits with 1 and Python's own message
    /// if it cannot be.
    Compile,
    /// Runs a candidate's code.
    Run(Arc<[u8]>),
}

impl PythonGuest {
    pub(super) fn new(pre: InstancePre<ModuleHost>) -> Result<Arc<Self>, SandboxError> {
        let module = pre.module();
        let export = |name: &str| {
            module
                .get_export_index(name)
                .ok_or_else(|| SandboxError::Runtime {
                    action: "load the Python guest".to_owned(),
                    source: format!("it has no `{name}`").into(),
                })
        };
        let memory_pages = module.exports().find_map(|it| match it.ty() {
            ExternType::Memory(memory) => Some(memory.minimum()),
            _ => None,
        });
        Ok(Arc::new(Self {
            memory_bytes: memory_pages.unwrap_or(0) * u64::from(crate::link::PAGE_BYTES),
            memory: export("memory")?,
            allocate: export("allocate")?,
            compile: export("compile")?,
            run: export("run")?,
            pre,
        }))
    }

    /// Returns the program that compiles what is on its standard input.
    pub(crate) fn compiler(self: &Arc<Self>) -> ModuleProgram {
        self.program_of(Task::Compile)
    }

    /// Returns the program that marshalled code is.
    pub(crate) fn program(self: &Arc<Self>, code: Arc<[u8]>) -> ModuleProgram {
        self.program_of(Task::Run(code))
    }

    fn program_of(self: &Arc<Self>, task: Task) -> ModuleProgram {
        let guest = Arc::clone(self);
        ModuleProgram::new(
            Kind::Python(PythonProgram { guest, task }),
            self.memory_bytes,
        )
    }
}

impl PythonProgram {
    /// Returns the program in a guest whose host functions are another linker's.
    pub(super) fn on(&self, linker: &Linker<ModuleHost>) -> Result<Self, SandboxError> {
        let pre = linker
            .instantiate_pre(self.guest.pre.module())
            .map_err(|error| SandboxError::runtime("give a program its files", error))?;
        Ok(Self {
            guest: PythonGuest::new(pre)?,
            task: self.task.clone(),
        })
    }

    pub(super) fn engine(&self) -> &wasmtime::Engine {
        self.guest.pre.module().engine()
    }

    /// Makes an instance of the guest and runs the program in it.
    pub(super) async fn run(&self, store: &mut Store<ModuleHost>) -> wasmtime::Result<()> {
        let guest = &self.guest;
        let instance = guest.pre.instantiate_async(&mut *store).await?;
        let export = |store: &mut Store<ModuleHost>, export| {
            let export = instance.get_module_export(store, export);
            export.context("an export of the Python guest is not there")
        };
        let function = |store: &mut Store<ModuleHost>, of| {
            let function = export(store, of)?.into_func();
            function.context("an export of the Python guest is no function")
        };
        let status = match &self.task {
            Task::Compile => {
                let compile = function(store, &guest.compile)?.typed::<(), i32>(&mut *store)?;
                compile.call_async(&mut *store, ()).await?
            }
            Task::Run(code) => {
                let allocate = function(store, &guest.allocate)?.typed::<u32, u32>(&mut *store)?;
                let n_bytes = u32::try_from(code.len())?;
                let at = allocate.call_async(&mut *store, n_bytes).await?;
                let memory = export(store, &guest.memory)?.into_memory();
                let memory = memory.context("the Python guest's memory is none")?;
                memory.write(&mut *store, usize::try_from(at)?, code)?;
                let run = function(store, &guest.run)?.typed::<(u32, u32), i32>(&mut *store)?;
                run.call_async(&mut *store, (at, n_bytes)).await?
            }
        };
        match status {
            0 => Ok(()),
            status => Err(I32Exit(status).into()),
        }
    }
}
