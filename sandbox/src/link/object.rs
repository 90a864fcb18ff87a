//! Reading one relocatable object as clang makes it: sections, symbols, relocations, by index.
//!
//! The format is the tool conventions' (`Linking.md`, version 2). The object was made from hostile source,
//! so nothing in it is believed: every index is looked up, every range is checked, and what does not fit
//! is [`LinkError::Malformed`]. Does not know what symbols mean or where things will lie.

use std::ops::Range;

use wasmparser::{
    CompositeInnerType, DataKind, FuncType, InitFunc, KnownCustom, Linking, Parser, Payload,
    RelocationEntry, SymbolInfo, TypeRef,
};

use super::LinkError;

/// Entries of one table of an object: types, imports, functions, segments, symbols, relocations. Far
/// above what fits into the source that we accept.
const MAX_ENTRIES: usize = 1 << 20;

/// An object, borrowed from its bytes.
#[derive(Default)]
pub(super) struct Object<'a> {
    pub(super) types: Vec<FuncType>,
    /// Functions that it imports, which come before its own in the index space.
    pub(super) imported_functions: Vec<Import<'a>>,
    pub(super) imported_globals: Vec<&'a str>,
    pub(super) imported_tags: Vec<Import<'a>>,
    pub(super) functions: Vec<Function<'a>>,
    pub(super) segments: Vec<Segment<'a>>,
    pub(super) symbols: Vec<SymbolInfo<'a>>,
    /// Functions to be called before `main`, in this order.
    pub(super) init_functions: Vec<InitFunc>,
}

/// A function or tag that is imported.
#[derive(Clone, Copy)]
pub(super) struct Import<'a> {
    pub(super) module: &'a str,
    pub(super) name: &'a str,
    pub(super) type_index: u32,
}

/// A function's body: locals and code, without its length.
pub(super) struct Function<'a> {
    pub(super) type_index: u32,
    pub(super) piece: Piece<'a>,
}

/// A data segment: one variable, or strings that belong together.
pub(super) struct Segment<'a> {
    pub(super) alignment_log2: u32,
    pub(super) piece: Piece<'a>,
}

/// Bytes and the places in them that the linker fills in.
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    /// Offsets are relative to `bytes`, in ascending order, and each lies inside with all its bytes.
    pub(super) relocations: Vec<RelocationEntry>,
}

/// The most that an object may align a segment to, as a power of two: a wasm page.
const MAX_ALIGNMENT_LOG2: u32 = 16;

/// Reads an object. Linear in its bytes, but for the sorting of relocations.
pub(super) fn read(bytes: &[u8]) -> Result<Object<'_>, LinkError> {
    let mut object = Object::default();
    let mut bodies: Vec<(Range<usize>, &[u8])> = Vec::new();
    let mut data: Vec<(Range<usize>, &[u8])> = Vec::new();
    let mut type_indices = Vec::new();
    let mut alignments = Vec::new();
    let mut section = 0_u32;
    let (mut code_section, mut data_section) = (None, None);
    let mut relocations: Vec<(u32, Vec<RelocationEntry>)> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::TypeSection(reader) => {
                bounded(reader.count(), "types")?;
                for group in reader {
                    for ty in group?.into_types() {
                        let CompositeInnerType::Func(ty) = ty.composite_type.inner else {
                            return Err(LinkError::malformed("a type is no function type"));
                        };
                        object.types.push(ty);
                    }
                }
            }
            Payload::ImportSection(reader) => {
                bounded(reader.count(), "imports")?;
                for import in reader.into_imports() {
                    let import = import?;
                    let with_type = |type_index| Import {
                        module: import.module,
                        name: import.name,
                        type_index,
                    };
                    match import.ty {
                        TypeRef::Func(index) => object.imported_functions.push(with_type(index)),
                        TypeRef::Tag(tag) => {
                            object.imported_tags.push(with_type(tag.func_type_idx));
                        }
                        TypeRef::Global(_) => object.imported_globals.push(import.name),
                        // The one memory and the one table.
                        TypeRef::Memory(_) | TypeRef::Table(_) => {}
                        TypeRef::FuncExact(_) => {
                            return Err(LinkError::unsupported("an exact function import"));
                        }
                    }
                }
            }
            Payload::FunctionSection(reader) => {
                bounded(reader.count(), "functions")?;
                type_indices = reader.into_iter().collect::<Result<Vec<_>, _>>()?;
            }
            Payload::CodeSectionStart { range, .. } => code_section = Some((section, range.start)),
            Payload::CodeSectionEntry(body) => {
                bodies.push((body.range(), body.as_bytes()));
                continue;
            }
            Payload::DataSection(reader) => {
                bounded(reader.count(), "segments")?;
                data_section = Some((section, reader.range().start));
                for segment in reader {
                    let segment = segment?;
                    if matches!(segment.kind, DataKind::Passive) {
                        return Err(LinkError::unsupported("a passive data segment"));
                    }
                    let end = segment.range.end;
                    data.push((end - segment.data.len()..end, segment.data));
                }
            }
            Payload::CustomSection(custom) => match custom.as_known() {
                KnownCustom::Linking(reader) => {
                    for subsection in reader {
                        object.linking(subsection?, &mut alignments)?;
                    }
                }
                KnownCustom::Reloc(reader) => {
                    bounded(reader.entries().count(), "relocations")?;
                    let entries = reader.entries().into_iter().collect::<Result<_, _>>()?;
                    relocations.push((reader.section_index(), entries));
                }
                _ => {}
            },
            Payload::Version { .. } | Payload::End(_) => continue,
            Payload::DataCountSection { .. } | Payload::ElementSection(_) => {}
            // Its functions, memory, table and globals are made by the linker.
            Payload::MemorySection(_)
            | Payload::TableSection(_)
            | Payload::TagSection(_)
            | Payload::GlobalSection(_)
            | Payload::ExportSection(_)
            | Payload::StartSection { .. } => {
                return Err(LinkError::unsupported("a section that clang does not make"));
            }
            _ => return Err(LinkError::malformed("an unknown section")),
        }
        section += 1;
    }
    let mut in_code = Vec::new();
    let mut in_data = Vec::new();
    for (section, entries) in relocations {
        if code_section.as_ref().is_some_and(|(it, _)| *it == section) {
            in_code = entries;
        } else if data_section.as_ref().is_some_and(|(it, _)| *it == section) {
            in_data = entries;
        }
        // The rest is debug information.
    }
    if type_indices.len() != bodies.len() {
        return Err(LinkError::malformed(
            "functions and bodies differ in number",
        ));
    }
    let code_start = code_section.map_or(0, |(_, start)| start);
    let bodies = pieces(bodies, in_code, code_start)?;
    object.functions = type_indices
        .into_iter()
        .zip(bodies)
        .map(|(type_index, piece)| Function { type_index, piece })
        .collect();
    if alignments.len() != data.len() {
        return Err(LinkError::malformed(
            "segments and their descriptions differ in number",
        ));
    }
    let data_start = data_section.map_or(0, |(_, start)| start);
    let data = pieces(data, in_data, data_start)?;
    object.segments = alignments
        .into_iter()
        .zip(data)
        .map(|(alignment_log2, piece)| Segment {
            alignment_log2,
            piece,
        })
        .collect();
    Ok(object)
}

