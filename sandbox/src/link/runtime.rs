//! The index of the runtime: what a candidate's undefined symbols resolve to, and where its own data and
//! table slots begin.
//!
//! Read from the runtime as the static linker left it, with a name exported for every symbol. The
//! module that is instantiated exports far less (`image.rs`).

use std::collections::HashMap;

use wasmparser::{
    CompositeInnerType, ConstExpr, ElementItems, ElementKind, ExternalKind, FuncType, Operator,
    Parser, Payload, TypeRef,
};

use super::{LinkError, PAGE_BYTES};

/// The functions by which the runtime starts a `main`: without arguments, with them, with the environment.
pub(super) const RUN_VOID: &str = "__riddle_run_void";
pub(super) const RUN_ARGS: &str = "__riddle_run_args";
pub(super) const RUN_ENVIRONMENT: &str = "__riddle_run_environment";
/// The names under which the runtime's parts are imported.
pub(super) const MODULE: &str = "runtime";
pub(super) const STACK_POINTER: &str = "__stack_pointer";
pub(super) const TABLE: &str = "__indirect_function_table";
pub(super) const MEMORY: &str = "memory";

/// What the linker knows of the runtime.
#[derive(Debug)]
pub struct Runtime {
    functions: HashMap<String, Function>,
    data: HashMap<String, u32>,
    tags: HashMap<String, FuncType>,
    /// Where a candidate's data begins, in bytes.
    pub(super) memory_base: u32,
    /// Where a candidate's table slots begin.
    pub(super) table_base: u32,
}

/// An exported function.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) ty: FuncType,
    /// Its place in the table, if its address is taken inside the runtime: pointers to it must be equal.
    pub(super) table_slot: Option<u32>,
}

impl Runtime {
    /// Reads the runtime that a linker made, whose memory has `memory_bytes` once it is initialised.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not such a module: the bytes come from setup, so that this is our fault.
    pub fn read(wasm: &[u8], memory_bytes: u32) -> Result<Self, LinkError> {
        let mut types = Vec::new();
        let mut function_types = Vec::new();
        let mut tag_types = Vec::new();
        let mut globals = Vec::new();
        let mut exports = Vec::new();
        let mut slots = HashMap::new();
        let mut table_base = None;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(reader) => {
                    for group in reader {
                        for ty in group?.into_types() {
                            match ty.composite_type.inner {
                                CompositeInnerType::Func(ty) => types.push(ty),
                                _ => return Err(LinkError::malformed("a type is no function")),
                            }
                        }
                    }
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        match import?.ty {
                            TypeRef::Func(index) => function_types.push(index),
                            _ => {
                                return Err(LinkError::malformed(
                                    "the runtime imports no function",
                                ));
                            }
                        }
                    }
                }
                Payload::FunctionSection(reader) => {
                    for index in reader {
                        function_types.push(index?);
                    }
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        table_base = u32::try_from(table?.ty.initial).ok();
                    }
                }
                Payload::TagSection(reader) => {
                    for tag in reader {
                        tag_types.push(tag?.func_type_idx);
                    }
                }
                Payload::GlobalSection(reader) => {
                    for global in reader {
                        let global = global?;
                        let address = (!global.ty.mutable).then(|| constant(&global.init_expr));
                        globals.push(address.flatten());
                    }
                }
                Payload::ExportSection(reader) => {
                    exports = reader.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ElementSection(reader) => {
                    for segment in reader {
                        let segment = segment?;
                        let (
                            ElementKind::Active { offset_expr, .. },
                            ElementItems::Functions(items),
                        ) = (segment.kind, segment.items)
                        else {
                            continue;
                        };
                        let start = constant(&offset_expr)
                            .ok_or_else(|| LinkError::malformed("a table without a start"))?;
                        for (slot, function) in (start..).zip(items) {
                            slots.entry(function?).or_insert(slot);
                        }
                    }
                }
                _ => {}
            }
        }
        let mut runtime = Self {
            functions: HashMap::new(),
            data: HashMap::new(),
            tags: HashMap::new(),
            memory_base: memory_bytes.next_multiple_of(PAGE_BYTES),
            table_base: table_base
                .ok_or_else(|| LinkError::malformed("the runtime has no table"))?,
        };
        let type_of = |index: Option<&u32>| {
            index
                .and_then(|it| types.get(*it as usize))
                .cloned()
                .ok_or_else(|| LinkError::malformed("an export without a type"))
        };
        for export in exports {
            let name = export.name.to_owned();
            let index = export.index as usize;
            match export.kind {
                ExternalKind::Func => {
                    let ty = type_of(function_types.get(index))?;
                    let table_slot = slots.get(&export.index).copied();
                    runtime.functions.insert(name, Function { ty, table_slot });
                }
                ExternalKind::Global => {
                    if let Some(address) = globals.get(index).copied().flatten() {
                        runtime.data.insert(name, address);
                    }
                }
                ExternalKind::Tag => {
                    runtime.tags.insert(name, type_of(tag_types.get(index))?);
                }
                _ => {}
            }
        }
        for name in [RUN_VOID, RUN_ARGS, RUN_ENVIRONMENT] {
            if !runtime.functions.contains_key(name) {
                return Err(LinkError::malformed(format!("the runtime has no `{name}`")));
            }
        }
        Ok(runtime)
    }

    pub(super) fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name)
    }

    /// Returns the address of a variable.
    pub(super) fn data(&self, name: &str) -> Option<u32> {
        self.data.get(name).copied()
    }

    pub(super) fn tag(&self, name: &str) -> Option<&FuncType> {
        self.tags.get(name)
    }
}

/// Returns the value of an initialiser that is one constant.
fn constant(expression: &ConstExpr<'_>) -> Option<u32> {
    match expression.get_operators_reader().read().ok()? {
        Operator::I32Const { value } => Some(value.cast_unsigned()),
        _ => None,
    }
}
