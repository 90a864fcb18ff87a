//! Joining a shared object to the static module that it was made for: one module, nothing left to load.
//!
//! A shared object is position independent: it asks at run time where its memory and its table slots lie, and
//! reads the addresses of foreign variables and functions from globals. Here all of that is known, so that each
//! becomes a constant and each call of the other module a direct one. Memory, table and stack are the static
//! module's.
//!
//! The conventions are those of WebAssembly's "dynamic linking" (`dylink.0`). Does not know what is joined, or
//! which initialisers it has; they are exported under their own names.

use std::collections::HashMap;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, ImportSection, MemorySection, Module, RefType,
    TableSection, TableType, TypeSection,
    reencode::{self, Reencode},
};
use wasmparser::{
    Data, DataKind, Dylink0Subsection, ElementItems, ElementKind, ExternalKind, FunctionBody,
    Global, Import, KnownCustom, MemoryType, Operator, Parser, Payload, RecGroup, TypeRef,
};

use super::LinkError;

/// Where foreign functions are imported from, and under which their addresses and those of variables.
const FOREIGN: &str = "env";
const FUNCTION_ADDRESS: &str = "GOT.func";
const VARIABLE_ADDRESS: &str = "GOT.mem";

/// The name under which the shared object's start function is exported: it is to be called before all others.
pub(crate) const START: &str = "__start";

/// The module that is made, and what its maker must know of it.
pub(crate) struct Joined {
    pub(crate) wasm: Vec<u8>,
    /// Addresses of the shared object's variables.
    variables: HashMap<String, u32>,
}

impl Joined {
    /// Returns the address of a variable of the shared object.
    pub(crate) fn variable(&self, name: &str) -> Option<u32> {
        self.variables.get(name).copied()
    }
}

/// What a shared object asks of the module that it is joined to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Memory, in bytes.
    pub(crate) memory_bytes: u32,
    /// Its alignment, in bytes.
    pub(crate) alignment: u32,
    /// Functions and variables, in the order of their names.
    pub(crate) names: Vec<String>,
}

/// Returns what a shared object needs.
pub(crate) fn needs(library: &[u8]) -> Result<Needs, LinkError> {
    let library = Part::read(library)?;
    let mut names: Vec<String> = library
        .imports
        .iter()
        .filter(|it| [FOREIGN, FUNCTION_ADDRESS, VARIABLE_ADDRESS].contains(&it.module))
        .filter(|it| matches!(it.ty, TypeRef::Func(_) | TypeRef::Global(_)))
        .filter(|it| !it.name.starts_with("__memory_base") && !it.name.starts_with("__table_base"))
        .filter(|it| library.export(it.name, ExternalKind::Func).is_none())
        .filter(|it| library.export(it.name, ExternalKind::Global).is_none())
        .map(|it| it.name.to_owned())
        .collect();
    names.sort();
    names.dedup();
    Ok(Needs {
        memory_bytes: library.memory_bytes,
        alignment: library.alignment,
        names,
    })
}

/// Joins `library` to `base`, which has room for its memory from `memory_base` on.
pub(crate) fn join(base: &[u8], library: &[u8], memory_base: u32) -> Result<Joined, LinkError> {
    let base = Part::read(base)?;
    let library = Part::read(library)?;
    Join::new(&base, &library, memory_base)?.module()
}

/// One of the two modules, read.
#[derive(Default)]
struct Part<'a> {
    types: Vec<RecGroup>,
    imports: Vec<Import<'a>>,
    functions: Vec<u32>,
    table_slots: u32,
    memory: Option<MemoryType>,
    globals: Vec<Global<'a>>,
    exports: Vec<wasmparser::Export<'a>>,
    elements: Vec<(ElementKind<'a>, Vec<u32>)>,
    code: Vec<FunctionBody<'a>>,
    data: Vec<Data<'a>>,
    start: Option<u32>,
    /// Of a shared object, in bytes.
    memory_bytes: u32,
    alignment: u32,
}

