//! Bulk operations cut into pieces, for a compiler that counts them as one operator whatever their length.
//!
//! wasmtime's compiler in one pass charges no fuel by the byte, so that a guest could hold a worker by copying its
//! memory to and fro. Here each `memory.copy` and `memory.fill` becomes a call of a function that does the same a
//! piece at a time; each piece is paid for like any operator. Knows no language, only modules with one memory.

use wasm_encoder::{BlockType, CodeSection, Encode, Function, InstructionSink, Module, RawSection};
use wasmparser::{BinaryReaderError, FunctionBody, Operator, Parser, Payload, TypeRef};

/// All that shapes what comes out.
pub(super) const SOURCE: &[u8] = include_bytes!("bulk.rs");

/// Bytes of one piece: few enough that the operators around it pay for it, enough that large copies stay fast.
const PIECE_BYTES: i32 = 256;

/// The type of the two functions that are added: three addresses or numbers, and no result.
const ADDED_TYPE: &[u8] = &[0x60, 3, 0x7f, 0x7f, 0x7f, 0];
const CALL: u8 = 0x10;

/// Returns the module with its bulk operations in pieces. `Err` says what is malformed.
///
/// A type and two functions are added behind all others, so that no index changes.
pub(super) fn in_pieces(wasm: &[u8]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut module = Module::new();
    let mut code = CodeSection::new();
    let (mut n_types, mut n_functions, mut n_bodies_left) = (0, 0, 0);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::TypeSection(types) => n_types = types.count(),
            Payload::ImportSection(imports) => {
                for import in imports.clone().into_imports() {
                    n_functions += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(functions) => n_functions += functions.count(),
            Payload::CodeSectionStart { count, .. } => {
                n_bodies_left = *count;
                continue;
            }
            Payload::CodeSectionEntry(body) => {
                code.raw(&rewritten(body, wasm, n_functions)?);
                n_bodies_left -= 1;
                if n_bodies_left == 0 {
                    code.function(&copy_function()).function(&fill_function());
                    module.section(&code);
                }
                continue;
            }
            _ => {}
        }
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let data = &wasm[range];
        let longer = match &payload {
            Payload::TypeSection(types) => longer(data, types.count(), 1, ADDED_TYPE),
            Payload::FunctionSection(functions) => {
                let mut added = Vec::new();
                n_types.encode(&mut added);
                n_types.encode(&mut added);
                longer(data, functions.count(), 2, &added)
            }
            _ => data.to_vec(),
        };
        module.section(&RawSection { id, data: &longer });
    }
    Ok(module.finish())
}

/// A section's content with more entries behind its own.
fn longer(data: &[u8], n_entries: u32, n_added: u32, added: &[u8]) -> Vec<u8> {
    let count_bytes = data.iter().position(|byte| byte & 0x80 == 0);
    let mut longer = Vec::with_capacity(data.len() + added.len() + 1);
    (n_entries + n_added).encode(&mut longer);
    longer.extend_from_slice(&data[count_bytes.map_or(0, |it| it + 1)..]);
    longer.extend_from_slice(added);
    longer
}

/// A function's body with calls of the added functions, the first of which copies and the second fills.
fn rewritten(
    body: &FunctionBody<'_>,
    wasm: &[u8],
    first_added: u32,
) -> Result<Vec<u8>, BinaryReaderError> {
    let mut out = Vec::with_capacity(body.range().len());
    let mut copied_to = body.range().start;
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let start = operators.original_position();
        let function = match operators.read()? {
            Operator::MemoryCopy { .. } => first_added,
            Operator::MemoryFill { .. } => first_added + 1,
            _ => continue,
        };
        out.extend_from_slice(&wasm[copied_to..start]);
        out.push(CALL);
        function.encode(&mut out);
        copied_to = operators.original_position();
    }
    out.extend_from_slice(&wasm[copied_to..body.range().end]);
    Ok(out)
}

/// Parameters of both functions, and a local: bytes of the piece at hand.
const TO: u32 = 0;
const FROM_OR_BYTE: u32 = 1;
const REST: u32 = 2;
const PIECE: u32 = 3;

