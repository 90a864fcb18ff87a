//! Running a candidate that is linked onto the shared runtime: two instances that have one memory.
//!
//! The runtime (libc and libc++, initialised) is the same module in every execution, so that the pool's
//! slots keep its memory mapped; the candidate's own module is small. How the two came to fit is the
//! linker's to say.

use std::{collections::HashMap, sync::Arc};

use wasmtime::{
    Extern, ExternType, Instance, InstancePre, Linker, Module, ModuleExport, Ref, Store,
    error::Context as _,
};

use super::module::ModuleHost;
use crate::SandboxError;

/// The runtime, ready to be instantiated.
pub(crate) struct SharedRuntime {
    pre: InstancePre<ModuleHost>,
    exports: HashMap<String, ModuleExport>,
    memory: ModuleExport,
    table: ModuleExport,
    memory_pages: u64,
    table_slots: u64,
}

/// A candidate's module, ready to be instantiated onto the runtime.
#[derive(Clone)]
pub(super) struct SharedProgram {
    runtime: Arc<SharedRuntime>,
    module: Module,
    /// Where in the runtime its imports are, in its order.
    imports: Arc<[ModuleExport]>,
    start: ModuleExport,
    /// What must be there before it is instantiated.
    memory_pages: u64,
    table_slots: u64,
}

impl SharedRuntime {
    pub(super) fn new(pre: InstancePre<ModuleHost>) -> Result<Self, SandboxError> {
        let module = pre.module();
        let fault = |what: &str| SandboxError::Runtime {
            action: "load the shared runtime".to_owned(),
            source: what.into(),
        };
        let memory = module.get_export_index("memory");
        let memory = memory.ok_or_else(|| fault("it has no memory"))?;
        let table = module.get_export_index("__indirect_function_table");
        let table = table.ok_or_else(|| fault("it has no table"))?;
        let (mut memory_pages, mut table_slots) = (0, 0);
        for export in module.exports() {
            match export.ty() {
                ExternType::Memory(it) => memory_pages = it.minimum(),
                ExternType::Table(it) => table_slots = it.minimum(),
                _ => {}
            }
        }
        let mut exports = HashMap::new();
        for export in module.exports() {
            if let Some(index) = module.get_export_index(export.name()) {
                exports.insert(export.name().to_owned(), index);
            }
        }
        Ok(Self {
            pre,
            exports,
            memory,
            table,
            memory_pages,
            table_slots,
        })
    }

    /// Returns the memory that an instance has before its candidate asks for any, in bytes.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_pages * u64::from(crate::link::PAGE_BYTES)
    }

    /// Fits a candidate's module; `Err` is what does not fit.
    pub(super) fn program(self: &Arc<Self>, module: Module) -> Result<SharedProgram, String> {
        let (mut memory_pages, mut table_slots) = (0, 0);
        let mut imports = Vec::new();
        for import in module.imports() {
            match import.ty() {
                ExternType::Memory(it) => memory_pages = it.minimum(),
                ExternType::Table(it) => table_slots = it.minimum(),
                _ => {}
            }
            let export = self.exports.get(import.name());
            imports.push(
                *export.ok_or_else(|| format!("the shared runtime has no `{}`", import.name()))?,
            );
        }
        let start = module.get_export_index("_start");
        Ok(SharedProgram {
            runtime: Arc::clone(self),
            start: start.ok_or("module exports no function `_start`")?,
            imports: imports.into(),
            memory_pages,
            table_slots,
            module,
        })
    }
}

impl SharedProgram {
    /// Returns the program on a runtime whose host functions are another linker's.
    pub(super) fn on(&self, linker: &Linker<ModuleHost>) -> wasmtime::Result<Self> {
        let runtime = &self.runtime;
        let runtime = SharedRuntime {
            pre: linker.instantiate_pre(runtime.pre.module())?,
            // Only a new program's imports are looked up.
            exports: HashMap::new(),
            memory: runtime.memory,
            table: runtime.table,
            memory_pages: runtime.memory_pages,
            table_slots: runtime.table_slots,
        };
        Ok(Self {
            runtime: Arc::new(runtime),
            ..self.clone()
        })
    }

    pub(super) fn engine(&self) -> &wasmtime::Engine {
        self.module.engine()
    }

    /// Makes both instances and runs the program.
    pub(super) async fn run(&self, store: &mut Store<ModuleHost>) -> wasmtime::Result<()> {
        let runtime = &self.runtime;
        let instance = runtime.pre.instantiate_async(&mut *store).await?;
        if self.memory_pages > runtime.memory_pages {
            let memory = export(instance, store, &runtime.memory)?.into_memory();
            let memory = memory.context("the runtime's memory is none")?;
            let more = self.memory_pages - runtime.memory_pages;
            memory.grow_async(&mut *store, more).await?;
        }
        if self.table_slots > runtime.table_slots {
            let table = export(instance, store, &runtime.table)?.into_table();
            let table = table.context("the runtime's table is none")?;
            let more = self.table_slots - runtime.table_slots;
            table.grow_async(&mut *store, more, Ref::Func(None)).await?;
        }
        let mut imports = Vec::with_capacity(self.imports.len());
        for import in &*self.imports {
            imports.push(export(instance, store, import)?);
        }
        let candidate = Instance::new_async(&mut *store, &self.module, &imports).await?;
        let start = export(candidate, store, &self.start)?.into_func();
        let start = start.context("`_start` is no function")?;
        start
            .typed::<(), ()>(&mut *store)?
            .call_async(store, ())
            .await
    }
}

fn export(
    instance: Instance,
    store: &mut Store<ModuleHost>,
    export: &ModuleExport,
) -> wasmtime::Result<Extern> {
    instance
        .get_module_export(store, export)
        .context("an export is not there")
}
