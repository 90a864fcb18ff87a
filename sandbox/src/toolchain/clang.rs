//! STUB
use super::*;
pub(crate) struct Clang;
pub(crate) enum ClangLanguage {
    C,
    Cpp,
}
impl Clang {
    pub(crate) fn open(
        _f: &std::path::Path,
        l: ClangLanguage,
        _u: bool,
    ) -> Result<Self, SandboxError> {
        Err(SandboxError::NoToolchain {
            language: match l {
                ClangLanguage::C => crate::Language::C,
                ClangLanguage::Cpp => crate::Language::Cpp,
            },
            reason: "stub".into(),
        })
    }
}
impl Toolchain for Clang {
    fn identity(&self) -> Digest {
        Digest::of(b"")
    }
    fn compile(&self, _s: &[u8], _l: &CompileLimits) -> Result<Compilation, SandboxError> {
        unreachable!()
    }
}