impl<'a> Part<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self, LinkError> {
        let mut part = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CustomSection(section) => {
                    if let KnownCustom::Dylink0(reader) = section.as_known() {
                        for subsection in reader {
                            if let Dylink0Subsection::MemInfo(it) = subsection? {
                                part.memory_bytes = it.memory_size;
                                part.alignment = 1u32.checked_shl(it.memory_alignment).unwrap_or(0);
                                part.table_slots = it.table_size;
                            }
                        }
                    }
                }
                Payload::TypeSection(it) => {
                    part.types = it.into_iter().collect::<Result<_, _>>()?
                }
                Payload::ImportSection(it) => {
                    part.imports = it.into_imports().collect::<Result<_, _>>()?;
                }
                Payload::FunctionSection(it) => {
                    part.functions = it.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        let slots = u32::try_from(table?.ty.initial);
                        part.table_slots = slots.map_err(|_| LinkError::malformed("a table"))?;
                    }
                }
                Payload::MemorySection(reader) => {
                    part.memory = reader.into_iter().next().transpose()?;
                }
                Payload::GlobalSection(it) => {
                    part.globals = it.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ExportSection(it) => {
                    part.exports = it.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ElementSection(reader) => {
                    for segment in reader {
                        let segment = segment?;
                        let ElementItems::Functions(items) = segment.items else {
                            return Err(LinkError::unsupported("a table of expressions"));
                        };
                        let items = items.into_iter().collect::<Result<_, _>>()?;
                        part.elements.push((segment.kind, items));
                    }
                }
                Payload::CodeSectionEntry(body) => part.code.push(body),
                Payload::DataSection(it) => part.data = it.into_iter().collect::<Result<_, _>>()?,
                Payload::StartSection { func, .. } => part.start = Some(func),
                Payload::TagSection(_) => return Err(LinkError::unsupported("a tag")),
                _ => {}
            }
        }
        Ok(part)
    }

    fn export(&self, name: &str, kind: ExternalKind) -> Option<u32> {
        let mut exports = self.exports.iter();
        exports
            .find(|it| it.kind == kind && it.name == name)
            .map(|it| it.index)
    }

    /// Returns the value of an exported global that does not change: a variable's address.
    fn variable(&self, name: &str) -> Option<u32> {
        let index = self.export(name, ExternalKind::Global)? as usize;
        let n_imported = self
            .imports
            .iter()
            .filter(|it| matches!(it.ty, TypeRef::Global(_)));
        let global = self.globals.get(index.checked_sub(n_imported.count())?)?;
        if global.ty.mutable {
            return None;
        }
        match global.init_expr.get_operators_reader().read().ok()? {
            Operator::I32Const { value } => Some(value.cast_unsigned()),
            _ => None,
        }
    }
}

/// What became of one of the shared object's globals.
#[derive(Clone, Copy)]
enum Becomes {
    Constant(i32),
    Global(u32),
}

/// The numbers of one part's things in the module that is made.
struct Numbers {
    types: u32,
    functions: Vec<u32>,
    globals: Vec<Becomes>,
}

impl Reencode for Numbers {
    type Error = LinkError;

    fn type_index(&mut self, index: u32) -> Result<u32, reencode::Error<LinkError>> {
        Ok(self.types + index)
    }

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error<LinkError>> {
        let found = self.functions.get(index as usize).copied();
        found.ok_or(reencode::Error::UserError(LinkError::malformed(
            "a function that is not there",
        )))
    }

    fn global_index(&mut self, index: u32) -> Result<u32, reencode::Error<LinkError>> {
        match self.globals.get(index as usize) {
            Some(Becomes::Global(index)) => Ok(*index),
            _ => Err(reencode::Error::UserError(LinkError::unsupported(
                "a write to an address",
            ))),
        }
    }

    fn const_expr(
        &mut self,
        expression: wasmparser::ConstExpr<'_>,
    ) -> Result<ConstExpr, reencode::Error<LinkError>> {
        if let Some(value) = self.value(&expression) {
            return Ok(ConstExpr::i32_const(value));
        }
        reencode::utils::const_expr(self, expression)
    }
}

