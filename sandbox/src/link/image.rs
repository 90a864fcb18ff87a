//! The runtime as it is instantiated for each execution: already initialised, with room for a candidate.
//!
//! Setup's linker leaves a module that must still run its initialisers (`cin` and `cout`, the heap).
//! They always do the same, so they run once: the memory that they leave becomes the module's data, and a
//! fresh instance is a copy-on-write mapping of it. Exports of addresses go, since they are in the linker's
//! index; memory and table get room for an ordinary candidate, so that neither grows at each start.

use wasm_encoder::{
    ConstExpr, DataSection, ExportKind, ExportSection, MemorySection, MemoryType, Module,
    RawSection, RefType, TableSection, TableType,
};
use wasmparser::{ExternalKind, Parser, Payload};

use super::{LinkError, PAGE_BYTES, TABLE_ROOM, runtime};

/// Zeros that end a piece of data: shorter runs cost less as bytes than as a piece more.
const GAP_BYTES: usize = 64;

/// The memory that initialisation left behind.
pub(crate) struct Snapshot<'a> {
    /// All of it, from address zero.
    pub(crate) memory: &'a [u8],
    /// Bytes after it for a candidate's data, in whole pages.
    pub(crate) room_bytes: u32,
}

/// Makes the module. It has no start function and initialises nothing.
pub(crate) fn image(wasm: &[u8], snapshot: &Snapshot<'_>) -> Result<Vec<u8>, LinkError> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        match &payload {
            Payload::TableSection(reader) => {
                let mut tables = TableSection::new();
                for table in reader.clone() {
                    tables.table(TableType {
                        element_type: RefType::FUNCREF,
                        table64: false,
                        minimum: table?.ty.initial + u64::from(TABLE_ROOM),
                        maximum: None,
                        shared: false,
                    });
                }
                module.section(&tables);
            }
            Payload::MemorySection(_) => {
                let bytes = snapshot.memory.len() as u64 + u64::from(snapshot.room_bytes);
                let mut memories = MemorySection::new();
                memories.memory(MemoryType {
                    minimum: bytes.div_ceil(u64::from(PAGE_BYTES)),
                    maximum: None,
                    memory64: false,
                    shared: false,
                    page_size_log2: None,
                });
                module.section(&memories);
            }
            Payload::ExportSection(reader) => {
                let mut exports = ExportSection::new();
                for export in reader.clone() {
                    let export = export?;
                    let kind = match export.kind {
                        ExternalKind::Func => ExportKind::Func,
                        ExternalKind::Table => ExportKind::Table,
                        ExternalKind::Memory => ExportKind::Memory,
                        ExternalKind::Tag => ExportKind::Tag,
                        ExternalKind::Global if export.name == runtime::STACK_POINTER => {
                            ExportKind::Global
                        }
                        _ => continue,
                    };
                    exports.export(export.name, kind, export.index);
                }
                module.section(&exports);
            }
            Payload::DataSection(_) => {
                let mut data = DataSection::new();
                for (address, bytes) in nonzero_pieces(snapshot.memory) {
                    let address = i32::try_from(address)
                        .map_err(|_| LinkError::malformed("the runtime's data lies too high"))?;
                    data.active(0, &ConstExpr::i32_const(address), bytes.iter().copied());
                }
                module.section(&data);
            }
            Payload::StartSection { .. } => {
                return Err(LinkError::malformed("the runtime has a start function"));
            }
            // Names and the like, and the number of data segments, which only passive ones need.
            Payload::CustomSection(_) | Payload::DataCountSection { .. } => {}
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

/// Returns the pieces of memory that are not zero, with their offsets.
pub(super) fn nonzero_pieces(bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(start) = first_nonzero(bytes, at) {
        let mut end = start;
        // A piece goes on until a gap begins.
        while let Some(next) = first_nonzero(bytes, end) {
            if next - end >= GAP_BYTES {
                break;
            }
            end = next + 1;
        }
        pieces.push((start, &bytes[start..end]));
        at = end;
    }
    pieces
}

/// Returns the offset of the first byte from `at` on that is not zero.
pub(super) fn first_nonzero(bytes: &[u8], at: usize) -> Option<usize> {
    const BLOCK: usize = 4096;
    let mut start = at;
    // Blocks of zeros, which make up a large array, are compared as a whole.
    for block in bytes.get(at..)?.chunks(BLOCK) {
        if *block != [0; BLOCK][..block.len()] {
            return block.iter().position(|&it| it != 0).map(|it| start + it);
        }
        start += block.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn zeros_have_no_pieces() {
        assert_eq!(nonzero_pieces(&[]), []);
        assert_eq!(nonzero_pieces(&[0; 10_000]), []);
    }

    #[test]
    fn a_short_gap_is_bridged_and_a_long_one_is_not() {
        let mut bytes = vec![0; 9000];
        for at in [5, 5 + GAP_BYTES, 8000] {
            bytes[at] = 1;
        }
        let found: Vec<_> = nonzero_pieces(&bytes)
            .into_iter()
            .map(|(at, piece)| (at, piece.len()))
            .collect();
        assert_eq!(found, [(5, GAP_BYTES + 1), (8000, 1)]);
    }

    proptest! {
        #[test]
        fn pieces_put_together_are_the_bytes(
            runs in prop::collection::vec((prop::bool::ANY, 1..300_usize), 0..20)
        ) {
            let bytes: Vec<u8> = runs
                .iter()
                .flat_map(|&(zero, n)| std::iter::repeat_n(u8::from(!zero), n))
                .collect();
            let mut again = vec![0; bytes.len()];
            for (at, piece) in nonzero_pieces(&bytes) {
                prop_assert_ne!(piece[0], 0);
                again[at..at + piece.len()].copy_from_slice(piece);
            }
            prop_assert_eq!(again, bytes);
        }
    }
}
