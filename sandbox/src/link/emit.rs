//! The module: what is reachable from `main`, laid out and patched.
//!
//! Order is the object's, or that in which things are first referred to, so that the same object gives the
//! same bytes.

use std::collections::HashMap;

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, FuncType, Function, FunctionSection, GlobalType, ImportSection, MemoryType,
    Module, RefType, TableType, TagKind, TagType, TypeSection, ValType,
};
use wasmparser::{RelocationEntry, RelocationType};

use super::{
    LinkError, PAGE_BYTES,
    image::{first_nonzero, nonzero_pieces},
    object::{Object, Piece},
    resolve::{Main, Symbol, Symbols},
    runtime::{self, Runtime},
};

/// The most memory that a candidate's variables may take up together with what lies below them.
const MAX_MEMORY_BYTES: u64 = 1 << 32;
/// Data segments of a module: each costs a little at every start. Contents in more pieces are one piece,
/// zeros and all.
const MAX_PIECES: usize = 1_000;
/// From the first to the last variable with contents, which alignment may set far apart.
const MAX_CONTENTS_BYTES: u64 = 256 << 20;
/// Tags of a module: C++ has one, `longjmp` another.
const MAX_TAGS: usize = 16;

/// Makes the module of an object whose symbols are resolved.
pub(super) fn emit(
    object: &Object<'_>,
    symbols: &Symbols<'_>,
    runtime: &Runtime,
) -> Result<Vec<u8>, LinkError> {
    let mut linker = Linker {
        object,
        symbols,
        runtime,
        live: vec![false; object.functions.len()],
        live_segments: vec![false; object.segments.len()],
        imports: Vec::new(),
        import_indices: HashMap::new(),
        tags: Vec::new(),
        stubs: Vec::new(),
        stub_indices: HashMap::new(),
        slots: Vec::new(),
        slot_indices: HashMap::new(),
        functions: vec![0; object.functions.len()],
        first_stub: 0,
        has_contents: object
            .segments
            .iter()
            .map(|it| {
                !it.piece.relocations.is_empty() || first_nonzero(it.piece.bytes, 0).is_some()
            })
            .collect(),
        addresses: vec![0; object.segments.len()],
        live_zeros: vec![false; symbols.zeros.len()],
        zeros: vec![0; symbols.zeros.len()],
        memory_bytes: u64::from(runtime.memory_base),
    };
    linker.mark()?;
    linker.number()?;
    linker.lay_out()?;
    linker.module()
}

/// A function that a pointer points to, or a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Callee {
    Own(u32),
    /// By the index among the imports.
    Import(u32),
    /// By the index among the stubs.
    Stub(u32),
    /// The function that calls the object's initialisers.
    Initialise,
}