/// `memory.copy`. As it may overlap, it starts from the end where the target lies behind the source.
fn copy_function() -> Function {
    let mut function = Function::new([(1, wasm_encoder::ValType::I32)]);
    let mut code = function.instructions();
    code.local_get(TO).local_get(FROM_OR_BYTE).i32_gt_u();
    code.if_(BlockType::Empty).loop_(BlockType::Empty);
    next_piece(&mut code);
    for address in [TO, FROM_OR_BYTE] {
        code.local_get(address).local_get(REST).i32_add();
    }
    code.local_get(PIECE).memory_copy(0, 0);
    code.local_get(REST).br_if(0).end();
    code.else_().loop_(BlockType::Empty);
    next_piece(&mut code);
    code.local_get(TO)
        .local_get(FROM_OR_BYTE)
        .local_get(PIECE)
        .memory_copy(0, 0);
    for address in [TO, FROM_OR_BYTE] {
        advance(&mut code, address);
    }
    code.local_get(REST).br_if(0).end().end().end();
    function
}

/// `memory.fill`.
fn fill_function() -> Function {
    let mut function = Function::new([(1, wasm_encoder::ValType::I32)]);
    let mut code = function.instructions();
    code.loop_(BlockType::Empty);
    next_piece(&mut code);
    code.local_get(TO)
        .local_get(FROM_OR_BYTE)
        .local_get(PIECE)
        .memory_fill(0);
    advance(&mut code, TO);
    code.local_get(REST).br_if(0).end().end();
    function
}

/// Sets the length of the next piece and takes it off the rest. A piece of nothing is still done, since it
/// checks its addresses.
fn next_piece(code: &mut InstructionSink<'_>) {
    code.local_get(REST).i32_const(PIECE_BYTES);
    code.local_get(REST).i32_const(PIECE_BYTES).i32_lt_u();
    code.select().local_set(PIECE);
    code.local_get(REST)
        .local_get(PIECE)
        .i32_sub()
        .local_set(REST);
}

fn advance(code: &mut InstructionSink<'_>, address: u32) {
    code.local_get(address)
        .local_get(PIECE)
        .i32_add()
        .local_set(address);
}

#[cfg(test)]
mod tests {
    use wasmtime::{Engine, Instance, Store};

    use super::*;

    /// Copies, or fills, in a module as it is and in pieces; returns both memories.
    fn memories(call: &str) -> [Vec<u8>; 2] {
        let wasm = wat::parse_str(format!(
            r#"(module (import "" "f" (func)) (memory (export "memory") 1)
                (func (export "go") (local $i i32)
                    (loop $l (i32.store8 (local.get $i) (local.get $i))
                        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 4000))))
                    {call}))"#
        ))
        .expect("a module");
        let pieces = in_pieces(&wasm).expect("a module");
        [wasm, pieces].map(|wasm| {
            let engine = Engine::default();
            let module = wasmtime::Module::new(&engine, wasm).expect("a valid module");
            let mut store = Store::new(&engine, ());
            let import = wasmtime::Func::wrap(&mut store, || ());
            let instance =
                Instance::new(&mut store, &module, &[import.into()]).expect("an instance");
            let go = instance
                .get_typed_func::<(), ()>(&mut store, "go")
                .expect("exported");
            let _ = go.call(&mut store, ());
            let memory = instance.get_memory(&mut store, "memory").expect("exported");
            memory.data(&store).to_vec()
        })
    }

    #[test]
    fn pieces_come_to_the_same_as_the_whole() {
        for (to, from, n_bytes) in [
            (5000, 0, 1000),
            (100, 0, 3000),
            (0, 100, 3000),
            (7, 7, 300),
            (9000, 10, 256),
            (9000, 10, 255),
            (9000, 10, 1),
            (9000, 10, 0),
        ] {
            let arguments = format!("(i32.const {to}) (i32.const {from}) (i32.const {n_bytes})");
            for call in ["memory.copy", "memory.fill"] {
                let [whole, pieces] = memories(&format!("({call} {arguments})"));
                assert!(whole == pieces, "{call} {arguments}");
            }
        }
    }
}