impl<'a> Object<'a> {
    /// Reads one subsection of `linking`.
    fn linking(
        &mut self,
        subsection: Linking<'a>,
        alignments: &mut Vec<u32>,
    ) -> Result<(), LinkError> {
        match subsection {
            Linking::SegmentInfo(reader) => {
                bounded(reader.count(), "segments")?;
                for segment in reader {
                    let segment = segment?;
                    if segment.flags.contains(wasmparser::SegmentFlags::TLS) {
                        return Err(LinkError::unsupported("thread-local data"));
                    }
                    if segment.alignment > MAX_ALIGNMENT_LOG2 {
                        return Err(LinkError::unsupported("a huge alignment"));
                    }
                    alignments.push(segment.alignment);
                }
            }
            Linking::InitFuncs(reader) => {
                bounded(reader.count(), "init functions")?;
                self.init_functions = reader.into_iter().collect::<Result<_, _>>()?;
                // Stable: those of one priority stay in the order of the source.
                self.init_functions.sort_by_key(|it| it.priority);
            }
            Linking::SymbolTable(reader) => {
                bounded(reader.count(), "symbols")?;
                self.symbols = reader.into_iter().collect::<Result<_, _>>()?;
            }
            // With one object every group is kept.
            Linking::ComdatInfo(_) => {}
            Linking::Unknown { .. } => {
                return Err(LinkError::unsupported("an unknown linking subsection"));
            }
        }
        Ok(())
    }

    /// Returns a function's type by its index among imported and own functions.
    pub(super) fn function_type(&self, index: u32) -> Result<&FuncType, LinkError> {
        let index = index as usize;
        let n_imported = self.imported_functions.len();
        let type_index = match self.imported_functions.get(index) {
            Some(import) => Some(import.type_index),
            None => self
                .functions
                .get(index - n_imported)
                .map(|it| it.type_index),
        };
        type_index
            .and_then(|it| self.types.get(it as usize))
            .ok_or_else(|| LinkError::malformed("a function without a type"))
    }
}

/// Gives each relocation to the piece that it lies in. `start` is the section's, in the file.
fn pieces(
    ranges: Vec<(Range<usize>, &[u8])>,
    mut relocations: Vec<RelocationEntry>,
    start: usize,
) -> Result<Vec<Piece<'_>>, LinkError> {
    relocations.sort_by_key(|it| it.offset);
    let mut relocations = relocations.into_iter().peekable();
    let mut pieces = Vec::with_capacity(ranges.len());
    for (range, bytes) in ranges {
        let mut own = Vec::new();
        let mut end_of_last = range.start;
        while let Some(mut entry) =
            relocations.next_if(|it| start + (it.offset as usize) < range.end)
        {
            let at = start + entry.offset as usize;
            // A reader takes ranges of what it has read, in order, so that this cannot wrap.
            if at < end_of_last || at + entry.ty.extent() > range.end {
                return Err(LinkError::malformed(
                    "a relocation that is in no function or segment",
                ));
            }
            end_of_last = at + entry.ty.extent();
            entry.offset = u32::try_from(at - range.start)
                .map_err(|_| LinkError::malformed("a relocation too far"))?;
            own.push(entry);
        }
        pieces.push(Piece {
            bytes,
            relocations: own,
        });
    }
    if relocations.next().is_some() {
        return Err(LinkError::malformed("a relocation behind its section"));
    }
    Ok(pieces)
}

fn bounded(count: u32, what: &str) -> Result<(), LinkError> {
    if count as usize > MAX_ENTRIES {
        return Err(LinkError::unsupported(format!(
            "more than {MAX_ENTRIES} {what}"
        )));
    }
    Ok(())
}
