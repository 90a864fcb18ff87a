//! One of the two modules, read into its parts. Does not know which of the two it is.

use wasmparser::{
    Data, Dylink0Subsection, ElementItems, ElementKind, ExternalKind, FunctionBody, Global, Import,
    KnownCustom, MemoryType, Operator, Parser, Payload, RecGroup, TypeRef,
};

use super::LinkError;

/// One of the two modules, read.
#[derive(Default)]
pub(super) struct Part<'a> {
    pub(super) types: Vec<RecGroup>,
    pub(super) imports: Vec<Import<'a>>,
    pub(super) functions: Vec<u32>,
    pub(super) table_slots: u32,
    pub(super) memory: Option<MemoryType>,
    pub(super) globals: Vec<Global<'a>>,
    pub(super) exports: Vec<wasmparser::Export<'a>>,
    pub(super) elements: Vec<(ElementKind<'a>, Vec<u32>)>,
    pub(super) code: Vec<FunctionBody<'a>>,
    pub(super) data: Vec<Data<'a>>,
    pub(super) start: Option<u32>,
    /// Of a shared object, in bytes.
    pub(super) memory_bytes: u32,
    pub(super) alignment: u32,
}

impl<'a> Part<'a> {
    pub(super) fn read(wasm: &'a [u8]) -> Result<Self, LinkError> {
        let mut part = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CustomSection(section) => {
                    if let KnownCustom::Dylink0(reader) = section.as_known() {
                        for subsection in reader {
                            if let Dylink0Subsection::MemInfo(it) = subsection? {
                                part.memory_bytes = it.memory_size;
                                part.alignment = 1u32.checked_shl(it.memory_alignment).unwrap_or(0);
                                part.table_slots = it.table_size;
                            }
                        }
                    }
                }
                Payload::TypeSection(it) => {
                    part.types = it.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(it) => {
                    part.imports = it.into_imports().collect::<Result<_, _>>()?;
                }
                Payload::FunctionSection(it) => {
                    part.functions = it.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::TableSection(reader) => {
                    for table in reader {
                        let slots = u32::try_from(table?.ty.initial);
                        part.table_slots = slots.map_err(|_| LinkError::malformed("a table"))?;
                    }
                }
                Payload::MemorySection(reader) => {
                    part.memory = reader.into_iter().next().transpose()?;
                }
                Payload::GlobalSection(it) => {
                    part.globals = it.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ExportSection(it) => {
                    part.exports = it.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::ElementSection(reader) => {
                    for segment in reader {
                        let segment = segment?;
                        let ElementItems::Functions(items) = segment.items else {
                            return Err(LinkError::unsupported("a table of expressions"));
                        };
                        let items = items.into_iter().collect::<Result<_, _>>()?;
                        part.elements.push((segment.kind, items));
                    }
                }
                Payload::CodeSectionEntry(body) => part.code.push(body),
                Payload::DataSection(it) => part.data = it.into_iter().collect::<Result<_, _>>()?,
                Payload::StartSection { func, .. } => part.start = Some(func),
                Payload::TagSection(_) => return Err(LinkError::unsupported("a tag")),
                _ => {}
            }
        }
        Ok(part)
    }

    pub(super) fn export(&self, name: &str, kind: ExternalKind) -> Option<u32> {
        let mut exports = self.exports.iter();
        exports
            .find(|it| it.kind == kind && it.name == name)
            .map(|it| it.index)
    }

    /// Returns the value of an exported global that does not change: a variable's address.
    pub(super) fn variable(&self, name: &str) -> Option<u32> {
        let index = self.export(name, ExternalKind::Global)? as usize;
        let n_imported = self
            .imports
            .iter()
            .filter(|it| matches!(it.ty, TypeRef::Global(_)));
        let global = self.globals.get(index.checked_sub(n_imported.count())?)?;
        if global.ty.mutable {
            return None;
        }
        match global.init_expr.get_operators_reader().read().ok()? {
            Operator::I32Const { value } => Some(value.cast_unsigned()),
            _ => None,
        }
    }
}
