//! Putting small functions in the places of their calls.
//!
//! A call costs more here than in native code: each function looks at its stack, and loads, looks at and stores
//! its fuel. CPython was compiled file by file, so that its smallest functions are called all the same, and
//! Cranelift's own inlining keeps each function's fuel apart. Does not know what the module is.

use std::collections::BTreeMap;

use wasm_encoder::{CodeSection, Encode as _, Instruction, Module, RawSection};
use wasmparser::{FunctionBody, Operator, Parser, Payload, TypeRef, ValType};

use super::LinkError;

/// The largest function that is put in the place of its calls, in bytes.
const SMALL_BYTES: usize = 128;
/// How deep small functions are put into one another.
const MAX_DEPTH: usize = 4;

/// Returns the module with its small functions inlined. It has the same functions, of the same numbers.
pub(super) fn inline(wasm: &[u8]) -> Result<Vec<u8>, LinkError> {
    let inliner = Inliner::read(wasm)?;
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::CodeSectionStart { .. } => {
                let mut code = CodeSection::new();
                for index in 0..inliner.functions.len() {
                    code.raw(&inliner.body(index)?);
                }
                module.section(&code);
            }
            Payload::CodeSectionEntry(_) => {}
            _ => {
                if let Some((id, range)) = payload.as_section() {
                    module.section(&RawSection {
                        id,
                        data: &wasm[range],
                    });
                }
            }
        }
    }
    Ok(module.finish())
}

/// A function that the module defines.
struct Defined<'a> {
    body: FunctionBody<'a>,
    /// Parameters, then the variables of its own.
    locals: Vec<ValType>,
    n_parameters: usize,
    result: Option<ValType>,
    is_small: bool,
}

struct Inliner<'a> {
    wasm: &'a [u8],
    n_imported: usize,
    functions: Vec<Defined<'a>>,
}

/// A function as it is written.
#[derive(Default)]
struct Written {
    code: Vec<u8>,
    locals: Vec<ValType>,
    /// Where the variables of each inlined function begin. Two calls of one share them, since none is within another.
    places: BTreeMap<usize, usize>,
    /// The functions in which the place is that is being written.
    within: Vec<usize>,
}

