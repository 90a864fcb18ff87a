//! The `riddle` binary.
fn main() {
    let cache = std::env::var_os("RIDDLE_CACHE").unwrap();
    let r = riddle_engine::sandbox::setup(&riddle_engine::sandbox::SetupOptions { cache: cache.into(), wheels: None, force: false }, &|s| eprintln!("{s}"));
    eprintln!("{r:?}");
}
