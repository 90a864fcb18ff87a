//! Joining a shared object to the static module that it was made for: one module, nothing left to load.
//!
//! A shared object is position independent: it asks at run time where its memory and its table slots lie, and
//! reads the addresses of foreign variables and functions from globals. Here all of that is known, so that each
//! becomes a constant and each call of the other module a direct one. Memory, table and stack are the static
//! module's. Small functions of either are then put in the places of their calls (`inline.rs`).
//!
//! The conventions are those of WebAssembly's "dynamic linking" (`dylink.0`). Does not know what is joined, or
//! which initialisers it has; they are exported under their own names.

mod inline;
mod part;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, ImportSection, MemorySection, Module, RefType,
    TableSection, TableType, TypeSection,
    reencode::{self, Reencode},
};
use wasmparser::{DataKind, ElementKind, ExternalKind, FunctionBody, Import, Operator, TypeRef};

use self::part::Part;
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
///
/// Functions of `library` that are `replaced` are never called: those of `base` with their names are, by both parts.
pub(crate) fn join(
    base: &[u8],
    library: &[u8],
    memory_base: u32,
    replaced: &[&str],
) -> Result<Joined, LinkError> {
    let base = Part::read(base)?;
    let library = Part::read(library)?;
    Join::new(&base, &library, memory_base, replaced)?.module()
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
    fn new(
        base: &'a Part<'a>,
        library: &'a Part<'a>,
        memory_base: u32,
        replaced: &[&str],
    ) -> Result<Self, LinkError> {
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
        for name in replaced {
            let find = |part: &Part<'_>| {
                let index = part.export(name, ExternalKind::Func);
                index.map(|it| it as usize).ok_or_else(|| undefined(name))
            };
            library_functions[find(library)?] = base_functions[find(base)?];
        }

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
            wasm: inline::inline(&module.finish())?,
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
