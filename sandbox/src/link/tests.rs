//! Small objects built by hand, linked onto a small runtime, and what comes out of it. Real objects are
//! linked and run in `sandbox/tests/linking.rs`.

use proptest::prelude::*;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, EntityType, Function, FunctionSection,
    ImportSection, LinkingSection, MemoryType, Module, RefType, SymbolTable, TableType,
    TypeSection, ValType,
};

use super::*;

const CALL: u8 = 0;
const POINTER: u8 = 1;
const POINTER_IN_DATA: u8 = 2;
const ADDRESS: u8 = 4;
const WEAK: u32 = SymbolTable::WASM_SYM_BINDING_WEAK;
const UNDEFINED: u32 = SymbolTable::WASM_SYM_UNDEFINED;

/// A runtime with two functions, of which `puts` has a table slot, two variables and the start functions.
const RUNTIME: &str = r#"(module
    (memory (export "memory") 3)
    (table (export "__indirect_function_table") 5 funcref)
    (global (export "__stack_pointer") (mut i32) (i32.const 65536))
    (global (export "cout") i32 (i32.const 70000))
    (global (export "typeinfo") i32 (i32.const 70008))
    (func $puts (export "puts") (param i32) (result i32) i32.const 7)
    (func (export "_Zinline") (result i32) i32.const 8)
    (func (export "__riddle_run_void") (param i32 i32) (drop (call_indirect (result i32) (local.get 1))))
    (func (export "__riddle_run_args") (param i32 i32))
    (func (export "__riddle_run_environment") (param i32 i32))
    (elem (i32.const 3) func $puts))"#;

fn runtime() -> Runtime {
    Runtime::read(&wat::parse_str(RUNTIME).unwrap(), 200_000).unwrap()
}

/// An object under construction. Types: 0 is `() -> i32`, 1 is `(i32) -> i32`, 2 is `() -> ()`.
#[derive(Default)]
struct Builder {
    imports: Vec<(&'static str, u32)>,
    /// Type and body, without locals.
    functions: Vec<(u32, Vec<u8>)>,
    /// Alignment as a power of two, and contents.
    segments: Vec<(u32, Vec<u8>)>,
    symbols: SymbolTable,
    /// Function, or segment behind them; offset in its body; kind; symbol.
    relocations: Vec<(usize, u32, u8, u32)>,
    init: Vec<(u32, u32)>,
}

impl Builder {
    /// An object whose symbol 0 is `main`, with a body that runs `code` and returns 0.
    fn main(code: &[u8]) -> Self {
        let mut builder = Self::default();
        builder.symbols.function(0, 0, Some("__main_void"));
        let body = [code, &[0x41, 0, 0x0b]].concat();
        builder.functions.push((0, body));
        builder
    }

    /// Adds an import, which moves the indices of functions: symbols of functions come after all imports.
    fn with_import(name: &'static str, ty: u32, flags: u32, code: &[u8]) -> Self {
        let mut builder = Self {
            imports: vec![(name, ty)],
            ..Self::default()
        };
        builder.symbols.function(0, 1, Some("__main_void"));
        builder.symbols.function(flags | UNDEFINED, 0, None);
        builder
            .functions
            .push((0, [code, &[0x41, 0, 0x0b]].concat()));
        builder
    }

    fn relocation(mut self, piece: usize, offset: u32, kind: u8, symbol: u32) -> Self {
        self.relocations.push((piece, offset, kind, symbol));
        self
    }

