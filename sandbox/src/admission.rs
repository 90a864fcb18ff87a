//! What a module may look like before Cranelift sees it.
//!
//! Cranelift cannot be cancelled and some of its passes are worse than linear in the size of a
//! function, so hostile modules are turned away by size first. Real contest programs are far below
//! every bound here.

use wasmparser::{Operator, Parser, Payload};

use crate::runtime::{MAX_TABLE_ELEMENTS, MAX_TABLES};

/// Functions that a module may define.
const MAX_FUNCTIONS: u32 = 50_000;
/// Bytes of one function's body.
const MAX_BODY_BYTES: usize = 1 << 20;
/// Locals of one function.
const MAX_LOCALS: u64 = 20_000;
/// Targets of all branch tables of one function.
const MAX_BRANCH_TARGETS: u64 = 100_000;
/// Data and element segments.
const MAX_SEGMENTS: u32 = 100_000;
/// Globals.
const MAX_GLOBALS: u32 = 10_000;

/// Returns what is too large about a module, if anything. Linear in its bytes.
pub(crate) fn refusal(wasm: &[u8], max_bytes: u64) -> Option<String> {
    if wasm.len() as u64 > max_bytes {
        return Some(format!(
            "module has {} bytes: the limit is {max_bytes}",
            wasm.len()
        ));
    }
    match check(wasm) {
        Ok(refusal) => refusal,
        Err(error) => Some(format!("module is malformed: {error}")),
    }
}

fn check(wasm: &[u8]) -> Result<Option<String>, wasmparser::BinaryReaderError> {
    let over = |what: &str, has: u64, limit: u64| {
        (has > limit).then(|| format!("module has {what} {has}: the limit is {limit}"))
    };
    for payload in Parser::new(0).parse_all(wasm) {
        let refusal = match payload? {
            Payload::CodeSectionStart { count, .. } => {
                over("functions", count.into(), MAX_FUNCTIONS.into())
            }
            Payload::GlobalSection(globals) => {
                over("globals", globals.count().into(), MAX_GLOBALS.into())
            }
            Payload::TableSection(tables) => {
                let mut refusal = over("tables", tables.count().into(), MAX_TABLES.into());
                for table in tables {
                    let n_elements = table?.ty.initial;
                    refusal = refusal.or_else(|| {
                        over("a table of elements", n_elements, MAX_TABLE_ELEMENTS as u64)
                    });
                }
                refusal
            }
            Payload::DataSection(data) => {
                over("data segments", data.count().into(), MAX_SEGMENTS.into())
            }
            Payload::ElementSection(elements) => over(
                "element segments",
                elements.count().into(),
                MAX_SEGMENTS.into(),
            ),
            Payload::CodeSectionEntry(body) => {
                let n_bytes = body.range().len() as u64;
                let mut n_locals = 0u64;
                for group in body.get_locals_reader()? {
                    n_locals += u64::from(group?.0);
                }
                over("a function body of bytes", n_bytes, MAX_BODY_BYTES as u64)
                    .or_else(|| over("a function with locals", n_locals, MAX_LOCALS))
                    .or(branch_targets(&body)?)
            }
            _ => None,
        };
        if refusal.is_some() {
            return Ok(refusal);
        }
    }
    Ok(None)
}

fn branch_targets(
    body: &wasmparser::FunctionBody<'_>,
) -> Result<Option<String>, wasmparser::BinaryReaderError> {
    let mut n_targets = 0u64;
    for operator in body.get_operators_reader()? {
        if let Operator::BrTable { targets } = operator? {
            n_targets += u64::from(targets.len());
        }
    }
    Ok((n_targets > MAX_BRANCH_TARGETS).then(|| {
        format!("module has a function with branch targets {n_targets}: the limit is {MAX_BRANCH_TARGETS}")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_text(text: &str, expected: Option<&str>) {
        let wasm = wat(text);
        assert_eq!(refusal(&wasm, 64 << 20).as_deref(), expected);
    }

    fn wat(text: &str) -> Vec<u8> {
        wat::parse_str(text).unwrap()
    }

    #[test]
    fn an_ordinary_module_is_let_in() {
        check_text(r#"(module (func (export "_start")))"#, None);
    }

    #[test]
    fn too_many_locals() {
        let locals = "i64 ".repeat(20_001);
        check_text(
            &format!("(module (func (local {locals})))"),
            Some("module has a function with locals 20001: the limit is 20000"),
        );
    }

    #[test]
    fn too_long_a_body() {
        let body = "i32.const 1000000 drop ".repeat(300_000);
        assert!(
            refusal(&wat(&format!("(module (func {body}))")), 64 << 20)
                .is_some_and(|it| it.contains("a function body of bytes"))
        );
    }

    #[test]
    fn too_many_branch_targets() {
        let targets = "0 ".repeat(100_002);
        assert!(
            refusal(
                &wat(&format!(
                    "(module (func (block (br_table {targets} (i32.const 0)))))"
                )),
                64 << 20
            )
            .is_some_and(|it| it.contains("branch targets"))
        );
    }

    #[test]
    fn too_many_or_too_large_tables() {
        check_text(
            &format!("(module {})", "(table 1 funcref)".repeat(5)),
            Some("module has tables 5: the limit is 4"),
        );
        check_text(
            "(module (table 200001 funcref))",
            Some("module has a table of elements 200001: the limit is 200000"),
        );
    }

    #[test]
    fn too_many_bytes() {
        assert_eq!(
            refusal(&[0; 11], 10).as_deref(),
            Some("module has 11 bytes: the limit is 10")
        );
    }

    #[test]
    fn garbage_is_malformed_and_no_panic() {
        assert!(
            refusal(b"\0asm\x01\0\0\0garbage", 100)
                .is_some_and(|it| it.starts_with("module is malformed"))
        );
    }
}