struct Linker<'a> {
    object: &'a Object<'a>,
    symbols: &'a Symbols<'a>,
    runtime: &'a Runtime,
    live: Vec<bool>,
    live_segments: Vec<bool>,
    /// Functions of the runtime: name and type.
    imports: Vec<(&'a str, u32)>,
    import_indices: HashMap<(&'a str, u32), u32>,
    tags: Vec<(&'a str, u32)>,
    /// Types of the stubs.
    stubs: Vec<u32>,
    stub_indices: HashMap<u32, u32>,
    /// Table slots of the candidate's own.
    slots: Vec<Callee>,
    slot_indices: HashMap<Callee, u32>,
    /// Indices in the module of the object's live functions.
    functions: Vec<u32>,
    /// Index of the first stub: the object's functions come before.
    first_stub: u32,
    /// Which segments are not all zero.
    has_contents: Vec<bool>,
    /// Addresses of the object's live segments.
    addresses: Vec<u32>,
    /// Which of the variables that the linker makes are reached, and where they lie.
    live_zeros: Vec<bool>,
    zeros: Vec<u32>,
    /// Where the candidate's data ends.
    memory_bytes: u64,
}

impl<'a> Linker<'a> {
    fn symbol(&self, index: u32) -> Result<Symbol<'a>, LinkError> {
        let symbol = self.symbols.meanings.get(index as usize);
        symbol
            .copied()
            .ok_or_else(|| LinkError::malformed("a relocation against no symbol"))
    }

    /// Finds what is reachable, and gives imports, stubs and table slots their numbers.
    fn mark(&mut self) -> Result<(), LinkError> {
        let object = self.object;
        let mut functions = Vec::new();
        let mut segments = Vec::new();
        let reach = |live: &mut [bool], index: u32, queue: &mut Vec<u32>| match live
            .get_mut(index as usize)
        {
            Some(it) => {
                if !std::mem::replace(it, true) {
                    queue.push(index);
                }
                Ok(())
            }
            None => Err(LinkError::malformed("a symbol of no function")),
        };
        let (main, _) = self.symbols.main;
        reach(&mut self.live, main, &mut functions)?;
        self.slot(Callee::Own(main));
        for init in &object.init_functions {
            let Symbol::Function(index) = self.symbol(init.symbol_index)? else {
                return Err(LinkError::unsupported("an initialiser of the runtime's"));
            };
            reach(&mut self.live, index, &mut functions)?;
        }
        loop {
            let piece = if let Some(index) = functions.pop() {
                &object.functions[index as usize].piece
            } else if let Some(index) = segments.pop() {
                let index: u32 = index;
                &object.segments[index as usize].piece
            } else {
                return Ok(());
            };
            for relocation in &piece.relocations {
                if relocation.ty == RelocationType::TypeIndexLeb {
                    continue;
                }
                let symbol = self.symbol(relocation.index)?;
                let callee = match symbol {
                    Symbol::Function(index) => {
                        reach(&mut self.live, index, &mut functions)?;
                        Some(Callee::Own(index))
                    }
                    Symbol::RuntimeFunction { name, type_index } => {
                        self.import_of(relocation.ty, name, type_index)
                    }
                    Symbol::Stub {
                        type_index,
                        is_null,
                    } => (!is_null || !is_pointer(relocation.ty))
                        .then(|| Callee::Stub(self.stub(type_index))),
                    Symbol::Data { segment, .. } => {
                        reach(&mut self.live_segments, segment, &mut segments)?;
                        None
                    }
                    Symbol::Zeros(index) => {
                        self.live_zeros[index as usize] = true;
                        None
                    }
                    Symbol::Tag { name, type_index } => {
                        if !self.tags.contains(&(name, type_index)) {
                            if self.tags.len() == MAX_TAGS {
                                return Err(LinkError::unsupported("so many tags"));
                            }
                            self.tags.push((name, type_index));
                        }
                        None
                    }
                    Symbol::Address(_) | Symbol::StackPointer | Symbol::Table | Symbol::Section => {
                        None
                    }
                };
                if let (Some(callee), true) = (callee, is_pointer(relocation.ty)) {
                    self.slot(callee);
                }
            }
        }
    }

    /// Imports a function of the runtime, unless only its table slot is wanted and it has one.
    fn import_of(&mut self, ty: RelocationType, name: &'a str, type_index: u32) -> Option<Callee> {
        if is_pointer(ty) && self.runtime_slot(name).is_some() {
            return None;
        }
        Some(Callee::Import(self.import(name, type_index)))
    }

    fn import(&mut self, name: &'a str, type_index: u32) -> u32 {
        let imports = &mut self.imports;
        *self
            .import_indices
            .entry((name, type_index))
            .or_insert_with(|| push(imports, (name, type_index)))
    }

    fn stub(&mut self, type_index: u32) -> u32 {
        let stubs = &mut self.stubs;
        *self
            .stub_indices
            .entry(type_index)
            .or_insert_with(|| push(stubs, type_index))
    }

    fn slot(&mut self, callee: Callee) {
        let slots = &mut self.slots;
        self.slot_indices
            .entry(callee)
            .or_insert_with(|| push(slots, callee));
    }

    fn runtime_slot(&self, name: &str) -> Option<u32> {
        self.runtime.function(name)?.table_slot
    }

    /// Numbers the functions of the module: imports, the object's, stubs, initialiser, start.
    fn number(&mut self) -> Result<(), LinkError> {
        let run = match self.symbols.main.1 {
            Main::Void => runtime::RUN_VOID,
            Main::Args => runtime::RUN_ARGS,
            Main::Environment => runtime::RUN_ENVIRONMENT,
        };
        self.import(run, self.run_type()?);
        if !self.object.init_functions.is_empty() {
            self.slot(Callee::Initialise);
        }
        let mut next = count(self.imports.len())?;
        for (function, _) in self.functions.iter_mut().zip(&self.live).filter(|it| *it.1) {
            *function = next;
            next += 1;
        }
        self.first_stub = next;
        Ok(())
    }

    /// Type of the runtime's functions that start a `main`, behind the object's types.
    fn run_type(&self) -> Result<u32, LinkError> {
        count(self.object.types.len())
    }

    fn function_index(&self, callee: Callee) -> Result<u32, LinkError> {
        let n_stubs = count(self.stubs.len())?;
        Ok(match callee {
            Callee::Own(index) => self.functions[index as usize],
            Callee::Import(index) => index,
            Callee::Stub(index) => self.first_stub + index,
            Callee::Initialise => self.first_stub + n_stubs,
        })
    }

    fn slot_index(&self, callee: Callee) -> Result<u32, LinkError> {
        let slot = self.slot_indices.get(&callee);
        let slot = slot.ok_or_else(|| LinkError::malformed("a pointer to no function"))?;
        Ok(self.runtime.table_base + slot)
    }

    /// Gives each live variable its address: what has contents first, then what is zero.
    fn lay_out(&mut self) -> Result<(), LinkError> {
        let object = self.object;
        for has_contents in [true, false] {
            for (index, segment) in object.segments.iter().enumerate() {
                if !self.live_segments[index] || self.has_contents[index] != has_contents {
                    continue;
                }
                let size = segment.piece.bytes.len() as u64;
                self.addresses[index] = self.place(size, 1 << segment.alignment_log2)?;
            }
            let n_bytes = self.memory_bytes - u64::from(self.runtime.memory_base);
            if has_contents && n_bytes > MAX_CONTENTS_BYTES {
                return Err(LinkError::unsupported("so large a set of variables"));
            }
        }
        for index in 0..self.zeros.len() {
            if self.live_zeros[index] {
                let (size, alignment) = self.symbols.zeros[index];
                self.zeros[index] = self.place(size.into(), alignment.into())?;
            }
        }
        Ok(())
    }

    /// Takes the next piece of memory.
    fn place(&mut self, size: u64, alignment: u64) -> Result<u32, LinkError> {
        let start = self.memory_bytes.next_multiple_of(alignment);
        self.memory_bytes = start + size;
        if self.memory_bytes > MAX_MEMORY_BYTES - u64::from(PAGE_BYTES) {
            return Err(LinkError::unsupported("variables beyond 4 GiB"));
        }
        count(start)
    }

    fn module(&self) -> Result<Vec<u8>, LinkError> {
        let object = self.object;
        let run_type = self.run_type()?;
        let start_type = run_type + 1;
        let mut types = TypeSection::new();
        for ty in &object.types {
            types.ty().func_type(&function_type(ty)?);
        }
        types.ty().function([ValType::I32, ValType::I32], []);
        types.ty().function([], []);

        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        for (function, _) in object.functions.iter().zip(&self.live).filter(|it| *it.1) {
            functions.function(function.type_index);
            code.raw(&self.patched(&function.piece)?);
        }
        for &type_index in &self.stubs {
            functions.function(type_index);
            let mut stub = Function::new([]);
            stub.instructions().unreachable().end();
            code.function(&stub);
        }
        let initialise = self.initialise()?;
        let start = self.start(initialise.is_some())?;
        for function in initialise.iter().chain([&start]) {
            functions.function(start_type);
            code.function(function);
        }

        let mut exports = ExportSection::new();
        let last = count(self.imports.len())? + functions.len() - 1;
        exports.export("_start", ExportKind::Func, last);

        let slots = self.slots.iter().map(|&it| self.function_index(it));
        let slots: Vec<u32> = slots.collect::<Result<_, _>>()?;
        let mut elements = ElementSection::new();
        let offset = ConstExpr::i32_const(self.runtime.table_base.cast_signed());
        elements.active(None, &offset, Elements::Functions(slots.into()));

        let mut module = Module::new();
        module
            .section(&types)
            .section(&self.import_section())
            .section(&functions)
            .section(&exports)
            .section(&elements)
            .section(&code)
            .section(&self.data()?);
        Ok(module.finish())
    }

    /// Memory, table, stack pointer, tags and functions of the runtime, in the order of their indices.
    fn import_section(&self) -> ImportSection {
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: self.memory_bytes.div_ceil(u64::from(PAGE_BYTES)),
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import(runtime::MODULE, runtime::MEMORY, memory);
        let table = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: u64::from(self.runtime.table_base) + self.slots.len() as u64,
            maximum: None,
            shared: false,
        };
        imports.import(runtime::MODULE, runtime::TABLE, table);
        let stack_pointer = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        imports.import(runtime::MODULE, runtime::STACK_POINTER, stack_pointer);
        for &(name, func_type_idx) in &self.tags {
            let kind = TagKind::Exception;
            let tag = TagType {
                kind,
                func_type_idx,
            };
            imports.import(runtime::MODULE, name, tag);
        }
        for &(name, type_index) in &self.imports {
            imports.import(runtime::MODULE, name, EntityType::Function(type_index));
        }
        imports
    }

    /// The function that calls all initialisers, if there are any.
    fn initialise(&self) -> Result<Option<Function>, LinkError> {
        if self.object.init_functions.is_empty() {
            return Ok(None);
        }
        let mut function = Function::new([]);
        for init in &self.object.init_functions {
            if let Symbol::Function(index) = self.symbol(init.symbol_index)? {
                function
                    .instructions()
                    .call(self.function_index(Callee::Own(index))?);
            }
        }
        function.instructions().end();
        Ok(Some(function))
    }

    /// `_start`: hands the initialiser and `main` to the runtime.
    fn start(&self, has_initialiser: bool) -> Result<Function, LinkError> {
        let initialise = if has_initialiser {
            self.slot_index(Callee::Initialise)?
        } else {
            0
        };
        let main = self.slot_index(Callee::Own(self.symbols.main.0))?;
        // `run` was imported last.
        let run = count(self.imports.len())? - 1;
        let mut function = Function::new([]);
        function
            .instructions()
            .i32_const(initialise.cast_signed())
            .i32_const(main.cast_signed())
            .call(run)
            .end();
        Ok(function)
    }

    /// What is not zero of the live segments.
    fn data(&self) -> Result<DataSection, LinkError> {
        let base = self.runtime.memory_base;
        let mut contents = Vec::new();
        for (index, segment) in self.object.segments.iter().enumerate() {
            if !self.has_contents[index] || !self.live_segments[index] {
                continue;
            }
            contents.resize((self.addresses[index] - base) as usize, 0);
            contents.extend(self.patched(&segment.piece)?);
        }
        let mut pieces = nonzero_pieces(&contents);
        if pieces.len() > MAX_PIECES {
            pieces = vec![(0, &contents)];
        }
        let mut data = DataSection::new();
        for (offset, bytes) in pieces {
            let address = base + count(offset)?;
            let address = ConstExpr::i32_const(address.cast_signed());
            data.active(0, &address, bytes.iter().copied());
        }
        Ok(data)
    }

    /// Returns the bytes of a piece with all places filled in.
    fn patched(&self, piece: &Piece<'_>) -> Result<Vec<u8>, LinkError> {
        let mut bytes = piece.bytes.to_vec();
        for relocation in &piece.relocations {
            let start = relocation.offset as usize;
            let place = bytes.get_mut(start..start + relocation.ty.extent());
            let place = place.ok_or_else(|| LinkError::malformed("a relocation outside"))?;
            let value = self.value(relocation)?;
            match relocation.ty.extent() {
                5 => {
                    let is_padded = place[..4].iter().all(|it| it & 0x80 != 0) && place[4] < 0x80;
                    if !is_padded {
                        return Err(LinkError::malformed("a relocation of no padded number"));
                    }
                    // A signed number differs from an unsigned one in the sign bits of the last byte.
                    let is_signed = matches!(
                        relocation.ty,
                        RelocationType::TableIndexSleb | RelocationType::MemoryAddrSleb
                    );
                    let sign = if is_signed && value >> 31 != 0 {
                        0x70
                    } else {
                        0
                    };
                    for (index, byte) in place.iter_mut().enumerate() {
                        let [low, ..] = (value >> (7 * index)).to_le_bytes();
                        let low = low & 0x7f;
                        *byte = if index < 4 { low | 0x80 } else { low | sign };
                    }
                }
                _ => place.copy_from_slice(&value.to_le_bytes()),
            }
        }
        Ok(bytes)
    }

    /// Returns what a relocation puts into its place.
    fn value(&self, relocation: &RelocationEntry) -> Result<u32, LinkError> {
        if relocation.ty == RelocationType::TypeIndexLeb {
            return Ok(relocation.index);
        }
        let symbol = self.symbol(relocation.index)?;
        let unsupported = || LinkError::unsupported(format!("a relocation {:?}", relocation.ty));
        match relocation.ty {
            RelocationType::FunctionIndexLeb => self.function_index(match symbol {
                Symbol::Function(index) => Callee::Own(index),
                Symbol::RuntimeFunction { name, type_index } => {
                    Callee::Import(self.import_index(name, type_index)?)
                }
                Symbol::Stub { type_index, .. } => Callee::Stub(self.stub_index(type_index)?),
                _ => return Err(LinkError::malformed("a call of no function")),
            }),
            RelocationType::TableIndexSleb | RelocationType::TableIndexI32 => match symbol {
                Symbol::Function(index) => self.slot_index(Callee::Own(index)),
                Symbol::RuntimeFunction { name, type_index } => match self.runtime_slot(name) {
                    Some(slot) => Ok(slot),
                    None => self.slot_index(Callee::Import(self.import_index(name, type_index)?)),
                },
                Symbol::Stub { is_null: true, .. } => Ok(0),
                Symbol::Stub { type_index, .. } => {
                    self.slot_index(Callee::Stub(self.stub_index(type_index)?))
                }
                _ => Err(LinkError::malformed("a pointer to no function")),
            },
            RelocationType::MemoryAddrLeb
            | RelocationType::MemoryAddrSleb
            | RelocationType::MemoryAddrI32 => {
                let address = match symbol {
                    Symbol::Address(address) => address,
                    Symbol::Zeros(index) => self.zeros[index as usize],
                    Symbol::Data { segment, offset } => {
                        self.addresses[segment as usize].wrapping_add(offset)
                    }
                    _ => return Err(LinkError::malformed("an address of no variable")),
                };
                // Addresses wrap as they do in the machine.
                let addend = i32::try_from(relocation.addend).map_err(|_| unsupported())?;
                Ok(address.wrapping_add_signed(addend))
            }
            RelocationType::GlobalIndexLeb if matches!(symbol, Symbol::StackPointer) => Ok(0),
            RelocationType::TableNumberLeb if matches!(symbol, Symbol::Table) => Ok(0),
            RelocationType::EventIndexLeb => match symbol {
                Symbol::Tag { name, type_index } => {
                    let index = self.tags.iter().position(|it| *it == (name, type_index));
                    index.ok_or_else(unsupported).and_then(count)
                }
                _ => Err(LinkError::malformed("a tag that is none")),
            },
            _ => Err(unsupported()),
        }
    }

    fn import_index(&self, name: &str, type_index: u32) -> Result<u32, LinkError> {
        let index = self.import_indices.get(&(name, type_index)).copied();
        index.ok_or_else(|| LinkError::malformed("a call that was not found"))
    }

    fn stub_index(&self, type_index: u32) -> Result<u32, LinkError> {
        let index = self.stub_indices.get(&type_index).copied();
        index.ok_or_else(|| LinkError::malformed("a call that was not found"))
    }
}