impl<'a> Inliner<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self, LinkError> {
        let mut types = Vec::new();
        let mut of = Vec::new();
        let mut inliner = Self {
            wasm,
            n_imported: 0,
            functions: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::TypeSection(reader) => {
                    types = reader
                        .into_iter_err_on_gc_types()
                        .collect::<Result<Vec<_>, _>>()?;
                }
                Payload::ImportSection(reader) => {
                    for import in reader.into_imports() {
                        inliner.n_imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(reader) => {
                    of = reader.into_iter().collect::<Result<Vec<_>, _>>()?;
                }
                Payload::CodeSectionEntry(body) => {
                    let ty = of.get(inliner.functions.len());
                    let ty = ty.and_then(|it| types.get(*it as usize));
                    let ty = ty.ok_or_else(|| LinkError::malformed("a function has no type"))?;
                    let mut locals = ty.params().to_vec();
                    for run in body.get_locals_reader()? {
                        let (n, ty) = run?;
                        locals.extend(std::iter::repeat_n(ty, n as usize));
                    }
                    let n_bytes = body.range().len();
                    let is_small = n_bytes <= SMALL_BYTES
                        && ty.results().len() <= 1
                        && !locals
                            .iter()
                            .chain(ty.results())
                            .any(ValType::is_reference_type)
                        && is_plain(&body)?;
                    inliner.functions.push(Defined {
                        n_parameters: ty.params().len(),
                        result: ty.results().first().copied(),
                        locals,
                        body,
                        is_small,
                    });
                }
                _ => {}
            }
        }
        Ok(inliner)
    }

    /// Writes a function: its variables and its code.
    fn body(&self, index: usize) -> Result<Vec<u8>, LinkError> {
        let function = &self.functions[index];
        let mut written = Written {
            locals: function.locals.clone(),
            within: vec![index],
            ..Written::default()
        };
        self.copy(index, 0, &mut written)?;
        let own = written.locals[function.n_parameters..].iter();
        let mut runs: Vec<(u32, ValType)> = Vec::new();
        for &ty in own {
            match runs.last_mut() {
                Some((n, last)) if *last == ty => *n += 1,
                _ => runs.push((1, ty)),
            }
        }
        let mut body = Vec::new();
        runs.len().encode(&mut body);
        for (n, ty) in runs {
            n.encode(&mut body);
            encoded(ty)?.encode(&mut body);
        }
        body.extend(written.code);
        Ok(body)
    }

    /// Copies a function's code; its variables begin at `first_local`.
    fn copy(&self, index: usize, first_local: usize, to: &mut Written) -> Result<(), LinkError> {
        let is_inlined = to.within.len() > 1;
        let local = |it: u32| u32::try_from(first_local + it as usize).map_err(|_| too_much());
        let mut reader = self.functions[index].body.get_operators_reader()?;
        let mut depth = 0;
        while !reader.eof() {
            let start = reader.original_position();
            let operator = reader.read()?;
            match operator {
                Operator::Call { function_index } => {
                    let callee = (function_index as usize).checked_sub(self.n_imported);
                    let callee = callee.filter(|it| self.functions[*it].is_small);
                    if let Some(callee) = callee
                        && to.within.len() <= MAX_DEPTH
                        && !to.within.contains(&callee)
                    {
                        self.call(callee, to)?;
                        continue;
                    }
                }
                Operator::Block { .. }
                | Operator::Loop { .. }
                | Operator::If { .. }
                | Operator::TryTable { .. } => depth += 1,
                Operator::End if depth > 0 => depth -= 1,
                Operator::LocalGet { local_index } if is_inlined => {
                    Instruction::LocalGet(local(local_index)?).encode(&mut to.code);
                    continue;
                }
                Operator::LocalSet { local_index } if is_inlined => {
                    Instruction::LocalSet(local(local_index)?).encode(&mut to.code);
                    continue;
                }
                Operator::LocalTee { local_index } if is_inlined => {
                    Instruction::LocalTee(local(local_index)?).encode(&mut to.code);
                    continue;
                }
                Operator::Return if is_inlined => {
                    Instruction::Br(depth).encode(&mut to.code);
                    continue;
                }
                _ => {}
            }
            to.code
                .extend(&self.wasm[start..reader.original_position()]);
        }
        Ok(())
    }

    /// Writes a small function in the place of its call.
    fn call(&self, callee: usize, to: &mut Written) -> Result<(), LinkError> {
        let function = &self.functions[callee];
        let next = to.locals.len();
        let first = *to.places.entry(callee).or_insert(next);
        if first == next {
            to.locals.extend(&function.locals);
        }
        for (at, &ty) in function.locals.iter().enumerate().rev() {
            if at >= function.n_parameters {
                zero(ty)?.encode(&mut to.code);
            }
            let local = u32::try_from(first + at).map_err(|_| too_much())?;
            Instruction::LocalSet(local).encode(&mut to.code);
        }
        let ty = match function.result {
            None => wasm_encoder::BlockType::Empty,
            Some(ty) => wasm_encoder::BlockType::Result(encoded(ty)?),
        };
        Instruction::Block(ty).encode(&mut to.code);
        to.within.push(callee);
        self.copy(callee, first, to)?;
        to.within.pop();
        Ok(())
    }
}

/// Whether a function has neither a loop, beside which its call is cheap, nor what a block cannot hold.
fn is_plain(body: &FunctionBody<'_>) -> Result<bool, LinkError> {
    for operator in body.get_operators_reader()? {
        if matches!(
            operator?,
            Operator::Loop { .. }
                | Operator::TryTable { .. }
                | Operator::ReturnCall { .. }
                | Operator::ReturnCallIndirect { .. }
        ) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn encoded(ty: ValType) -> Result<wasm_encoder::ValType, LinkError> {
    match ty {
        ValType::I32 => Ok(wasm_encoder::ValType::I32),
        ValType::I64 => Ok(wasm_encoder::ValType::I64),
        ValType::F32 => Ok(wasm_encoder::ValType::F32),
        ValType::F64 => Ok(wasm_encoder::ValType::F64),
        ValType::V128 => Ok(wasm_encoder::ValType::V128),
        ValType::Ref(_) => Err(LinkError::unsupported("a variable that is a reference")),
    }
}

fn zero(ty: ValType) -> Result<Instruction<'static>, LinkError> {
    match ty {
        ValType::I32 => Ok(Instruction::I32Const(0)),
        ValType::I64 => Ok(Instruction::I64Const(0)),
        ValType::F32 => Ok(Instruction::F32Const(0.0.into())),
        ValType::F64 => Ok(Instruction::F64Const(0.0.into())),
        ValType::V128 => Ok(Instruction::V128Const(0)),
        ValType::Ref(_) => Err(LinkError::unsupported("a variable that is a reference")),
    }
}

fn too_much() -> LinkError {
    LinkError::malformed("a function has too many variables")
}
