//! What each symbol of an object stands for: something of its own, something of the runtime's, or a stub.
//!
//! Names decide, as for every linker. Does not know which symbols are used.

use std::collections::HashMap;

use wasmparser::{SymbolFlags, SymbolInfo};

use super::{
    LinkError, PAGE_BYTES, ZEROS_SUFFIX,
    object::Object,
    runtime::{self, Runtime},
};

/// What a symbol stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Symbol<'a> {
    /// A function of the object, by its index among those that it defines.
    Function(u32),
    /// A function of the runtime, of the type that the object knows.
    RuntimeFunction { name: &'a str, type_index: u32 },
    /// A function that traps when it is called: a weak one that nothing defines, or one that is declared
    /// with another type than it has. A pointer to the first kind is null.
    Stub { type_index: u32, is_null: bool },
    /// A place in one of the object's segments.
    Data { segment: u32, offset: u32 },
    /// A variable of zeros that the linker makes, by its index among them.
    Zeros(u32),
    /// An address in the runtime, or null.
    Address(u32),
    /// The one global that code uses.
    StackPointer,
    /// A tag of the runtime.
    Tag { name: &'a str, type_index: u32 },
    /// The one table.
    Table,
    /// What only debug information refers to.
    Section,
}

/// The start of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Main {
    /// `int main()`.
    Void,
    /// `int main(int, char **)`.
    Args,
    /// `int main(int, char **, char **)`.
    Environment,
}

impl Main {
    /// Returns the parameters of such a function, all of 32 bits, as is the one result.
    fn n_params(self) -> usize {
        match self {
            Self::Void => 0,
            Self::Args => 2,
            Self::Environment => 3,
        }
    }
}

/// The symbols of an object, by index, and its `main`.
pub(super) struct Symbols<'a> {
    pub(super) meanings: Vec<Symbol<'a>>,
    /// Index of the function among those that the object defines, and how it is called.
    pub(super) main: (u32, Main),
    /// Size and alignment in bytes of the variables that the linker makes.
    pub(super) zeros: Vec<(u32, u32)>,
}

/// Names of `main` as clang spells them.
const MAINS: [(&str, Main); 5] = [
    ("__main_void", Main::Void),
    ("__original_main", Main::Void),
    ("__main_argc_argv", Main::Args),
    ("main", Main::Args),
    ("main", Main::Environment),
];

/// Functions that a program may replace everywhere, also inside the library: the heap and, by the starts
/// of their names, `operator new` and `operator delete`.
const REPLACEABLE: [&str; 9] = [
    "malloc",
    "free",
    "calloc",
    "realloc",
    "reallocarray",
    "aligned_alloc",
    "memalign",
    "posix_memalign",
    "valloc",
];
const REPLACEABLE_STARTS: [&str; 4] = ["_Znw", "_Zna", "_Zdl", "_Zda"];

/// How the names of C++ begin.
const MANGLED: &str = "_Z";

/// Resolves all symbols.
pub(super) fn resolve<'a>(
    object: &Object<'a>,
    runtime: &Runtime,
) -> Result<Symbols<'a>, LinkError> {
    let mut main = None;
    let (zeros, zeros_by_name) = zeros(object)?;
    let mut meanings = Vec::with_capacity(object.symbols.len());
    for info in &object.symbols {
        let symbol = match *info {
            SymbolInfo::Func { flags, index, name } => {
                let symbol = function(object, runtime, flags, index, name)?;
                if let (Some(name), Symbol::Function(own)) = (name, symbol) {
                    let n_params = object.function_type(index)?.params().len();
                    let is_it = |it: &&(&str, Main)| it.0 == name && it.1.n_params() == n_params;
                    let it = MAINS.iter().find(is_it);
                    main = it.map(|&(_, main)| (own, main)).or(main);
                }
                symbol
            }
            SymbolInfo::Data {
                flags,
                name,
                symbol,
            } => match zeros_by_name.get(name) {
                Some(&index) if symbol.is_none() => Symbol::Zeros(index),
                _ => data(object, runtime, flags, name, symbol)?,
            },
            SymbolInfo::Global { index, .. } => match object.imported_globals.get(index as usize) {
                Some(&runtime::STACK_POINTER) => Symbol::StackPointer,
                _ => return Err(LinkError::unsupported("a global variable of WebAssembly")),
            },
            SymbolInfo::Event { index, .. } => {
                let import = object.imported_tags.get(index as usize);
                let import =
                    import.ok_or_else(|| LinkError::unsupported("a tag of the program's own"))?;
                let ty = object.types.get(import.type_index as usize);
                if ty.is_none() || runtime.tag(import.name) != ty {
                    return Err(LinkError::unsupported("a tag that it has not"));
                }
                Symbol::Tag {
                    name: import.name,
                    type_index: import.type_index,
                }
            }
            SymbolInfo::Table { index: 0, .. } => Symbol::Table,
            SymbolInfo::Table { .. } => return Err(LinkError::unsupported("a second table")),
            SymbolInfo::Section { .. } => Symbol::Section,
        };
        meanings.push(symbol);
    }
    let main = main.ok_or_else(|| LinkError::Undefined("main".to_owned()))?;
    Ok(Symbols {
        meanings,
        main,
        zeros,
    })
}

/// Sizes and alignments of variables that the linker makes, and their indices by name.
type Zeros<'a> = (Vec<(u32, u32)>, HashMap<&'a str, u32>);

