//! What goes into the module, under which number, and where in memory: whatever is reachable from `main`.
//!
//! Order is the object's, or that in which things are first referred to, so that the same object gives the
//! same plan. Writes nothing.

use std::collections::HashMap;

use wasmparser::RelocationType;

use super::{
    LinkError, PAGE_BYTES,
    image::first_nonzero,
    object::Object,
    resolve::{Main, Symbol, Symbols},
    runtime::{self, Runtime},
};

/// The most memory that a candidate's variables may take up together with what lies below them.
const MAX_MEMORY_BYTES: u64 = 1 << 32;
/// From the first to the last variable with contents, which alignment may set far apart.
const MAX_CONTENTS_BYTES: u64 = 256 << 20;
/// Tags of a module: C++ has one, `longjmp` another.
const MAX_TAGS: usize = 16;

/// Decides what goes into the module of an object whose symbols are resolved, and where.
pub(super) fn plan<'a>(
    object: &'a Object<'a>,
    symbols: &'a Symbols<'a>,
    runtime: &'a Runtime,
) -> Result<Plan<'a>, LinkError> {
    let mut plan = Plan {
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
    plan.mark()?;
    plan.number()?;
    plan.lay_out()?;
    Ok(plan)
}

/// A function that a pointer points to, or a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Callee {
    Own(u32),
    /// By the index among the imports.
    Import(u32),
    /// By the index among the stubs.
    Stub(u32),
    /// The function that calls the object's initialisers.
    Initialise,
}

/// The decisions. The rest of linking is writing them down.
pub(super) struct Plan<'a> {
    pub(super) object: &'a Object<'a>,
    pub(super) symbols: &'a Symbols<'a>,
    pub(super) runtime: &'a Runtime,
    pub(super) live: Vec<bool>,
    pub(super) live_segments: Vec<bool>,
    /// Functions of the runtime: name and type.
    pub(super) imports: Vec<(&'a str, u32)>,
    pub(super) import_indices: HashMap<(&'a str, u32), u32>,
    pub(super) tags: Vec<(&'a str, u32)>,
    /// Types of the stubs.
    pub(super) stubs: Vec<u32>,
    pub(super) stub_indices: HashMap<u32, u32>,
    /// Table slots of the candidate's own.
    pub(super) slots: Vec<Callee>,
    pub(super) slot_indices: HashMap<Callee, u32>,
    /// Indices in the module of the object's live functions.
    pub(super) functions: Vec<u32>,
    /// Index of the first stub: the object's functions come before.
    pub(super) first_stub: u32,
    /// Which segments are not all zero.
    pub(super) has_contents: Vec<bool>,
    /// Addresses of the object's live segments.
    pub(super) addresses: Vec<u32>,
    /// Which of the variables that the linker makes are reached, and where they lie.
    pub(super) live_zeros: Vec<bool>,
    pub(super) zeros: Vec<u32>,
    /// Where the candidate's data ends.
    pub(super) memory_bytes: u64,
}

impl<'a> Plan<'a> {
    pub(super) fn symbol(&self, index: u32) -> Result<Symbol<'a>, LinkError> {
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

    pub(super) fn runtime_slot(&self, name: &str) -> Option<u32> {
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
    pub(super) fn run_type(&self) -> Result<u32, LinkError> {
        count(self.object.types.len())
    }

    pub(super) fn function_index(&self, callee: Callee) -> Result<u32, LinkError> {
        let n_stubs = count(self.stubs.len())?;
        Ok(match callee {
            Callee::Own(index) => self.functions[index as usize],
            Callee::Import(index) => index,
            Callee::Stub(index) => self.first_stub + index,
            Callee::Initialise => self.first_stub + n_stubs,
        })
    }

    pub(super) fn slot_index(&self, callee: Callee) -> Result<u32, LinkError> {
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

    pub(super) fn import_index(&self, name: &str, type_index: u32) -> Result<u32, LinkError> {
        let index = self.import_indices.get(&(name, type_index)).copied();
        index.ok_or_else(|| LinkError::malformed("a call that was not found"))
    }

    pub(super) fn stub_index(&self, type_index: u32) -> Result<u32, LinkError> {
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
pub(super) fn count<T: TryInto<u32>>(number: T) -> Result<u32, LinkError> {
    number
        .try_into()
        .map_err(|_| LinkError::malformed("a number beyond 32 bits"))
}
