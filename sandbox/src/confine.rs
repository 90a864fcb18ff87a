//! STUB to be replaced by the confinement helper.
pub(crate) fn landlock_abi() -> Option<u32> {
    None
}