/// Reads the notes about variables that are all zero and not in the object.
fn zeros<'a>(object: &Object<'a>) -> Result<Zeros<'a>, LinkError> {
    let mut zeros = Vec::new();
    let mut by_name = HashMap::new();
    for info in &object.symbols {
        let SymbolInfo::Data {
            name,
            symbol: Some(defined),
            ..
        } = *info
        else {
            continue;
        };
        let Some(name) = name.strip_suffix(ZEROS_SUFFIX) else {
            continue;
        };
        let note = object
            .segments
            .get(defined.index as usize)
            .and_then(|it| it.piece.bytes.get(defined.offset as usize..))
            .and_then(|it| it.split_first_chunk::<4>())
            .and_then(|(size, rest)| Some((*size, *rest.first_chunk::<4>()?)));
        let (size, alignment) = note.ok_or_else(|| LinkError::malformed("a note cut off"))?;
        let (size, alignment) = (u32::from_le_bytes(size), u32::from_le_bytes(alignment));
        if !alignment.is_power_of_two() || alignment > PAGE_BYTES {
            return Err(LinkError::malformed("a note without an alignment"));
        }
        let index =
            u32::try_from(zeros.len()).map_err(|_| LinkError::malformed("too many notes"))?;
        zeros.push((size, alignment));
        by_name.insert(name, index);
    }
    Ok((zeros, by_name))
}

fn function<'a>(
    object: &Object<'a>,
    runtime: &Runtime,
    flags: SymbolFlags,
    index: u32,
    name: Option<&'a str>,
) -> Result<Symbol<'a>, LinkError> {
    let ty = object.function_type(index)?;
    let n_imported = object.imported_functions.len();
    if flags.contains(SymbolFlags::EXPORTED) || flags.contains(SymbolFlags::NO_STRIP) {
        return Err(LinkError::unsupported("a function that is to be exported"));
    }
    if !flags.contains(SymbolFlags::UNDEFINED) {
        let own = (index as usize).checked_sub(n_imported);
        let own = own
            .and_then(|it| u32::try_from(it).ok())
            .map(Symbol::Function)
            .ok_or_else(|| LinkError::malformed("a definition of an import"))?;
        let Some(name) = name.filter(|_| !flags.contains(SymbolFlags::BINDING_LOCAL)) else {
            return Ok(own);
        };
        if REPLACEABLE.contains(&name) || REPLACEABLE_STARTS.iter().any(|it| name.starts_with(it)) {
            return Err(LinkError::unsupported(format!("a replaced `{name}`")));
        }
        // An inline function or an instance of a template that the library has as well: the same by the
        // rule of one definition, and compiled already. Names of C may be the program's own.
        let is_weak = flags.contains(SymbolFlags::BINDING_WEAK) && name.starts_with(MANGLED);
        return Ok(match runtime.function(name) {
            Some(it) if is_weak && it.ty == *ty => Symbol::RuntimeFunction {
                name,
                type_index: type_index(object, index)?,
            },
            _ => own,
        });
    }
    let import = object
        .imported_functions
        .get(index as usize)
        .ok_or_else(|| LinkError::malformed("an undefined function that is no import"))?;
    // With an explicit name the import's name is another's: `import_name` in the source.
    if import.module != "env" || flags.contains(SymbolFlags::EXPLICIT_NAME) {
        return Err(LinkError::unsupported(
            "an import by a name of the program's",
        ));
    }
    match runtime.function(import.name) {
        Some(it) if it.ty == *ty => Ok(Symbol::RuntimeFunction {
            name: import.name,
            type_index: import.type_index,
        }),
        Some(_) => Ok(Symbol::Stub {
            type_index: import.type_index,
            is_null: false,
        }),
        None if flags.contains(SymbolFlags::BINDING_WEAK) => Ok(Symbol::Stub {
            type_index: import.type_index,
            is_null: true,
        }),
        None => Err(LinkError::Undefined(import.name.to_owned())),
    }
}

fn data<'a>(
    object: &Object<'a>,
    runtime: &Runtime,
    flags: SymbolFlags,
    name: &'a str,
    defined: Option<wasmparser::DefinedDataSymbol>,
) -> Result<Symbol<'a>, LinkError> {
    let unsupported = SymbolFlags::TLS | SymbolFlags::ABSOLUTE | SymbolFlags::EXPORTED;
    if flags.intersects(unsupported) {
        return Err(LinkError::unsupported("a variable of a special kind"));
    }
    let address = runtime.data(name).map(Symbol::Address);
    let Some(defined) = defined else {
        return match address {
            Some(address) => Ok(address),
            None if flags.contains(SymbolFlags::BINDING_WEAK) => Ok(Symbol::Address(0)),
            None => Err(LinkError::Undefined(name.to_owned())),
        };
    };
    // Types are told apart by the addresses of their descriptions, and inline variables are one.
    if let (Some(address), true) = (address, flags.contains(SymbolFlags::BINDING_WEAK)) {
        return Ok(address);
    }
    if defined.index as usize >= object.segments.len() {
        return Err(LinkError::malformed("a variable in no segment"));
    }
    Ok(Symbol::Data {
        segment: defined.index,
        offset: defined.offset,
    })
}

fn type_index(object: &Object<'_>, function: u32) -> Result<u32, LinkError> {
    (function as usize)
        .checked_sub(object.imported_functions.len())
        .and_then(|it| object.functions.get(it))
        .map(|it| it.type_index)
        .ok_or_else(|| LinkError::malformed("a symbol of no function"))
}
