//! The module, written as planned: bodies copied and patched, contents merged.

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, FuncType, Function, FunctionSection, GlobalType, ImportSection, MemoryType,
    Module, RefType, TableType, TagKind, TagType, TypeSection, ValType,
};
use wasmparser::{RelocationEntry, RelocationType};

use super::{
    LinkError, PAGE_BYTES,
    image::nonzero_pieces,
    object::Piece,
    plan::{Callee, Plan, count},
    resolve::Symbol,
    runtime,
};

/// Data segments of a module: each costs a little at every start. Contents in more pieces are one piece,
/// zeros and all.
const MAX_PIECES: usize = 1_000;
impl Plan<'_> {
    /// Writes the module.
    pub(super) fn module(&self) -> Result<Vec<u8>, LinkError> {
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
