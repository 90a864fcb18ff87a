//! STUB
use super::install::SetupError;
use std::path::Path;
pub(super) const RECIPE: &str = "stub";
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct SysrootManifest {}
impl SysrootManifest {
    pub(crate) fn read(_f: &Path) -> Result<Self, String> {
        Err("stub".into())
    }
    pub(crate) fn describe(&self) -> String {
        String::new()
    }
}
pub(super) fn build(
    _zig: &Path,
    _out: &Path,
    _progress: &dyn Fn(&str),
) -> Result<SysrootManifest, SetupError> {
    Err(SetupError::Incomplete {
        what: "stub".into(),
    })
}