impl Numbers {
    /// Returns the value of an expression that is a sum of constants.
    fn value(&self, expression: &wasmparser::ConstExpr<'_>) -> Option<i32> {
        let mut stack = Vec::new();
        for operator in expression.get_operators_reader() {
            match operator.ok()? {
                Operator::I32Add => {
                    let (b, a): (i32, i32) = (stack.pop()?, stack.pop()?);
                    stack.push(a.wrapping_add(b));
                }
                Operator::End => {}
                operator => stack.push(self.constant(&operator)?),
            }
        }
        stack.pop().filter(|_| stack.is_empty())
    }

    fn constant(&self, operator: &Operator<'_>) -> Option<i32> {
        match operator {
            Operator::I32Const { value } => Some(*value),
            Operator::GlobalGet { global_index } => {
                match self.globals.get(*global_index as usize) {
                    Some(Becomes::Constant(value)) => Some(*value),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Copies a function: addresses become constants, and sums of constants one.
    fn body(&mut self, body: &FunctionBody<'_>) -> Result<Function, LinkError> {
        let mut function = self.new_function_with_parsed_locals(body)?;
        let mut reader = body.get_operators_reader()?;
        let mut constants = Vec::new();
        while !reader.eof() {
            let operator = reader.read()?;
            if let Some(value) = self.constant(&operator) {
                constants.push(value);
                continue;
            }
            if let (Operator::I32Add, [.., a, b]) = (&operator, &*constants) {
                let sum = a.wrapping_add(*b);
                constants.truncate(constants.len() - 2);
                constants.push(sum);
                continue;
            }
            for value in constants.drain(..) {
                function.instructions().i32_const(value);
            }
            function.instruction(&self.instruction(operator)?);
        }
        Ok(function)
    }
}

impl From<reencode::Error<Self>> for LinkError {
    fn from(error: reencode::Error<Self>) -> Self {
        match error {
            reencode::Error::UserError(error) => error,
            error => Self::Malformed(error.to_string()),
        }
    }
}

/// Both parts, numbered.
struct Join<'a> {
    base: &'a Part<'a>,
    library: &'a Part<'a>,
    memory_base: u32,
    base_numbers: Numbers,
    library_numbers: Numbers,
    /// Table slots beyond those of both parts: functions whose addresses cross from one to the other.
    more_slots: Vec<u32>,
}

impl<'a> Join<'a> {
    fn new(base: &'a Part<'a>, library: &'a Part<'a>, memory_base: u32) -> Result<Self, LinkError> {
        let undefined = |name: &str| LinkError::Undefined(name.to_owned());
        let is_foreign = |it: &&Import<'_>| it.module == FOREIGN;
        let n_kept = count(base.imports.len() - base.imports.iter().filter(is_foreign).count())?;
        let n_base = count(base.code.len())?;
        let (base_start, library_start) = (n_kept, n_kept + n_base);

        // Functions: the base's own imports, its functions, then the library's.
        let n_imported = |part: &Part<'_>| {
            count(
                part.imports
                    .iter()
                    .filter(|it| matches!(it.ty, TypeRef::Func(_)))
                    .count(),
            )
        };
        let (base_imported, library_imported) = (n_imported(base)?, n_imported(library)?);
        let mut base_functions = Vec::new();
        let mut kept = 0;
        for import in &base.imports {
            if import.module != FOREIGN {
                base_functions.push(kept);
                kept += 1;
                continue;
            }
            let index = library.export(import.name, ExternalKind::Func);
            let index = index.and_then(|it| it.checked_sub(library_imported));
            base_functions.push(library_start + index.ok_or_else(|| undefined(import.name))?);
        }
        base_functions.extend(base_start..library_start);
        let mut library_functions = Vec::new();
        for import in &library.imports {
            if matches!(import.ty, TypeRef::Func(_)) {
                let index = base.export(import.name, ExternalKind::Func);
                let index = index.ok_or_else(|| undefined(import.name))?;
                library_functions.push(base_functions[index as usize]);
            }
        }
        debug_assert_eq!(library_functions.len(), library_imported as usize);
        debug_assert!(base_imported as usize <= base_functions.len());
        library_functions.extend(library_start..library_start + count(library.code.len())?);

        let mut join = Self {
            base,
            library,
            memory_base,
            base_numbers: Numbers {
                types: 0,
                functions: base_functions,
                globals: (0..count(base.globals.len())?)
                    .map(Becomes::Global)
                    .collect(),
            },
            library_numbers: Numbers {
                types: count(base.types.len())?,
                functions: library_functions,
                globals: Vec::new(),
            },
            more_slots: Vec::new(),
        };
        join.number_globals()?;
        Ok(join)
    }

    /// Tells what each of the library's globals becomes: first those that it imports, then its own.
    fn number_globals(&mut self) -> Result<(), LinkError> {
        let mut slots = HashMap::new();
        for (part, numbers, start) in [
            (self.base, &self.base_numbers, 1),
            (self.library, &self.library_numbers, self.base.table_slots),
        ] {
            for (_, functions) in &part.elements {
                for (slot, function) in (start..).zip(functions) {
                    let function = numbers.functions.get(*function as usize);
                    let function = function.ok_or_else(|| LinkError::malformed("a table"))?;
                    slots.entry(*function).or_insert(slot);
                }
            }
        }
        let base_table = self.base.table_slots;
        let first_new = base_table + self.library.table_slots;
        for import in &self.library.imports {
            if !matches!(import.ty, TypeRef::Global(_)) {
                continue;
            }
            let undefined = || LinkError::Undefined(import.name.to_owned());
            let becomes = match (import.module, import.name) {
                (FOREIGN, "__memory_base") => Becomes::Constant(self.memory_base.cast_signed()),
                (FOREIGN, "__table_base") => Becomes::Constant(base_table.cast_signed()),
                (FOREIGN, name) => {
                    let index = self.base.export(name, ExternalKind::Global);
                    Becomes::Global(index.ok_or_else(undefined)?)
                }
                (VARIABLE_ADDRESS, name) => {
                    let own = self.library.variable(name).map(|it| it + self.memory_base);
                    let address = own.or_else(|| self.base.variable(name));
                    Becomes::Constant(address.ok_or_else(undefined)?.cast_signed())
                }
                (FUNCTION_ADDRESS, name) => {
                    let find = |part: &Part<'_>, numbers: &Numbers| {
                        let index = part.export(name, ExternalKind::Func)?;
                        numbers.functions.get(index as usize).copied()
                    };
                    let function = find(self.library, &self.library_numbers)
                        .or_else(|| find(self.base, &self.base_numbers))
                        .ok_or_else(undefined)?;
                    let next = first_new + count(self.more_slots.len())?;
                    let slot = *slots.entry(function).or_insert(next);
                    if slot == next {
                        self.more_slots.push(function);
                    }
                    Becomes::Constant(slot.cast_signed())
                }
                _ => return Err(undefined()),
            };
            self.library_numbers.globals.push(becomes);
        }
        for global in &self.library.globals {
            let value = self.library_numbers.value(&global.init_expr);
            match value {
                Some(value) if !global.ty.mutable => {
                    self.library_numbers.globals.push(Becomes::Constant(value));
                }
                _ => return Err(LinkError::unsupported("a shared object's own global")),
            }
        }
        Ok(())
    }

    fn module(mut self) -> Result<Joined, LinkError> {
        let mut types = TypeSection::new();
        let mut imports = ImportSection::new();
        let mut functions = FunctionSection::new();
        let mut globals = GlobalSection::new();
        let mut exports = ExportSection::new();
        let mut elements = ElementSection::new();
        let mut code = CodeSection::new();
        let mut data = DataSection::new();

        for import in self.base.imports.iter().filter(|it| it.module != FOREIGN) {
            let ty = self.base_numbers.entity_type(import.ty)?;
            imports.import(import.module, import.name, ty);
        }
        for global in &self.base.globals {
            self.base_numbers
                .parse_global(&mut globals, global.clone())?;
        }
        let first_new = self.base.table_slots + self.library.table_slots;
        for (part, numbers) in [
            (self.base, &mut self.base_numbers),
            (self.library, &mut self.library_numbers),
        ] {
            for group in &part.types {
                numbers.parse_recursive_type_group(types.ty(), group.clone())?;
            }
            for &ty in &part.functions {
                functions.function(numbers.type_index(ty)?);
            }
            for (kind, items) in &part.elements {
                let ElementKind::Active { offset_expr, .. } = kind else {
                    return Err(LinkError::unsupported("a passive table segment"));
                };
                let offset = numbers.const_expr(offset_expr.clone())?;
                let items: Vec<u32> = items
                    .iter()
                    .map(|&it| numbers.function_index(it))
                    .collect::<Result<_, _>>()?;
                elements.active(None, &offset, Elements::Functions(items.into()));
            }
            for body in &part.code {
                code.function(&numbers.body(body)?);
            }
            for segment in &part.data {
                let DataKind::Active { offset_expr, .. } = &segment.kind else {
                    return Err(LinkError::unsupported("a passive data segment"));
                };
                let offset = numbers.const_expr(offset_expr.clone())?;
                data.active(0, &offset, segment.data.iter().copied());
            }
        }
        let first = ConstExpr::i32_const(first_new.cast_signed());
        elements.active(None, &first, Elements::Functions((&self.more_slots).into()));

        for export in &self.base.exports {
            if export.kind != ExternalKind::Global {
                self.base_numbers.parse_export(&mut exports, *export)?;
            }
        }
        for export in &self.library.exports {
            // Its initialisers. All else is called from the base.
            if export.kind == ExternalKind::Func && is_initialiser(export.name) {
                let index = self.library_numbers.function_index(export.index)?;
                exports.export(export.name, ExportKind::Func, index);
            }
        }

        if let Some(start) = self.library.start {
            let index = self.library_numbers.function_index(start)?;
            exports.export(START, ExportKind::Func, index);
        }

        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: u64::from(first_new) + self.more_slots.len() as u64,
            maximum: None,
            shared: false,
        });
        let mut memories = MemorySection::new();
        let memory = self
            .base
            .memory
            .ok_or_else(|| LinkError::malformed("it has no memory"))?;
        memories.memory(self.base_numbers.memory_type(memory)?);

        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&memories)
            .section(&globals)
            .section(&exports)
            .section(&elements)
            .section(&code)
            .section(&data);
        let variables = self.library.exports.iter();
        let variables = variables
            .filter_map(|it| Some((it.name.to_owned(), self.library.variable(it.name)?)))
            .map(|(name, offset)| (name, offset + self.memory_base));
        Ok(Joined {
            variables: variables.collect(),
            wasm: module.finish(),
        })
    }
}