    fn build(self) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: 0,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("env", "__linear_memory", memory);
        let table = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 0,
            maximum: None,
            shared: false,
        };
        imports.import("env", "__indirect_function_table", table);
        for (name, ty) in self.imports {
            imports.import("env", name, EntityType::Function(ty));
        }
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        // Where each piece begins in its section: all counts and lengths here take one byte.
        let mut starts = Vec::new();
        let mut at = 1;
        for (ty, body) in &self.functions {
            functions.function(*ty);
            let mut function = Function::new([]);
            function.raw(body.iter().copied());
            code.function(&function);
            starts.push(at + 2);
            at += 2 + u32::try_from(body.len()).unwrap();
        }
        let mut data = DataSection::new();
        let mut segments = vec![u8::try_from(self.segments.len()).unwrap()];
        at = 1;
        for (alignment, bytes) in &self.segments {
            data.active(0, &ConstExpr::i32_const(0), bytes.iter().copied());
            segments.extend([1, b's', u8::try_from(*alignment).unwrap(), 0]);
            starts.push(at + 5);
            at += 5 + u32::try_from(bytes.len()).unwrap();
        }
        let mut linking = LinkingSection::new();
        linking.symbol_table(&self.symbols);
        let mut init = vec![u8::try_from(self.init.len()).unwrap()];
        for (priority, symbol) in self.init {
            init.extend([priority, symbol].map(|it| u8::try_from(it).unwrap()));
        }
        // The version, then the subsections that the encoder does not know.
        let mut bytes = vec![2];
        for (id, contents) in [(5, segments), (6, init)] {
            bytes.extend([id, u8::try_from(contents.len()).unwrap()]);
            bytes.extend(contents);
        }
        let mut symbols = Module::new();
        symbols.section(&linking);
        let symbols = symbols.finish();
        // Magic, version, section, length, name and the version again.
        let head = symbols.windows(7).position(|it| it == b"linking").unwrap() + 8;
        bytes.extend(&symbols[head..]);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions);
        module.section(&code).section(&data);
        module.section(&CustomSection {
            name: "linking".into(),
            data: bytes.into(),
        });
        let n_functions = self.functions.len();
        for (name, section, is_code) in [("reloc.CODE", 3, true), ("reloc.DATA", 4, false)] {
            let own: Vec<_> = self
                .relocations
                .iter()
                .filter(|(piece, ..)| (*piece < n_functions) == is_code)
                .collect();
            let mut bytes = vec![section, u8::try_from(own.len()).unwrap()];
            for (piece, offset, kind, symbol) in own {
                let offset = starts[*piece] + offset;
                bytes.extend([*kind, u8::try_from(offset).unwrap()]);
                bytes.push(u8::try_from(*symbol).unwrap());
                if matches!(*kind, 3..=5) {
                    bytes.push(0);
                }
            }
            module.section(&CustomSection {
                name: name.into(),
                data: bytes.into(),
            });
        }
        module.finish()
    }
}

/// A call, or a constant, with a place for a relocation at offset 1, and the result thrown away.
fn call() -> Vec<u8> {
    vec![0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x1a]
}

fn constant() -> Vec<u8> {
    vec![0x41, 0x80, 0x80, 0x80, 0x80, 0, 0x1a]
}

/// The definition of a variable in a segment.
fn defined(index: u32, offset: u32) -> wasm_encoder::DataSymbolDefinition {
    let size = 4;
    wasm_encoder::DataSymbolDefinition {
        index,
        offset,
        size,
    }
}

#[track_caller]
fn linked(builder: Builder) -> String {
    let wasm = link(&builder.build(), &runtime()).unwrap();
    let features = wasmparser::WasmFeatures::default();
    wasmparser::Validator::new_with_features(features)
        .validate_all(&wasm)
        .unwrap();
    summary(&wasm)
}

/// The parts of a module that a test looks at, a line each.
fn summary(wasm: &[u8]) -> String {
    use wasmparser::{Operator, Parser, Payload};

    let mut lines = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.unwrap() {
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    let import = import.unwrap();
                    lines.push(match import.ty {
                        wasmparser::TypeRef::Memory(it) => format!("memory {}", it.initial),
                        wasmparser::TypeRef::Table(it) => format!("table {}", it.initial),
                        _ => format!("import {}", import.name),
                    });
                }
            }
            Payload::ElementSection(reader) => {
                for segment in reader {
                    if let wasmparser::ElementItems::Functions(items) = segment.unwrap().items {
                        let items: Vec<u32> = items.into_iter().map(Result::unwrap).collect();
                        lines.push(format!("slots {items:?}"));
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let code = body.get_operators_reader().unwrap().into_iter();
                let code = code.filter_map(|it| match it.unwrap() {
                    Operator::Call { function_index } => Some(format!("call {function_index}")),
                    Operator::I32Const { value } => Some(format!("{value}")),
                    Operator::Unreachable => Some("unreachable".to_owned()),
                    _ => None,
                });
                lines.push(format!("code {}", code.collect::<Vec<_>>().join(" ")));
            }
            Payload::DataSection(reader) => {
                for segment in reader {
                    let segment = segment.unwrap();
                    let wasmparser::DataKind::Active { offset_expr, .. } = segment.kind else {
                        panic!("a passive segment");
                    };
                    let at = offset_expr.get_operators_reader().read().unwrap();
                    lines.push(format!("data {at:?} {:?}", segment.data));
                }
            }
            _ => {}
        }
    }
    lines.join("\n")
}