/// Returns whether a relocation puts a function's table slot into its place.
fn is_pointer(ty: RelocationType) -> bool {
    matches!(
        ty,
        RelocationType::TableIndexSleb | RelocationType::TableIndexI32
    )
}

/// Appends an element and returns its index, which fits: objects are bounded.
fn push<T>(list: &mut Vec<T>, element: T) -> u32 {
    list.push(element);
    u32::try_from(list.len() - 1).expect("an object has fewer relocations")
}

/// Makes a 32-bit number of a count or an address.
fn count<T: TryInto<u32>>(number: T) -> Result<u32, LinkError> {
    number
        .try_into()
        .map_err(|_| LinkError::malformed("a number beyond 32 bits"))
}

fn function_type(ty: &wasmparser::FuncType) -> Result<FuncType, LinkError> {
    let list = |types: &[wasmparser::ValType]| {
        types
            .iter()
            .map(|&it| value_type(it))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(FuncType::new(list(ty.params())?, list(ty.results())?))
}

fn value_type(ty: wasmparser::ValType) -> Result<ValType, LinkError> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::I32,
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(it) if it == wasmparser::RefType::FUNCREF => {
            ValType::Ref(RefType::FUNCREF)
        }
        wasmparser::ValType::Ref(it) if it == wasmparser::RefType::EXTERNREF => {
            ValType::Ref(RefType::EXTERNREF)
        }
        wasmparser::ValType::Ref(it) if it == wasmparser::RefType::EXNREF => {
            ValType::Ref(RefType::EXNREF)
        }
        wasmparser::ValType::Ref(_) => return Err(LinkError::unsupported("a type of references")),
    })
}