/// Whether a shared object's function is to be called before all others.
fn is_initialiser(name: &str) -> bool {
    name == "_initialize" || name == "__wasm_apply_data_relocs"
}

fn count(n: usize) -> Result<u32, LinkError> {
    u32::try_from(n).map_err(|_| LinkError::malformed("there is too much of it"))
}

#[cfg(test)]
mod tests {
    use wasmtime::{Engine, Instance, Module, Store};

    use super::*;

    /// Has a function and a variable of its own, calls `twice` of the shared object, and has room for its memory.
    const BASE: &str = r#"(module
        (import "wasi" "answer" (func $answer (result i32)))
        (import "env" "twice" (func $twice (param i32) (result i32)))
        (memory (export "memory") 2)
        (table 3 funcref)
        (global (export "__stack_pointer") (mut i32) (i32.const 1000))
        (global (export "errno") i32 (i32.const 70000))
        (func $seven (export "seven") (result i32) i32.const 7)
        (func (export "run") (result i32) (call $twice (call $answer)))
        (elem (i32.const 1) func $seven)
        (data (i32.const 70000) "\05"))"#;

    /// Sums what it gets by each way of reaching something.
    const LIBRARY: &str = r#"(module
        (@dylink.0 (mem-info (memory 16 4) (table 1 0)))
        (import "env" "memory" (memory 1))
        (import "env" "__indirect_function_table" (table 1 funcref))
        (import "env" "__stack_pointer" (global $sp (mut i32)))
        (import "env" "__memory_base" (global $memory_base i32))
        (import "env" "__table_base" (global $table_base i32))
        (import "GOT.mem" "errno" (global $errno i32))
        (import "GOT.mem" "own" (global $own i32))
        (import "GOT.func" "seven" (global $seven_at i32))
        (import "GOT.func" "ten" (global $ten_at i32))
        (import "env" "seven" (func $seven (result i32)))
        (type $get (func (result i32)))
        (global (export "own") i32 (i32.const 8))
        (global $nine_at i32 (i32.add (global.get $table_base) (i32.const 0)))
        (func $nine (result i32) i32.const 9)
        (func $ten (export "ten") (result i32) i32.const 10)
        (start $start)
        (func $start (memory.fill (global.get $memory_base) (i32.const 0) (i32.const 4)))
        (func (export "_initialize")
            (i32.store (i32.add (global.get $memory_base) (i32.const 4)) (i32.const 3)))
        (func (export "twice") (param i32) (result i32)
            (global.set $sp (i32.sub (global.get $sp) (i32.const 16)))
            (call_indirect (type $get) (global.get $nine_at))
            (i32.add (call $seven))
            (i32.add (call_indirect (type $get) (global.get $seven_at)))
            (i32.add (call_indirect (type $get) (global.get $ten_at)))
            (i32.add (i32.load (global.get $errno)))
            (i32.add (i32.load (global.get $own)))
            (i32.add (i32.load (i32.add (global.get $memory_base) (i32.const 4))))
            (i32.add (i32.mul (local.get 0) (i32.const 2))))
        (elem (global.get $table_base) func $nine)
        (data (global.get $memory_base) "\00\00\00\00\00\00\00\00\0b"))"#;

    fn joined() -> Joined {
        let [base, library] = [BASE, LIBRARY].map(|it| wat::parse_str(it).expect("it is wasm"));
        join(&base, &library, 2048).expect("they fit")
    }

    #[test]
    fn each_way_of_reaching_something_across_the_two_parts_works() {
        let engine = Engine::default();
        let module = Module::new(&engine, joined().wasm).expect("it is valid");
        assert_eq!(module.imports().len(), 1);
        let mut store = Store::new(&engine, ());
        let answer = wasmtime::Func::wrap(&mut store, || 21);
        let instance = Instance::new(&mut store, &module, &[answer.into()]).expect("it starts");
        for name in [START, "_initialize"] {
            let initialise = instance.get_typed_func::<(), ()>(&mut store, name);
            initialise
                .expect("it is there")
                .call(&mut store, ())
                .expect("it returns");
        }
        let run = instance
            .get_typed_func::<(), i32>(&mut store, "run")
            .expect("it is there");
        let sum = run.call(&mut store, ()).expect("it returns");
        assert_eq!(sum, 9 + 7 + 7 + 10 + 5 + 0x0b + 3 + 2 * 21);
    }

    #[test]
    fn what_a_shared_object_needs_is_told() {
        let library = wat::parse_str(LIBRARY).expect("it is wasm");
        let needs = needs(&library).expect("it is a shared object");
        assert_eq!((needs.memory_bytes, needs.alignment), (16, 16));
        assert_eq!(needs.names, ["__stack_pointer", "errno", "seven"]);
        assert_eq!(joined().variable("own"), Some(2048 + 8));
    }

    #[test]
    fn a_function_that_neither_part_has_is_an_error() {
        let base = wat::parse_str(r#"(module (memory 1))"#).expect("it is wasm");
        let library = wat::parse_str(LIBRARY).expect("it is wasm");
        assert!(matches!(
            join(&base, &library, 0),
            Err(LinkError::Undefined(_))
        ));
    }
}