#[track_caller]
fn refused(builder: Builder, expected: &str) {
    let error = link(&builder.build(), &runtime()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_program_is_started_by_the_runtime() {
    // 200,000 bytes are four pages; five slots are taken.
    insta::assert_snapshot!(linked(Builder::main(&[])), @r"
    memory 4
    table 6
    import __stack_pointer
    import __riddle_run_void
    slots [1]
    code 0
    code 0 5 call 0
    ");
}

#[test]
fn an_undefined_function_is_the_runtimes() {
    let code = [&[0x41, 1][..], &call()].concat();
    let object = Builder::with_import("puts", 1, 0, &code).relocation(0, 3, CALL, 1);
    insta::assert_snapshot!(linked(object), @r"
    memory 4
    table 6
    import __stack_pointer
    import puts
    import __riddle_run_void
    slots [2]
    code 1 call 0 0
    code 0 5 call 1
    ");
}

#[test]
fn a_pointer_to_a_function_of_the_runtime_is_its_own_slot() {
    let object = Builder::with_import("puts", 1, 0, &constant()).relocation(0, 1, POINTER, 1);
    assert!(linked(object).contains("code 3 0"));
    // One that the runtime has no pointer to gets a slot of the candidate's.
    let object = Builder::with_import("_Zinline", 0, 0, &constant()).relocation(0, 1, POINTER, 1);
    let text = linked(object);
    assert!(text.contains("slots [2, 0]"), "{text}");
    assert!(text.contains("code 6 0"), "{text}");
}

#[test]
fn a_function_of_another_type_traps_when_it_is_called() {
    let object = Builder::with_import("puts", 0, 0, &call()).relocation(0, 1, CALL, 1);
    insta::assert_snapshot!(linked(object), @r"
    memory 4
    table 6
    import __stack_pointer
    import __riddle_run_void
    slots [1]
    code call 2 0
    code unreachable
    code 0 5 call 0
    ");
}

#[test]
fn a_weak_function_that_is_nowhere_is_null() {
    let code = [call(), constant()].concat();
    let object = Builder::with_import("nowhere", 0, WEAK, &code)
        .relocation(0, 1, CALL, 1)
        .relocation(0, 8, POINTER, 1);
    let text = linked(object);
    assert!(text.contains("code call 2 0 0"), "{text}");
    assert!(text.contains("slots [1]"), "{text}");
}

#[test]
fn a_definition_of_its_own_wins_unless_it_is_weak_and_of_one_type() {
    for (flags, ty, name, imports_it) in [
        (0, 0, "_Zinline", false),
        (WEAK, 0, "_Zinline", true),
        (WEAK, 2, "_Zinline", false),
        (WEAK, 1, "puts", false),
    ] {
        let code = if ty == 1 {
            [&[0x41, 1][..], &call()].concat()
        } else if ty == 0 {
            call()
        } else {
            call()[..6].to_vec()
        };
        let at = if ty == 1 { 3 } else { 1 };
        let mut object = Builder::main(&code).relocation(0, at, CALL, 1);
        object.symbols.function(flags, 1, Some(name));
        let body: &[u8] = if ty == 2 { &[0x0b] } else { &[0x41, 9, 0x0b] };
        object.functions.push((ty, body.to_vec()));
        let text = linked(object);
        assert_eq!(
            text.contains(&format!("import {name}")),
            imports_it,
            "{text}"
        );
    }
}

#[test]
fn what_is_not_reached_is_left_out() {
    let mut object = Builder::main(&[]);
    object.symbols.function(0, 1, Some("unused"));
    object.functions.push((0, vec![0x41, 55, 0x0b]));
    object.segments.push((0, b"unused".to_vec()));
    let text = linked(object);
    assert!(!text.contains("55") && !text.contains("data"), "{text}");
}

#[test]
fn variables_lie_behind_the_runtime_contents_first() {
    let code = [constant(), constant(), constant()].concat();
    let mut object = Builder::main(&code)
        .relocation(0, 1, ADDRESS, 1)
        .relocation(0, 8, ADDRESS, 2)
        .relocation(0, 15, ADDRESS, 3);
    object.symbols.data(0, "zero", Some(defined(0, 0)));
    object.symbols.data(0, "three", Some(defined(1, 0)));
    object.symbols.data(UNDEFINED, "cout", None);
    object.segments.push((0, vec![0; 100]));
    object.segments.push((4, vec![3; 3]));
    // 200,000 is in the fourth page, so that variables begin with the fifth: at 262,144.
    insta::assert_snapshot!(linked(object), @r"
    memory 5
    table 6
    import __stack_pointer
    import __riddle_run_void
    slots [1]
    code 262147 262144 70000 0
    code 0 5 call 0
    data I32Const { value: 262144 } [3, 3, 3]
    ");
}

#[test]
fn a_weak_variable_that_the_runtime_has_is_the_runtimes() {
    for (flags, address) in [(WEAK, 70_008), (0, 262_144)] {
        let mut object = Builder::main(&constant()).relocation(0, 1, ADDRESS, 1);
        object.symbols.data(flags, "typeinfo", Some(defined(0, 0)));
        object.segments.push((2, vec![1; 4]));
        let text = linked(object);
        assert!(text.contains(&format!("code {address} 0")), "{text}");
    }
}

#[test]
fn a_table_of_pointers_in_data_is_filled_in() {
    let mut object = Builder::main(&constant())
        .relocation(0, 1, ADDRESS, 1)
        .relocation(1, 0, POINTER_IN_DATA, 0);
    object.symbols.data(0, "table", Some(defined(0, 0)));
    object.segments.push((2, vec![0; 4]));
    assert!(linked(object).contains("data I32Const { value: 262144 } [5]"));
}

#[test]
fn initialisers_run_in_the_order_of_their_priorities() {
    let mut object = Builder::main(&[]);
    for (index, name) in [(1, "late"), (2, "early")] {
        object.symbols.function(0, index, Some(name));
        object.functions.push((2, vec![0x0b]));
    }
    object.init = vec![(100, 1), (5, 2)];
    let text = linked(object);
    assert!(
        text.contains("code call 3 call 2\ncode 6 5 call 0"),
        "{text}"
    );
}

#[test]
fn what_is_nowhere_is_undefined() {
    let object = Builder::with_import("nowhere", 0, 0, &call());
    refused(object, "undefined symbol: nowhere");
    let mut object = Builder::default();
    object.symbols.function(0, 0, Some("not_main"));
    object.functions.push((0, vec![0x41, 0, 0x0b]));
    refused(object, "undefined symbol: main");
}

#[test]
fn a_replaced_heap_is_for_the_static_linker() {
    for name in ["malloc", "_Znwm", "_ZdlPv"] {
        let mut object = Builder::main(&[]);
        object.symbols.function(0, 1, Some(name));
        object.functions.push((1, vec![0x41, 0, 0x0b]));
        refused(
            object,
            &format!("the shared runtime cannot serve a replaced `{name}`"),
        );
    }
}

#[test]
fn a_relocation_must_fit_its_place() {
    let short = Builder::main(&call()[..4]).relocation(0, 1, CALL, 0);
    refused(
        short,
        "object is malformed: a relocation of no padded number",
    );
    let behind = Builder::main(&[]).relocation(0, 60, CALL, 0);
    refused(
        behind,
        "object is malformed: a relocation behind its section",
    );
    let across = Builder::main(&[]).relocation(0, 1, CALL, 0);
    refused(
        across,
        "object is malformed: a relocation that is in no function or segment",
    );
    let nowhere = Builder::main(&call()).relocation(0, 1, CALL, 99);
    refused(
        nowhere,
        "object is malformed: a relocation against no symbol",
    );
}

#[test]
fn variables_beyond_memory_are_refused() {
    // An offset outside of the segment is an address that the program may do with what it likes.
    let mut object = Builder::main(&constant()).relocation(0, 1, ADDRESS, 1);
    object.symbols.data(0, "far", Some(defined(0, u32::MAX)));
    object.segments.push((2, vec![1; 4]));
    assert!(linked(object).contains("code 262143 0"));
}

/// An object with something of everything.
fn rich() -> Vec<u8> {
    let code = [&[0x41, 1][..], &call(), &constant()].concat();
    let mut object = Builder::with_import("puts", 1, 0, &code)
        .relocation(0, 3, CALL, 1)
        .relocation(0, 10, ADDRESS, 2)
        .relocation(1, 0, POINTER_IN_DATA, 1);
    object.symbols.data(WEAK, "table", Some(defined(0, 0)));
    object.segments.push((2, vec![0; 4]));
    object.init = vec![];
    object.build()
}

#[test]
fn no_flipped_bit_and_no_cut_is_a_panic() {
    let (object, runtime) = (rich(), runtime());
    link(&object, &runtime).unwrap();
    for at in 0..object.len() {
        let _ = link(&object[..at], &runtime);
        for bit in 0..8 {
            let mut flipped = object.clone();
            flipped[at] ^= 1 << bit;
            let _ = link(&flipped, &runtime);
        }
    }
}

proptest! {
    #[test]
    fn overwritten_objects_are_no_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)
    ) {
        let mut object = rich();
        for (at, byte) in changes {
            let at = at.index(object.len());
            object[at] = byte;
        }
        let _ = link(&object, &runtime());
    }

    #[test]
    fn any_bytes_are_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let object = [b"\0asm\x01\0\0\0".as_slice(), &bytes].concat();
        let _ = link(&object, &runtime());
    }
}
